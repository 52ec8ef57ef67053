// SPDX-License-Identifier: GPL-2.0-or-later
static int now_global_value = 3;

static int noinline now_global(int n)
{
	do_work(n);
	return n + now_global_value++;
}

int now_user(int n)
{
	return now_global(n) + now_global(n + 1);
}
