/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect: padding struct s: member `c` added at offset 0 bit 3; nothing moved, the size is the same */
struct s {
	unsigned int a : 3;
	unsigned int c : 1;
	long b;
};
int use(struct s *p)
{
	return (int)(long)p->b;
}
