// SPDX-License-Identifier: GPL-2.0-or-later
#define NAME__(a, b) a##b
#define NAME_(a, b) NAME__(a, b)
#define REGISTER(v) static int __used NAME_(registered_, __LINE__) = v

REGISTER(4);

int line_named(int n)
{
	return n;
}
