/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * err.h - the first cause of a failure, in words for people
 *
 * A function that can fail takes a struct err as its last argument, returns 0
 * or -1 (or a NULL pointer) and describes what went wrong. Nothing is printed
 * below main(); a program maps the kind to its exit status once, at its border.
 */
#ifndef COMMON_ERR_H
#define COMMON_ERR_H

enum err_kind {
	ERR_NONE = 0,
	ERR_FAIL, /* anything without a kind of its own */
	ERR_BUSY, /* somebody else is at it, or time ran out: try again */
	ERR_UNSUPPORTED, /* the thing asked for does not exist here */
	ERR_SIGNATURE, /* signature or policy refusal */
	ERR_CHECK, /* a check before the act failed, nothing changed */
	ERR_STATE, /* not in the state asked for */
	ERR_USAGE, /* the call itself is wrong */
};

struct err {
	enum err_kind kind;
	char text[1024]; /* "object: what is wrong: what to do", printable, one line */
};

#define ERR_INIT                                                                                   \
	{                                                                                          \
		ERR_NONE, ""                                                                       \
	}

/*
 * Records a failure unless one is recorded already: the first cause stays.
 * The result is escaped for a terminal, and one line. Always returns -1, so that a caller can
 * `return err_set(...)`.
 */
int err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* err_set() with kind ERR_FAIL. */
#define err_fail(e, ...) err_set((e), ERR_FAIL, __VA_ARGS__)

/* Like err_fail(), with ": " and the text of errno value @errnum appended. */
int err_sys(struct err *e, int errnum, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Forgets what is recorded. */
void err_clear(struct err *e);

#endif
