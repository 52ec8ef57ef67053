// SPDX-License-Identifier: GPL-2.0-or-later
int aligned(int n)
{
	do_work(n);
	return n;
}
