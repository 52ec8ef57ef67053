// SPDX-License-Identifier: GPL-2.0-or-later
static noinline void helper(int n)
{
	do_work(n);
	do_work(n + 1);
}

int gone_user(int n)
{
	helper(n);
	return n;
}
