// SPDX-License-Identifier: GPL-2.0-or-later
static const int table[4] = { 1, 2, 3, 4 };

int one_reader(int n)
{
	return table[n & 3];
}

int no_reader(int n)
{
	return n + 1;
}
