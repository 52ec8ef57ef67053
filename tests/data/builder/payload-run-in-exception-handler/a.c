// SPDX-License-Identifier: GPL-2.0-or-later
static void cf_check handler(void *regs)
{
	do_work(1);
}

void run_handler(void)
{
	run_in_exception_handler(handler);
}

void run_more(int n)
{
	run_in_exception_handler(handler);
	do_work(n);
}
