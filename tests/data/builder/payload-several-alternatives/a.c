// SPDX-License-Identifier: GPL-2.0-or-later
/* The middle function stays: its replacements lie between those that are copied. */
int alts_first(int n)
{
	alternative("nop; nop; nop", "lfence", "9*32+9");
	alternative("nop; nop", "", "9*32+10");
	alternative("nop; nop; nop; nop; nop", "call do_work", "9*32+11");
	return n;
}

int alts_middle(int n)
{
	alternative("nop; nop; nop", "sfence", "9*32+12");
	return n + 7;
}

int alts_last(int n)
{
	alternative("nop; nop; nop", "mfence", "9*32+13");
	alternative("nop; nop; nop; nop", "pause; pause", "9*32+14");
	return n + 1;
}
