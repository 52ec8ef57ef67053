/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect: layout struct loc: member `a` moved from offset 0 to offset 4; member `b` moved from offset 4 to offset 0 */
int use(void)
{
	struct loc {
		int b;
		int a;
	};
	static struct loc keep;

	keep.a++;
	return keep.b++;
}
