// SPDX-License-Identifier: GPL-2.0-or-later
int across_a(int n)
{
	return n;
}
