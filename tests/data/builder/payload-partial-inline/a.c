// SPDX-License-Identifier: GPL-2.0-or-later
static int work_slow;

static void parted(int n)
{
	if (!n)
		return;
	for (; n; n--) {
		do_work(n);
		printk("%d\n", n);
		do_work(work_slow++);
		printk("%d\n", n * n);
	}
}

void part_one(int n)
{
	parted(n);
	do_work(3);
}

void part_two(int n)
{
	parted(n + 1);
	do_work(4);
}

void part_three(int n)
{
	parted(n + 2);
	do_work(5);
}
