// SPDX-License-Identifier: GPL-2.0-or-later
static noinline void helper(int n)
{
	do_work(n);
	do_work(n + 1);
}

int removed_call(int n)
{
	helper(n);
	return n;
}

int removed_other(int n)
{
	helper(n);
	return n + 1;
}
