/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_SHELL_PROMPT_H
#define NSH_SHELL_PROMPT_H

#include "commands/session.h"

/* The interactive shell: reads lines from the terminal until "quit", Ctrl-D, SIGTERM or SIGHUP.
 * Returns the status to exit with. */
int prompt_run(struct session *session);

#endif
