/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_COMMANDS_RECORD_H
#define NSH_COMMANDS_RECORD_H

#include "commands/command.h"

/* Adds a line that has succeeded to the record, if one is being made. */
void record_line(struct session *session, const char *line);
/* The same for one that is about to become the next entry of the journal. */
void record_planned(struct session *session, const char *line);

/*
 * After an undo that left LEFT entries in the journal: the lines that were taken back
 * leave the record, and with them what came after. One that is older than the record is
 * told in a comment.
 */
void record_undone(struct session *session, size_t left);

/* Ends the record. */
void record_stop(struct session *session);

#endif
