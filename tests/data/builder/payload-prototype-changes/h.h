/* SPDX-License-Identifier: GPL-2.0-or-later */
int proto_callee(int n);
