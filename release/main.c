// SPDX-License-Identifier: GPL-2.0-or-later
#include "release/rel.h"

#include <string.h>

/* Options before the command, as git takes them, belong behind it. */
static void move_options(int argc, char **argv)
{
	int n = 1;
	char *verb;

	while (n + 1 < argc && argv[n][0] == '-' && strcmp(argv[n], "--version") &&
	       strcmp(argv[n], "--help") && strcmp(argv[n], "-h"))
		n += argv[n][1] == '-' && strchr(argv[n], '=') ? 1
		     : argv[n][1] != '-' && argv[n][2]	       ? 1
							       : 2;
	if (n >= argc)
		return;
	verb = argv[n];
	memmove(argv + 2, argv + 1, (size_t)(n - 1) * sizeof(*argv));
	argv[1] = verb;
}

int main(int argc, char **argv)
{
	move_options(argc, argv);
	return cli_main(&rel_prog, argc, argv);
}
