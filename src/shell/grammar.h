/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_SHELL_GRAMMAR_H
#define NSH_SHELL_GRAMMAR_H

#include "commands/command.h"
#include "shell/types.h"

/*
 * The grammar of the command table, compiled when first used. One walk over it serves running,
 * TAB and "?": a set of threads, one for each entry and place that the words so far may have
 * led to, with what each has bound.
 */

/*
 * Finds the command that COUNT words mean. With ABBREVIATE a keyword may be cut short where it
 * is unique. On success the caller frees ARGS with args_free(). On failure ERR (STATUS_USAGE)
 * blames a word; word number COUNT is the end of the line: something is missing there.
 */
int grammar_match(const struct word *words, size_t count, bool abbreviate, struct args *args,
		  struct error *err);
void args_free(struct args *args);

/* One thing that may come next. */
struct expected {
	const char *literal;		/* a keyword, or NULL: */
	const struct param_type *type;	/* a parameter */
	const struct command *command;	/* an entry that it belongs to */
	const struct param_type *follows; /* the parameter right behind a keyword, or NULL */
	struct args so_far;		/* what that entry has bound up to here */
};
struct expectations {
	VECTOR(struct expected) list;
	bool complete;	 /* the line may end here */
	bool line;	 /* a command of its own starts here: begin again */
	char *line_ns;	 /* for "in NS LINE": the namespace, else NULL */
	size_t line_word; /* the word at which the innermost such command starts */
};

/*
 * What may come behind COUNT words. Returns -1 where the words make no sense already. The
 * caller frees NEXT with expectations_free() either way.
 */
int grammar_next(const struct word *words, size_t count, bool abbreviate,
		 struct expectations *next);
void expectations_free(struct expectations *next);

/* Whether the word is the first of some command. */
bool grammar_is_command(const char *word);
/* What nsh's own command is called that does what the program WORD does, or NULL. */
const char *grammar_synonym(const char *word);
/* Whether it is of one in nsh's own words, or in another program's; it may be of both. */
bool grammar_is_own(const char *word);
bool grammar_is_foreign(const char *word);
/* What the commands that begin with the word are for, in nsh's own words if there are some. */
const char *grammar_about(const char *word);

/*
 * Checks every entry of the table: its grammar is well formed, its parameters have types, it has
 * help and an example that it accepts itself, no line is accepted by two, and the first of several
 * says what all are about. Adds what is wrong, a line each, to PROBLEMS.
 */
void grammar_lint(struct strings *problems);
/* The same of another table, which need not be well formed: so that the checks can be tested. */
void grammar_lint_table(const struct command *const *table, struct strings *problems);

#endif
