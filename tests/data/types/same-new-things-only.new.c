/* SPDX-License-Identifier: GPL-2.0-or-later */
struct n {
	int q;
};
enum colours { RED };
static int count;
int more(struct n *n, enum colours c)
{
	return n->q + c + count++;
}
struct s {
	int a;
};
int use(struct s *p)
{
	return (int)(long)p->a;
}
