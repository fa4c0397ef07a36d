/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/complete.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "shell/grammar.h"

/* What may stand at the cursor. */

/* Names from elsewhere may hold bytes that nobody types and no terminal should see. */
static void drop_hidden(struct candidates *candidates)
{
	size_t kept = 0;

	for (size_t i = 0; i < candidates->list.n; i++) {
		struct candidate *c = &candidates->list.v[i];
		cleanup_free char *seen = str_visible(c->text);

		if (strcmp(seen, c->text) == 0) {
			candidates->list.v[kept++] = *c;
			continue;
		}
		free(c->text);
		free(c->help);
	}
	candidates->list.n = kept;
}

/* Types look around from the namespace that the innermost line acts in. */
static char *enter_ns(struct session *session, const struct expectations *next)
{
	char *before = session->ns;

	if (next->line_ns && world_has_ns(session->world, next->line_ns))
		session->ns = xstrdup(next->line_ns);
	return before;
}

static void leave_ns(struct session *session, char *before)
{
	if (session->ns == before)
		return;
	free(session->ns);
	session->ns = before;
}

/* The same type twice, from two entries with the same words before: asked once. */
static bool asked(const struct expectations *next, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (next->list.v[i].type == next->list.v[at].type && next->list.v[at].type &&
		    next->list.v[i].so_far.n == next->list.v[at].so_far.n)
			return true;
	return false;
}

/* Part of a line in the words of another program. */
static bool is_foreign(const struct expected *e)
{
	return e->command->flags & COMMAND_FOREIGN;
}

/* Other programs' words are offered only where nothing of nsh's own begins with what is typed. */
static bool offers_foreign(const struct expectations *next, const struct cursor *cursor)
{
	for (size_t i = 0; i < next->list.n; i++) {
		const struct expected *e = &next->list.v[i];

		if (is_foreign(e))
			continue;
		if (e->literal ? str_starts(e->literal, cursor->prefix) :
				 cursor->prefix[0] != '-')
			return false;
	}
	return true;
}

/* "$ROOM", "${ROOM}": the variables that may be meant. */
static void add_variables(struct session *session, const struct cursor *cursor,
			  struct candidates *candidates)
{
	const char *sign = cursor->prefix[cursor->before + 1] == '{' ? "${" : "$";

	for (size_t i = 0; i < session->variables.n; i++) {
		const struct variable *variable = &session->variables.v[i];
		cleanup_free char *text = xasprintf("%.*s%s%s%s", (int)cursor->before,
						    cursor->prefix, sign, variable->name,
						    sign[1] ? "}" : "");

		candidates_add(candidates, text, variable->value);
	}
	candidates_sort(candidates);
}

/* Of the first word of a line what all that begins with it is for. */
static const char *keyword_help(const struct expected *e)
{
	return e->so_far.n == 0 ? grammar_about(e->literal) : e->command->help;
}

void complete(struct session *session, const struct cursor *cursor,
	      struct candidates *candidates)
{
	struct expectations next = { 0 };
	bool foreign;
	char *before;

	candidates->prefix = cursor->prefix;
	if (cursor->naming)
		add_variables(session, cursor, candidates);
	if (cursor->naming || cursor->unknown || cursor->quote == '#' || cursor->quote == '\\')
		return;
	if (grammar_next(cursor->words, cursor->count, true, &next) == 0) {
		before = enter_ns(session, &next);
		foreign = offers_foreign(&next, cursor);
		for (size_t i = 0; i < next.list.n; i++) {
			struct expected *e = &next.list.v[i];

			if (!foreign && is_foreign(e))
				continue;
			if (e->literal && !cursor->quoted)
				candidates_add(candidates, e->literal, keyword_help(e));
			else if (e->type && e->type->complete && !asked(&next, i))
				e->type->complete(session, &e->so_far, candidates);
		}
		leave_ns(session, before);
	}
	expectations_free(&next);
	drop_hidden(candidates);
	candidates_sort(candidates);
}

/* The most bytes of examples on a line of "?", about: lines that wrap are hard to read. */
#define SHOWN_MAX 40

