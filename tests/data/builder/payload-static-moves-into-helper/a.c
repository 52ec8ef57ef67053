// SPDX-License-Identifier: GPL-2.0-or-later
int moves(int n)
{
	static bool warned;

	do_work(n);
	if (n > 4 && !warned) {
		warned = true;
		printk("once\n");
	}
	return n;
}

int has_own(int n)
{
	static bool warned;

	if (n > 5 && !warned) {
		warned = true;
		printk("twice\n");
	}
	return n + 1;
}
