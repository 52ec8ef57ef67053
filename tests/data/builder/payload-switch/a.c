// SPDX-License-Identifier: GPL-2.0-or-later
const char *switched(int n)
{
	switch (n) {
	case 0:
		return "zero";
	case 1:
		return "one";
	case 2:
		return "two";
	case 3:
		return "three";
	case 4:
		return "four";
	default:
		return "many";
	}
}
