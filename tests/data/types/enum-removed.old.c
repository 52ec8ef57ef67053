/* SPDX-License-Identifier: GPL-2.0-or-later */
enum e { A, B, C };
int use(enum e x)
{
	return x == A;
}
