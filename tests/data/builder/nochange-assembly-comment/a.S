/* SPDX-License-Identifier: GPL-2.0-or-later */
	.section .text.asm_same, "ax", @progbits
	.globl asm_same
	.type asm_same, @function
asm_same:
	mov $1, %eax
	ret
	.size asm_same, . - asm_same
	.section .note.GNU-stack, "", @progbits
