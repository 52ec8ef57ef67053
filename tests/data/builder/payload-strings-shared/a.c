// SPDX-License-Identifier: GPL-2.0-or-later
void strings_one(int n)
{
	printk("same text %d\n", n);
	printk("tail text %d\n", n);
}

void strings_two(int n)
{
	printk("same text %d\n", n + 1);
	printk("a tail text %d\n", n);
}
