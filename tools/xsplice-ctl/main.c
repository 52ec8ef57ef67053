// SPDX-License-Identifier: GPL-2.0-or-later
#include "xsplice-ctl/ctl.h"

int main(int argc, char **argv)
{
	return ctl_main(argc, argv);
}
