// SPDX-License-Identifier: GPL-2.0-or-later
/* As Xen 4.21 lists calls that it makes direct ones: the place of each, no more. */
int (*call_pointer)(int n);

#define ALT_CALL(n)                                                                                \
	({                                                                                         \
		int ret_;                                                                          \
		__asm__ volatile("1: call *call_pointer(%%rip)\n"                                  \
				 ".pushsection .alt_call_sites, \"a\", @progbits\n"                \
				 ".long 1b - .\n"                                                  \
				 ".popsection\n"                                                   \
				 : "=a"(ret_)                                                      \
				 : "D"(n)                                                          \
				 : "memory");                                                      \
		ret_;                                                                              \
	})

int calls_first(int n)
{
	return ALT_CALL(n) + 1;
}

int calls_last(int n)
{
	return ALT_CALL(n) - 1;
}
