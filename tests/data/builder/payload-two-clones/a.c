// SPDX-License-Identifier: GPL-2.0-or-later
#pragma GCC optimize("O3")
static noinline int clone(int n, int how, int more)
{
	int i;

	for (i = 0; i < n; i++)
		do_work(how * i);
	if (how == 2)
		do_work(n);
	return get_number() + more;
}

int clone_one(int n)
{
	return clone(n, 1, n) + clone(n + 1, 1, 4);
}

int clone_two(int n)
{
	return clone(n, 2, n) - clone(n + 1, 2, 6);
}
