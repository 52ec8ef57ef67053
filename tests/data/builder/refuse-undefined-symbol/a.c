// SPDX-License-Identifier: GPL-2.0-or-later
int undefined_user(int n)
{
	return n;
}
