// SPDX-License-Identifier: GPL-2.0-or-later
int was_global_value = 3;

int noinline was_global(int n)
{
	do_work(n);
	return n + was_global_value++;
}

int global_user(int n)
{
	return was_global(n) + was_global(n + 1);
}
