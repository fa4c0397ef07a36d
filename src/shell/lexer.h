/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_SHELL_LEXER_H
#define NSH_SHELL_LEXER_H

#include "commands/command.h"

/*
 * The text of a script, or of a line, as statements of words. Variables are not filled in yet:
 * a block is run with other values each time.
 */

#define LINE_MAX_BYTES 65536

/* A piece of a word: text as it is, or the name of a variable. */
struct piece {
	char *text;
	bool variable;
	size_t start; /* byte of the source at which it begins */
};

struct raw_word {
	VECTOR(struct piece) pieces;
	size_t start, end; /* bytes of the source: [start, end) */
	bool quoted;
};
typedef VECTOR(struct raw_word) raw_word_list;

struct block;

/*
 * A command, or "for X in WORD... { block }": then the words are those before the brace. Only where
 * they stand is kept, in good order, as a script may have very many: they are read when wanted.
 */
struct statement {
	const char *text;    /* the source, borrowed */
	uint32_t start, end; /* its bytes from the first word to behind the last */
	struct block *body;  /* NULL: a plain command */
};

struct block {
	VECTOR(struct statement) statements;
};

enum lexed {
	LEXED,
	LEXED_INCOMPLETE, /* an open quote, an open block, a backslash at the end */
	LEXED_WRONG,	  /* ERR says what; *AT is the byte to blame */
};

/*
 * Reads LENGTH bytes of TEXT into BLOCK, which the caller frees with block_free() whatever is
 * returned; it refers to TEXT as long. With LEXED_INCOMPLETE the error is set as well, for those who
 * have no more text.
 */
enum lexed lex(const char *text, size_t length, struct block *block, size_t *at,
	       struct error *err);
void block_free(struct block *block);

/* The words of the first statement of TEXT that has any, as far as they are in order, added to
 * WORDS; what follows is not looked at. Freed with raw_words_free(). */
void lex_first(const char *text, size_t length, raw_word_list *words);

/* The words of a statement as they stand there, at least one. Freed with raw_words_free(). */
void statement_words(const struct statement *statement, raw_word_list *words);
void raw_words_free(raw_word_list *words);

/*
 * The words of a statement with variables filled in: struct word with START and END in the
 * source. An unset variable is an error (STATUS_USAGE) that blames the word; without a session
 * all are unset. The caller frees them with words_free().
 */
typedef VECTOR(struct word) word_list;
int expand(const struct session *session, const struct statement *statement,
	   word_list *words, struct error *err);
void words_free(word_list *words);

/* What completion, which reads a line that may end anywhere, goes by as well. */
bool lexer_ends_word(char c);
/* What a backslash makes of C inside "..." (QUOTE is its sign) or outside quotes. */
char lexer_escaped(char c, char quote);
/* The length of the variable's name that TEXT begins with; 0: none does. */
size_t lexer_name_length(const char *text, size_t length);
/* Whether TEXT begins with a > that is a word of its own: ">/proc/sys/..." is two, as in a shell. */
bool lexer_is_arrow(const char *text, size_t length);

/* Whether NAME can be the name of a variable: a letter or _, then letters, digits or _. */
bool is_variable_name(const char *name);

#endif
