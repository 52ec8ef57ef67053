/* SPDX-License-Identifier: GPL-2.0-or-later */
struct s {
	struct s *next;
	int (*f)(struct s *);
	int v[3];
};
int use(struct s *p)
{
	return (int)(long)p->v[2];
}
