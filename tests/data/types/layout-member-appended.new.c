/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect: layout struct s: member `b` added at offset 8; sizeof 4 -> 16 */
struct s {
	int a;
	long b;
};
int use(struct s *p)
{
	return (int)(long)p->a;
}
