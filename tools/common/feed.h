/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * feed.h - a signed index of payloads, as a host pulls it from a web server
 *
 * A feed is a folder: payload files, an index (JSON) and detached OpenPGP signatures
 * over the index's bytes. docs/feed-format.md is the schema and says what a client has
 * to check, and in which order. Nothing here reads a clock: the time is a parameter.
 */
#ifndef COMMON_FEED_H
#define COMMON_FEED_H

#include "common/digest.h"
#include "common/io.h"
#include "common/mem.h"
#include "common/pgp.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FEED_FORMAT    "xsplice-feed-1"
#define FEED_INDEX     "index.json"
#define FEED_SIGNATURE "index.json.sig"

#define FEED_INDEX_MAX	   ((size_t)16 << 20)
#define FEED_SIGNATURE_MAX ((size_t)64 << 10)
#define FEED_ROWS_MAX	   128 /* payloads of one build */
#define FEED_VERSION_MAX   ((int64_t)1 << 53) /* larger numbers are not exact in every JSON reader */

/* What can be wrong with a feed, each with a name of its own. */
enum feed_problem {
	FEED_FINE = 0,
	FEED_UNKNOWN, /* no verdict: a file cannot be read, gpg does not run */
	FEED_FORM, /* the index contradicts the format */
	FEED_WRONG_SIGNATURE, /* of index or payload: changed, or not by enough keys that count */
	FEED_REPLAY, /* an older version than one that was seen */
	FEED_EQUIVOCATION, /* two indexes of one version */
	FEED_FREEZE, /* expired */
	FEED_CLOCK, /* index and clock are too far apart to tell */
	FEED_MISSING, /* a payload is not there */
	FEED_TRUNCATION, /* a payload is cut off */
	FEED_MIX, /* a payload, or state, of another index */
};

/* "fine", "unknown", "form", "signature", "replay" ... */
const char *feed_problem_name(enum feed_problem p);

struct feed_words {
	const char **v;
	size_t n;
};

bool feed_has_word(const struct feed_words *w, const char *word);

/* One payload. Build-ids and digests are lower-case hexadecimal. */
struct feed_row {
	const char *file; /* beside the index: a name without slashes */
	int64_t size; /* bytes */
	const char *sha256; /* of the whole file */
	const char *build_id;
	const char *depends; /* what must be applied before: the build, or an earlier row */
	struct feed_words advisories;
	struct feed_words replaces; /* build-ids of payloads that it makes superfluous */
	const char *ring; /* hosts that take it; NULL: all */
	int64_t not_before; /* seconds since 1970; 0: at once */
};

enum feed_reason {
	FEED_HAS_PAYLOADS,
	FEED_NOT_AFFECTED,
	FEED_REBOOT, /* no payload can help: boot what @to says */
	FEED_REASON_UNKNOWN, /* nobody has looked, or nobody knows */
};

/* "not-affected", "reboot", "unknown"; NULL for FEED_HAS_PAYLOADS. */
const char *feed_reason_name(enum feed_reason r);
/* The reason of that name, FEED_HAS_PAYLOADS if there is none. */
enum feed_reason feed_reason_parse(const char *name);

/* One shipped hypervisor: payloads in the order to apply, or why there are none. */
struct feed_build {
	const char *id; /* its build-id */
	const char *name; /* for people */
	struct feed_row *rows;
	size_t n;
	enum feed_reason reason; /* FEED_HAS_PAYLOADS exactly if there are rows */
	const char *to; /* FEED_REBOOT: to what; else NULL */
	const char *why; /* NULL: not said; FEED_REASON_UNKNOWN always says it */
};

struct feed {
	struct arena arena; /* of all strings and rows */
	const char *name;
	int64_t version; /* 1 and up, grows with every index that is published */
	int64_t made; /* seconds since 1970 */
	int64_t expires;
	struct feed_build *builds; /* sorted by build-id */
	size_t n;
	char sha256[DIGEST_HEX]; /* of the index's bytes; feed_parse() sets it */
};

/*
 * Reads an index, strictly: all members there, none unknown, each of its type, and
 * feed_check() content. @name is the file's, for messages. ERR_CHECK, and @f is empty.
 * feed_free() after.
 */
int feed_parse(struct feed *f, const char *name, const void *data, size_t size, struct err *e);
void feed_free(struct feed *f);

/*
 * The rules between rows: no file, build-id or digest twice; what a payload depends on
 * comes before it and is not replaced by then; nothing replaces itself, directly or in a
 * circle; what replaces another has all its advisories; of two payloads in one place
 * (same build, same depends) one replaces the other. ERR_CHECK.
 */
