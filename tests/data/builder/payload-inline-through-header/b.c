// SPDX-License-Identifier: GPL-2.0-or-later
#include "in.h"

int inline_b(int n)
{
	do_work(n);
	return check(n + 1);
}
