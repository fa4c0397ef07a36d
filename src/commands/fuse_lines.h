/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_COMMANDS_FUSE_LINES_H
#define NSH_COMMANDS_FUSE_LINES_H

#include "commands/command.h"

/* Whether this is part of a script that nobody watches, and that does not say "set fuse off". */
bool may_fuse(const struct session *session);

/*
 * Lines of a script that are done at once: a cable, and the lines behind it that move its ends
 * or set them up, are one message to the kernel in place of several slow ones.
 *
 * Does the line that PLAN is of and the following ones at once where that comes to the same.
 * Returns whether it was done: then each line is recorded, told and in the journal as if it had
 * been done alone, and the session's AHEAD_DONE says how many there were besides this one. If
 * not, nothing was done, and the world is as before.
 */
bool fuse_lines(struct session *session, const struct args *args, const struct plan *plan);

#endif
