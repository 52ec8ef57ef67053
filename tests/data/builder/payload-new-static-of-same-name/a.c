// SPDX-License-Identifier: GPL-2.0-or-later
int same_name_before(int n)
{
	static int count = 5;

	return count += n;
}
