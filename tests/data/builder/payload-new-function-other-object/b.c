// SPDX-License-Identifier: GPL-2.0-or-later
int across_b(int n)
{
	do_work(n);
	return n;
}
