// SPDX-License-Identifier: GPL-2.0-or-later
#include "a.h"

int header_user(int n)
{
	return header_first(n);
}

int header_other(int n)
{
	return header_second(n);
}
