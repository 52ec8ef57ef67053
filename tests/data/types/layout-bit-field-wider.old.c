/* SPDX-License-Identifier: GPL-2.0-or-later */
struct s {
	unsigned int a : 3;
	unsigned int b : 5;
};
int use(struct s *p)
{
	return (int)(long)p->b;
}
