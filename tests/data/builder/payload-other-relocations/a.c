// SPDX-License-Identifier: GPL-2.0-or-later
extern char elsewhere[];

unsigned long absolute(int n)
{
	unsigned long v;

	__asm__("movabs $do_work, %0" : "=r"(v));
	return v + n;
}
