// SPDX-License-Identifier: GPL-2.0-or-later
int bit_user(int n)
{
	alternative("nop; nop; nop", "lfence", "9*32+9");
	return n;
}

int bit_other(int n)
{
	alternative("nop; nop; nop", "lfence", "9*32+9");
	return n + 1;
}
