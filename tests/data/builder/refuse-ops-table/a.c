// SPDX-License-Identifier: GPL-2.0-or-later
struct ops {
	int (*get)(int n);
	int (*put)(int n);
};

static int cf_check get(int n)
{
	do_work(n);
	return n;
}

static int cf_check put(int n)
{
	do_work(n);
	return n + 1;
}

static const struct ops ops = { get, put };
static const struct ops *current_ops = &ops;

int ops_call(int n)
{
	return current_ops->get(n);
}

void ops_set(void)
{
	current_ops = &ops;
	barrier();
}
