/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/tables.h"

#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/table.h"
#include "lab/lab.h"

/* Named labs: the list, and their end. "nsh --lab NAME" makes them. */

static int list(struct session *session, const struct args *args, struct error *err)
{
	static const struct column columns[] = {
		{ "LAB", "lab", COLUMN_NS },
		{ "SINCE", "since", COLUMN_FAINT },
		{ "NAMESPACES", "namespaces", COLUMN_NUMBER },
		{ "PROCESSES", "processes", COLUMN_NUMBER },
		{ "HERE", "here", COLUMN_BOOL },
		{ 0 },
	};
	lab_list labs = { 0 };
	struct table *table;

	(void)args;
	if (lab_read(&labs, err) < 0)
		return -1;
	table = table_new("labs", columns);
	table_if_empty(table, "there are no labs: \"nsh --lab NAME\" makes one");
	for (size_t i = 0; i < labs.n; i++) {
		const struct lab *lab = &labs.v[i];
		time_t since = (time_t)lab->since;
		struct tm broken;
		char when[64] = "";
		bool here;

		if (localtime_r(&since, &broken))
			strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", &broken);
		table_row(table);
		table_cell(table, lab->name);
		table_cell(table, when);
		table_cellf(table, "%ld", lab->namespaces);
		if (lab->processes >= 0)
			table_cellf(table, "%ld", lab->processes);
		else
			table_cell(table, NULL);
		here = session->lab && strcmp(session->lab, lab->name) == 0;
		table_cell(table, here ? "yes" : "no");
	}
	session_print(session, table);
	lab_list_free(&labs);
	return 0;
}

static int did_you_mean(const char *name, struct error *err)
{
	struct error ignored cleanup_error = ERROR_INIT;
	struct strings names cleanup_strings = { 0 };
	lab_list labs = { 0 };
	const char *near;

	if (lab_read(&labs, &ignored) < 0)
		return -1;
	for (size_t i = 0; i < labs.n; i++)
		strings_add(&names, labs.v[i].name);
	near = str_nearest(name, &names);
	if (near)
		error_hint(err, "did you mean %s?", near);
	lab_list_free(&labs);
	return -1;
}

static int del(struct session *session, const struct args *args, struct error *err)
{
	const struct arg *name = arg_get(args, "LAB");
	long processes = 0;

	if (session->lab && strcmp(session->lab, name->text) == 0) {
		error_set(err, STATUS_FAILED, name->word, "this shell is in lab %s",
			  name->text);
		return error_hint(err, "leave it first, then \"nsh lab del %s\"",
				  name->text);
	}
	if (lab_delete(name->text, &processes, err) < 0) {
		err->word = name->word;
		return error_is_set(err) && !err->hint ? did_you_mean(name->text, err)
						       : -1;
	}
	if (processes > 0)
		session_note(session, "note: with the lab ended %ld %s in it", processes,
			     processes == 1 ? "process" : "processes");
	return 0;
}

const struct command commands_lab[] = {
	{
		.grammar = "lab [list]",
		.about = "named labs, which \"nsh --lab NAME\" makes and joins: list, delete",
		.help = "list the named labs, which \"nsh --lab NAME\" makes and joins",
		.example = "lab",
		.run = list,
		.flags = COMMAND_LOOKS,
	},
	{
		.grammar = "lab del LAB",
		.help = "delete a named lab with all that is in it and runs in it",
		.example = "lab del demo",
		.run = del,
		.flags = COMMAND_ROOM,
	},
	{ 0 },
};
