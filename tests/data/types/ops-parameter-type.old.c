/* SPDX-License-Identifier: GPL-2.0-or-later */
struct s {
	void (*set)(unsigned int id, int value);
};

int use(struct s *p)
{
	return (int)(long)p->set;
}
