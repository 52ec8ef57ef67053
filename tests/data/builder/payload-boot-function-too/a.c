// SPDX-License-Identifier: GPL-2.0-or-later
int boot_too(int n)
{
	do_work(n);
	return n + 1;
}

int runs_later(int n)
{
	do_work(n);
	return n + 1;
}
