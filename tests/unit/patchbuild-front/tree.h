/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tree.h - a small tree that looks as if Xen's build had been there
 */
#ifndef TEST_FRONT_TREE_H
#define TEST_FRONT_TREE_H

#include "common/err.h"

/* A private folder with tree/ (built by the real compiler) and an empty store. */
struct fake {
	char *dir;
	char *tree;
	char *store;
	char *id; /* of the base, once made */
};

void fake_make(struct fake *f);
/* Makes the base as well. */
void fake_make_base(struct fake *f);
void fake_free(struct fake *f);

/* Runs a shell script in the private folder; it must succeed. */
void fake_run(const struct fake *f, const char *script);

#endif
