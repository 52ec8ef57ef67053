/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * feed.h - the parts of the command `feed`; what a host checks is common/feed.h
 */
#ifndef RELEASE_FEED_H
#define RELEASE_FEED_H

#include "common/feed.h"
#include "release/rel.h"

struct feed_cmd {
	struct rel rel;
	const struct feed_opts *o;
	int64_t now; /* seconds since 1970: the clock, or the begin of the day --at */
};

/* --- feed_build.c, feed_verify.c: one function for each first word ----------------- */
int feed_cmd_build(struct feed_cmd *c, int argc, char **argv, struct err *e);
int feed_cmd_verify(struct feed_cmd *c, const char *dir, struct err *e);

/* --- feed_config.c: what the settings say ------------------------------------------ */

/* A payload file that goes into the feed. */
struct feed_item {
	const char *name; /* the file's without ".livepatch": NAME of [payload "NAME"] */
	const char *path;
	struct file_data file;
	struct feed_payload p;
	size_t build; /* index of its build */
	bool refused;
	bool placed;
};

struct feed_plan {
	struct feed feed; /* builds without rows, named and dated; version 0 */
	struct feed_item *v; /* by name */
	size_t n;
};

/*
 * Name, dates and builds with their reasons, and the list of payload files: @argv, or
 * those of the folder livepatch.path. feed_plan_free() in any case.
 */
int feed_plan_read(struct feed_plan *plan, struct feed_cmd *c, int argc, char **argv,
		   struct err *e);
void feed_plan_free(struct feed_plan *plan);

/* ring, replaces and not-before of one payload. */
int feed_item_settings(const struct feed_plan *plan, const struct config *conf,
		       struct feed_item *item, struct err *e);

/*
 * feed_chain.c: holds what [none] says of a build against the advisories, where the settings
 * name a folder of them. @tell is called with each that contradicts it, or (@open false) of
 * which nothing is known.
 */
typedef void feed_doubt_fn(void *ctx, const char *build, bool open, const char *why);
int feed_ask_chain(struct feed_cmd *c, const struct feed *f, feed_doubt_fn *tell, void *ctx,
		   struct err *e);

/* --- feed_table.c: how it looks ------------------------------------------------------ */
void feed_show_facts(struct report *r, const struct feed *f);
/* The table of builds, and that of payloads; @build: of this one alone. */
void feed_show_builds(struct report *r, const struct feed *f, const struct feed_build *build);

/* A keyring that the settings have to name; @whose says whose signatures it is for. */
int feed_keyring(const struct config *conf, const char *key, const char *whose,
		 struct pgp_keyring **out, struct err *e);
/* That of the makers of payloads, and how many of them have to sign. */
int feed_payload_keyring(const struct config *conf, struct pgp_keyring **out, unsigned int *require,
			 struct err *e);

/* Reads DIR/index.json. feed_free() and file_free() in any case. */
int feed_open(const char *dir, struct feed *f, struct file_data *index, struct err *e);

#endif
