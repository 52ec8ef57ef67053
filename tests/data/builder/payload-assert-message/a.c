// SPDX-License-Identifier: GPL-2.0-or-later
int assert_message(int n)
{
	ASSERT(n == 0x2);
	return n;
}
