/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect: enum-value enum {RED, ...}: constant `BLUE` changed from -2 to -3 */
struct s {
	enum { RED, BLUE = -3 } c;
};
int use(struct s *p)
{
	return (int)(long)p->c;
}
