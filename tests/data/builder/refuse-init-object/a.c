// SPDX-License-Identifier: GPL-2.0-or-later
int init_object(int n)
{
	do_work(n);
	return n;
}
