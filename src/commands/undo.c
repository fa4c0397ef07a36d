/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/tables.h"

#include "base/cleanup.h"
#include "commands/record.h"
#include "commands/servers.h"

/* What is done with what was done. */

/* Whether taking the last COUNT lines back takes names of namespaces away. */
static bool takes_names(const struct journal *journal, size_t count)
{
	bool takes = false;

	for (size_t i = journal->entries.n - count; i < journal->entries.n && !takes; i++) {
		struct plan lent = PLAN_INIT;

		ops_lend(&journal->entries.v[i].undo, &lent);
		takes = servers_may_end(&lent);
		vector_free(&lent.ops);
	}
	return takes;
}

static void tell_steps(struct session *session, size_t wanted)
{
	const struct journal *journal = &session->journal;
	size_t end = journal->entries.n;

	for (size_t i = end; wanted > 0 && i-- > 0;) {
		cleanup_free char *text = NULL;

		if (journal->entries.v[i].joined)
			continue;
		text = journal_text(journal, i, end - i);
		session_note(session, "taking back: %s", text);
		end = i;
		wanted--;
	}
}

static int undo(struct session *session, const struct args *args, struct error *err)
{
	const struct arg *number = arg_get(args, "N");
	struct journal *journal = &session->journal;
	size_t steps = journal_steps(journal), count;
	size_t wanted = arg_has(args, "all") ? steps : number ? (size_t)arg_number(number) : 1;
	struct buf line cleanup_buf = { 0 };
	room_server_list servers = { 0 };
	int result;

	if (journal->entries.n == 0)
		return error_set(err, STATUS_FAILED, -1, "there is nothing to take back");
	if (wanted > steps)
		return error_set(err, STATUS_FAILED, number->word,
				 "only %zu %s can be taken back", steps,
				 steps == 1 ? "line" : "lines");
	tell_steps(session, wanted);
	count = journal_entries(journal, wanted);
	args_line(args, session->ns, &line);
	if (takes_names(journal, count))
		servers_before(session, &servers);
	result = journal_undo(journal, session->world, count, buf_str(&line), err);
	servers_after(session, &servers);
	record_undone(session, journal->entries.n);
	return result;
}

const struct command commands_undo[] = {
	{
		.grammar = "undo [N]",
		.about = "take back the last line, the last N, or all that this shell has done",
		.help = "take the last line back, or the last N; what was typed as one line, and a "
			"loop, goes as one",
		.example = "undo",
		.setup = "ns add red",
		.run = undo,
	},
	{
		.grammar = "undo all",
		.help = "take back all that this shell has done",
		.example = "undo all",
		.setup = "ns add red; cable host red",
		.run = undo,
	},
	{ 0 },
};
