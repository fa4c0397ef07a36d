/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_COMMANDS_SAVE_H
#define NSH_COMMANDS_SAVE_H

#include "commands/command.h"

/*
 * The plan of save_plan() in nsh's words, with comments in between: the lines that do it,
 * where they can as a person would type them. What has no words of nsh's own is said in
 * ip's and nft's, which nsh understands.
 */
void save_words(struct session *session, const struct plan *plan, struct buf *text);
/* The same as lines for a root shell with ip(8), nft(8) and sysctl(8). */
void save_shell(const struct plan *plan, struct buf *text);

/*
 * The rules of PLAN for namespace NS; MODEL is the lab as the lines so far make it. Adds
 * lines to TEXT, and what they do to the model's world. SAID tells of each operation of
 * the plan whether a line has said it, and is told. Rules that come with a setting which
 * is not said yet are left to save_rules_rest(), once that is.
 */
void save_rules_words(struct session *model, const struct plan *plan, bool *said,
		      const char *ns, struct buf *text);
void save_rules_rest(struct session *model, const struct plan *plan, bool *said,
		     const char *ns, struct buf *text);

/* WORD, in quotes where the language needs them. */
void save_word(struct buf *text, const char *word);

#endif
