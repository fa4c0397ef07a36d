/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/tables.h"

#include "plan/reset.h"

/* All that nsh made goes, and nothing else. */

static int reset(struct session *session, const struct args *args, struct plan *plan,
		 struct error *err)
{
	(void)args;
	plan->one_way = session->last_line && !session->dry_run;
	if (plan_reset(session->world, session->sandbox, plan, err) < 0)
		return -1;
	if (plan->ops.n == 0)
		plan_note(plan, "note: there is nothing of nsh's here");
	return 0;
}

const struct command commands_reset[] = {
	{
		.grammar = "reset",
		.help = "remove all that nsh made, and nothing else, whichever nsh made "
			"it",
		.example = "reset",
		.setup = "ns add red blue; cable red blue; cable host red; nat on",
		.plan = reset,
	},
	{ 0 },
};
