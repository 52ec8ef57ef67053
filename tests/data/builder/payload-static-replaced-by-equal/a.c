// SPDX-License-Identifier: GPL-2.0-or-later
int replaced_static(int n)
{
	if (n > 7) {
		static int count;

		return ++count;
	}
	do_work(n);
	return n;
}
