/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect: padding struct s: member `raw` added at offset 0; nothing moved, the size is the same */
struct s {
	union {
		int a;
		long b;
		char raw[8];
	};
};
int use(struct s *p)
{
	return (int)(long)p->b;
}
