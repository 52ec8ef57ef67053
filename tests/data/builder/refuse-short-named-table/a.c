// SPDX-License-Identifier: GPL-2.0-or-later
#define ENTRY __used __section(".data.things")

static int ENTRY s = 1;

int table_user(int n)
{
	return n + s;
}
