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

size_t lexer_name_length(const char *text, size_t length)
{
	size_t end = 0;

	if (length == 0 || !is_name_start(*text))
		return 0;
	while (end < length && (isalnum((unsigned char)text[end]) || text[end] == '_'))
		end++;
	return end;
}

bool is_variable_name(const char *name)
{
	return *name && lexer_name_length(name, strlen(name)) == strlen(name);
}

bool lexer_ends_word(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ';';
}

char lexer_escaped(char c, char quote)
{
	if (quote == '"' && c == 'n')
		return '\n';
	return quote == '"' && c == 't' ? '\t' : c;
}

bool lexer_is_arrow(const char *text, size_t length)
{
	return length > 1 && text[0] == '>' && text[1] == '/';
}

/* Whether C is a character of a word like any other: no blank, no quote, no $ and no backslash. */
static bool is_plain(char c)
{
	return !lexer_ends_word(c) && c != '"' && c != '\'' && c != '$' && c != '\\';
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
	end = name < l->length ? name + lexer_name_length(l->text + name, l->length - name) : name;
	if (end == name) {
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
			c = lexer_escaped(c, quote);
		}
		buf_addc(text, c);
		l->at++;
	}
	if (l->at >= l->length)
		return incomplete(l, open, "this quote is not closed");
	l->at++;
	return LEXED;
}

static void add_plain(struct lexer *l, struct buf *text)
{
	size_t start = l->at;

	while (l->at < l->length && is_plain(l->text[l->at]))
		l->at++;
	buf_addn(text, l->text + start, l->at - start);
}

/* The length of the word that starts here, if it is what stands there; else 0. */
static size_t plain_length(const struct lexer *l)
{
	const char *text = l->text + l->at;
	size_t length = l->length - l->at, n = 0;

	while (n < length && is_plain(text[n]))
		n++;
	if ((n < length && !lexer_ends_word(text[n])) || lexer_is_arrow(text, length))
		return 0;
	return n;
}

static enum lexed lex_word(struct lexer *l, struct raw_word *word)
{
	struct buf text cleanup_buf = { 0 };
	size_t text_start = l->at;
	enum lexed result;

	word->start = l->at;
	if (lexer_is_arrow(l->text + l->at, l->length - l->at)) {
		l->at++;
		word->end = l->at;
		buf_addc(&text, '>');
		add_text(word, &text, text_start);
		return LEXED;
	}
	while (l->at < l->length && !lexer_ends_word(l->text[l->at])) {
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
			add_plain(l, &text);
			continue;
		}
		if (result != LEXED)
			return result;
	}
	word->end = l->at;
	add_text(word, &text, text_start);
	return LEXED;
}

/* Some editors mark UTF-8 so, in front of all. */
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* Blanks, continued lines and comments. */
static enum lexed skip_blanks(struct lexer *l)
{
	if (l->at == 0 && l->length >= strlen(BYTE_ORDER_MARK) &&
	    memcmp(l->text, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)) == 0)
		l->at = strlen(BYTE_ORDER_MARK);
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

void raw_words_free(raw_word_list *words)
{
	for (size_t i = 0; i < words->n; i++)
		raw_word_free(&words->v[i]);
	vector_free(words);
}

static enum lexed lex_block(struct lexer *l, struct block *block, bool in_braces,
			    size_t open);

/* What a word on its own is, besides a word. */
enum brace { BRACE_NONE, BRACE_OPEN, BRACE_CLOSE };

static enum brace brace_of(const struct raw_word *word)
{
	if (is_word(word, "{"))
		return BRACE_OPEN;
	return is_word(word, "}") ? BRACE_CLOSE : BRACE_NONE;
}

static void note_word(struct statement *statement, size_t start, size_t end)
{
	if (statement->end == 0)
		statement->start = (uint32_t)start;
	statement->end = (uint32_t)end;
}

/* Takes a word that is what stands there and no more, as most are. */
static bool take_plain(struct lexer *l, struct statement *statement)
{
	size_t length = plain_length(l);
	const char *text = l->text + l->at;

	/* A brace, and what begins a block, mean more. */
	if (length < 2 ||
	    (statement->end == 0 && length == 3 && strncmp(text, "for", length) == 0))
		return false;
	note_word(statement, l->at, l->at + length);
	l->at += length;
	return true;
}

/* Behind a "{" at START. */
static enum lexed lex_body(struct lexer *l, struct statement *statement, size_t start)
{
	enum lexed result;

	if (statement->end == 0)
		return wrong(l, start, "a block belongs to a \"for\", on its line");
	if (l->depth >= DEPTH_MAX)
		return wrong(l, start, "too many blocks in blocks");
	statement->body = xcalloc(1, sizeof(*statement->body));
	l->depth++;
	result = lex_block(l, statement->body, true, start);
	l->depth--;
	return result;
}

