// SPDX-License-Identifier: GPL-2.0-or-later
int func_one(int n)
{
	printk("%s: %d\n", __func__, n);
	return n;
}

int func_two(int n)
{
	printk("%s: %d\n", __func__, n);
	return n + 1;
}
