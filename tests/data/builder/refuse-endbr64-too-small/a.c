// SPDX-License-Identifier: GPL-2.0-or-later
int cf_check small_endbr(void)
{
	return 0;
}
