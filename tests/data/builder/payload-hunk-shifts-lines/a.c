// SPDX-License-Identifier: GPL-2.0-or-later
int lines_above(int n)
{
	WARN_ON(n == 1);
	return n;
}

int lines_middle(int n)
{
	return n * 3;
}

int lines_below(int n)
{
	BUG_ON(n == 2);
	printk("line %d\n", __LINE__);
	return n;
}

int lines_bottom(int n)
{
	ASSERT(n == 2);
	return n;
}
