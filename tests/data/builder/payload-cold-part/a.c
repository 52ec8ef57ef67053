// SPDX-License-Identifier: GPL-2.0-or-later
static noinline void __attribute__((cold)) cold_fail(int n)
{
	do_work(n);
	do_work(n + 1);
}

int has_cold_part(int n)
{
	do_work(n);
	if (n > 100) {
		cold_fail(n);
		do_work(n + 2);
		n = 1;
	}
	return n + 3;
}
