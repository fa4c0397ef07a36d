/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/lexer.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

struct lexer {
	const char *text;
	size_t length;
	size_t at;
	size_t *blame;
	struct error *err;
	unsigned depth;
};

/* Blocks in blocks deeper than this are a mistake, or an attack on the stack. */
#define DEPTH_MAX 64

static bool is_name_start(char c)
{
	return isalpha((unsigned char)c) || c == '_';
}

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

bool is_variable_name(const char *name)
{
	if (!is_name_start(*name))
		return false;
	while (is_name(*name))
		name++;
	return *name == '\0';
}

static char peek(const struct lexer *l, size_t ahead)
{
	return l->at + ahead < l->length ? l->text[l->at + ahead] : '\0';
}

static enum lexed wrong(struct lexer *l, size_t at, const char *message)
{
	*l->blame = at;
	error_set(l->err, STATUS_USAGE, -1, "%s", message);
	return LEXED_WRONG;
}

static enum lexed incomplete(struct lexer *l, size_t at, const char *message)
{
	wrong(l, at, message);
	return LEXED_INCOMPLETE;
}

static void add_text(struct raw_word *word, struct buf *text, size_t start)
{
	struct piece *piece;

	if (text->length == 0)
		return;
	piece = vector_add(&word->pieces);
	piece->text = buf_steal(text);
	piece->start = start;
}

/* At "$": a variable, or the sign itself where no name follows. */
static enum lexed lex_variable(struct lexer *l, struct raw_word *word, struct buf *text,
			       size_t *text_start)
{
	size_t start = l->at, name = l->at + 1, end;
	bool braces = peek(l, 1) == '{';
	struct piece *piece;

	name += braces;
	for (end = name; end < l->length && is_name(l->text[end]); end++)
		;
	if (end == name || !is_name_start(l->text[name])) {
		if (braces)
			return wrong(l, start, "${ wants the name of a variable");
		buf_addc(text, '$');
		l->at++;
		return LEXED;
	}
	if (braces && (end >= l->length || l->text[end] != '}'))
		return wrong(l, start, "${ lacks its }");
	add_text(word, text, *text_start);
	piece = vector_add(&word->pieces);
	piece->text = xstrndup(l->text + name, end - name);
	piece->variable = true;
	piece->start = start;
	l->at = end + braces;
	*text_start = l->at;
	return LEXED;
}

/* Inside "..." or '...', behind the quote that opens it. */
static enum lexed lex_quoted(struct lexer *l, char quote, struct raw_word *word,
			     struct buf *text, size_t *text_start)
{
	size_t open = l->at - 1;

	while (l->at < l->length && l->text[l->at] != quote) {
		char c = l->text[l->at];

		if (quote == '"' && c == '$') {
			enum lexed result = lex_variable(l, word, text, text_start);

			if (result != LEXED)
				return result;
			continue;
		}
		if (quote == '"' && c == '\\' && l->at + 1 < l->length) {
			l->at++;
			c = l->text[l->at];
			if (c == '\n') {
				l->at++;
				continue;
			}
			if (c == 'n')
				c = '\n';
			else if (c == 't')
				c = '\t';
		}
		buf_addc(text, c);
		l->at++;
	}
	if (l->at >= l->length)
		return incomplete(l, open, "this quote is not closed");
	l->at++;
	return LEXED;
}

static bool ends_word(char c)
{
	return c == '\0' || c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ';';
}

static enum lexed lex_word(struct lexer *l, struct raw_word *word)
{
	struct buf text cleanup_buf = { 0 };
	size_t text_start = l->at;
	enum lexed result;

	word->start = l->at;
	/* ">/proc/sys/..." is two words, as in a shell. */
	if (peek(l, 0) == '>' && peek(l, 1) == '/') {
		l->at++;
		word->end = l->at;
		buf_addc(&text, '>');
		add_text(word, &text, text_start);
		return LEXED;
	}
	while (l->at < l->length && !ends_word(l->text[l->at])) {
		char c = l->text[l->at];

		switch (c) {
		case '"':
		case '\'':
			word->quoted = true;
			l->at++;
			result = lex_quoted(l, c, word, &text, &text_start);
			break;
		case '$':
			result = lex_variable(l, word, &text, &text_start);
			break;
		case '\\':
			if (l->at + 1 >= l->length)
				return incomplete(l, l->at, "nothing follows the backslash");
			if (l->text[l->at + 1] == '\n') {
				l->at += 2;
				continue;
			}
			word->quoted = true;
			buf_addc(&text, l->text[l->at + 1]);
			l->at += 2;
			continue;
		default:
			buf_addc(&text, c);
			l->at++;
			continue;
		}
		if (result != LEXED)
			return result;
	}
	word->end = l->at;
	add_text(word, &text, text_start);
	return LEXED;
}

/* Blanks, continued lines and comments. */
static enum lexed skip_blanks(struct lexer *l)
{
	for (;;) {
		char c = peek(l, 0);

		if (l->at >= l->length)
			return LEXED;
		if (c == ' ' || c == '\t' || c == '\r') {
			l->at++;
		} else if (c == '\\' && peek(l, 1) == '\n') {
			l->at += 2;
		} else if (c == '\\' && l->at + 1 == l->length) {
			return incomplete(l, l->at, "nothing follows the backslash");
		} else if (c == '#') {
			while (l->at < l->length && l->text[l->at] != '\n')
				l->at++;
		} else {
			return LEXED;
		}
	}
}

