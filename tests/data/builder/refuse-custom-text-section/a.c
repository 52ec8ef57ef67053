// SPDX-License-Identifier: GPL-2.0-or-later
int __section(".text.mine") custom_one(int n)
{
	do_work(n);
	return n;
}

int __section(".text.mine") custom_two(int n)
{
	do_work(n + 1);
	return n;
}
