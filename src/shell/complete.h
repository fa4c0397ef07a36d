/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_SHELL_COMPLETE_H
#define NSH_SHELL_COMPLETE_H

#include "shell/types.h"

/* Where the cursor stands in a line, and what is typed of the word there. */
struct cursor {
	struct word *words; /* of the command that the cursor is in, before its word */
	size_t count;
	char *prefix;	    /* of the word at the cursor, as it is meant */
	size_t start;	    /* the byte at which that word begins */
	bool quoted;	    /* at least partly */
	bool unknown;	    /* a variable in it is not set */
	bool naming;	    /* it ends in the name of a variable, which may go on, */
	size_t before;	    /* behind so many bytes of PREFIX */
	char quote;	    /* what is open there: a quote, \ or # (a comment); or 0 */
};
void cursor_read(struct session *session, const char *line, size_t length,
		 struct cursor *cursor);
void cursor_free(struct cursor *cursor);

/*
 * Adds to TYPED what is to be typed at the cursor so that REST comes to stand there; where the
 * word is WHOLE with it, a quote that is open is closed.
 */
void cursor_quote(const struct cursor *cursor, const char *rest, bool whole,
		  struct buf *typed);

/* What may stand at the cursor: whole words. The caller frees them. */
void complete(struct session *session, const struct cursor *cursor,
	      struct candidates *candidates);

/* What "?" prints: a line for each thing that may come, or why nothing can. */
#define EXPLAIN_INDENT 15 /* where in its lines the explanations begin */
void explain_next(struct session *session, const struct cursor *cursor, struct buf *text);

#endif
