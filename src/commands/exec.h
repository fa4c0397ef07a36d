/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_COMMANDS_EXEC_H
#define NSH_COMMANDS_EXEC_H

#include "commands/command.h"

/* A wait status as a shell tells it: the exit status, or 128 and the signal's number. */
int exec_status(int status);

/* "exec red sh -c 'ip route | head -1'": how a shell does there what WORDS say; the caller frees it.
 * Words that are many, or have quotes in them, cannot be typed so: "..." stands for them. */
char *exec_shell_line(const char *ns, const struct word *words, size_t count);

/*
 * Signs that a shell keeps for itself are no arguments of the program that begins at word FIRST: it
 * would write to a file, or go on, outside of NS.
 */
int exec_check_signs(const struct args *args, const char *ns, size_t first, struct error *err);

/*
 * Runs the program that WORDS are in NS and waits for it. A status other than 0 is an error that
 * blames word WORD.
 */
int exec_words(struct session *session, const char *ns, const struct word *words,
	       size_t count, int word, struct error *err);

#endif
