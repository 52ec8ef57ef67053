// SPDX-License-Identifier: GPL-2.0-or-later
int overridden(int n)
{
	do_work(n * 2);
	return n * 2;
}
