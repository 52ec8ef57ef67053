/* SPDX-License-Identifier: GPL-2.0-or-later */
typedef enum { A, B } e_t;
struct s {
	e_t v;
};
int use(struct s *p)
{
	return (int)(long)p->v;
}
