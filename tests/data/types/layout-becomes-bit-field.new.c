/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect: layout struct s: member `a` is a bit-field now */
struct s {
	unsigned char a : 8;
};
int use(struct s *p)
{
	return (int)(long)p->a;
}
