/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_SHELL_BUILTINS_H
#define NSH_SHELL_BUILTINS_H

#include <stdio.h>

#include "commands/command.h"

/* What the shell's own commands do, where more than one file needs it. */

int expect_run(struct session *session, const struct args *args, struct error *err);
int wait_run(struct session *session, const struct args *args, struct error *err);
/* The end of TAP: "1..N". Nothing where no --tap was asked for. */
void expect_end(struct session *session);

int help_run(struct session *session, const struct args *args, struct error *err);
int find_run(struct session *session, const struct args *args, struct error *err);
/* What TAB offers behind "help": topics that are no commands, and the keywords of a command. */
void help_topics(struct strings *names);
void help_keywords(const char *command, struct strings *keywords);
/* The COMMANDS section of nsh(1), in man(7). */
void help_print_man(FILE *to);
/* Every entry of the table as JSON: what tests run over. */
void help_print_examples(FILE *to);

/* "5s", "200ms", "1m", "2" (seconds) in milliseconds; the type DURATION has checked it. */
long long duration_ms(const char *text);

#endif
