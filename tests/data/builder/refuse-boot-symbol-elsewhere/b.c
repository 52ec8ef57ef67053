// SPDX-License-Identifier: GPL-2.0-or-later
static int boot_data __initdata = 4;

int __init boot_elsewhere(int n)
{
	return n + boot_data++;
}
