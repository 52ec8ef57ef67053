// SPDX-License-Identifier: GPL-2.0-or-later
static int first[4] __read_mostly = { 1, 2, 3, 4 };
static int second[4] __read_mostly = { 5, 6, 7, 8 };

int end_of_first(int n)
{
	int *p;
	int sum = 0;

	for (p = first; p != first + 4; p++) {
		barrier();
		sum += *p;
	}
	return sum + n;
}

int read_second(int n)
{
	return second[n & 3];
}
