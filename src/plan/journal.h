/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_PLAN_JOURNAL_H
#define NSH_PLAN_JOURNAL_H

#include "plan/pack.h"

/* What was done, in order. */
struct journal_entry {
	char *line;	  /* in nsh's words */
	struct plan undo;
};
/* The same as it is kept. */
struct journal_line {
	char *line;
	struct packed_ops undo;
	bool joined; /* one step with the entry before */
};
struct journal {
	VECTOR(struct journal_line) entries;
	struct journal_entry other; /* without a line: the last entry changed something last */
	struct journal_entry last;  /* what was lent of the last step */
};
void journal_add(struct journal *journal, const char *line, struct plan *undo); /* takes UNDO */
/* A line that needs no way back: what it changed the kernel makes again by itself. */
void journal_pass(struct journal *journal, const char *line);
/*
 * Makes one step of all entries from number FROM on: what was typed as one, as a loop, is taken
 * back as one. Each entry is a step of its own until then.
 */
void journal_join(struct journal *journal, size_t from);
size_t journal_steps(const struct journal *journal);
/* How many entries the last COUNT steps have. */
size_t journal_entries(const struct journal *journal, size_t count);
/* The lines of COUNT entries from number FIRST on, in few words; the caller frees it. */
char *journal_text(const struct journal *journal, size_t first, size_t count);
/* The step that changed something last, with what takes it back; NULL: none. An undo is one too.
 * Borrowed until the journal changes. */
const struct journal_entry *journal_last(struct journal *journal);
void journal_free(struct journal *journal);
/*
 * Takes the last COUNT entries back, newest first, and forgets them. What fails on the way is
 * noted and passed over: as much as can be is taken back. -1 with the first failure. LINE: what
 * journal_last() is to call this; NULL: nobody will ask.
 */
int journal_undo(struct journal *journal, struct world *world, size_t count, const char *line,
		 struct error *err);

#endif
