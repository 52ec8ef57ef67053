/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect: layout struct s: member `p` changed from struct x * to struct y * */
struct x;
struct y;
struct s {
	struct y *p;
};
int use(struct s *p)
{
	return (int)(long)p->p;
}
