// SPDX-License-Identifier: GPL-2.0-or-later
#define NAME2(a, b) a##b
#define NAME1(a, b) NAME2(a, b)

static int level;

static noinline void note_level(int n)
{
	int i;

	for (i = 0; i < LEVELS; i++)
		do_work(n * LEVELS);
	level += n;
#if LEVELS == 4
	do_work(1);
#elif LEVELS == 3
	do_work(1);
	do_work(2);
#endif
}

int NAME1(walk_, LEVELS)(int n)
{
	note_level(n);
	return n * LEVELS + 3 * level;
}
