/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect: layout struct s: member `in.x` moved from offset 0 to offset 4; member `in.y` moved from offset 4 to offset 0 */
struct s {
	struct {
		int y;
		int x;
	} in;
};
int use(struct s *p)
{
	return (int)(long)p->in.y;
}
