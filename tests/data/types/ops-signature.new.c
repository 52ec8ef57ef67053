/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect: ops struct s: member `open` changed from int (*)(int) to int (*)(int, unsigned int) */
struct s {
	int (*open)(int id, unsigned int flags);
	void (*close)(void);
};
int use(struct s *p)
{
	return (int)(long)p->open;
}
