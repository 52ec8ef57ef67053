// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * make_mini CASES: makes the small hypervisor of mini.h from the cases in a folder, with a
 * base, and leaves it there. Prints lines "dir=", "store=", "base=" and, for each case,
 * "CASE=" with its patch; for tests that are scripts and need real payloads.
 */
#include "mini.h"

#include "common/io.h"
#include "patchbuild/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int print_patches(struct mini *m, struct err *e)
{
	size_t i;

	for (i = 0; i < m->ncases; i++) {
		const char *patch = NULL;

		if (!strcmp(m->cases[i], "core"))
			continue;
		patch = mini_patch(m, m->cases[i], e);
		if (!patch)
			return -1;
		printf("%s=%s\n", m->cases[i], patch);
	}
	return 0;
}

static int make(struct mini *m, const char *cases, struct err *e)
{
	autofree char *tree = NULL;

	if (mini_make(m, cases, e))
		return -1;
	tree = path_join(m->dir, "tree");
	m->store = path_join(m->dir, "store");
	if (store_make(m->store, tree, NULL, &m->build_id, e))
		return -1;
	printf("dir=%s\nstore=%s\nbase=%s\n", m->dir, m->store, m->build_id);
	return print_patches(m, e);
}

int main(int argc, char **argv)
{
	struct err e = ERR_INIT;
	struct mini m;

	if (argc != 2) {
		fputs("usage: make_mini CASES\n", stderr);
		return 2;
	}
	if (make(&m, argv[1], &e)) {
		fprintf(stderr, "make_mini: %s\n", e.text);
		mini_free(&m);
		return 1;
	}
	/* The folder stays. */
	free(m.dir);
	m.dir = NULL;
	mini_free(&m);
	return 0;
}
