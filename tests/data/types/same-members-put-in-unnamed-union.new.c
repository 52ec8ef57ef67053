/* SPDX-License-Identifier: GPL-2.0-or-later */
struct s {
	union {
		int a;
	};
	struct {
		int b;
	};
};
int use(struct s *p)
{
	return (int)(long)p->b;
}
