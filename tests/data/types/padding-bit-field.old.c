/* SPDX-License-Identifier: GPL-2.0-or-later */
struct s {
	unsigned int a : 3;
	long b;
};
int use(struct s *p)
{
	return (int)(long)p->b;
}
