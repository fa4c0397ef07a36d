/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/complete.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "shell/grammar.h"
#include "shell/lexer.h"

/* --- where the cursor is --- */

typedef VECTOR(struct word) scanned;

static void drop_words(scanned *words)
{
	for (size_t i = 0; i < words->n; i++)
		free(words->v[i].text);
	words->n = 0;
}

/* A variable at LINE[*AT], which is "$"; *AT moves to its last byte. False: it is not set. */
static bool add_value(struct session *session, const char *line, size_t length, size_t *at,
		      struct buf *word)
{
	size_t name = *at + 1, end;
	bool braces = name < length && line[name] == '{';
	cleanup_free char *text = NULL;
	const char *value;

	name += braces;
	for (end = name; end < length && (isalnum((unsigned char)line[end]) || line[end] == '_');)
		end++;
	text = xstrndup(line + name, end - name);
	if (!is_variable_name(text)) {
		buf_addc(word, '$');
		return true;
	}
	value = session_variable(session, text);
	buf_add(word, value ? value : "");
	*at = end - 1 + (braces && end < length && line[end] == '}');
	return value;
}

/* A line as the lexer reads it, but it may end anywhere: it is being typed. */
struct typing {
	scanned words;
	struct buf word;
	size_t start; /* of the word */
	bool in_word, quoted, unknown;
	bool variable; /* a brace out of one is none */
	char quote; /* as in struct cursor */
};

/* At END a word ends, if there is one, and with COMMAND the command. */
static void end_word(struct typing *t, size_t end, bool command)
{
	const char *text = buf_str(&t->word);
	bool brace = t->in_word && !t->quoted && !t->variable &&
		     (strcmp(text, "{") == 0 || strcmp(text, "}") == 0);

	if (t->in_word && !brace) {
		struct word *word = vector_add(&t->words);

		word->text = xstrdup(text);
		word->start = t->start;
		word->end = end;
		word->quoted = t->quoted;
	}
	if (brace || command)
		drop_words(&t->words);
	buf_clear(&t->word);
	t->in_word = t->quoted = t->unknown = t->variable = false;
}

/* What a backslash makes of C. */
static char escaped(char c, char quote)
{
	if (quote == '"' && c == 'n')
		return '\n';
	return quote == '"' && c == 't' ? '\t' : c;
}

void cursor_read(struct session *session, const char *line, size_t length,
		 struct cursor *cursor)
{
	struct typing t = { 0 };

	for (size_t i = 0; i < length; i++) {
		char c = line[i];

		if (t.quote == '#' && c != '\n')
			continue;
		if (t.quote == '#')
			t.quote = '\0';
		if (c == '\\' && t.quote != '\'' && i + 1 < length && line[i + 1] == '\n') {
			i++; /* a line that goes on: for the lexer there is nothing */
			continue;
		}
		if (!t.quote && strchr(" \t\r\n;", c)) {
			end_word(&t, i, c == '\n' || c == ';');
			continue;
		}
		if (!t.quote && !t.in_word && c == '#') {
			t.quote = '#';
			continue;
		}
		if (!t.in_word)
			t.start = i;
		t.in_word = true;
		if (t.quote && c == t.quote) {
			t.quote = '\0';
		} else if (!t.quote && (c == '"' || c == '\'')) {
			t.quote = c;
			t.quoted = true;
		} else if (c == '\\' && t.quote != '\'') {
			t.quoted = true;
			if (i + 1 < length)
				buf_addc(&t.word, escaped(line[++i], t.quote));
			else
				t.quote = '\\';
		} else if (c == '$' && t.quote != '\'') {
			size_t before = i;

			t.unknown |= !add_value(session, line, length, &i, &t.word);
			t.variable |= i > before;
		} else {
			buf_addc(&t.word, c);
			/* ">/proc/sys/..." is two words, as in a shell. */
			if (c == '>' && t.start == i && i + 1 < length && line[i + 1] == '/')
				end_word(&t, i + 1, false);
		}
	}
	cursor->words = t.words.v;
	cursor->count = t.words.n;
	cursor->start = t.in_word ? t.start : length;
	cursor->quoted = t.quoted;
	cursor->unknown = t.unknown;
	cursor->quote = t.quote;
	cursor->prefix = xstrdup(buf_str(&t.word));
	buf_free(&t.word);
}

