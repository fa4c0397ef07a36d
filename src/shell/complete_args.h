/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_SHELL_COMPLETE_ARGS_H
#define NSH_SHELL_COMPLETE_ARGS_H

#include "commands/command.h"

/*
 * `nsh --complete INDEX WORD...`, for the completion files of shells: the command line without
 * its program, and which word of it (from 0) is being typed. Prints a candidate a line.
 */
void complete_for_shell(struct session *session, int index, char *const *words, int count);

/* The lab that the command line names with --lab, or NULL: what there is, is there. */
const char *complete_lab_named(int index, char *const *words, int count);

/* Whether a word of the command line begins a command and is not the name of a file. */
bool begins_command(const char *word);

#endif
