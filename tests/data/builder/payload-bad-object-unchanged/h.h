/* SPDX-License-Identifier: GPL-2.0-or-later */
#define BAD_STEP 1
