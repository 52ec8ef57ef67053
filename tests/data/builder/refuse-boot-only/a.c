// SPDX-License-Identifier: GPL-2.0-or-later
static noinline void bring_up(int n)
{
	do_work(n);
	printk("%d\n", n);
}

void __init boot_caller(void)
{
	bring_up(1);
	bring_up(2);
}
