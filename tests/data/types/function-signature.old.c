/* SPDX-License-Identifier: GPL-2.0-or-later */
struct d;
int g(struct d *d);
static __attribute__((noinline)) int h(int a)
{
	return a + 1;
}
int use(struct d *d)
{
	return g(d) + h(2);
}
