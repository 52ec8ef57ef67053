/* SPDX-License-Identifier: GPL-2.0-or-later */
static inline int header_first(int n)
{
	return n + 1;
}

static inline int header_second(int n)
{
	WARN_ON(n == 6);
	return n + 2;
}
