/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect: layout struct in: member `y` added at offset 4; sizeof 4 -> 8 */
/* expect: layout struct s: member `i` changed from struct in to struct in; member `b` moved from offset 4 to offset 8; sizeof 8 -> 12 */
struct in {
	int x;
	int y;
};
struct s {
	struct in i;
	int b;
};
int use(struct s *p)
{
	return (int)(long)p->b;
}
