/* SPDX-License-Identifier: GPL-2.0-or-later */
static inline int include_helper(int n)
{
	return n;
}
