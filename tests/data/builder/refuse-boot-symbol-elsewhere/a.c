// SPDX-License-Identifier: GPL-2.0-or-later
int wants_boot_code_too(int n)
{
	return n;
}
