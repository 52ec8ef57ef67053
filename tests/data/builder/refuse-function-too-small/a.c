// SPDX-License-Identifier: GPL-2.0-or-later
static noinline void tiny(void)
{
	barrier();
	__asm__ volatile("nop");
}

void tiny_caller(int n)
{
	tiny();
	do_work(n);
	tiny();
}
