/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect: enum-removed enum e: constant `C` = 2 removed */
enum e { A, B };
int use(enum e x)
{
	return x == A;
}
