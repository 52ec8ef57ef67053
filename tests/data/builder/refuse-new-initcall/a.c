// SPDX-License-Identifier: GPL-2.0-or-later
typedef int initcall_t(void);

int initcall_user(int n)
{
	return n;
}
