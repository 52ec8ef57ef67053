/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect: layout struct s: member `c` takes the place of `b` at offset 8; member `b` removed */
struct s {
	long a;
	void *c;
};
int use(struct s *p)
{
	return (int)(long)p->a;
}
