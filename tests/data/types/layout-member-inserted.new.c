/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect: layout struct s: member `b` added at offset 4; member `c` moved from offset 4 to offset 8; sizeof 8 -> 12 */
struct s {
	int a;
	int b;
	int c;
};
int use(struct s *p)
{
	return (int)(long)p->c;
}
