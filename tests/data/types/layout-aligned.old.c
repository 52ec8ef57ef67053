/* SPDX-License-Identifier: GPL-2.0-or-later */
struct s {
	long a;
} __attribute__((aligned(16)));
int use(struct s *p)
{
	return (int)(long)p->a;
}
