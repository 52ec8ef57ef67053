// SPDX-License-Identifier: GPL-2.0-or-later
int compound(int n)
{
	const struct { int a[6]; } v = { { 1, 2, 3, 4, 5, n } };
	int i, sum = 0;

	for (i = 0; i < 6; i++) {
		barrier();
		sum += v.a[i];
	}
	return sum;
}
