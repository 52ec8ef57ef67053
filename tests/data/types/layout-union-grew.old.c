/* SPDX-License-Identifier: GPL-2.0-or-later */
union s {
	int a;
};
int use(union s *p)
{
	return p->a;
}
