/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect: layout struct s: member `b` added at offset 8; aligned to 8, was 16 */
struct s {
	long a;
	long b;
} __attribute__((aligned(8)));
int use(struct s *p)
{
	return (int)(long)p->a;
}
