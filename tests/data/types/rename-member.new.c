/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect: rename struct s: member `pad` is called `flags` now */
struct s {
	int a;
	int flags;
};
int use(struct s *p)
{
	return (int)(long)p->a;
}
