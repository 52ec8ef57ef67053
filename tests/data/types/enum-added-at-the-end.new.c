/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect: enum-added e_t: constant `C` = 2 added */
typedef enum { A, B, C } e_t;
struct s {
	e_t v;
};
int use(struct s *p)
{
	return (int)(long)p->v;
}
