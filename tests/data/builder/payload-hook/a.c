// SPDX-License-Identifier: GPL-2.0-or-later
static int tunable = 3;

int hooked(int n)
{
	return n + tunable++;
}
