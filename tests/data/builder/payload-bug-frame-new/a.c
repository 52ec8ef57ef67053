// SPDX-License-Identifier: GPL-2.0-or-later
int frame_new(int n)
{
	return n + 3;
}

int frame_old(int n)
{
	WARN_ON(n == 3);
	return n;
}