void cursor_free(struct cursor *cursor)
{
	for (size_t i = 0; i < cursor->count; i++)
		free(cursor->words[i].text);
	free(cursor->words);
	free(cursor->prefix);
	*cursor = (struct cursor){ 0 };
}

void cursor_quote(const struct cursor *cursor, const char *rest, bool whole,
		  struct buf *typed)
{
	const char *special = cursor->quote == '"' ? "\"\\$" : " \t;\"'$\\#";

	for (; *rest; rest++) {
		if (cursor->quote == '\'' && *rest == '\'') {
			buf_add(typed, "'\\''");
			continue;
		}
		if (cursor->quote != '\'' && strchr(special, *rest))
			buf_addc(typed, '\\');
		buf_addc(typed, *rest);
	}
	if (whole && cursor->quote)
		buf_addc(typed, cursor->quote);
}

/* --- what may stand there --- */

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

void complete(struct session *session, const struct cursor *cursor,
	      struct candidates *candidates)
{
	struct expectations next = { 0 };
	bool foreign;
	char *before;

	candidates->prefix = cursor->prefix;
	if (cursor->unknown || cursor->quote == '#' || cursor->quote == '\\')
		return;
	if (grammar_next(cursor->words, cursor->count, true, &next) == 0) {
		before = enter_ns(session, &next);
		foreign = offers_foreign(&next, cursor);
		for (size_t i = 0; i < next.list.n; i++) {
			struct expected *e = &next.list.v[i];

			if (!foreign && is_foreign(e))
				continue;
			if (e->literal && !cursor->quoted)
				candidates_add(candidates, e->literal, e->command->help);
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
	return e->command->help;
}

void explain_next(struct session *session, const struct cursor *cursor, struct buf *text)
{
	struct strings shown cleanup_strings = { 0 };
	struct expectations next = { 0 };
	bool foreign;
	char *before;

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

/* --- for other shells --- */

static const struct {
	const char *text, *help;
} options[] = {
	{ "-c", "do the commands that follow" },
	{ "-n", "parse and plan only" },
	{ "-k", "keep going after a failure" },
	{ "-q", "no notes" },
	{ "-v", "say what is done" },
	{ "-S", "work in a private sandbox" },
	{ "--sandbox", "work in a private sandbox" },
	{ "--host", "work on the machine itself" },
	{ "--json", "print answers as JSON" },
	{ "--tap", "print expectations as TAP" },
	{ "--help", "tell how nsh is used" },
	{ "--version", "tell which nsh this is" },
};

static void print_candidates(struct candidates *candidates, const char *before)
{
	candidates_sort(candidates);
	for (size_t i = 0; i < candidates->list.n; i++) {
		const struct candidate *c = &candidates->list.v[i];

		printf("%s%s%s%s\n", before, c->text, c->help ? "\t" : "",
		       c->help ? c->help : "");
	}
}

void complete_for_shell(struct session *session, int index, char *const *words, int count)
{
	const char *word = index < count ? words[index] : "";
	struct candidates candidates = { .prefix = word };
	cleanup_free char *before = NULL;
	struct cursor cursor = { 0 };

	if (index > 0 && index - 1 < count && strcmp(words[index - 1], "-c") == 0) {
		/* A whole line in one word: its last word is completed, the rest repeated. */
		cursor_read(session, word, strlen(word), &cursor);
		before = xstrndup(word, cursor.start);
		complete(session, &cursor, &candidates);
		print_candidates(&candidates, before);
		cursor_free(&cursor);
	} else {
		for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
			if (word[0] == '-')
				candidates_add(&candidates, options[i].text, options[i].help);
		if (word[0] != '-')
			param_type("FILE")->complete(session, &(struct args){ 0 }, &candidates);
		print_candidates(&candidates, "");
	}
	candidates_free(&candidates);
}
