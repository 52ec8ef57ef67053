/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect: variable use::n: variable `use::n` changed from int to long int; sizeof 4 -> 8 */
int use(void)
{
	static long n;

	return n++;
}
