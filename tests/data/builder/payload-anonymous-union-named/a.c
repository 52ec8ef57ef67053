// SPDX-License-Identifier: GPL-2.0-or-later
struct renamed {
	int a;
	union {
		int c;
		long d;
	};
};

static struct renamed renamed;

int uses_union(int n)
{
	renamed.a = n;
	return renamed.c + 1;
}
