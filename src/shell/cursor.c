/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/complete.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "shell/lexer.h"

/* Where the cursor is in a line that is being typed. */

typedef VECTOR(struct word) scanned;

static void drop_words(scanned *words)
{
	for (size_t i = 0; i < words->n; i++)
		free(words->v[i].text);
	words->n = 0;
}

/* A line as the lexer reads it, but it may end anywhere: it is being typed. */
struct typing {
	scanned words;
	struct buf word;
	size_t start; /* of the word */
	bool in_word, quoted, unknown;
	bool variable; /* a brace out of one is none */
	char quote; /* as in struct cursor */
	size_t dollar; /* of a variable whose name the line ends in: its byte, and */
	size_t before; /* what of the word is before it */
	bool naming;
};

/* A variable at LINE[AT], which is "$". Returns its last byte. */
static size_t add_value(struct session *session, const char *line, size_t length, size_t at,
			struct typing *t)
{
	bool braces = at + 1 < length && line[at + 1] == '{';
	size_t start = at + 1 + braces, end = start;
	cleanup_free char *name = NULL;
	const char *value;

	if (start < length)
		end += lexer_name_length(line + start, length - start);
	t->naming = end == length;
	t->dollar = at;
	t->before = t->word.length;
	if (end == start) {
		buf_addc(&t->word, '$');
		return at;
	}
	name = xstrndup(line + start, end - start);
	value = session_variable(session, name);
	buf_add(&t->word, value ? value : "");
	t->unknown |= !value;
	t->variable = true;
	return end - 1 + (braces && end < length && line[end] == '}');
}

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
	t->in_word = t->quoted = t->unknown = t->variable = t->naming = false;
}

/* The byte at *AT, and what belongs to it, which moves *AT to its last. */
static void read_byte(struct session *session, const char *line, size_t length, size_t *at,
		      struct typing *t)
{
	char c = line[*at];

	if (t->quote && c == t->quote) {
		t->quote = '\0';
	} else if (!t->quote && (c == '"' || c == '\'')) {
		t->quote = c;
		t->quoted = true;
	} else if (c == '\\' && t->quote != '\'') {
		t->quoted = true;
		if (*at + 1 < length)
			buf_addc(&t->word, lexer_escaped(line[++*at], t->quote));
		else
			t->quote = '\\';
	} else if (c == '$' && t->quote != '\'') {
		*at = add_value(session, line, length, *at, t);
	} else {
		buf_addc(&t->word, c);
		if (t->start == *at && lexer_is_arrow(line + *at, length - *at))
			end_word(t, *at + 1, false);
	}
}

/*
 * Where the line ends in a variable's name that may be of one with a longer name: it is the name
 * that is being typed, not what it stands for.
 */
static bool is_naming(const struct session *session, const struct typing *t, const char *line,
		      size_t length)
{
	size_t name = t->dollar + 1;

	if (!t->naming)
		return false;
	name += name < length && line[name] == '{';
	for (size_t i = 0; i < session->variables.n; i++) {
		const char *other = session->variables.v[i].name;

		if (strlen(other) >= length - name + (line[name - 1] != '{') &&
		    strncmp(other, line + name, length - name) == 0)
			return true;
	}
	return false;
}

void cursor_read(struct session *session, const char *line, size_t length,
		 struct cursor *cursor)
{
	struct typing t = { 0 };

	/* Nobody types a zero byte, and no word has one. */
	length = strnlen(line, length);
	for (size_t i = 0; i < length; i++) {
		char c = line[i];

		if (t.quote == '#' && c != '\n')
			continue;
		if (t.quote == '#')
			t.quote = '\0';
		if (c == '\\' && t.quote != '\'' && i + 1 < length && line[i + 1] == '\n') {
			i++; /* a line that goes on: for the lexer there is nothing */
		} else if (!t.quote && lexer_ends_word(c)) {
			end_word(&t, i, c == '\n' || c == ';');
		} else if (!t.quote && !t.in_word && c == '#') {
			t.quote = '#';
		} else {
			if (!t.in_word)
				t.start = i;
			t.in_word = true;
			read_byte(session, line, length, &i, &t);
		}
	}
	cursor->words = t.words.v;
	cursor->count = t.words.n;
	cursor->start = t.in_word ? t.start : length;
	cursor->quoted = t.quoted;
	cursor->unknown = t.unknown;
	cursor->quote = t.quote;
	cursor->naming = is_naming(session, &t, line, length);
	if (cursor->naming) {
		cursor->before = t.before;
		t.word.length = t.before;
		buf_addn(&t.word, line + t.dollar, length - t.dollar);
	}
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
