/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/builtins.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/interrupt.h"
#include "base/table.h"
#include "commands/tables.h"
#include "shell/script.h"

/* The commands of the shell itself. */

long long duration_ms(const char *text)
{
	char *end;
	double value = strtod(text, &end);

	if (strcmp(end, "ms") == 0)
		return (long long)value;
	if (strcmp(end, "m") == 0)
		return (long long)(value * 60000);
	return (long long)(value * 1000);
}

static int check_ns(struct session *session, const struct arg *ns, struct error *err)
{
	return world_ns(session->world, ns->text, 0, ns->word, err) ? 0 : -1;
}

static int in(struct session *session, const struct args *args, struct error *err)
{
	const struct arg *ns = arg_get(args, "NS");
	char *before = session->ns;
	bool lent = session->ns_lent;
	int result;

	if (check_ns(session, ns, err) < 0)
		return -1;
	session->ns = xstrdup(ns->text);
	session->ns_lent = true;
	result = run_line_of(session, args, err);
	session->ns_lent = lent;
	free(session->ns);
	session->ns = before;
	return result;
}

static int use(struct session *session, const struct args *args, struct error *err)
{
	const struct arg *ns = arg_get(args, "NS");

	if (check_ns(session, ns, err) < 0)
		return -1;
	if (session->ns_lent) {
		error_set(err, STATUS_USAGE, ns->word - 1,
			  "\"use\" does nothing behind \"in\": that ends with the line");
		return error_hint(err, "\"use %s\" by itself stays there", ns->text);
	}
	free(session->ns);
	session->ns = xstrdup(ns->text);
	return 0;
}

static int json(struct session *session, const struct args *args, struct error *err)
{
	enum format before = session->format;
	int result;

	session->format = FORMAT_JSON;
	result = run_line_of(session, args, err);
	session->format = before;
	return result;
}

static int explain(struct session *session, const struct args *args, struct error *err)
{
	bool before = session->dry_run, explaining = session->explaining;
	int result;

	session->dry_run = session->explaining = true;
	world_simulate(session->world, true);
	result = run_line_of(session, args, err);
	session->dry_run = before;
	session->explaining = explaining;
	/* In a dry run the line counts as done, for the lines that follow. */
	if (!before)
		world_simulate(session->world, false);
	return result;
}

static int explain_each(struct session *session, const struct args *args, struct error *err)
{
	(void)err;
	session->explains = arg_has(args, "on");
	return 0;
}

static void list_variables(struct session *session)
{
	static const struct column columns[] = {
		{ "", "name", COLUMN_TEXT },
		{ "", "value", COLUMN_TEXT },
		{ 0 },
	};
	struct table *table = table_new("variables", columns);

	for (size_t i = 0; i < session->variables.n; i++) {
		const struct variable *variable = &session->variables.v[i];
		cleanup_free char *seen = str_visible(variable->value);

		table_row(table);
		table_cell(table, variable->name);
		table_cell(table, variable->value);
		if (session->format == FORMAT_TEXT)
			fprintf(session->out, "%s = %s\n", variable->name, seen);
	}
	if (session->format == FORMAT_JSON)
		table_print(table, true, session->out);
	table_free(table);
}

static int set(struct session *session, const struct args *args, struct error *err)
{
	(void)err;
	if (arg_get(args, "NAME")) {
		session_set_variable(session, arg_text(args, "NAME"), arg_text(args, "VALUE"));
		return 0;
	}
	list_variables(session);
	return 0;
}

static int say(struct session *session, const struct args *args, struct error *err)
{
	const struct arg *arg;

	(void)err;
	for (size_t i = 0; (arg = arg_nth(args, "TEXT", i)); i++)
		fprintf(session->out, "%s%s", i ? " " : "", arg->text);
	fputc('\n', session->out);
	fflush(session->out);
	return 0;
}

static int nap(struct session *session, const struct args *args, struct error *err)
{
	long long end = clock_ms() + duration_ms(arg_text(args, "DURATION"));

	(void)session;
	for (long long left; (left = end - clock_ms()) > 0;) {
		interrupt_poll(NULL, 0, (int)left);
		if (interrupted || terminated)
			return error_set(err, STATUS_FAILED, -1, "interrupted");
	}
	return 0;
}

static int source(struct session *session, const struct args *args, struct error *err)
{
	const struct arg *file = arg_get(args, "FILE");
	static unsigned depth;
	bool interactive = session->interactive, lent = session->ns_lent;
	bool explaining = session->explaining;
	cleanup_free char *text = NULL;
	struct source from = { .name = file->text, .first_line = 1 };
	enum status status;

	if (depth >= 16)
		return error_set(err, STATUS_FAILED, file->word, "too many files in files");
	if (script_read(file->text, &text, &from.length, err) < 0) {
		err->word = file->word;
		return -1;
	}
	from.text = text;
	depth++;
	/* In a file, also one that is named at the prompt, keywords are whole. */
	session->interactive = false;
	session->ns_lent = false; /* its lines are several: "use" is for the next */
	session->explaining = false;
	status = source_run(session, &from, NULL);
	session->explaining = explaining;
	session->ns_lent = lent;
	session->interactive = interactive;
	depth--;
	if (status == STATUS_OK)
		return 0;
	return error_set(err, status, file->word, "%s failed", file->text);
}

