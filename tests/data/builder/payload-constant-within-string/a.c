// SPDX-License-Identifier: GPL-2.0-or-later
/* The string is copied first, and holds the bytes of the constant: both share them. */
static const uint8_t within[4]
	__attribute__((section(".rodata.cst4,\"aM\",@progbits,4#"), aligned(4))) = { 'n', ' ', '%', 'd' };

int constant_within(int n)
{
	printk("n %d\n", n);
	return within[n & 3];
}
