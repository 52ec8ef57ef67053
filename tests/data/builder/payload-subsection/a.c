// SPDX-License-Identifier: GPL-2.0-or-later
int subsection(int n)
{
	__asm__ volatile("testl %0, %0\n"
			 "jz 1f\n"
			 "2:\n"
			 ".subsection 1\n"
			 "1: incl %0\n"
			 "jmp 2b\n"
			 ".previous\n"
			 : "+r"(n));
	return n;
}
