// SPDX-License-Identifier: GPL-2.0-or-later
int odd_name(int n) __asm__("odd.name$1");
int odd_name(int n)
{
	do_work(n);
	return n;
}

int odd_user(int n)
{
	return odd_name(n) + 1;
}