int feed_check(const struct feed *f, const char *name, struct err *e);

/* The index as bytes, the same for the same content; free() them. */
char *feed_text(const struct feed *f);

/* The build of that build-id, or NULL: the feed says nothing about it. */
const struct feed_build *feed_find(const struct feed *f, const char *build_id);

/* True if a host of @ring (NULL: of none) is to have it at @now. */
bool feed_row_due(const struct feed_row *row, const char *ring, int64_t now);

/* True if it may be the name of a payload file: letters, digits, "._+-", no leading dot. */
bool feed_file_name(const char *s);
/* True for a build-id in lower-case hexadecimal. */
bool feed_build_id(const char *s);

#define FEED_TIME_LEN 24

/* RFC 3339, in one form only: "2018-02-01T00:00:00Z", years 1970 to 9999. */
bool feed_time_parse(const char *s, int64_t *t);
const char *feed_time_text(int64_t t, char out[FEED_TIME_LEN]);

/* --- who signed ---------------------------------------------------------------- */

struct feed_signer {
	char fingerprint[PGP_FINGERPRINT_HEX]; /* of the key that signed */
	char primary[PGP_FINGERPRINT_HEX]; /* "" if not known */
	char *uid; /* main user id; NULL if not known */
	int64_t made;
	bool counts;
	char *why; /* it does not; NULL if it does */
};

struct feed_signers {
	struct feed_signer *v;
	size_t n;
	size_t counted; /* different primary keys among those that count */
};

/* One step through signature packets that stand one behind the other. */
struct feed_packet {
	const unsigned char *data;
	size_t size;
};

/*
 * The packet at *@pos of a signature file, and *@pos behind it: 1, or 0 at the end. -1
 * if what is there is no whole packet of the core's one form. ERR_SIGNATURE.
 */
int feed_packet_next(const char *name, const struct file_data *sigs, size_t *pos,
		     struct feed_packet *out, struct err *e);

/*
 * Judges every signature of @sigs over the bytes of @index. One that is wrong, or no
 * signature at all, refuses them all; one by a key that is unknown, expired, revoked or
 * too weak does not count, and harms nothing: keys change. At least @require (0: one)
 * different keys have to count. @out is filled also when they do not.
 * feed_signers_free() in any case.
 */
enum feed_problem feed_verify(const char *name, const struct file_data *index,
			      const struct file_data *sigs, struct pgp_keyring *k,
			      unsigned int require, int64_t now, struct feed_signers *out,
			      struct err *e);
void feed_signers_free(struct feed_signers *s);

/* --- when ----------------------------------------------------------------------- */

/*
 * Not expired, and not made in the future (a day is allowed to clocks). More than a
 * year off on either side is FEED_CLOCK, with words about the clock.
 */
enum feed_problem feed_fresh(const struct feed *f, const char *name, int64_t now, struct err *e);

/* What a host remembers of the newest index that it took. Zeroed: none yet. */
struct feed_state {
	char name[256];
	int64_t version; /* 0: none was seen */
	char sha256[DIGEST_HEX];
};

/* A file that is not there is the state of a host that has seen none. */
int feed_state_read(struct feed_state *s, const char *path, struct err *e);
/* What a host remembers that took @f. */
void feed_state_of(struct feed_state *s, const struct feed *f);
int feed_state_write(const char *path, const struct feed *f, struct err *e);

/* Neither older than what was seen, nor another one of the same version. */
enum feed_problem feed_seen(const struct feed *f, const char *name, const struct feed_state *s,
			    struct err *e);

/* --- payloads ---------------------------------------------------------------------- */

/* What a payload file says of itself. */
struct feed_payload {
	struct arena arena;
	struct feed_row row; /* file, ring, replaces and not_before are empty */
	const char *xen; /* build-id of the Xen that it is for */
	const char *name; /* of its metadata, or NULL */
	unsigned int functions; /* that it replaces */
};

/* Reads it with the core. @name is for messages. feed_payload_free() in any case. */
int feed_payload_read(struct feed_payload *p, const char *name, const struct file_data *file,
		      struct err *e);
void feed_payload_free(struct feed_payload *p);

/*
 * Holds a file's bytes against its row: size, digest, build-id, depends, Xen's
 * build-id, advisories, and with a keyring the signatures as payload_verify() does.
 */
enum feed_problem feed_row_check(const struct feed_build *b, const struct feed_row *row,
				 const struct file_data *file, struct pgp_keyring *k,
				 unsigned int require, int64_t now, struct err *e);

#endif
