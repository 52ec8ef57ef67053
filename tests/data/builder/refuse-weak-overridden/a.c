// SPDX-License-Identifier: GPL-2.0-or-later
int __weak overridden(int n)
{
	do_work(n);
	return n;
}
