/* SPDX-License-Identifier: GPL-2.0-or-later */
	.section .text.asm_one, "ax", @progbits
	.globl asm_one
	.type asm_one, @function
asm_one:
	mov $1, %eax
	ret
	int3
	int3
	.size asm_one, . - asm_one
	.section .note.GNU-stack, "", @progbits
