/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/ahead.h"

#include "base/cleanup.h"
#include "shell/grammar.h"

bool ahead_read(const struct session *session, const struct statement *statement,
		word_list *words, struct args *args)
{
	struct error ignored cleanup_error = ERROR_INIT;

	if (!statement->body && expand(session, statement, words, &ignored) == 0 &&
	    grammar_match(words->v, words->n, session->interactive, args, &ignored) == 0)
		return true;
	words_free(words);
	return false;
}

/* A line's words mean now what they mean when it is its turn: no command in between is one that
 * sets a variable or starts a block. */
bool ahead_look(struct session *session, size_t nth, const struct args **args)
{
	struct ahead *ahead = session->ahead_of;
	size_t at = ahead->at + nth;

	if (nth == 0 || nth > AHEAD_MAX || nth != ahead->read + 1 ||
	    at >= ahead->block->statements.n)
		return false;
	if (!ahead_read(session, &ahead->block->statements.v[at], &ahead->words[nth - 1],
			&ahead->args[nth - 1]))
		return false;
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
