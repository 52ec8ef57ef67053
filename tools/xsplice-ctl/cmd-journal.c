// SPDX-License-Identifier: GPL-2.0-or-later
#include "xsplice-ctl/ctl.h"

#include "xsplice-ctl/explain.h"
#include "xsplice-ctl/loader.h"
#include "xsplice-ctl/opts.h"
#include "common/digest.h"
#include "common/text.h"
#include "xsplice/loader.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A record that somebody kept: it must still be in the chain. */
struct known {
	bool given;
	uint64_t number;
	unsigned char digest[DIGEST_SIZE];
};

/* --- words ------------------------------------------------------------------------ */

static const char *operation_name(unsigned int operation)
{
	static const char *const names[] = {
		[ABI_JOURNAL_BOOT] = "boot",	   [ABI_JOURNAL_UNLOAD] = "unload",
		[ABI_JOURNAL_REVERT] = "revert",   [ABI_JOURNAL_APPLY] = "apply",
		[ABI_JOURNAL_REPLACE] = "replace", [ABI_JOURNAL_UPLOAD] = "upload",
	};

	return operation < sizeof(names) / sizeof(*names) ? names[operation] : "unknown";
}

/* UTC, by the hypervisor's clock. */
static void time_text(uint64_t ns, char out[32])
{
	time_t seconds = (time_t)(ns / 1000000000u);
	struct tm tm;

	if (!gmtime_r(&seconds, &tm) || !strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm))
		snprintf(out, 32, "unknown");
}

static const char *cause_text(unsigned int code)
{
	return code && code < XSP_CODES ? xsp_code_text((enum xsp_code)code) : NULL;
}

static bool is_zero(const unsigned char *p, size_t n)
{
	while (n && !*p) {
		p++;
		n--;
	}
	return !n;
}

static size_t name_len(const struct abi_journal_record *r)
{
	return strnlen(r->name, sizeof(r->name));
}

/* --- text ------------------------------------------------------------------------------ */

static void add_result(struct strbuf *b, const struct abi_journal_record *r)
{
	const char *cause = cause_text(r->code);

	if (!r->result && r->pause)
		strbuf_addf(b, "done; CPUs stood still %" PRIu64 " us", r->pause / 1000);
	else if (!r->result)
		strbuf_adds(b, "done");
	else if (cause)
		strbuf_addf(b, "refused: %s [error %d]", cause, -r->result);
	else
		strbuf_addf(b, "failed: %s [error %d]", strerror(-r->result), -r->result);
}

static void add_signer(struct strbuf *b, const struct abi_journal_record *r)
{
	char hex[2 * sizeof(r->signer) + 1];

	if (r->flags & ABI_JOURNAL_TRUSTED && !is_zero(r->signer, sizeof(r->signer))) {
		text_hex(hex, r->signer, sizeof(r->signer));
		strbuf_addf(b, "; signed by %s", hex);
	} else if (r->operation == ABI_JOURNAL_UPLOAD && !r->result)
		strbuf_adds(b, "; NOT TRUSTED");
}

static void print_record(const struct abi_journal_record *r)
{
	struct strbuf b = {0};
	char when[32];

	time_text(r->time, when);
	strbuf_addf(&b, "%5" PRIu64 "  %s  %-7s  ", r->number, when, operation_name(r->operation));
	strbuf_add_escaped(&b, r->name, name_len(r));
	if (name_len(r))
		strbuf_adds(&b, ": ");
	if (r->operation == ABI_JOURNAL_BOOT)
		strbuf_addf(&b, "policy %s", loader_mode_name(r->mode));
	else
		add_result(&b, r);
	add_signer(&b, r);
	puts(b.data);
	strbuf_free(&b);
}

static void print_verified(const struct loader_journal *j, const struct known *known)
{
	const struct abi_journal_record *last = &j->v[j->n - 1];
	char hex[DIGEST_HEX];

	text_hex(hex, last->digest, sizeof(last->digest));
	printf("%zu records, each fits the one before", j->n);
	if (j->v[0].number)
		printf(" (%" PRIu64 " older ones are no longer kept)", j->v[0].number);
	if (known->given)
		printf("; record %" PRIu64 " is the one that was kept", known->number);
	printf("\nlast: %" PRIu64 ":%s\n", last->number, hex);
}

/* --- JSON ------------------------------------------------------------------------------- */

static void put_hex(struct json *j, const char *key, const unsigned char *data, size_t n)
{
	char hex[DIGEST_HEX];

	text_hex(hex, data, n);
	json_put_str(j, key, is_zero(data, n) ? NULL : hex);
}

static struct json *record_json(const struct abi_journal_record *r)
{
	struct json *j = json_new_object();
	char when[32];

	time_text(r->time, when);
	json_put_int(j, "number", (int64_t)r->number);
	json_put_str(j, "time", when);
	json_put_int(j, "time_ns", (int64_t)r->time);
	json_put_str(j, "operation", operation_name(r->operation));
	json_put_strn(j, "name", r->name, name_len(r));
	json_put_int(j, "result", r->result);
	json_put_int(j, "code", r->code);
	json_put_str(j, "cause", cause_text(r->code));
	json_put_int(j, "pause_ns", (int64_t)r->pause);
	json_put_str(j, "mode", loader_mode_name(r->mode));
	json_put_bool(j, "trusted", r->flags & ABI_JOURNAL_TRUSTED);
	json_put_int(j, "good_signatures", r->signatures);
	put_hex(j, "file_sha256", r->file_digest, sizeof(r->file_digest));
	put_hex(j, "build_id", r->build_id, sizeof(r->build_id));
	put_hex(j, "signer", r->signer, sizeof(r->signer));
	put_hex(j, "digest", r->digest, sizeof(r->digest));
	return j;
}

