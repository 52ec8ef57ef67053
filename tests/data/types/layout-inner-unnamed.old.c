/* SPDX-License-Identifier: GPL-2.0-or-later */
struct s {
	struct {
		int x;
		int y;
	} in;
};
int use(struct s *p)
{
	return (int)(long)p->in.y;
}
