// SPDX-License-Identifier: GPL-2.0-or-later
#include "a.h"

int include_above(int n)
{
	WARN_ON(n == 1);
	return n;
}

int include_middle(int n)
{
	return n * 3;
}

int include_below(int n)
{
	BUG_ON(n == 2);
	printk("line %d\n", __LINE__);
	return n;
}

int include_bottom(int n)
{
	ASSERT(n == 2);
	return n;
}
