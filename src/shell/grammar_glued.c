/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/grammar_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/*
 * Options as getopt(3) has them: with their value in the same word, and several in one. Which of
 * them have a value the grammar tells.
 */

/* Whether what was taken last is an option that cannot go without a value. */
static bool value_due(const struct walk *walk)
{
	for (size_t i = 0; i < walk->threads.n; i++) {
		const struct node *node = thread_node(&walk->threads.v[i]);

		if (node->kind == NODE_ACCEPT ||
		    (node->kind == NODE_LITERAL && node->text[0] == '-'))
			return false;
	}
	return true;
}

static bool take_option(struct walk *walk, const char *text, int number)
{
	cleanup_free char *name = xstrdup(text);
	struct word option = { .text = name };
	bool line;

	return walk_step_by(walk, &option, number, 0, BY_LITERAL, &line);
}

static bool take_value(struct walk *walk, const struct word *word, int number, size_t from)
{
	struct word value = *word;
	bool line;

	value.text += from;
	return walk_step_by(walk, &value, number, from, BY_LITERAL, &line) ||
	       walk_step_by(walk, &value, number, from, BY_PARAM, &line);
}

/* "--dport=80". *FROM: where the value begins, once it is all that is missing. */
static bool take_long(struct walk *walk, const struct word *word, int number, size_t *from)
{
	const char *equals = strchr(word->text, '=');
	cleanup_free char *name =
		equals ? xstrndup(word->text, (size_t)(equals - word->text)) : NULL;

	if (!name || !take_option(walk, name, number) || !value_due(walk))
		return false;
	*from = (size_t)(equals - word->text) + 1;
	return take_value(walk, word, number, *from);
}

/* "-c1", "-nL". */
static bool take_short(struct walk *walk, const struct word *word, int number, size_t *from)
{
	for (size_t at = 1; word->text[at]; at++) {
		const char name[] = { '-', word->text[at], '\0' };

		if (!take_option(walk, name, number))
			return false;
		if (!word->text[at + 1] || !value_due(walk))
			continue;
		*from = at + 1;
		return take_value(walk, word, number, *from);
	}
	return true;
}

static bool take(struct walk *walk, const struct word *word, int number, size_t *from)
{
	*from = 0;
	if (word->text[1] == '-')
		return take_long(walk, word, number, from);
	return take_short(walk, word, number, from);
}

/* The threads that stand before a word that may be one, as a list of their own; none: no such. */
static thread_list threads_before(const struct walk *walk, const struct word *word)
{
	thread_list list = { 0 };

	if (word->text[0] != '-' || !word->text[1] || !word->text[2])
		return list;
	for (size_t i = 0; i < walk->threads.n; i++)
		if (walk->threads.v[i].entry->command->flags & COMMAND_GETOPT)
			*vector_add(&list) = walk->threads.v[i];
	return list;
}

/*
 * Where only the value is wrong the threads stand before it then, and *FROM is the byte that it
 * begins at: STAY keeps them there. Else they are where they were.
 */
static bool step_glued(struct walk *walk, const struct word *word, int number, bool stay,
		       size_t *from)
{
	thread_list threads = threads_before(walk, word), before = walk->threads;
	bool taken;

	*from = 0;
	if (threads.n == 0)
		return false;
	walk->threads = threads;
	taken = take(walk, word, number, from);
	/* In quotes it is no option, but a value in quotes may stand behind one. */
	if (word->quoted && *from == 0)
		taken = false;
	if (taken || (stay && *from)) {
		vector_free(&before);
	} else {
		vector_free(&walk->threads);
		walk->threads = before;
	}
	return taken;
}

bool walk_step_glued(struct walk *walk, const struct word *word, int number)
{
	size_t from;

	return step_glued(walk, word, number, false, &from);
}

int glued_unknown(struct walk *walk, const struct word *words, size_t at, bool abbreviate,
		  struct error *err)
{
	struct word *all;
	size_t from;

	if (at == 0 || step_glued(walk, &words[at], (int)at, true, &from) || from == 0)
		return grammar_unknown(walk, words, at, abbreviate, err);
	all = xcalloc(at + 1, sizeof(*all));
	memcpy(all, words, (at + 1) * sizeof(*all));
	all[at].text += from;
	grammar_unknown(walk, all, at, false, err);
	/* A part of the value, or all of it. */
	error_part(err, from + err->from, err->length ? err->length : strlen(all[at].text));
	free(all);
	return -1;
}
