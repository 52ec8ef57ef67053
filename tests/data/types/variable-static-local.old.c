/* SPDX-License-Identifier: GPL-2.0-or-later */
int use(void)
{
	static int n;

	return n++;
}
