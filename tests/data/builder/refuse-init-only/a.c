// SPDX-License-Identifier: GPL-2.0-or-later
static int boot_value;

void __init boot_only_init(void)
{
	boot_value = 4;
	do_work(3);
}

int init_value(void)
{
	return boot_value;
}
