/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_COMMANDS_COMMAND_H
#define NSH_COMMANDS_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "commands/session.h"
#include "plan/plan.h"

/* A word of a line, as the lexer gives it. */
struct word {
	char *text;	     /* quotes, escapes and variables taken away */
	size_t start, end;   /* bytes of the source line it stands at: [start, end) */
	bool quoted;	     /* at least partly: such a word is never a keyword */
};

/* One word of a line that matched the grammar of a command. */
struct arg {
	const char *name; /* as in the grammar: "NS", or the literal "addr" */
	const char *text; /* as typed; for a literal the whole one, though abbreviated */
	int word;	  /* its number in the line */
	bool literal;
};

/* A line that matched. Borrows from the words and the table. */
struct args {
	const struct command *command;
	struct arg *v;
	size_t n;
	const struct word *words; /* the whole line */
	size_t word_count;
};

/*
 * The grammar of a command is a string:
 *
 *	lowercase	a keyword
 *	UPPERCASE	a parameter; its name is its type (src/shell/types.c), which may be a
 *			grammar of its own: what several commands share
 *	a|b		one of them, as far as the group reaches
 *	[x]		x or nothing. Neighbouring [keyword ...] groups may come in any order
 *	(x)		a group
 *	X...		once or more
 *	word/w		a keyword that may be cut short to "w" anywhere, as ip(8) has it
 *	LINE		the rest of the line: a command of its own
 */
struct command {
	const char *grammar;
	const char *help;    /* one line, lower case, no full stop */
	const char *about;   /* in the first entry of a noun that has several: all its uses */
	const char *example; /* lines that work, in a sandbox, after SETUP */
	const char *setup;   /* lines that the example needs before it, or NULL */
	/* Exactly one of the two: a plan without side effects, or something to do at once. */
	int (*plan)(struct session *session, const struct args *args, struct plan *plan,
		    struct error *err);
	int (*run)(struct session *session, const struct args *args, struct error *err);
	unsigned flags;
};

enum command_flag {
	COMMAND_LOOKS = 1 << 0,	  /* only looks: left out in a dry run */
	COMMAND_FORGETS = 1 << 1, /* what it starts may change anything: the world is read again */
	COMMAND_SHELL = 1 << 2,	  /* of the shell itself: done in a dry run too */
	COMMAND_ROOM = 1 << 3,	  /* its example leaves something running or leaves nsh */
	COMMAND_FOREIGN = 1 << 5, /* in the words of another program; nsh has its own for it */
	COMMAND_CHANGES = 1 << 4, /* changes something without a plan: a record holds it */
	COMMAND_LIVE = 1 << 6,	  /* tells as it goes: its answer is never held back */
	COMMAND_TELLS = 1 << 7,	  /* of the shell itself, with an answer that may be long */
	COMMAND_GETOPT = 1 << 8,  /* options take values glued to them: "-c1", "--dport=80" */
};

/* All commands, each array ended by an entry without grammar; the list by NULL. */
extern const struct command *const command_table[];

/* The first argument with that name; NULL. */
const struct arg *arg_get(const struct args *args, const char *name);
/* The one numbered NTH (from 0) of those with that name; NULL. */
const struct arg *arg_nth(const struct args *args, const char *name, size_t nth);
size_t arg_count(const struct args *args, const char *name);
/* Its text, or NULL. */
const char *arg_text(const struct args *args, const char *name);
/* The number that it is, of a type that takes no word but a decimal number. */
unsigned long long arg_number(const struct arg *arg);
/* Whether the keyword was typed. */
bool arg_has(const struct args *args, const char *keyword);
/* The first argument with that name behind the keyword, up to the next keyword; NULL. */
const struct arg *arg_after(const struct args *args, const char *keyword, const char *name);

/* Whether TEXT is one word as it stands. */
bool word_is_plain(const char *text);
/* Adds a word to LINE, behind a blank where one belongs there; in quotes if need be, or QUOTED. */
void line_add_word(struct buf *line, const char *text, bool quoted);

/* Whether it is, or begins with, a sign that a shell keeps for itself: "|", ">>", "2>file". */
bool word_is_sign(const struct word *word);
/* The words as a line that can be shown; a long one is cut. The caller frees it. */
char *words_line(const struct word *words, size_t count);

/*
 * The line as it was meant, for the journal: whole keywords, quotes where they are needed, and
 * "in NS" before it where it acted in another namespace than host. Adds it to LINE.
 */
void args_line(const struct args *args, const char *ns, struct buf *line);

/*
 * Does what the line says: plans it and carries the plan out (or, in a dry run, prints it),
 * or runs it. A plan that fails half-way has been taken back when this returns -1. ERR blames
 * words by their number.
 */
int command_do(struct session *session, const struct args *args, struct error *err);
/* Only plans it: -1 too, without an error, where the line is none that is planned. */
int command_foresee(struct session *session, const struct args *args, struct plan *plan,
		    struct error *err);

#endif
