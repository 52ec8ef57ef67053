// SPDX-License-Identifier: GPL-2.0-or-later
int unused_static(int n)
{
	static int calls;

	calls++;
	if (calls > 5)
		do_work(calls);
	return n;
}
