// SPDX-License-Identifier: GPL-2.0-or-later
int error_value(int n)
{
	if (n == 3)
		return -22;
	return n;
}
