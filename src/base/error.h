/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_BASE_ERROR_H
#define NSH_BASE_ERROR_H

#include <stdbool.h>
#include <stddef.h>

/* What a command, a script and nsh itself end with: the exit statuses of nsh(1). */
enum status {
	STATUS_OK = 0,
	STATUS_FAILED = 1,	/* a command failed */
	STATUS_USAGE = 2,	/* a line could not be understood */
	STATUS_EXPECT = 3,	/* an expectation did not hold */
	STATUS_UNSUPPORTED = 4, /* this kernel or machine cannot do it */
};

/*
 * An error is a value: set where it arises, given more words on the way up, printed once at
 * the edge. A function that can fail takes a "struct error *" that is never NULL and holds
 * no error yet, and returns 0, or -1 with the error set.
 */
struct error {
	enum status status;
	char *message;	/* one sentence without a full stop; NULL: no error */
	char *hint;	/* what to do about it ("did you mean blue?"); NULL: nothing */
	int word;	/* number of the word to blame, counted from 0; -1: none */
	size_t from;	/* first byte to blame within that word ... */
	size_t length;	/* ... and how many; 0: the whole word */
	int number;	/* the errno behind it, 0: none */
	bool told;	/* the answer has said it already: no news to who has just read that */
};

#define ERROR_INIT { .word = -1 }
#define cleanup_error __attribute__((cleanup(error_drop_)))

/* Sets the error, replacing an earlier one. WORD: the word to blame or -1. Returns -1. */
int error_set(struct error *err, enum status status, int word, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* error_set() with ": " and the text of errno NUMBER behind the message. Returns -1. */
int error_errno(struct error *err, enum status status, int word, int number,
		const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Puts words in front of the message. Returns -1. */
int error_prefix(struct error *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Sets the hint, replacing an earlier one. Returns -1. */
int error_hint(struct error *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Blames LENGTH bytes from byte FROM of the word that is blamed already. Returns -1. */
int error_part(struct error *err, size_t from, size_t length);

/* Whether an error is set. */
static inline int error_is_set(const struct error *err)
{
	return err->message != NULL;
}

/* Makes ERR the error that FROM is, replacing an earlier one; FROM is none then. Returns -1. */
int error_take(struct error *err, struct error *from);

/* Frees what the error holds and makes it "no error" again. */
void error_clear(struct error *err);
/* The same where ERR goes out of scope: most hold nothing. */
static inline void error_drop_(struct error *err)
{
	if (err->message || err->hint)
		error_clear(err);
}

#endif
