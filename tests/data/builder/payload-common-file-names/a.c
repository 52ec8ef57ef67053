// SPDX-License-Identifier: GPL-2.0-or-later
static int twice = 1;

int common_name(int n)
{
	return n + twice++;
}
