// SPDX-License-Identifier: GPL-2.0-or-later
const int global_table[4] = { 1, 2, 3, 4 };
