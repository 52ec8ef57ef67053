// SPDX-License-Identifier: GPL-2.0-or-later
int includes_new(int n)
{
	do_work(n);
	return n;
}
