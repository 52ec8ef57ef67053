/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect: variable flag: variable `flag` changed from int to long int; sizeof 4 -> 8 */
/* expect: variable table: variable `table` changed from int[4] to int[5]; sizeof 16 -> 20 */
int table[5];
static long flag;
int use(int i)
{
	return table[i] + flag++;
}