static int sandbox(struct session *session, const struct args *args, struct error *err)
{
	(void)args;
	if (session->sandbox || session->dry_run)
		return 0;
	error_set(err, STATUS_FAILED, 0, "\"sandbox\" must be the first command of a script");
	return error_hint(err, "\"nsh --sandbox\" starts a shell in one");
}

static int for_alone(struct session *session, const struct args *args, struct error *err)
{
	(void)session;
	error_set(err, STATUS_USAGE, (int)args->word_count, "\"for\" needs a block");
	return error_hint(err, "for X in red blue { ... }");
}

static int quit(struct session *session, const struct args *args, struct error *err)
{
	(void)args;
	(void)err;
	session->quit = true;
	return 0;
}

const struct command commands_shell[] = {
	{
		.grammar = "in NS LINE",
		.help = "do a line inside a namespace",
		.example = "in red link",
		.setup = "ns add red",
		.run = in,
		.flags = COMMAND_SHELL,
	},
	{
		.grammar = "use NS",
		.help = "make a namespace the one that lines act in; \"use host\" returns",
		.example = "use red",
		.setup = "ns add red",
		.run = use,
		.flags = COMMAND_SHELL,
	},
	{
		.grammar = "expect [not] LINE",
		.help = "fail unless the line succeeds (or fails); behind it: "
			"within 5s, contains \"TEXT\", saying \"TEXT\", because \"TEXT\"",
		.example = "expect ping red blue within 5s because \"a cable connects them\"",
		.setup = "ns add red blue; cable red blue addr 192.168.15.1/24 192.168.15.2/24",
		.run = expect_run,
		.flags = COMMAND_SHELL,
	},
	{
		.grammar = "wait LINE",
		.help = "repeat a line until it succeeds; behind it: within 10s",
		.example = "wait get red blue within 5s",
		.setup = "ns add red blue; cable red blue addr 192.168.15.1/24 192.168.15.2/24; "
			 "serve blue 80",
		.run = wait_run,
		.flags = COMMAND_SHELL,
	},
	{
		.grammar = "explain LINE",
		.about = "show the ip and nft lines that do the same: of one line, or before each",
		.help = "show the ip and nft lines that do the same, without doing it",
		.example = "explain cable red blue",
		.setup = "ns add red blue",
		.run = explain,
		.flags = COMMAND_SHELL,
	},
	{
		.grammar = "explain (on|off)",
		.help = "show these lines before each command is done, or no longer",
		.example = "explain on",
		.run = explain_each,
		.flags = COMMAND_SHELL,
	},
	{
		.grammar = "json LINE",
		.help = "do a line and print its answer as JSON",
		.example = "json addr",
		.run = json,
		.flags = COMMAND_SHELL,
	},
	{
		.grammar = "say [TEXT...]",
		.help = "print a text, or an empty line",
		.example = "say \"two rooms and a cable\"",
		.run = say,
	},
	{
		.grammar = "sleep DURATION",
		.help = "wait for a time",
		.example = "sleep 10ms",
		.run = nap,
	},
	{
		.grammar = "set",
		.about = "variables: set, list",
		.help = "list the variables",
		.example = "set",
		.run = set,
		.flags = COMMAND_SHELL | COMMAND_TELLS,
	},
	{
		.grammar = "set NAME = VALUE",
		.help = "set a variable, which $NAME stands for",
		.example = "set ROOM = red",
		.run = set,
		.flags = COMMAND_SHELL,
	},
	{
		.grammar = "for NAME in WORD...",
		.help = "repeat a block { ... } for each word, or number of 1..100",
		.example = "for I in 1..3 { ns add room$I }",
		.run = for_alone,
		.flags = COMMAND_SHELL,
	},
	{
		.grammar = "source FILE",
		.help = "do the lines of a file",
		.example = "source /dev/null",
		.run = source,
		.flags = COMMAND_SHELL,
	},
	{
		.grammar = "sandbox",
		.help = "as first command of a script: it is always run in a private sandbox",
		.example = "sandbox",
		.run = sandbox,
		.flags = COMMAND_SHELL,
	},
	{
		.grammar = "help [TOPIC [KEYWORD...]]",
		.help = "list the commands, or tell about one or some of its lines",
		.example = "help bridge",
		.run = help_run,
		.flags = COMMAND_TELLS,
	},
	{
		.grammar = "find WORD",
		.help = "list the commands whose help holds a word",
		.example = "find port",
		.run = find_run,
		.flags = COMMAND_TELLS,
	},
	{
		.grammar = "quit",
		.help = "leave nsh",
		.example = "quit",
		.run = quit,
		.flags = COMMAND_SHELL | COMMAND_ROOM,
	},
	{ 0 },
};
