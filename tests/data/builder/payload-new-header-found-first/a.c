// SPDX-License-Identifier: GPL-2.0-or-later
#include "found_second.h"

int found_first(void)
{
	return FOUND;
}
