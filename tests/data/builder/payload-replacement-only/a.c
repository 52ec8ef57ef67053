// SPDX-License-Identifier: GPL-2.0-or-later
int alt_user(int n)
{
	alternative("nop; nop; nop", "lfence", "9*32+9");
	return n;
}

int alt_other(int n)
{
	alternative("nop; nop; nop", "lfence", "9*32+9");
	return n + 1;
}
