/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect: ops struct s: member `set` changed from void (*)(unsigned int, int) to void (*)(unsigned int, long int) */
struct s {
	void (*set)(unsigned int id, long value);
};

int use(struct s *p)
{
	return (int)(long)p->set;
}
