// SPDX-License-Identifier: GPL-2.0-or-later
#include "h.h"

int good_user(int n)
{
	return n + BAD_STEP;
}
