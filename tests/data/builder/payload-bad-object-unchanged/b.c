// SPDX-License-Identifier: GPL-2.0-or-later
#include "h.h"

/* An exception table that leads into another function: not understood. */
int bad_object(int n)
{
	__asm__ volatile("1: nop\n" EXTABLE("1b", "do_work"));
	return n;
}
