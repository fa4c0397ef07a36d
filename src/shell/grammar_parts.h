/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_SHELL_GRAMMAR_PARTS_H
#define NSH_SHELL_GRAMMAR_PARTS_H

#include "shell/grammar.h"

/* What the files of the grammar share; nothing else needs it. */

/* --- the automaton: grammar_compile.c --- */

enum node_kind {
	NODE_LITERAL, /* a keyword, then NEXT */
	NODE_PARAM,   /* a parameter, then NEXT */
	NODE_SPLIT,   /* NEXT or OTHER */
	NODE_ONCE,    /* OTHER if group BIT was not taken yet, which takes it; or NEXT */
	NODE_ACCEPT,
};

struct node {
	enum node_kind kind;
	char *text; /* of a literal or parameter */
	const struct param_type *type;
	size_t least; /* bytes to which a literal may be cut short */
	int next, other;
	unsigned bit;
};

struct entry {
	const struct command *command;
	int start;  /* -1: not compiled yet */
	char first; /* byte of the keyword that it begins with; a parameter: a capital */
};

/* The command table, compiled; while grammar_lint_table() works, another table. */
struct grammar {
	VECTOR(struct node) nodes;
	VECTOR(struct entry) entries;
	/* Numbers of the entries that may begin with a letter, found when first asked for. */
	VECTOR(unsigned short) by_letter[26];
	struct strings problems;
	bool listed; /* the entries are there */
	bool whole;  /* and compiled, all of them */
};
extern struct grammar grammar;

/* Lists the entries of a table, or of the command table where none is listed yet. */
void grammar_list_table(const struct command *const *table);
void grammar_list(void);
/* Makes the nodes of an entry, or of all: each once. */
void grammar_compile_entry(struct entry *entry);
void grammar_compile(void);

/* Whether KEYWORD is the first of the entry. */
bool grammar_starts_with(const struct entry *entry, const char *keyword);

/* --- the walk: grammar.c --- */

/* What a thread has bound, newest first; shared between threads, freed with the walk. */
struct bound {
	const struct bound *before;
	int node; /* its number: the nodes move when further entries are compiled */
	int word;
	size_t from; /* byte of the word that a value glued to its option begins at */
};

struct bounds; /* a handful of them: grammar.c */

struct thread {
	const struct entry *entry;
	int node;
	unsigned taken; /* groups in any order */
	const struct bound *bound;
};

typedef VECTOR(struct thread) thread_list;

struct walk {
	thread_list threads; /* those that stand before a word or at the end */
	thread_list before;  /* where those of the last word stood */
	struct bounds *bounds;
};

void walk_free(struct walk *walk);
/* Adds the thread, and those that it becomes without a word. */
void walk_follow(struct walk *walk, struct thread thread);

const struct node *thread_node(const struct thread *thread);
const struct node *bound_node(const struct bound *bound);
/* In the words of another program. */
bool thread_is_foreign(const struct thread *thread);
/* Whether the thread stands before the first word of a line that is not in nsh's own words. */
bool thread_is_foreign_start(const struct thread *thread);
/* Whether a command of its own starts at the node. */
bool node_is_line(const struct node *node);
/*
 * The one keyword that WORD is short for; NULL: none. *MORE: there are others. What other
 * programs are called does not stand in the way of nsh's own words.
 */
char *walk_only_prefix(const struct walk *walk, const struct word *word, bool *more);

enum way { BY_LITERAL, BY_PARAM, BY_PREFIX };
/*
 * Lets the threads that can take the word so; if none can, the walk is as it was. NUMBER: that of
 * the word in the line, of which WORD is what stands from byte FROM. *LINE is set where the word
 * starts a command of its own, and left alone else.
 */
bool walk_step_by(struct walk *walk, const struct word *word, int number, size_t from,
		  enum way way, bool *line);

/* --- options with something glued to them: grammar_glued.c --- */

/*
 * The same for a word of a program that reads its options as getopt(3) does (COMMAND_GETOPT): "-c1"
 * is "-c 1", "-nL" is "-n -L" and "--dport=80" is "--dport 80".
 */
bool walk_step_glued(struct walk *walk, const struct word *word, int number);
/* grammar_unknown(), of the value alone where word AT is such a word but for that; the walk is of no
 * use then. */
int glued_unknown(struct walk *walk, const struct word *words, size_t at, bool abbreviate,
		  struct error *err);

/* --- what is wrong with a line: grammar_errors.c --- */

/* Word AT does not go on with any thread. Returns -1. */
int grammar_unknown(const struct walk *walk, const struct word *words, size_t at,
		    bool abbreviate, struct error *err);
/* All COUNT words are taken, but no thread may end there. Returns -1. */
int grammar_incomplete(const struct walk *walk, const struct word *words, size_t count,
		       struct error *err);

#endif
