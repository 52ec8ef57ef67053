// SPDX-License-Identifier: GPL-2.0-or-later
int comment_above(int n)
{
	WARN_ON(n == 1);
	return n;
}

int comment_middle(int n)
{
	return n * 3;
}

int comment_below(int n)
{
	BUG_ON(n == 2);
	printk("line %d\n", __LINE__);
	return n;
}

int comment_bottom(int n)
{
	ASSERT(n == 2);
	return n;
}
