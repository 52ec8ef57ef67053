/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect: layout td_t: member `z` added at offset 0; member `a` moved from offset 0 to offset 4; sizeof 4 -> 8 */
typedef struct {
	int z;
	int a;
} td_t;
int use(td_t *p)
{
	return p->a;
}
