// SPDX-License-Identifier: GPL-2.0-or-later
int like_a_line(int n)
{
	if (n == 3) {
		printk("%d: bad\n", 7);
		return -22;
	}
	return n;
}
