/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/tables.h"

#include "base/table.h"
#include "lab/doctor.h"

static const char *verdict_text(enum doctor_verdict verdict)
{
	switch (verdict) {
	case DOCTOR_OK:
		return "ok";
	case DOCTOR_NOTE:
		return "note";
	case DOCTOR_LACKS:
		return "lacks";
	case DOCTOR_BROKEN:
		return "BROKEN";
	}
	return "";
}

static int run(struct session *session, const struct args *args, struct error *err)
{
	static const struct column columns[] = {
		{ "VERDICT", "verdict", COLUMN_STATE },
		{ "WHAT", "name", COLUMN_TEXT },
		{ "FOUND", "found", COLUMN_TEXT },
		{ "REMEDY", "remedy", COLUMN_TEXT },
		{ 0 },
	};
	struct table *table = table_new("checks", columns);
	doctor_list checks = { 0 };
	size_t broken = 0;

	(void)args;
	doctor_run(&checks);
	for (size_t i = 0; i < checks.n; i++) {
		table_row(table);
		table_cell(table, verdict_text(checks.v[i].verdict));
		table_cell(table, checks.v[i].name);
		table_cell(table, checks.v[i].found);
		table_cell(table, checks.v[i].remedy);
		broken += checks.v[i].verdict == DOCTOR_BROKEN;
	}
	session_print(session, table);
	doctor_free(&checks);
	if (broken == 0)
		return 0;
	return error_set(err, STATUS_UNSUPPORTED, 0, "nsh cannot work here: %zu %s broken",
			 broken, broken == 1 ? "thing is" : "things are");
}

const struct command commands_doctor[] = {
	{
		.grammar = "doctor",
		.help = "check what nsh needs of this machine, with remedies",
		.example = "doctor",
		.run = run,
		.flags = COMMAND_TELLS,
	},
	{ 0 },
};
