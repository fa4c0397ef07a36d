/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/tables.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "commands/foreign.h"
#include "commands/names.h"
#include "commands/traffic.h"

/* ping(8) and curl(1), as far as nsh's own ping and get know what they do. */

/* Milliseconds of the option's seconds, "0.2"; the type has checked them. */
static unsigned milliseconds(const struct args *args, const char *option,
			     unsigned otherwise)
{
	const struct arg *arg = arg_after(args, option, "SECONDS");

	return arg ? (unsigned)(strtod(arg->text, NULL) * 1000) : otherwise;
}

/* The interface or the address of -I. */
static int ping_source(struct session *session, const struct arg *arg,
		       struct ping_options *options, struct error *err)
{
	struct ns *ns = world_ns(session->world, session->ns, WORLD_LINKS, -1, err);
	struct error ignored cleanup_error = ERROR_INIT;
	const struct link *link;

	if (!ns)
		return -1;
	if (ip_parse(arg->text, &options->from, arg->word, &ignored) == 0)
		return 0;
	options->from = (struct ip){ 0 };
	link = name_link(ns, arg, err);
	if (!link)
		return -1;
	/* It may have been called by a longer name. */
	options->link = link->name;
	return 0;
}

static int ping(struct session *session, const struct args *args, struct error *err)
{
	const struct arg *to = arg_get(args, "TO"), *count = arg_get(args, "N");
	const struct arg *size = arg_get(args, "BYTES"), *ttl = arg_get(args, "TTL");
	const struct arg *source = arg_get(args, "SOURCE");
	struct ping_options options = { .count = 3, .size = 56 };

	options.deadline = milliseconds(args, "-w", 0);
	if (options.deadline)
		options.count = UINT_MAX;
	if (count)
		options.count = (unsigned)arg_number(count);
	if (size)
		options.size = (unsigned)arg_number(size);
	if (ttl)
		options.ttl = (unsigned)arg_number(ttl);
	options.interval = milliseconds(args, "-i", options.count > 20 || options.deadline ? 1000 : 200);
	options.timeout = milliseconds(args, "-W", 1000);
	if (source && ping_source(session, source, &options, err) < 0)
		return -1;
	if (count)
		in_nsh_words(session, "ping -c", "ping %s %s count %s", session->ns,
			     to->text, count->text);
	else
		in_nsh_words(session, "ping", "ping %s %s", session->ns, to->text);
	return ping_print(session, session->ns, to, &options, arg_has(args, "-q"), err);
}

static int curl(struct session *session, const struct args *args, struct error *err)
{
	bool fail = arg_has(args, "-f") || arg_has(args, "--fail");
	const struct arg *url = arg_get(args, "PAGE");
	unsigned timeout =
		milliseconds(args, "-m", milliseconds(args, "--max-time", 5000));
	struct http_answer answer = { 0 };
	int result = 0;

	if (get_page(session, session->ns, url, timeout, &answer, err) < 0)
		return -1;
	in_nsh_words(session, "curl", "get %s %s", session->ns, url->text);
	if (fail && answer.status >= 400)
		result = error_set(err, STATUS_FAILED, url->word, "%s answers %u %s",
				   url->text, answer.status,
				   answer.reason ? answer.reason : "");
	else
		fwrite(answer.body, 1, answer.length, session->out);
	http_answer_free(&answer);
	return result;
}

const struct command commands_traffic_tools[] = {
	{
		.grammar = "ping (PINGOPTS TO [PINGOPTS]|TO PINGOPTS)",
		.help = "ask whether an address answers; without -c three times",
		.example = "ping -c 1 127.0.0.1",
		.run = ping,
		.flags = COMMAND_FOREIGN | COMMAND_GETOPT,
	},
	{
		.grammar = "curl [CURLOPTS] PAGE [CURLOPTS]",
		.help = "fetch a page and print it",
		.example = "curl -s http://127.0.0.1/",
		.setup = "serve host 80",
		.run = curl,
		.flags = COMMAND_FOREIGN | COMMAND_GETOPT,
	},
	{ 0 },
};
