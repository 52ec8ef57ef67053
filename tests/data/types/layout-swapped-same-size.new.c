/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect: layout struct s: member `a` moved from offset 0 to offset 4; member `b` moved from offset 4 to offset 0 */
struct s {
	int b;
	int a;
};
int use(struct s *p)
{
	return (int)(long)p->b;
}
