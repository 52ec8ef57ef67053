// SPDX-License-Identifier: GPL-2.0-or-later
/* Long constants are copied from .rodata.cst16/.LC0 or built from .rodata.cst8. */
struct guid {
	uint64_t a, b;
};

static const char *const words[] = { "one", "two" };

void constants_copy(struct guid *g, int n)
{
	*g = (struct guid){ 0x1122334455667788UL, 0x99aabbccddeeff00UL };
	printk("value %d of %s\n", n, words[n & 1]);
}
