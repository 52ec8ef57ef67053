// SPDX-License-Identifier: GPL-2.0-or-later
static unsigned char state[4] = { 1, 2, 3, 4 };

int retyped(int n)
{
	return state[n & 3]++;
}
