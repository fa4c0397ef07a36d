/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_SHELL_TYPES_H
#define NSH_SHELL_TYPES_H

#include "commands/command.h"
#include "shell/candidates.h"

/*
 * A parameter of the grammar: its name there is its type. CHECK looks at the form of a word
 * alone, not at the system: 0, or -1 with an error that blames word WORD. NULL: any word will do.
 */
struct param_type {
	const char *name; /* "NS" */
	const char *what; /* "a namespace" */
	int (*check)(const char *text, int word, struct error *err);
	void (*complete)(struct session *session, const struct args *so_far,
			 struct candidates *candidates);
};

/* Whether no word is of both types: CHECK alone tells them apart. */
bool param_types_apart(const struct param_type *a, const struct param_type *b);

/* A parameter that stands for a grammar of its own, which several commands share. */
struct shared_grammar {
	const char *name; /* "IPOPTS" */
	const char *what;
	const char *grammar;
};
/* The one of that name; NULL: none. */
const struct shared_grammar *shared_grammar(const char *name);

/* The type of that name; NULL: none. */
const struct param_type *param_type(const char *name);
/* All of them, ended by one without a name. */
extern const struct param_type param_types[];

#endif
