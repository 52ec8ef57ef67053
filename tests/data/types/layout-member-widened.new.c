/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect: layout struct s: member `a` changed from int to long int */
struct s {
	long a;
	long b;
};
int use(struct s *p)
{
	return (int)(long)p->b;
}
