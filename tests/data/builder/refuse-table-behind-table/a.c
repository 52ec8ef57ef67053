// SPDX-License-Identifier: GPL-2.0-or-later
static const int inner[2] = { 1, 2 };

struct outer {
	const int *p;
};

static const struct outer outer = { inner };
static const struct outer *live = &outer;

int behind(int n)
{
	return live->p[n & 1];
}

void set_live(const void *p)
{
	live = p;
}
