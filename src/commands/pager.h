/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_COMMANDS_PAGER_H
#define NSH_COMMANDS_PAGER_H

#include "commands/session.h"

/*
 * Answers longer than the screen, at the prompt, go through a pager: $PAGER (split at blanks, no
 * shell), else "less -FRX", else more. It has the user's own rights and no capabilities; root's is
 * less alone, in its secure mode and with none of root's environment. "set pager = off" does
 * without, and so does an nsh that has rights its user lacks (set-uid).
 */

/* Whether what goes to session->out now would be paged if it were long. */
bool pager_wanted(const struct session *session);
/* Shows a whole answer: in the pager where it is longer than the screen, else as it is. */
void pager_show(struct session *session, const char *text);

#endif
