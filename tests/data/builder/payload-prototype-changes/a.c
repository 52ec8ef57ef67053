// SPDX-License-Identifier: GPL-2.0-or-later
#include "h.h"

int proto_callee(int n)
{
	do_work(n);
	return n;
}
