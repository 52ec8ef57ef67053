// SPDX-License-Identifier: GPL-2.0-or-later
static int state = 2;

static noinline int handle(int n)
{
	do_work(state);
	return n * state++;
}

int ambiguous_b(int n)
{
	return handle(n) + handle(n + 1);
}
