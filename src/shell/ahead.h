/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_SHELL_AHEAD_H
#define NSH_SHELL_AHEAD_H

#include "commands/command.h"
#include "shell/lexer.h"

/* What of a script is known before it is its turn. */

/* More are not read at a time: what is kept of them takes memory. */
#define AHEAD_MAX 1024

struct ahead_line {
	word_list words;
	struct args args;
};

/* The lines that follow the one that runs, as far as somebody has asked for them. */
struct ahead {
	const struct block *block;
	size_t at; /* the statement that runs */
	/* Where the block is a loop's: it runs for each of VALUES, now for the one of number TURN. */
	const char *variable; /* NULL: it is none */
	const struct strings *values;
	size_t turn;
	VECTOR(struct ahead_line) lines;
};

/*
 * Reads a line as if it were its turn now. False: it is none, or none that is understood. Else
 * the caller frees WORDS and ARGS with words_free() and args_free().
 */
bool ahead_read(const struct session *session, const struct statement *statement,
		word_list *words, struct args *args);

/* SESSION's, by which a command sees the NTH line behind its own: struct session. Those of the
 * turns to come of a loop are among them. */
bool ahead_look(struct session *session, size_t nth, const struct args **args);
void ahead_free(struct ahead *ahead);

#endif
