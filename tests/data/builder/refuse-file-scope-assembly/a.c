// SPDX-License-Identifier: GPL-2.0-or-later
__asm__(".pushsection .text.asm_thing, \"ax\", @progbits\n"
	".globl asm_thing\n"
	"asm_thing: mov $1, %eax\n"
	"ret\n"
	".popsection\n");

int asm_other(int n)
{
	return n;
}
