/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect: layout struct s: member `in` changed from struct {...}[2] to struct {...}[2] */
struct s {
	struct {
		int y;
		int x;
	} in[2];
};
int use(struct s *p)
{
	return (int)(long)p->in[1].y;
}
