/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines as in the new source: they tell the two apart. */
int use(void)
{
	static int n;

	{
		static int n;

		n++;
	}
	return n++;
}
