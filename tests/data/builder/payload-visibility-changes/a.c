// SPDX-License-Identifier: GPL-2.0-or-later
int visible(int n)
{
	do_work(n);
	return n + 1;
}
