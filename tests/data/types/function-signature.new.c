/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect: function g: function `g` changed from int (struct d *) to int (struct d *, _Bool) */
/* expect: function h: function `h` changed from int (int) to long int (int) */
struct d;
int g(const struct d *d, _Bool force);
static __attribute__((noinline)) long h(int a)
{
	return a + 1;
}
int use(struct d *d)
{
	return g(d, 1) + h(2);
}
