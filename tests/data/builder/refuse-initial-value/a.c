// SPDX-License-Identifier: GPL-2.0-or-later
static int value = 4;

int initial_value(void)
{
	return value++;
}
