/* SPDX-License-Identifier: GPL-2.0-or-later */
struct x;
struct y;
struct s {
	struct x *p;
};
int use(struct s *p)
{
	return (int)(long)p->p;
}
