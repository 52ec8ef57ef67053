/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect: member-removed struct s: member `b` removed; nothing took its place */
struct s {
	long a;
	long : 64;
	long c;
};
int use(struct s *p)
{
	return (int)(long)p->c;
}
