// SPDX-License-Identifier: GPL-2.0-or-later
#pragma GCC optimize("O3")
static noinline int cloned(int n, int how, int more)
{
	int i;

	for (i = 0; i < n; i++)
		do_work(how * i);
	if (how == 2)
		do_work(n);
	return get_number() + more;
}

int cloned_one(int n)
{
	return cloned(n, 1, n) + cloned(n + 1, 1, 4);
}

int cloned_two(int n)
{
	return cloned(n, 2, n) - cloned(n + 1, 2, 6);
}
