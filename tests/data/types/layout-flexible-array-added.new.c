/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect: layout struct s: member `data` added at offset 8 */
struct s {
	long a;
	char data[];
};
int use(struct s *p)
{
	return (int)(long)p->a;
}
