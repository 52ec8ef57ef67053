// SPDX-License-Identifier: GPL-2.0-or-later
int new_object_user(int n)
{
	return n;
}
