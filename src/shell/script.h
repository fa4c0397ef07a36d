/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_SHELL_SCRIPT_H
#define NSH_SHELL_SCRIPT_H

#include "commands/command.h"

/* Running text: a script, a line at the prompt, a -c. */

/* Where text comes from, for messages. */
struct source {
	const char *name; /* "lecture.nsh"; NULL: the prompt, which names nothing */
	const char *text;
	size_t length;
	size_t first_line; /* number of its first line, from 1 */
};

/*
 * Runs what SOURCE holds. A failure is printed where it happens, with the line and a caret; it
 * ends the run unless the session keeps going. Returns the status. What was done stays done:
 * see script_run(). *INCOMPLETE (may be NULL) is set, and nothing run or printed, where the text
 * is not whole yet.
 */
enum status source_run(struct session *session, const struct source *source,
		       bool *incomplete);

/* The same as a script: after a failure, unless it keeps going, what it has done is taken back,
 * and said, and the servers it started are stopped. */
enum status script_run(struct session *session, const struct source *source);

/* Reads and runs a file, "-" for standard input, which is run line by line as it comes. */
enum status script_run_file(struct session *session, const char *path);

/* Reads a whole file; the caller frees *TEXT. Errors say what is wrong with it. */
int script_read(const char *path, char **text, size_t *length, struct error *err);

/* Whether the first command of a text is "sandbox". */
bool script_wants_sandbox(const char *text, size_t length);

/* The same of a file, whose text is kept for script_run_file(). What cannot be read wants none:
 * what is wrong with it is said when it is run. */
bool script_file_wants_sandbox(const char *path);

/* The same of standard input, of which it reads as much as it takes to tell; what it has read is
 * run by script_run_file() first. */
bool script_stdin_wants_sandbox(void);

/*
 * Runs the command that COUNT words make, as part of another: "in NS LINE". Nothing is printed;
 * ERR blames words by their number in WORDS.
 */
int run_words(struct session *session, const struct word *words, size_t count,
	      struct error *err);
/* The one that is argument LINE of ARGS. ERR blames words of these. */
int run_line_of(struct session *session, const struct args *args, struct error *err);

/* Prints an error with the line that it is about: SOURCE may be NULL. WORDS: for the carets. */
void print_error(const struct source *source, const struct word *words, size_t count,
		 const struct error *err);

#endif
