/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_SHELL_LOOP_H
#define NSH_SHELL_LOOP_H

#include "shell/lexer.h"

/* "for X in red 1..100", without the block: the values into VALUES; the variable is WORDS' second.
 * -1: the error is set. */
int loop_read(const word_list *words, struct strings *values, struct error *err);

/*
 * Before a long loop runs: whether the machine has room for what all its rounds will make. The
 * first two are planned on a world of their own; what both take, each of the others takes too.
 * Returns -1 with the error set (plan/limits.h), blaming WORD; 0 too where that cannot be told.
 * WARNINGS: what will work, but not well. VARIABLE is left with one of the VALUES.
 */
int loop_fits(struct session *session, const struct block *body, const char *variable,
	      const struct strings *values, int word, struct strings *warnings,
	      struct error *err);

#endif
