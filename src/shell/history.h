/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_SHELL_HISTORY_H
#define NSH_SHELL_HISTORY_H

/*
 * The lines typed at prompts, kept in $XDG_STATE_HOME/nsh/history (~/.local/state/nsh/history),
 * readable by their owner alone. Each is appended under a lock, so that sessions side by
 * side lose none. Where there is no place to keep them, they last as long as the session.
 */
void history_load(void);
/* Adds a command to the session's and the kept history, as one line; what is there already moves
 * to the end. */
void history_keep(const char *text);

#endif
