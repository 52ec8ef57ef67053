// SPDX-License-Identifier: GPL-2.0-or-later
typedef int fn_t(int n);

static fn_t *stored;

static int cf_check callback(int n)
{
	do_work(n);
	return n + 1;
}

void pointer_set(int n)
{
	stored = callback;
	do_work(n);
}

int pointer_is_set(int n)
{
	return stored == callback ? callback(n) : n;
}
