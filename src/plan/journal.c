/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/journal.h"

#include <stdlib.h>

#include "base/cleanup.h"

/* What was done, and the way back. */

static void entry_clear(struct journal_entry *entry)
{
	free(entry->line);
	entry->line = NULL;
	plan_clear(&entry->undo);
	entry->undo = (struct plan)PLAN_INIT;
}

void journal_add(struct journal *journal, const char *line, struct plan *undo)
{
	struct journal_line *entry = vector_add(&journal->entries);

	entry_clear(&journal->other);
	entry->line = xstrdup(line);
	entry->joined = false;
	ops_pack(undo, &entry->undo);
	plan_clear(undo);
	*undo = (struct plan)PLAN_INIT;
}

void journal_pass(struct journal *journal, const char *line)
{
	entry_clear(&journal->other);
	journal->other.line = xstrdup(line);
}

/* The most lines of a step that are all told. */
#define JOURNAL_TOLD 3

void journal_join(struct journal *journal, size_t from)
{
	for (size_t i = from + 1; i < journal->entries.n; i++)
		journal->entries.v[i].joined = true;
}

size_t journal_steps(const struct journal *journal)
{
	size_t steps = 0;

	for (size_t i = 0; i < journal->entries.n; i++)
		steps += !journal->entries.v[i].joined;
	return steps;
}

size_t journal_entries(const struct journal *journal, size_t count)
{
	size_t i = journal->entries.n;

	while (count > 0 && i > 0)
		count -= !journal->entries.v[--i].joined;
	return journal->entries.n - i;
}

char *journal_text(const struct journal *journal, size_t first, size_t count)
{
	const struct journal_line *entries = journal->entries.v + first;
	struct buf text cleanup_buf = { 0 };

	for (size_t i = 0; i < count && count <= JOURNAL_TOLD; i++)
		buf_addf(&text, "%s%s", i ? "; " : "", entries[i].line);
	if (count > JOURNAL_TOLD)
		buf_addf(&text, "%s; ...; %s (%zu lines)", entries[0].line,
			 entries[count - 1].line, count);
	return buf_steal(&text);
}

const struct journal_entry *journal_last(struct journal *journal)
{
	size_t count = journal_entries(journal, 1), first = journal->entries.n - count;

	if (journal->other.line)
		return &journal->other;
	if (count == 0)
		return NULL;
	free(journal->last.line);
	journal->last.line = journal_text(journal, first, count);
	vector_free(&journal->last.undo.ops);
	/* The way back begins with what was done last. */
	for (size_t i = journal->entries.n; i-- > first;)
		ops_lend(&journal->entries.v[i].undo, &journal->last.undo);
	return &journal->last;
}

void journal_free(struct journal *journal)
{
	for (size_t i = 0; i < journal->entries.n; i++) {
		free(journal->entries.v[i].line);
		packed_free(&journal->entries.v[i].undo);
	}
	vector_free(&journal->entries);
	free(journal->last.line);
	vector_free(&journal->last.undo.ops);
	entry_clear(&journal->other);
}

int journal_undo(struct journal *journal, struct world *world, size_t count, const char *line,
		 struct error *err)
{
	struct plan undo cleanup_plan = PLAN_INIT, redo = PLAN_INIT;
	int result;

	/* All at once, across the lines: deletions that follow one another are done together. */
	while (count-- > 0 && journal->entries.n > 0) {
		struct journal_line *last = &journal->entries.v[--journal->entries.n];

		ops_unpack(&last->undo, &undo);
		free(last->line);
	}
	result = undo_run(&undo, world, line ? &redo : NULL, err);
	entry_clear(&journal->other);
	if (line) {
		journal->other.line = xstrdup(line);
		journal->other.undo = redo;
	}
	return result;
}
