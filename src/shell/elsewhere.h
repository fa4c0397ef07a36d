/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_SHELL_ELSEWHERE_H
#define NSH_SHELL_ELSEWHERE_H

#include "commands/command.h"

/* What a line wants of a shell's, or of another program, that nsh has not: how it is done there. */

/*
 * COUNT words could not be matched, as ERR says: where a sign of a shell's is in the way, or a
 * program that is here does what they say, ERR names the way on.
 */
void elsewhere_hint(const struct session *session, const struct word *words, size_t count,
		    struct error *err);

/* The same for a line that failed, matched or UNMATCHED, at what only another program knows: "bridge
 * vlan" has nothing to do with a switch called vlan, where there is none. */
void elsewhere_others(const struct session *session, const struct word *words, size_t count,
		      bool unmatched, struct error *err);

/* Whether no sign of a shell's was taken for a name in a line that matches: 0, or -1 with ERR set. */
int elsewhere_check(const struct args *args, struct error *err);

#endif
