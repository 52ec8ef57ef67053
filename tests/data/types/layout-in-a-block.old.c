/* SPDX-License-Identifier: GPL-2.0-or-later */
int use(void)
{
	struct loc {
		int a;
		int b;
	};
	static struct loc keep;

	keep.a++;
	return keep.b++;
}
