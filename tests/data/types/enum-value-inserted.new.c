/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect: enum-value enum e: constant `B` changed from 1 to 2 */
/* expect: enum-added enum e: constant `N` = 1 added */
/* expect: enum-value enum e: constant `NR` changed from 2 to 3 */
enum e { A, N, B, NR };
int use(enum e x)
{
	return x == B;
}