static void print_json(const struct loader_journal *j, bool verified)
{
	struct json *doc = ctl_json("journal");
	struct json *all = json_new_array();
	size_t i;

	for (i = 0; i < j->n; i++)
		json_add(all, record_json(&j->v[i]));
	json_put_int(doc, "oldest", (int64_t)j->start);
	json_put_int(doc, "next", (int64_t)j->next);
	json_put_bool(doc, "verified", verified);
	json_put(doc, "records", all);
	ctl_json_done(doc);
}

/* --- verifying --------------------------------------------------------------------------- */

static void sha256(void *ctx, uint8_t hash, const struct xsp_bytes *piece, uint32_t count,
		   uint8_t *out)
{
	struct digest_part parts[2];
	uint32_t i;

	(void)ctx;
	(void)hash;
	for (i = 0; i < count && i < 2; i++)
		parts[i] = (struct digest_part){piece[i].data, piece[i].size};
	digest_parts(out, DIGEST_SHA256, parts, i);
}

static int check_known(const struct loader_journal *j, const struct known *k, struct err *e)
{
	uint64_t first = j->v[0].number;

	if (k->number >= j->next)
		return err_set(e, ERR_CHECK,
			       "journal: has no record %" PRIu64 " (the next one will be %" PRIu64
			       "): the host was rebooted since, or the journal was replaced",
			       k->number, j->next);
	if (k->number + 1 < first)
		return err_set(e, ERR_STATE,
			       "journal: record %" PRIu64
			       " is no longer kept (the oldest is %" PRIu64
			       "), so nothing can be said about it",
			       k->number, first);
	if (k->number >= first &&
	    memcmp(j->v[k->number - first].digest, k->digest, sizeof(k->digest)) != 0)
		return err_set(e, ERR_CHECK,
			       "journal: record %" PRIu64 " is not the one that was kept: the host "
			       "was rebooted since, or the journal was changed",
			       k->number);
	return 0;
}

static int verify(const struct loader_journal *j, const struct known *known, struct err *e)
{
	static const struct xsp_host host = {.digest = sha256};
	const unsigned char *before = NULL;
	size_t bad;

	if (!j->n)
		return err_set(e, ERR_STATE,
			       "journal: has no such records; the next one will be "
			       "%" PRIu64,
			       j->next);
	if (known->given && known->number + 1 == j->v[0].number)
		before = known->digest;
	if (!xsp_journal_check(&host, j->v, j->n, before, &bad))
		return err_set(e, ERR_CHECK,
			       "journal: record %" PRIu64
			       " was changed, or does not follow the one "
			       "before it",
			       j->v[bad].number);
	return known->given ? check_known(j, known, e) : 0;
}

/* --- the command ------------------------------------------------------------------------- */

/* "NUMBER:DIGEST", as verifying prints it. */
static int parse_known(const char *text, struct known *out, struct err *e)
{
	char *end;

	*out = (struct known){0};
	if (!text)
		return 0;
	out->number = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || *end != ':' || out->number >= UINT64_MAX - 1 ||
	    !text_unhex(out->digest, sizeof(out->digest), end + 1))
		return err_set(e, ERR_USAGE,
			       "--known %s: is not NUMBER:DIGEST as the last line of --verify",
			       text);
	out->given = true;
	return 0;
}

static int print(const struct loader_journal *j, const struct opts_journal *o,
		 const struct known *known, struct err *e)
{
	bool verified = o->verify || known->given;
	size_t i;

	if (verified && verify(j, known, e))
		return -1;
	if (o->json)
		print_json(j, verified);
	else if (verified)
		print_verified(j, known);
	else
		for (i = 0; i < j->n; i++)
			print_record(&j->v[i]);
	return 0;
}

static int show(struct lp *lp, const struct opts_journal *o, const struct known *known,
		struct err *e)
{
	struct loader_journal j;
	struct loader l;
	bool ours;
	int rc;

	if (loader_read(lp, &l, e))
		return -1;
	ours = l.ours;
	loader_free(&l);
	if (!ours)
		return err_set(e, ERR_UNSUPPORTED,
			       "Xen's own loader keeps no journal: it takes a Xen with xSplice's");
	/* What was kept may be about any record. */
	rc = loader_journal(lp, known->given ? 0 : o->since, &j);
	if (rc)
		return explain(e, OP_ANY, WHEN_ASKED, NULL, rc);
	rc = print(&j, o, known, e);
	free(j.v);
	return rc;
}

int cmd_journal(struct cli *cli, void *opts, int argc, char **argv)
{
	const struct opts_journal *o = opts;
	struct known known;
	struct lp lp;

	if (argc) {
		err_set(&cli->err, ERR_USAGE, "%s: takes no operand", argv[0]);
		return 0;
	}
	if (parse_known(o->known, &known, &cli->err) || lp_open(&lp, &cli->err))
		return 0;
	show(&lp, o, &known, &cli->err);
	lp_close(&lp);
	return 0;
}
