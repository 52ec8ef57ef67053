// SPDX-License-Identifier: GPL-2.0-or-later
int has_label(int n)
{
	__asm__ volatile("label_inside: nop");
	do_work(n);
	return n + 1;
}
