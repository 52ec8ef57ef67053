// SPDX-License-Identifier: GPL-2.0-or-later
#include "release/history.h"

#include "common/text.h"
#include "release/date.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Tokens between NULs; a commit begins with the mark that no numstat line begins with. */
#define BRIEF	     "%x01%H%x00%P%x00%ct%x00%B"
#define FULL	     BRIEF "%x00%an%x00%ae%x00%at%x00%cn%x00%ce"
#define BRIEF_TOKENS 4
#define FULL_TOKENS  9

/* To a pipe, git would write each commit by itself and wake us up for it. */
static const char *const whole_buffers[] = {"GIT_FLUSH=0", NULL};

/* What --raw says of a rename, before --numstat comes to it. */
struct source {
	const char *id; /* of the old content */
	bool same; /* the new content is the old one */
	const char *path; /* the new name */
};

struct history_job {
	struct history *h;
	struct strbuf rest; /* a token that is not complete yet */
	unsigned int tokens; /* of each header */
	unsigned int header; /* of those, still to come */
	struct change *rename; /* waits for its names */
	unsigned int raw_names; /* still to come of a file that --raw tells of */
	const char *old_id; /* of the rename that --raw tells of */
	bool same; /* it has the old content */
	struct source *sources; /* old contents of the commit's renames, in their order */
	size_t source_count, source_next;
	bool broken;
	const char *argv[32];
	char *words[2]; /* what argv borrows */
};

void range_free(struct range *r)
{
	free(r->name);
	free(r->from_name);
	free(r->to_name);
	memset(r, 0, sizeof(*r));
}

/* An end of a range that is left out is HEAD, as for git. */
static char *end_of(const char *s, size_t len)
{
	return len ? mem_strndup(s, len) : mem_strdup("HEAD");
}

int range_parse(struct git *g, const char *text, struct range *r, struct err *e)
{
	const char *dots = strstr(text, "..");

	memset(r, 0, sizeof(*r));
	r->name = mem_strdup(text);
	if (!*text)
		return err_set(e, ERR_USAGE, "the range is empty: is a variable not set?");
	if (dots && dots[2] == '.')
		return err_set(e, ERR_USAGE,
			       "%s: three dots mean both sides: write OLD..NEW with two", text);
	r->from_name = dots ? end_of(text, (size_t)(dots - text)) : mem_strdup("");
	r->to_name = dots ? end_of(dots + 2, strlen(dots + 2)) : mem_strdup(text);
	if (*r->from_name && git_resolve(g, r->from_name, r->from, e) < 0)
		return -1;
	return git_resolve(g, r->to_name, r->to, e);
}

int history_base(const char *repo, const char *a, const char *b, char id[GIT_ID_LEN], struct err *e)
{
	const char *const argv[] = {"git", "-C", repo, "merge-base", a, b, NULL};
	struct proc p = {.argv = argv};
	int ret = proc_run(&p, e);

	if (!ret && p.status == 0 && p.out.len >= GIT_ID_LEN - 1) {
		memcpy(id, p.out.data, GIT_ID_LEN - 1);
		id[GIT_ID_LEN - 1] = 0;
		ret = 1;
	} else if (!ret && p.status != 1) {
		ret = err_fail(e, "git merge-base: %s",
			       p.errors.len ? p.errors.data : "ended with a failure and no word");
	}
	proc_free(&p);
	return ret;
}

static int64_t instant(const char *s, bool *ok)
{
	char *end;
	long long v;

	errno = 0;
	v = strtoll(s, &end, 10);
	if (!*s || *end || errno || !instant_is_sane(v))
		*ok = false;
	return v;
}

static void header_token(struct history_job *job, const char *s)
{
	struct history *h = job->h;
	struct commit *c = &h->v[h->n - 1];
	const char *line;

	switch (job->tokens - job->header) {
	case 1:
		c->parents = arena_strdup(&h->arena, s);
		c->parent_count = *s != 0;
		for (; *s; s++)
			c->parent_count += *s == ' ';
		break;
	case 2:
		c->committed = instant(s, &c->has_date);
		break;
	case 3:
		c->message = arena_strdup(&h->arena, s);
		line = strchr(s, '\n');
		c->subject = arena_strndup(&h->arena, s, line ? (size_t)(line - s) : strlen(s));
		break;
	case 4:
		c->author = arena_strdup(&h->arena, s);
		break;
	case 5:
		c->author_mail = arena_strdup(&h->arena, s);
		break;
	case 6:
		c->authored = instant(s, &c->has_date);
		break;
	case 7:
		c->committer = arena_strdup(&h->arena, s);
		break;
	default:
		c->committer_mail = arena_strdup(&h->arena, s);
	}
	job->header--;
}

