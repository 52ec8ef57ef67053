// SPDX-License-Identifier: GPL-2.0-or-later
struct padded {
	int a;
	unsigned char b : 3;
	union {
		int c;
		int d;
	} u;
};

static struct padded padded;

int uses_padding(int n)
{
	padded.a = n;
	padded.b = n & 3;
	return padded.u.c;
}
