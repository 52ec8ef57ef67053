/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect: variable use::n: variable `use::n` changed from int to short int; sizeof 4 -> 2 */
int use(void)
{
	static short n;

	{
		static int n;

		n++;
	}
	return n++;
}
