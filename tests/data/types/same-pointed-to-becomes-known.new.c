/* SPDX-License-Identifier: GPL-2.0-or-later */
struct x {
	int a;
};
struct s {
	struct x *p;
};
int look(struct s *s)
{
	return s->p->a;
}
int use(struct s *p)
{
	return (int)(long)p->p;
}
