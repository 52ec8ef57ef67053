/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect: layout union s: member `b` added at offset 0; sizeof 4 -> 8 */
union s {
	int a;
	long b;
};
int use(union s *p)
{
	return p->a;
}
