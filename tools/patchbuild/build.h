/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * build.h - from a base and source patches to a payload, and the reasons
 */
#ifndef PATCHBUILD_BUILD_H
#define PATCHBUILD_BUILD_H

#include "patchbuild/base.h"
#include "patchbuild/below.h"
#include "patchbuild/choose.h"
#include "patchbuild/offline.h"
#include "patchbuild/patchfile.h"
#include "patchbuild/units.h"
#include "patchbuild/verdict.h"

struct build_request {
	const char *store; /* folder of bases */
	const char *base; /* id, or path of a base */
	const char *const *patches;
	size_t npatches;
	const char *name; /* of the payload */
	const char *const *advisories;
	size_t nadvisories;
	const char *const *depends; /* payloads below it, the lowest first */
	size_t ndepends;
};

enum build_verdict {
	BUILD_PAYLOAD,
	BUILD_NO_CHANGE,
	BUILD_NOT_PATCHABLE,
};

/* Everything there is to tell of one build. Zero it; build_free() in any case. */
struct build {
	struct base *base;
	struct patch_set patches;
	struct workspace *ws;
	struct unit_list units;
	struct selection sel;
	struct verdict verdict;
	enum build_verdict result;
	struct strbuf payload; /* BUILD_PAYLOAD: its bytes, not signed */
	char build_id[41];
	struct below below;
	struct offline *offline; /* with the payloads below applied */
	struct offline_result tried; /* what the hypervisor would write */
	double seconds;
	double cpu_seconds; /* of compilers */
};

/*
 * Runs the whole pipeline. -1 only for what is no verdict: a file that cannot be read,
 * a patch that does not apply or compile, another compiler.
 */
int build_run(struct build *b, const struct build_request *rq, struct err *e);
void build_free(struct build *b);

/* Text for a person on @to, or the same as a JSON document. */
struct _IO_FILE;
void build_report(const struct build *b, struct _IO_FILE *to);
struct json *build_json(const struct build *b);

#endif
