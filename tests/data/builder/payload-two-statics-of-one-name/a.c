// SPDX-License-Identifier: GPL-2.0-or-later
int two_statics(int n)
{
	if (n) {
		static int count = 1;

		return ++count;
	} else {
		static int count = 2;

		do_work(count);
		return --count;
	}
}
