// SPDX-License-Identifier: GPL-2.0-or-later
int extable_read(const int *p)
{
	int value, bad = 0;

	__asm__ volatile("1: movl %2, %1\n"
			 "2:\n"
			 ".section .fixup, \"ax\"\n"
			 "3: movl $5, %0\n"
			 "   jmp 2b\n"
			 ".previous\n" EXTABLE("1b", "3b")
			 : "+r"(bad), "=r"(value)
			 : "m"(*p));
	return bad ? bad : value;
}

int extable_other(const int *p)
{
	int value, bad = 0;

	__asm__ volatile("1: movl %2, %1\n"
			 "2:\n"
			 ".section .fixup, \"ax\"\n"
			 "3: movl $9, %0\n"
			 "   jmp 2b\n"
			 ".previous\n" EXTABLE("1b", "3b")
			 : "+r"(bad), "=r"(value)
			 : "m"(*p));
	return bad + value;
}
