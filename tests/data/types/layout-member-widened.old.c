/* SPDX-License-Identifier: GPL-2.0-or-later */
struct s {
	int a;
	long b;
};
int use(struct s *p)
{
	return (int)(long)p->b;
}
