/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect: layout struct s: member `a` changed from int[4] to int[6]; member `b` moved from offset 16 to offset 24; sizeof 24 -> 32 */
struct s {
	int a[6];
	int *b;
};
int use(struct s *p)
{
	return (int)(long)p->b;
}
