/* SPDX-License-Identifier: GPL-2.0-or-later */
int table[4];
static int flag;
int use(int i)
{
	return table[i] + flag++;
}
