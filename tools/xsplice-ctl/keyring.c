// SPDX-License-Identifier: GPL-2.0-or-later
#include "xsplice-ctl/trust.h"

/* In a file of its own, so that a test can have another. */
const char *trust_keyring(void)
{
	return TRUST_KEYRING;
}
