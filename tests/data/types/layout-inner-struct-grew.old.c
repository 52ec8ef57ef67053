/* SPDX-License-Identifier: GPL-2.0-or-later */
struct in {
	int x;
};
struct s {
	struct in i;
	int b;
};
int use(struct s *p)
{
	return (int)(long)p->b;
}