/* Words up to the end of the command. *CLOSED: a "}" came in place of a command. */
static enum lexed lex_statement(struct lexer *l, struct statement *statement, bool in_braces,
				bool *closed)
{
	bool is_for = false;

	*closed = false;
	for (;;) {
		enum lexed result = skip_blanks(l);
		struct raw_word word = { 0 };
		enum brace brace;
		size_t start;

		if (result != LEXED)
			return result;
		if (l->at >= l->length)
			return LEXED;
		if (peek(l, 0) == ';' || peek(l, 0) == '\n') {
			l->at++;
			return LEXED;
		}
		if (!is_for && take_plain(l, statement))
			continue;
		result = lex_word(l, &word);
		start = word.start;
		brace = brace_of(&word);
		if (result == LEXED && statement->end == 0)
			is_for = is_word(&word, "for");
		if (result == LEXED && brace == BRACE_NONE &&
		    !(is_for && statement->end > 0 && l->text[start] == '{'))
			note_word(statement, word.start, word.end);
		raw_word_free(&word);
		if (result != LEXED)
			return result;
		if (brace == BRACE_OPEN)
			return lex_body(l, statement, start);
		if (brace == BRACE_CLOSE && !in_braces)
			return wrong(l, start, "there is no { that this } closes");
		if (brace == BRACE_CLOSE) {
			*closed = true;
			return LEXED;
		}
		if (is_for && statement->end <= start)
			return wrong(l, start, "a blank belongs behind this {");
	}
}

static enum lexed lex_block(struct lexer *l, struct block *block, bool in_braces, size_t open)
{
	while (l->at < l->length) {
		struct statement statement = { .text = l->text };
		bool closed;
		enum lexed result = lex_statement(l, &statement, in_braces, &closed);

		if (statement.end > 0)
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

static void body_free(struct statement *statement)
{
	if (statement->body)
		block_free(statement->body);
	free(statement->body);
}

void block_free(struct block *block)
{
	for (size_t i = 0; i < block->statements.n; i++)
		body_free(&block->statements.v[i]);
	vector_free(&block->statements);
}

/* Whether a statement that was found to be in order goes on with a word, which starts here. */
static bool at_word(struct lexer *l)
{
	return skip_blanks(l) == LEXED && l->at < l->length;
}

static struct lexer lexer_of(const struct statement *statement, size_t *blame,
			     struct error *err)
{
	return (struct lexer){ .text = statement->text, .at = statement->start,
			       .length = statement->end, .blame = blame, .err = err };
}

void statement_words(const struct statement *statement, raw_word_list *words)
{
	struct error never cleanup_error = ERROR_INIT;
	size_t nowhere;
	struct lexer l = lexer_of(statement, &nowhere, &never);

	while (at_word(&l) && lex_word(&l, vector_add(words)) == LEXED)
		continue;
}

static const char *piece_text(const struct session *session, const struct piece *piece)
{
	if (!piece->variable)
		return piece->text;
	return session ? session_variable(session, piece->text) : NULL;
}

void lex_first(const char *text, size_t length, raw_word_list *words)
{
	struct error ignored cleanup_error = ERROR_INIT;
	size_t nowhere;
	struct lexer l = { .text = text, .length = length, .blame = &nowhere, .err = &ignored };
	struct statement statement = { .text = text };
	bool closed;

	while (statement.end == 0 && l.at < l.length &&
	       lex_statement(&l, &statement, false, &closed) == LEXED)
		continue;
	if (statement.end > 0)
		statement_words(&statement, words);
	body_free(&statement);
}

static int fill_in(const struct session *session, struct raw_word *raw, int number,
		   char **filled, struct error *err)
{
	struct buf text cleanup_buf = { 0 };

	/* Most words are what stands there. */
	if (raw->pieces.n == 1 && !raw->pieces.v[0].variable) {
		*filled = steal_pointer(&raw->pieces.v[0].text);
		return 0;
	}
	for (size_t j = 0; j < raw->pieces.n; j++) {
		const struct piece *piece = &raw->pieces.v[j];
		const char *value = piece_text(session, piece);

		if (!value) {
			error_set(err, STATUS_USAGE, number, "the variable $%s is not set",
				  piece->text);
			*filled = buf_steal(&text);
			return error_hint(err, "\"set %s = VALUE\" sets it", piece->text);
		}
		buf_add(&text, value);
	}
	*filled = buf_steal(&text);
	return 0;
}

int expand(const struct session *session, const struct statement *statement,
	   word_list *words, struct error *err)
{
	size_t nowhere, plain;
	struct lexer l = lexer_of(statement, &nowhere, err);
	int result = 0;

	while (result == 0 && at_word(&l)) {
		struct word *word = vector_add(words);
		struct raw_word raw = { 0 };

		plain = plain_length(&l);
		if (plain > 0) {
			*word = (struct word){ .text = xstrndup(l.text + l.at, plain),
					       .start = l.at, .end = l.at + plain };
			l.at += plain;
			continue;
		}
		if (lex_word(&l, &raw) != LEXED) {
			words->n--;
			raw_word_free(&raw);
			break;
		}
		word->start = raw.start;
		word->end = raw.end;
		word->quoted = raw.quoted;
		result = fill_in(session, &raw, (int)words->n - 1, &word->text, err);
		raw_word_free(&raw);
	}
	return result;
}

void words_free(word_list *words)
{
	for (size_t i = 0; i < words->n; i++)
		free(words->v[i].text);
	vector_free(words);
}
