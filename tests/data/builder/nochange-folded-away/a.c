// SPDX-License-Identifier: GPL-2.0-or-later
int folded(int n)
{
	return n * 2;
}
