/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/ahead.h"

#include <string.h>

#include "base/cleanup.h"
#include "shell/grammar.h"

static const char *lookup(void *data, const char *name)
{
	return session_variable(data, name);
}

/* A line's words mean now what they mean when it is its turn: no command in between is one that
 * sets a variable or starts a block. */
bool ahead_look(struct session *session, size_t nth, const struct args **args)
{
	struct error ignored cleanup_error = ERROR_INIT;
	struct ahead *ahead = session->ahead_of;
	const struct statement *statement;
	size_t at = ahead->at + nth;

	if (nth == 0 || nth > AHEAD_MAX || nth != ahead->read + 1 ||
	    at >= ahead->block->statements.n)
		return false;
	statement = &ahead->block->statements.v[at];
	if (statement->body ||
	    expand(statement, lookup, session, &ahead->words[nth - 1], &ignored) < 0 ||
	    grammar_match(ahead->words[nth - 1].v, ahead->words[nth - 1].n, session->interactive,
			  &ahead->args[nth - 1], &ignored) < 0) {
		words_free(&ahead->words[nth - 1]);
		return false;
	}
	ahead->read = nth;
	*args = &ahead->args[nth - 1];
	return true;
}

void ahead_free(struct ahead *ahead)
{
	for (size_t i = 0; i < ahead->read; i++) {
		args_free(&ahead->args[i]);
		words_free(&ahead->words[i]);
	}
	ahead->read = 0;
}
