/* SPDX-License-Identifier: GPL-2.0-or-later */
typedef unsigned int u32;
struct s {
	unsigned int a;
	char *p;
};
int use(struct s *p)
{
	return (int)(long)p->a;
}