static bool is_word(const struct raw_word *word, const char *text)
{
	return !word->quoted && word->pieces.n == 1 && !word->pieces.v[0].variable &&
	       strcmp(word->pieces.v[0].text, text) == 0;
}

static void raw_word_free(struct raw_word *word)
{
	for (size_t i = 0; i < word->pieces.n; i++)
		free(word->pieces.v[i].text);
	vector_free(&word->pieces);
}

static enum lexed lex_block(struct lexer *l, struct block *block, bool in_braces,
			    size_t open);

/* Words up to the end of the command. *CLOSED: a "}" came in place of a command. */
static enum lexed lex_statement(struct lexer *l, struct statement *statement, bool in_braces,
				bool *closed)
{
	*closed = false;
	for (;;) {
		enum lexed result = skip_blanks(l);
		struct raw_word word = { 0 };

		if (result != LEXED)
			return result;
		if (l->at >= l->length)
			return LEXED;
		if (peek(l, 0) == ';' || peek(l, 0) == '\n') {
			l->at++;
			return LEXED;
		}
		result = lex_word(l, &word);
		if (result != LEXED) {
			raw_word_free(&word);
			return result;
		}
		if (is_word(&word, "}")) {
			raw_word_free(&word);
			if (!in_braces)
				return wrong(l, word.start, "there is no { that this } closes");
			*closed = true;
			return LEXED;
		}
		if (is_word(&word, "{")) {
			raw_word_free(&word);
			if (statement->words.n == 0)
				return wrong(l, word.start,
					     "a block belongs to a \"for\", on its line");
			if (l->depth >= DEPTH_MAX)
				return wrong(l, word.start, "too many blocks in blocks");
			statement->body = xcalloc(1, sizeof(*statement->body));
			l->depth++;
			result = lex_block(l, statement->body, true, word.start);
			l->depth--;
			return result;
		}
		if (l->text[word.start] == '{' && statement->words.n > 0 &&
		    is_word(&statement->words.v[0], "for")) {
			raw_word_free(&word);
			return wrong(l, word.start, "a blank belongs behind this {");
		}
		*vector_add(&statement->words) = word;
	}
}

static enum lexed lex_block(struct lexer *l, struct block *block, bool in_braces, size_t open)
{
	while (l->at < l->length) {
		struct statement statement = { 0 };
		bool closed;
		enum lexed result = lex_statement(l, &statement, in_braces, &closed);

		if (statement.words.n > 0)
			*vector_add(&block->statements) = statement;
		if (result != LEXED)
			return result;
		if (closed)
			return LEXED;
	}
	if (in_braces)
		return incomplete(l, open,
				  "this block is not closed: a } of its own does that");
	return LEXED;
}

/* Sizes and bytes that no script has. */
static enum lexed check_text(struct lexer *l)
{
	size_t line = 0;

	for (size_t i = 0; i < l->length; i++) {
		if (l->text[i] == '\0')
			return wrong(l, i, "this is no script: it holds a NUL byte");
		if (l->text[i] == '\n')
			line = i + 1;
		else if (i - line >= LINE_MAX_BYTES)
			return wrong(l, line, "this line is longer than 64 KiB");
	}
	return LEXED;
}

enum lexed lex(const char *text, size_t length, struct block *block, size_t *at,
	       struct error *err)
{
	struct lexer l = { .text = text, .length = length, .blame = at, .err = err };
	enum lexed result;

	*at = 0;
	result = check_text(&l);
	return result == LEXED ? lex_block(&l, block, false, 0) : result;
}

void block_free(struct block *block)
{
	for (size_t i = 0; i < block->statements.n; i++) {
		struct statement *statement = &block->statements.v[i];

		for (size_t j = 0; j < statement->words.n; j++)
			raw_word_free(&statement->words.v[j]);
		vector_free(&statement->words);
		if (statement->body) {
			block_free(statement->body);
			free(statement->body);
		}
	}
	vector_free(&block->statements);
}

int expand(const struct statement *statement,
	   const char *(*lookup)(void *data, const char *name), void *data, word_list *words,
	   struct error *err)
{
	for (size_t i = 0; i < statement->words.n; i++) {
		const struct raw_word *raw = &statement->words.v[i];
		struct word *word = vector_add(words);
		struct buf text = { 0 };

		word->start = raw->start;
		word->end = raw->end;
		word->quoted = raw->quoted;
		for (size_t j = 0; j < raw->pieces.n; j++) {
			const struct piece *piece = &raw->pieces.v[j];
			const char *value = piece->text;

			if (piece->variable) {
				value = lookup(data, piece->text);
				if (!value) {
					word->text = buf_steal(&text);
					error_set(err, STATUS_USAGE, (int)i,
						  "the variable $%s is not set", piece->text);
					return error_hint(err, "\"set %s = VALUE\" sets it",
							  piece->text);
				}
			}
			buf_add(&text, value);
		}
		word->text = buf_steal(&text);
	}
	return 0;
}

void words_free(word_list *words)
{
	for (size_t i = 0; i < words->n; i++)
		free(words->v[i].text);
	vector_free(words);
}
