/* SPDX-License-Identifier: GPL-2.0-or-later */
	.globl low_target
	.set low_target, 0x1234
	.section .note.GNU-stack, "", @progbits
