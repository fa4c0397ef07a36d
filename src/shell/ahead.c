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

/* Reads a line of this turn of a loop, or of one to come. */
static bool read_in_turn(struct session *session, const struct ahead *ahead, size_t turn,
			 const struct statement *statement, struct ahead_line *line)
{
	cleanup_free char *now = NULL;
	bool read;

	if (turn == ahead->turn)
		return ahead_read(session, statement, &line->words, &line->args);
	now = xstrdup(session_variable(session, ahead->variable));
	session_set_variable(session, ahead->variable, ahead->values->v[turn]);
	read = ahead_read(session, statement, &line->words, &line->args);
	session_set_variable(session, ahead->variable, now);
	return read;
}

/* A line's words mean now what they mean when it is its turn: no command in between is one that
 * sets a variable or starts a block. */
bool ahead_look(struct session *session, size_t nth, const struct args **args)
{
	struct ahead *ahead = session->ahead_of;
	size_t count = ahead->block->statements.n, at = ahead->at + nth;
	size_t turn = ahead->turn + at / count;
	struct ahead_line line = { 0 };

	if (nth == 0 || nth > AHEAD_MAX || nth != ahead->lines.n + 1 ||
	    turn >= (ahead->variable ? ahead->values->n : 1))
		return false;
	if (!read_in_turn(session, ahead, turn, &ahead->block->statements.v[at % count], &line))
		return false;
	*vector_add(&ahead->lines) = line;
	*args = &ahead->lines.v[nth - 1].args;
	return true;
}

void ahead_free(struct ahead *ahead)
{
	for (size_t i = 0; i < ahead->lines.n; i++) {
		args_free(&ahead->lines.v[i].args);
		words_free(&ahead->lines.v[i].words);
	}
	vector_free(&ahead->lines);
}
