/* SPDX-License-Identifier: GPL-2.0-or-later */
struct s {
	int (*open)(int id);
	void (*close)(void);
};
int use(struct s *p)
{
	return (int)(long)p->open;
}
