/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/foreign.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "commands/exec.h"
#include "commands/record.h"
#include "commands/tables.h"
#include "shell/script.h"

/*
 * What of other programs' words holds a line of its own, and what shell scripts begin
 * with: a file that was written for sh replays as it is, as far as it holds commands.
 */

/* Programs that nsh is itself, in their own words. */
static bool is_known(const struct args *args, size_t first)
{
	static const char *const known[] = { "ip",       "ping",    "arp",    "route",
					     "ifconfig", "curl",    "bridge", "brctl",
					     "sysctl",   "iptables", "nft" };
	const char *name = args->words[first].text;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i], name) == 0)
			return true;
	/* These two only for settings; else they are what they are. */
	if (strcmp(name, "cat") == 0)
		return first + 2 == args->word_count &&
		       str_starts(args->words[first + 1].text, "/proc/sys/");
	return false;
}

static int run_rest(struct session *session, const struct args *args, size_t first,
		    struct error *err)
{
	if (run_words(session, args->words + first, args->word_count - first, err) == 0)
		return 0;
	if (err->word >= 0)
		err->word += (int)first;
	return -1;
}

/* The whole line again, with what LINE stands for. */
static void line_of(const struct args *args, const char *ns, struct buf *line)
{
	struct args all = *args;

	all.n = args->word_count;
	all.v = xcalloc(all.n, sizeof(*all.v));
	for (size_t i = 0; i < all.n; i++) {
		all.v[i].name = "LINE";
		all.v[i].text = args->words[i].text;
		all.v[i].word = (int)i;
	}
	args_line(&all, ns, line);
	free(all.v);
}

static int check_no_signs(const struct args *args, const struct arg *ns, size_t first,
			  struct error *err)
{
	if (exec_check_signs(args, ns->text, first, err) == 0)
		return 0;
	if (strcmp(args->words[first].text, "echo") == 0)
		error_hint(err, "a shell would write outside of %s; \"in %s echo ...\" writes to its "
				"settings", ns->text, ns->text);
	return -1;
}

static int run_program(struct session *session, const struct args *args,
		       const struct arg *ns, size_t first, struct error *err)
{
	struct buf line cleanup_buf = { 0 };
	int result;

	if (check_no_signs(args, ns, first, err) < 0)
		return -1;
	if (session->dry_run) {
		line_of(args, HOST, &line);
		fprintf(session->out, "%s\n", buf_str(&line));
		return 0;
	}
	result = exec_words(session, ns->text, args->words + first,
			    args->word_count - first, (int)first, err);
	world_forget(session->world);
	if (result < 0)
		return -1;
	in_nsh_words(session, "netns exec program", "exec %s %s", ns->text,
		     args->words[first].text);
	line_of(args, HOST, &line);
	record_line(session, buf_str(&line));
	return 0;
}

static int netns_exec(struct session *session, const struct args *args, struct error *err)
{
	static const char *const same[] = { "arp", "route", "ping" };
	const struct arg *ns = arg_get(args, "NS");
	size_t first = (size_t)arg_get(args, "LINE")->word;
	char *before = session->ns;
	int result;

	if (!world_ns(session->world, ns->text, 0, ns->word, err))
		return -1;
	if (!is_known(args, first))
		return run_program(session, args, ns, first, err);
	session->ns = xstrdup(ns->text);
	result = run_rest(session, args, first, err);
	free(session->ns);
	session->ns = before;
	/* What is not said already: the words of these are nsh's own as well. */
	for (size_t i = 0; result == 0 && i < sizeof(same) / sizeof(same[0]); i++)
		if (strcmp(args->words[first].text, same[i]) == 0)
			in_nsh_words(session, "netns exec", "in %s %s", ns->text, same[i]);
	return result;
}

static int as_root(struct session *session, const struct args *args, struct error *err)
{
	return run_rest(session, args, (size_t)arg_get(args, "LINE")->word, err);
}

/* -e and -u are what nsh does anyway; -x says what is done. */
static int set_options(struct session *session, const struct args *args,
		       struct error *err)
{
	const struct arg *option;

	(void)err;
	for (size_t i = 0; (option = arg_nth(args, "SHELLOPT", i)); i++)
		if (strchr(option->text, 'x') && session->verbose == 0)
			session->verbose = 1;
	return 0;
}

static int leave(struct session *session, const struct args *args, struct error *err)
{
	(void)args;
	(void)err;
	session->quit = true;
	return 0;
}

const struct command commands_foreign[] = {
	{
		.grammar = "ip netns/net exec/e NS LINE",
		.help = "do a line inside a namespace, or run a program there",
		.example = "ip netns exec red ip link",
		.setup = "ip netns add red",
		.run = netns_exec,
		.flags = COMMAND_SHELL | COMMAND_FOREIGN,
	},
	{
		.grammar = "sudo LINE",
		.help = "do a line; nsh is root already where it can be",
		.example = "sudo ip netns add red",
		.run = as_root,
		.flags = COMMAND_SHELL | COMMAND_FOREIGN,
	},
	{
		.grammar = "set (SHELLOPT|(-o|-eo|-uo|-euo|-euxo|-exo) pipefail)...",
		.help = "as a shell script begins: nsh always stops at a failure; -x "
			"says what is done",
		.example = "set -e",
		.run = set_options,
		.flags = COMMAND_SHELL | COMMAND_FOREIGN,
	},
	{
		.grammar = "exit [0]",
		.help = "leave nsh",
		.example = "exit",
		.run = leave,
		.flags = COMMAND_SHELL | COMMAND_ROOM | COMMAND_FOREIGN,
	},
	{ 0 },
};
