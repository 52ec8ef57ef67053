// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bench-diff: compares every object of a base with itself, in CPU seconds.
 *
 * The reference of the same run is SHA-256 over the same bytes, so that the ratio
 * means the same on a fast machine and on a slow one. Objects are told by size as
 * well: the rate of the big ones shows whether the time grows with the size alone.
 */
#include "patchbuild/base.h"
#include "patchbuild/compare.h"

#include "common/digest.h"
#include "common/json.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS 5
#define BIG    ((size_t)100 * 1024)

struct tally {
	size_t objects;
	size_t changed; /* must stay 0 */
	size_t bytes; /* of both objects of all pairs */
	size_t big_bytes;
	double seconds;
	double big_seconds;
	double reference_seconds;
};

static double cpu_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static bool differs(const struct cmp *c)
{
	size_t i;

	for (i = 1; i < c->news->nsecs; i++)
		if (c->news->secs[i].differs)
			return true;
	return c->asm_differs;
}

static int measure(const char *object, const char *path, void *ctx, struct err *e)
{
	unsigned char sum[DIGEST_SIZE];
	struct tally *t = ctx;
	struct file_data f;
	struct cmp c;
	double start;
	double took;

	if (file_read(path, 0, &f, e) < 0)
		return -1;
	start = cpu_now();
	if (cmp_open(&c, path, path, object, NULL, NULL, e) < 0) {
		cmp_free(&c);
		file_free(&f);
		/* 32-bit boot code: not for comparing. */
		if (e->kind != ERR_UNSUPPORTED)
			return -1;
		err_clear(e);
		return 0;
	}
	t->changed += differs(&c);
	cmp_free(&c);
	took = cpu_now() - start;
	t->objects++;
	t->bytes += 2 * f.size;
	t->seconds += took;
	if (f.size >= BIG) {
		t->big_bytes += 2 * f.size;
		t->big_seconds += took;
	}
	start = cpu_now();
	digest(sum, f.data, f.size);
	digest(sum, f.data, f.size);
	t->reference_seconds += cpu_now() - start;
	file_free(&f);
	return 0;
}

/* The first base of a store; the caller frees. */
static char *first_base(const char *store)
{
	struct dirent **names;
	char *found = NULL;
	int n = scandir(store, &names, NULL, alphasort);
	int i;

	for (i = 0; i < n; i++) {
		if (!found && names[i]->d_name[0] != '.')
			found = mem_strdup(names[i]->d_name);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	return found;
}

static void print(const struct tally *t)
{
	struct json *j = json_new_object();

	json_put_int(j, "schema", 1);
	json_put_str(j, "benchmark", "diff");
	json_put_int(j, "objects", (int64_t)(t->objects / ROUNDS));
	json_put_int(j, "changed", (int64_t)t->changed);
	json_put_int(j, "bytes_old_and_new", (int64_t)(t->bytes / ROUNDS));
	json_put_real(j, "cpu_seconds", t->seconds / ROUNDS);
	json_put_real(j, "mb_per_cpu_second", (double)t->bytes / 1e6 / t->seconds);
	/* A pair counted as the bytes of one of the two. */
	json_put_real(j, "mb_per_cpu_second_once", (double)t->bytes / 2e6 / t->seconds);
	json_put_real(j, "mb_per_cpu_second_big", (double)t->big_bytes / 1e6 / t->big_seconds);
	json_put_real(j, "reference_sha256_mb_per_cpu_second",
		      (double)t->bytes / 1e6 / t->reference_seconds);
	json_put_real(j, "times_reference", t->seconds / t->reference_seconds);
	json_print(j, stdout);
	json_unref(j);
}

int main(int argc, char **argv)
{
	struct tally t = {0};
	struct err e = ERR_INIT;
	autofree char *id = argc == 2 ? first_base(argv[1]) : NULL;
	struct base *b = id ? base_open(argv[1], id, &e) : NULL;
	int i;

	if (!b) {
		fprintf(stderr, "bench-diff: %s\n",
			*e.text ? e.text : "STORE with a base is needed");
		return 1;
	}
	for (i = 0; i < ROUNDS; i++) {
		if (base_each_object(b, measure, &t, &e) < 0) {
			fprintf(stderr, "bench-diff: %s\n", e.text);
			return 1;
		}
	}
	print(&t);
	base_close(b);
	return t.changed ? 1 : 0;
}
