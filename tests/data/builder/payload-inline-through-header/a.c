// SPDX-License-Identifier: GPL-2.0-or-later
#include "in.h"

int inline_a(int n)
{
	return check(n) ? n : -EINVAL;
}

int inline_not(int n)
{
	return n;
}
