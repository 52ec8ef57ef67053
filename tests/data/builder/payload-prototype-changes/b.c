// SPDX-License-Identifier: GPL-2.0-or-later
#include "h.h"

int proto_caller(int n)
{
	return proto_callee(n) + 1;
}

int proto_other(int n)
{
	return n;
}
