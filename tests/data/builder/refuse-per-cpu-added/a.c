// SPDX-License-Identifier: GPL-2.0-or-later
DEFINE_PER_CPU(int, old_one);

int per_cpu_added(int n)
{
	return this_cpu(old_one) + n;
}
