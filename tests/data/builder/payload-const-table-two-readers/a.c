// SPDX-License-Identifier: GPL-2.0-or-later
static const int table[4] = { 1, 2, 3, 4 };

int first_reader(int n)
{
	return table[n & 3];
}

int second_reader(int n)
{
	return table[n & 1];
}
