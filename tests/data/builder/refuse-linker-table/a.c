// SPDX-License-Identifier: GPL-2.0-or-later
#define ENTRY __used __section(".data.handlers")

static int ENTRY handler_one = 1;

int linker_user(int n)
{
	return n;
}
