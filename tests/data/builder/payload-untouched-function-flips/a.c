// SPDX-License-Identifier: GPL-2.0-or-later
static int flip_helper(int n)
{
	do_work(n);
	do_work(n + 1);
	do_work(n + 2);
	do_work(n + 3);
	do_work(n + 4);
	do_work(n + 5);
	do_work(n + 6);
	do_work(n + 7);
	do_work(n + 8);
	do_work(n + 9);
	do_work(n + 10);
	do_work(n + 11);
	do_work(n + 12);
	do_work(n + 13);
	return n * 3;
}

int flip_untouched(int n)
{
	return flip_helper(n) + 1;
}

int flip_touched(int n)
{
	return n;
}
