/* SPDX-License-Identifier: GPL-2.0-or-later */
struct s {
	enum { RED, BLUE = -2 } c;
};
int use(struct s *p)
{
	return (int)(long)p->c;
}
