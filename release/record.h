/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * record.h - security advisories as reviewed files
 *
 * A file holds one advisory, in one of three forms: the record of this tool (member
 * "advisory"), Xen's own xsaN.json ("XSA"), or OSV ("affected"). docs/advisory-format.md
 * has them. A record says more than both: titles, reasons, commits that no message names.
 */
#ifndef RELEASE_RECORD_H
#define RELEASE_RECORD_H

#include "common/err.h"
#include "common/json.h"
#include "common/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Strings in the order of the file. */
struct strlist {
	const char **v;
	size_t n;
};

/* The main branch's name where a series is expected. */
#define RECORD_MAIN "master"

/* What an advisory says of one series, or of the main branch. */
struct record_series {
	const char *series; /* "4.9", or RECORD_MAIN */
	bool recipe; /* it names patches for this series */
	const char *ref; /* of a recipe: the commit that its patches fit, or NULL */
	struct strlist prereqs; /* of a recipe: advisories that go before */
	struct strlist patches; /* of a recipe: files, for the hypervisor's tree */
	struct strlist fixes; /* ids of commits */
	const char *not_affected; /* why, or NULL */
};

struct record {
	const char *id; /* "XSA-155" */
	unsigned int number; /* 155 */
	const char *title; /* or NULL */
	int32_t published; /* or DAY_NONE */
	struct strlist aliases; /* "CVE-2015-8550" */
	struct strlist trees; /* "xen" */
	struct strlist supported; /* series that were supported when it was published */
	struct strlist introduced; /* ids of commits that made the hole */
	struct record_series *v;
	size_t n;
};

/*
 * Reads one file of any form. Every member of a wrong type, version, id or date is a
 * failure that names it; members that nobody knows are left alone in foreign forms and
 * refused in a record. @tree: patches of this tree count. Strings live in @a.
 */
int record_parse(struct record *r, const char *text, size_t len, const char *name, const char *tree,
		 struct arena *a, struct err *e);

/* What @new says, over what @old says where @new is silent: for a second import. */
void record_merge(struct record *r, const struct record *old, const struct record *new,
		  struct arena *a);

/* A series that is not affected and has a fix as well: -1, and it is named. */
int record_conflict(const struct record *r, const char *name, struct err *e);
/* Its patches are given as patterns: how many there are is not known. */
bool record_is_pattern(const struct record_series *s);

/* In the form of this tool; the caller owns it. */
struct json *record_json(const struct record *r);

/* What it says of a series; NULL: nothing. */
struct record_series *record_find(const struct record *r, const char *series);
/* The same, made if it is not there. */
struct record_series *record_at(struct record *r, const char *series, struct arena *a);

bool strlist_has(const struct strlist *l, const char *s);
void strlist_add(struct strlist *l, const char *s, struct arena *a);

/* All records of a folder, by number. */
struct records {
	struct arena arena;
	struct record *v;
	size_t n;
};

/* Reads every *.json below @dir; two of one advisory are a failure. records_free() in any case. */
int records_load(struct records *r, const char *dir, const char *tree, struct err *e);
void records_free(struct records *r);

/* "XSA-155", "xsa155", "155" -> 155; 0: no advisory. */
unsigned int record_number(const char *s);

#endif
