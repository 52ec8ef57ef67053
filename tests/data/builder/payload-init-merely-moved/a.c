// SPDX-License-Identifier: GPL-2.0-or-later
static int __init boot_first(int n)
{
	do_work(n);
	return n;
}

static noinline int __init boot_second(int n)
{
	WARN_ON(n == 4);
	return boot_first(n) + 1;
}

void __init boot_third(void)
{
	do_work(boot_second(1));
	do_work(boot_second(2));
}

int init_moved(int n)
{
	return n + 1;
}
