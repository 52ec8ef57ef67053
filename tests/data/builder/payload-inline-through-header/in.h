/* SPDX-License-Identifier: GPL-2.0-or-later */
static inline bool check(int n)
{
	return n > 4;
}
