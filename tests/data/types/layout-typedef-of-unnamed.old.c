/* SPDX-License-Identifier: GPL-2.0-or-later */
typedef struct {
	int a;
} td_t;
int use(td_t *p)
{
	return p->a;
}
