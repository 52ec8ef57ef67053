// SPDX-License-Identifier: GPL-2.0-or-later
struct pair {
	int a, b;
};

static noinline int isra(const struct pair *p, int n)
{
	int sum = p->a + n;

	do_work(sum);
	return sum + get_number();
}

int isra_one(int n)
{
	struct pair p = { n, n };

	return isra(&p, 4);
}

int isra_two(int n)
{
	struct pair p = { n + 2, n };

	return isra(&p, n);
}
