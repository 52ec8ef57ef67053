// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How much more than git itself `stats` costs, and how long `cycle` takes, on a
 * generated repository of 50,000 commits: the least time of some tries, taken in turn.
 * Prints JSON. A limit that does not hold is exit status 1.
 */
#include "common/io.h"
#include "common/json.h"
#include "common/mem.h"
#include "common/proc.h"
#include "common/temp.h"

#include <stdlib.h>
#include <string.h>

#define COMMITS	  50000
#define FILES	  400
#define LINES	  40
#define TRIES	  5
#define FACTOR	  1.3
#define CYCLE_MAX 1.0

/* The state of the generated tree: a number for each line of each file. */
static unsigned int tree[FILES][LINES];
static unsigned int seed = 1;

static unsigned int next_random(void)
{
	seed = seed * 1103515245U + 12345U;
	return seed >> 8;
}

static void put_file(FILE *f, unsigned int file, unsigned int name)
{
	char text[LINES * 32];
	size_t len = 0;
	size_t i;

	for (i = 0; i < LINES; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "line %zu of it: %u\n", i,
					tree[file][i]);
	fprintf(f, "M 100644 inline dir%u/file%u-%u.c\ndata %zu\n%s\n", file % 20, file, name, len,
		text);
}

/* Every fiftieth commit is a merge of one beside the line, every tenth a rename. */
static void put_commit(FILE *f, unsigned int i, unsigned int *names)
{
	static const char message[] = "area: do the thing\n\nSigned-off-by: A <a1@one.example>\n"
				      "Reviewed-by: B <b@two.example>\n"
				      "Release-acked-by: R <r@three.example>\n";
	long when = 1400000000L + 3600L * i;
	unsigned int file = next_random() % FILES;
	unsigned int k;

	fprintf(f, "commit refs/heads/master\nmark :%u\n", i + 1);
	fprintf(f, "author A%u <a%u@one.example> %ld +0000\n", i % 300, i % 300, when);
	fprintf(f, "committer C <c@one.example> %ld +0000\ndata %zu\n%s", when, sizeof(message) - 1,
		message);
	if (i > 60 && i % 50 == 0)
		fprintf(f, "from :%u\nmerge :%u\n", i, i - 40);
	else if (i)
		fprintf(f, "from :%u\n", i);
	for (k = 0; k < 3; k++)
		tree[file][next_random() % LINES] = next_random();
	if (i % 10 == 9 && names[file]) {
		fprintf(f, "D dir%u/file%u-%u.c\n", file % 20, file, names[file] - 1);
		names[file]++;
	}
	if (!names[file])
		names[file] = 1;
	put_file(f, file, names[file] - 1);
	if (i % 5000 == 4999)
		fprintf(f, "reset refs/tags/RELEASE-4.%u.0\nfrom :%u\n\n", i / 5000, i + 1);
}

/* The least time that a program took, and the least work. */
struct took {
	double wall, cpu;
};

static void least(double *to, double seconds)
{
	if (*to == 0 || seconds < *to)
		*to = seconds;
}

static int run(const char *const *argv, const char *input, struct took *took, struct err *e)
{
	struct proc p = {.argv = argv, .input = input};
	int ret = proc_run(&p, e);

	if (!ret && p.status)
		ret = err_fail(e, "%s: %s", argv[0], p.errors.data ? p.errors.data : "failed");
	if (took) {
		least(&took->wall, p.wall_seconds);
		least(&took->cpu, p.cpu_seconds);
	}
	proc_free(&p);
	return ret;
}

static int make_repo(const char *dir, struct err *e)
{
	const char *init[] = {"git", "init", "-q", "-b", "master", dir, NULL};
	const char *import[] = {"git", "-C", dir, "fast-import", "--quiet", NULL};
	autofree char *script = path_join(dir, "script");
	unsigned int *names = mem_zalloc(FILES, sizeof(*names));
	unsigned int i;
	FILE *f;
	int ret = run(init, NULL, NULL, e);

	f = ret ? NULL : fopen(script, "w");
	for (i = 0; f && i < COMMITS; i++)
		put_commit(f, i, names);
	free(names);
	if (!f || fclose(f))
		return err_fail(e, "%s: cannot be written", script);
	return run(import, script, NULL, e);
}

enum { GIT, STATS, ONE, CYCLE, PROGRAMS };

static int measure(const char *dir, const char *program, struct took out[PROGRAMS], struct err *e)
{
	const char *git[] = {"git", "-C", dir, "log", "--numstat", "-M", "master", NULL};
	const char *stats[] = {program, "stats", "-C", dir, "--format", "json", "master", NULL};
	const char *one[] = {program,	 "stats",	"-C",	  dir,
			     "--method", "sum-renames", "master", NULL};
	const char *cycle[] = {program, "cycle", "-C", dir, NULL};
	size_t i;

	for (i = 0; i < TRIES; i++)
		if (run(git, NULL, &out[GIT], e) < 0 || run(stats, NULL, &out[STATS], e) < 0 ||
		    run(one, NULL, &out[ONE], e) < 0 || run(cycle, NULL, &out[CYCLE], e) < 0)
			return -1;
	return 0;
}

/* True if the limits hold. */
static bool print(const struct took t[PROGRAMS])
{
	struct json *j = json_new_object();
	bool ok = t[STATS].wall < FACTOR * t[GIT].wall && t[CYCLE].wall < CYCLE_MAX;

	json_put_str(j, "benchmark", "release");
	json_put_int(j, "commits", COMMITS);
	json_put_real(j, "git_log_numstat_seconds", t[GIT].wall);
	json_put_real(j, "git_log_numstat_cpu_seconds", t[GIT].cpu);
	json_put_real(j, "stats_one_definition_seconds", t[ONE].wall);
	json_put_real(j, "stats_one_definition_cpu_seconds", t[ONE].cpu);
	json_put_real(j, "stats_one_definition_factor", t[ONE].wall / t[GIT].wall);
	json_put_real(j, "stats_seconds", t[STATS].wall);
	json_put_real(j, "stats_cpu_seconds", t[STATS].cpu);
	json_put_real(j, "stats_factor", t[STATS].wall / t[GIT].wall);
	json_put_real(j, "stats_factor_limit", FACTOR);
	json_put_real(j, "cycle_seconds", t[CYCLE].wall);
	json_put_real(j, "cycle_cpu_seconds", t[CYCLE].cpu);
	json_put_real(j, "cycle_limit", CYCLE_MAX);
	json_put_bool(j, "holds", ok);
	json_print(j, stdout);
	json_unref(j);
	return ok;
}

int main(void)
{
	struct err e = ERR_INIT;
	char *dir = dir_temp("xsplice-bench.", &e);
	struct took t[PROGRAMS] = {0};
	bool ok = false;

	if (dir && !make_repo(dir, &e) && !measure(dir, "build/rel/bin/xsplice-release", t, &e))
		ok = print(t);
	if (e.kind != ERR_NONE)
		fprintf(stderr, "bench_release: %s\n", e.text);
	if (dir)
		dir_remove(dir, &e);
	free(dir);
	return !ok || e.kind != ERR_NONE;
}
