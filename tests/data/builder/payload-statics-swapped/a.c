// SPDX-License-Identifier: GPL-2.0-or-later
int swapped(int n)
{
	if (n > 7) {
		static int first = 1;
		static int count = 3;

		do_work(first);
		return count += n;
	} else {
		static int count = 4;

		return count -= n;
	}
}