static void begin_commit(struct history_job *job, const char *id)
{
	struct history *h = job->h;

	h->v = mem_grow(h->v, h->n, sizeof(*h->v));
	h->v[h->n++] = (struct commit){.id = arena_strdup(&h->arena, id),
				       .parents = "",
				       .author = "",
				       .author_mail = "",
				       .committer = "",
				       .committer_mail = "",
				       .has_date = true,
				       .subject = "",
				       .message = ""};
	job->header = job->tokens - 1;
	job->source_count = job->source_next = 0;
}

/* ":100644 100644 OLD-ID NEW-ID R098", then one name or, of a rename, two. */
static bool raw_token(struct history_job *job, const char *s)
{
	const char *old = strchr(s, ' ');
	const char *status = strrchr(s, ' ');
	size_t len;

	old = old ? strchr(old + 1, ' ') : NULL;
	len = old ? strcspn(old + 1, " ") : 0;
	if (!len || len >= GIT_ID_LEN || old + 1 + len >= status)
		return false;
	job->old_id = NULL;
	job->raw_names = 1;
	if (status[1] == 'R' || status[1] == 'C') {
		job->old_id = arena_strndup(&job->h->arena, old + 1, len);
		job->same = !strncmp(old + 1, old + 1 + len + 1, len);
		job->raw_names = 2;
	}
	return true;
}

static void raw_name(struct history_job *job, const char *s)
{
	struct source *to;

	if (--job->raw_names || !job->old_id)
		return;
	job->sources = mem_grow(job->sources, job->source_count, sizeof(*job->sources));
	to = &job->sources[job->source_count++];
	to->id = job->old_id;
	to->same = job->same;
	to->path = arena_strdup(&job->h->arena, s);
}

/* Both lists have the same order. */
static void find_source(struct history_job *job, struct change *ch)
{
	ch->old_id = "";
	while (job->source_next < job->source_count) {
		const struct source *from = &job->sources[job->source_next++];

		if (strcmp(from->path, ch->path) != 0)
			continue;
		ch->old_id = from->id;
		ch->same = from->same;
		return;
	}
	job->broken = true;
}

/* "12\t3\tpath", "-\t-\tpath" of a binary file, or "12\t3\t" before two names. */
static bool numstat_token(struct history_job *job, const char *s)
{
	struct commit *c = &job->h->v[job->h->n - 1];
	struct change *ch;
	int which;

	c->changes = mem_grow(c->changes, c->change_count, sizeof(*c->changes));
	ch = &c->changes[c->change_count];
	memset(ch, 0, sizeof(*ch));
	for (which = 0; which < 2; which++) {
		char *end = (char *)(uintptr_t)(s + 1);
		long n = -1;

		if (*s >= '0' && *s <= '9')
			n = strtol(s, &end, 10);
		else if (*s != '-')
			return false;
		if (*end != '\t')
			return false;
		s = end + 1;
		*(which ? &ch->removed : &ch->added) = n;
	}
	c->change_count++;
	if (*s)
		ch->path = arena_strdup(&job->h->arena, s);
	else
		job->rename = ch;
	return true;
}

static void token(struct history_job *job, const char *s)
{
	if (job->header) {
		header_token(job, s);
		return;
	}
	if (job->rename) {
		const char **name = job->rename->old ? &job->rename->path : &job->rename->old;

		*name = arena_strdup(&job->h->arena, s);
		if (name == &job->rename->path) {
			find_source(job, job->rename);
			job->rename = NULL;
		}
		return;
	}
	if (job->raw_names) {
		raw_name(job, s);
		return;
	}
	s += strspn(s, "\n");
	if (*s == 1)
		begin_commit(job, s + 1);
	else if (*s && (!job->h->n || !(*s == ':' ? raw_token(job, s) : numstat_token(job, s))))
		job->broken = true;
}

static void sink(void *ctx, const char *data, size_t len)
{
	struct history_job *job = ctx;
	const char *end = data + len;
	const char *zero;

	for (; (zero = memchr(data, 0, (size_t)(end - data))); data = zero + 1) {
		if (job->rest.len) {
			strbuf_add(&job->rest, data, (size_t)(zero - data));
			token(job, job->rest.data);
			job->rest.len = 0;
		} else {
			token(job, data);
		}
	}
	strbuf_add(&job->rest, data, (size_t)(end - data));
}

