// SPDX-License-Identifier: GPL-2.0-or-later
int __weak weak_one(int n)
{
	do_work(n);
	return n;
}

int weak_user(int n)
{
	return weak_one(n) + 1;
}
