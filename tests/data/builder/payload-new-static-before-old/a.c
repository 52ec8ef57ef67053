// SPDX-License-Identifier: GPL-2.0-or-later
int new_before_old(int n)
{
	static int count = 5;

	return count += n;
}
