/* SPDX-License-Identifier: GPL-2.0-or-later */
struct s {
	long a;
};
int use(struct s *p)
{
	return (int)(long)p->a;
}
