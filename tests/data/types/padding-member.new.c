/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect: padding struct s: member `c` added at offset 4; nothing moved, the size is the same */
struct s {
	int a;
	int c;
	long b;
};
int use(struct s *p)
{
	return (int)(long)p->b;
}