struct history_job *history_begin(struct history *h, const char *repo, const char *from,
				  const char *to, unsigned int flags, struct proc *p)
{
	struct history_job *job = mem_zalloc(1, sizeof(*job));
	size_t n = 0;

	memset(h, 0, sizeof(*h));
	job->h = h;
	job->tokens = flags & HISTORY_BRIEF ? BRIEF_TOKENS : FULL_TOKENS;
	job->argv[n++] = "git";
	job->argv[n++] = "-C";
	job->argv[n++] = repo;
	job->argv[n++] = "log";
	job->argv[n++] = "-z";
	job->argv[n++] = "--no-color";
	job->argv[n++] = "--no-mailmap";
	job->argv[n++] = "--no-notes";
	job->argv[n++] = flags & HISTORY_BRIEF ? "--format=" BRIEF : "--format=" FULL;
	if (flags & HISTORY_LINES) {
		job->argv[n++] = "--raw";
		job->argv[n++] = "--no-abbrev";
		job->argv[n++] = "--numstat";
		job->argv[n++] = "--no-ext-diff";
		job->argv[n++] = "-M";
	}
	if (flags & HISTORY_FIRST_PARENT)
		job->argv[n++] = "--first-parent";
	else if (!(flags & HISTORY_MERGES))
		job->argv[n++] = "--diff-merges=off";
	if (flags & HISTORY_MERGES) {
		job->argv[n++] = "--merges";
		job->argv[n++] = flags & HISTORY_FIRST_PARENT ? "--diff-merges=first-parent"
				 : flags & HISTORY_REMERGE    ? "--diff-merges=remerge"
							      : "-m";
	}
	/* Of an octopus git only says, in the middle of its output, that it skips it. */
	if (flags & HISTORY_REMERGE)
		job->argv[n++] = "--max-parents=2";
	job->argv[n++] = to;
	job->words[0] = mem_printf("^%s", from ? from : "");
	if (from && *from)
		job->argv[n++] = job->words[0];
	job->argv[n++] = "--";
	p->argv = job->argv;
	p->env = whole_buffers;
	p->sink = sink;
	p->sink_ctx = job;
	return job;
}

struct history_job *history_begin_diff(struct history *h, const char *repo, const char *from,
				       const char *to, struct proc *p)
{
	struct history_job *job = mem_zalloc(1, sizeof(*job));
	const char *const argv[] = {"git",
				    "-C",
				    repo,
				    "diff",
				    "-z",
				    "--no-color",
				    "--no-ext-diff",
				    "--raw",
				    "--no-abbrev",
				    "--numstat",
				    "-M",
				    *from ? from : EMPTY_TREE,
				    to,
				    "--"};

	memset(h, 0, sizeof(*h));
	job->h = h;
	job->tokens = FULL_TOKENS;
	begin_commit(job, "");
	job->header = 0;
	memcpy(job->argv, argv, sizeof(argv));
	p->argv = job->argv;
	p->sink = sink;
	p->sink_ctx = job;
	return job;
}

int history_end(struct history_job *job, struct proc *p, struct err *e)
{
	bool whole =
		!job->header && !job->rename && !job->raw_names && !job->rest.len && !job->broken;
	int ret = 0;

	if (p->status)
		ret = err_fail(e, "git log: %s",
			       p->errors.len ? p->errors.data : "ended with a failure and no word");
	else if (!whole)
		ret = err_fail(e, "git log: its output is not understood near commit %s",
			       job->h->n ? job->h->v[job->h->n - 1].id : "1");
	strbuf_free(&job->rest);
	free(job->words[0]);
	free(job->sources);
	free(job);
	return ret;
}

int history_load(struct history *h, const char *repo, const char *from, const char *to,
		 unsigned int flags, struct err *e)
{
	struct proc p = {0};
	struct history_job *job = history_begin(h, repo, from, to, flags, &p);
	int ret = proc_run(&p, e);

	if (history_end(job, &p, e) < 0)
		ret = -1;
	proc_free(&p);
	return ret;
}

void history_free(struct history *h)
{
	size_t i;

	for (i = 0; i < h->n; i++)
		free(h->v[i].changes);
	free(h->v);
	arena_free(&h->arena);
	memset(h, 0, sizeof(*h));
}

static int by_id(const void *a, const void *b)
{
	return strcmp((*(const struct commit *const *)a)->id,
		      (*(const struct commit *const *)b)->id);
}

void history_index_make(struct history_index *x, const struct history *h)
{
	size_t i;

	x->n = h->n;
	x->v = mem_zalloc(h->n + 1, sizeof(*x->v));
	for (i = 0; i < h->n; i++)
		x->v[i] = &h->v[i];
	qsort(x->v, x->n, sizeof(*x->v), by_id);
}

void history_index_free(struct history_index *x)
{
	free(x->v);
	memset(x, 0, sizeof(*x));
}

const struct commit *history_find(const struct history_index *x, const char *id)
{
	size_t low = 0, high = x->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(x->v[mid]->id, id) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == x->n || !text_starts(x->v[low]->id, id))
		return NULL;
	/* Cut so short that it may be either of two, it is none. */
	if (low + 1 < x->n && text_starts(x->v[low + 1]->id, id))
		return NULL;
	return x->v[low];
}

int history_parse(struct history *h, const char *data, size_t len, struct err *e)
{
	struct history_job *job = mem_zalloc(1, sizeof(*job));
	struct proc p = {0};

	memset(h, 0, sizeof(*h));
	job->h = h;
	job->tokens = FULL_TOKENS;
	sink(job, data, len);
	return history_end(job, &p, e);
}
