// SPDX-License-Identifier: GPL-2.0-or-later
unsigned long low_half(int n)
{
	unsigned long v = 0;

	__asm__("movw $low_target, %w0" : "=r"(v));
	return v + n;
}
