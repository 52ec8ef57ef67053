/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect: retype struct s: member `a` changed from int to unsigned int */
struct s {
	unsigned int a;
};
int use(struct s *p)
{
	return (int)(long)p->a;
}
