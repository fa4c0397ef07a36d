/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_COMMANDS_WHY_H
#define NSH_COMMANDS_WHY_H

#include "commands/command.h"

/*
 * The question that a line of ping or get leaves when it fails, as a line of nsh: "why red blue",
 * "why red blue tcp 80". NULL where there is none (another command). The caller frees it.
 */
char *why_line_of(const struct session *session, const struct args *args);

/* The answer to it in full, PREFIX before each line; nothing where there is none. */
void why_explain(struct session *session, const struct args *args, const char *prefix);

#endif
