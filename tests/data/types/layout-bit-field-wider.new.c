/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect: layout struct s: member `a` is 4 bits wide, was 3; member `b` moved from offset 0 bit 3 to offset 0 bit 4 */
struct s {
	unsigned int a : 4;
	unsigned int b : 5;
};
int use(struct s *p)
{
	return (int)(long)p->b;
}
