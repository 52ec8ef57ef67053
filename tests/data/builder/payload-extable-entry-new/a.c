// SPDX-License-Identifier: GPL-2.0-or-later
void entry_new(const int *p)
{
	__asm__ volatile("1: movl (%0), %%eax\n"
			 "2: nop\n"
			 "3:\n" EXTABLE("1b", "3b")::"r"(p)
			 : "eax");
}
