// SPDX-License-Identifier: GPL-2.0-or-later
static int boot_value;

void __init also_init(void)
{
	boot_value = 4;
	do_work(3);
}

int also_value(void)
{
	return boot_value;
}
