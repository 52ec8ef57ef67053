// SPDX-License-Identifier: GPL-2.0-or-later
#define NAME2(a, b) a##b
#define NAME1(a, b) NAME2(a, b)

static int level;

int NAME1(alike_, LEVELS)(int n)
{
	level += n;
	return level * LEVELS;
}
