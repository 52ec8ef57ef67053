// SPDX-License-Identifier: GPL-2.0-or-later
static int before __read_mostly = 3;
static int before2;

int new_variables(int n)
{
	return n + before + before2++;
}