/* "red, blue, ..." behind what a parameter is. */
static void add_examples(struct session *session, const struct expected *e,
			 const struct cursor *cursor, struct buf *text)
{
	struct candidates candidates = { .prefix = cursor->prefix };
	size_t start = text->length;

	if (!e->type->complete)
		return;
	e->type->complete(session, &e->so_far, &candidates);
	candidates_sort(&candidates);
	for (size_t i = 0; i < candidates.list.n; i++) {
		if (i == 8 || (i > 0 && text->length - start > SHOWN_MAX)) {
			buf_addf(text, ", ... (%zu)", candidates.list.n);
			break;
		}
		buf_add(text, i ? ", " : ": ");
		buf_add_visible(text, candidates.list.v[i].text);
	}
	candidates_free(&candidates);
}

/* Says what is wrong with the words before the cursor: of "in NS LINE", with the line. */
static void explain_wrong(const struct cursor *cursor, struct buf *text)
{
	struct error err cleanup_error = ERROR_INIT;
	size_t from = 0, line = 0;

	do {
		struct args args = { 0 };

		from += line;
		line = 0;
		if (grammar_match(cursor->words + from, cursor->count - from, true, &args,
				  &err) < 0)
			buf_addf(text, "  %s%s%s\n", err.message, err.hint ? "; " : "",
				 err.hint ? err.hint : "");
		else if (args.n > 0 && strcmp(args.v[args.n - 1].name, "LINE") == 0)
			line = (size_t)args.v[args.n - 1].word;
		args_free(&args);
	} while (line > 0);
}

/*
 * What a keyword is for: the help of its entry; but of several of one entry, for which that
 * would be the same, what comes behind each.
 */
static const char *literal_help(const struct expectations *next, size_t at)
{
	const struct expected *e = &next->list.v[at];

	for (size_t i = 0; e->follows && i < next->list.n; i++)
		if (i != at && next->list.v[i].literal &&
		    next->list.v[i].command == e->command &&
		    strcmp(next->list.v[i].literal, e->literal) != 0)
			return e->follows->what;
	return keyword_help(e);
}

static void explain_variables(struct session *session, const struct cursor *cursor,
			      struct buf *text)
{
	struct candidates candidates = { .prefix = cursor->prefix };

	add_variables(session, cursor, &candidates);
	for (size_t i = 0; i < candidates.list.n; i++) {
		buf_addf(text, "  %-12s ", candidates.list.v[i].text + cursor->before);
		buf_add_visible(text, candidates.list.v[i].help);
		buf_addc(text, '\n');
	}
	candidates_free(&candidates);
}

void explain_next(struct session *session, const struct cursor *cursor, struct buf *text)
{
	struct strings shown cleanup_strings = { 0 };
	struct expectations next = { 0 };
	bool foreign;
	char *before;

	if (cursor->naming) {
		explain_variables(session, cursor, text);
		return;
	}
	if (grammar_next(cursor->words, cursor->count, true, &next) < 0) {
		explain_wrong(cursor, text);
		expectations_free(&next);
		return;
	}
	before = enter_ns(session, &next);
	foreign = offers_foreign(&next, cursor);
	for (size_t i = 0; i < next.list.n; i++) {
		struct expected *e = &next.list.v[i];
		const char *name = e->literal ? e->literal : e->type ? e->type->name : "";

		if ((e->literal && !str_starts(e->literal, cursor->prefix)) ||
		    strings_has(&shown, name) || (!foreign && is_foreign(e)))
			continue;
		strings_add(&shown, name);
		if (e->literal) {
			buf_addf(text, "  %-12s %s\n", name, literal_help(&next, i));
			continue;
		}
		buf_addf(text, "  %-12s %s", name, e->type ? e->type->what : "");
		if (e->type)
			add_examples(session, e, cursor, text);
		buf_addc(text, '\n');
	}
	if (next.complete && !*cursor->prefix)
		buf_addf(text, "  %-12s the line is complete\n", "<Enter>");
	if (text->length == 0) {
		buf_add(text, "  nothing that starts with \"");
		buf_add_visible(text, cursor->prefix);
		buf_add(text, "\" may stand here\n");
	}
	leave_ns(session, before);
	expectations_free(&next);
}
