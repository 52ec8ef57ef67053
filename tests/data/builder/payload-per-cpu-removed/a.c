// SPDX-License-Identifier: GPL-2.0-or-later
DEFINE_PER_CPU(int, gone_one);
DEFINE_PER_CPU(int, kept_one);

int per_cpu_removed(int n)
{
	return this_cpu(kept_one) + this_cpu(gone_one);
}
