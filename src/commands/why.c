/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/why.h"

#include <netinet/in.h>
#include <string.h>

#include "base/cleanup.h"
#include "commands/names.h"
#include "commands/tables.h"
#include "commands/traffic.h"
#include "view/why.h"

/* Why does it not arrive? */

/* The question's address; 1 where the target is a namespace that has none. */
static int find_target(struct session *session, const char *from, const char *to, int word,
		       struct ip *ip, struct error *err)
{
	struct ns *ns;

	if (name_address_text(session, to, word, from, 0, ip, err) == 0)
		return 0;
	if (!world_has_ns(session->world, to))
		return -1;
	error_clear(err);
	ns = world_ns(session->world, to, WORLD_ADDRS, word, err);
	if (!ns)
		return -1;
	return 1;
}

static int answer(struct session *session, struct why_question *question, const char *to,
		  int word, struct why *why, struct error *err)
{
	int found = find_target(session, question->from, to, word, &question->to, err);

	if (found < 0)
		return -1;
	if (!ip_looks_like(to) && world_has_ns(session->world, to))
		question->to_ns = to;
	if (found == 1)
		return why_no_address(session->world, question->from, to, why, err);
	if (why_ask(session->world, question, why, err) < 0)
		return -1;
	/* A name that has no address but the kernel's own, which are good on a link only. */
	if (why->code == WHY_ARRIVES || !question->to_ns || !ip_is_link_local(&question->to))
		return 0;
	why_free(why);
	return why_no_address(session->world, question->from, to, why, err);
}

static int why(struct session *session, const struct args *args, struct error *err)
{
	const struct arg *from = arg_get(args, "FROM"), *to = arg_get(args, "TO");
	const struct arg *port = arg_get(args, "PORT");
	struct why_question question = { .from = from->text, .to_name = to->text,
					 .protocol = IPPROTO_ICMP };
	struct why found cleanup_why = { 0 };
	char name[NS_NAME_MAX + 1];

	if (!world_ns(session->world, from->text, 0, from->word, err))
		return -1;
	str_copy(name, sizeof(name), from->text);
	question.from = name;
	if (port) {
		question.protocol = arg_has(args, "udp") ? IPPROTO_UDP : IPPROTO_TCP;
		question.port = (uint16_t)arg_number(port);
	}
	if (answer(session, &question, to->text, to->word, &found, err) < 0)
		return -1;
	if (session->format == FORMAT_JSON)
		why_print_json(&found, &question, session->out);
	else
		why_print(&found, "", session->out);
	if (found.code == WHY_ARRIVES)
		return 0;
	error_set(err, STATUS_FAILED, to->word, "%s does not reach %s: %s", from->text, to->text,
		  why_code_name(found.code));
	err->told = true;
	return -1;
}

/* --- for those that have failed --- */

/* What a line of ping or get asked for. HOST is a new string. */
static bool question_of(const struct session *session, const struct args *args,
			const char **from, char **host, uint16_t *port)
{
	struct error err cleanup_error = ERROR_INIT;
	const struct arg *ns, *url_arg;
	struct url url = { 0 };

	*port = 0;
	if (args->command->run == traffic_ping) {
		ns = arg_get(args, "FROM");
		*from = ns ? ns->text : session->ns;
		*host = xstrdup(arg_text(args, "TO"));
		return true;
	}
	if (args->command->run != traffic_get)
		return false;
	ns = arg_get(args, "NS");
	url_arg = arg_get(args, "URL");
	if (url_parse(url_arg->text, &url, url_arg->word, &err) < 0)
		return false;
	*from = ns ? ns->text : session->ns;
	*host = steal_pointer(&url.host);
	*port = url.port;
	url_free(&url);
	return true;
}

char *why_line_of(const struct session *session, const struct args *args)
{
	cleanup_free char *host = NULL;
	const char *from;
	uint16_t port;

	if (!question_of(session, args, &from, &host, &port))
		return NULL;
	return port ? xasprintf("why %s %s tcp %u", from, host, port) :
		      xasprintf("why %s %s", from, host);
}

void why_explain(struct session *session, const struct args *args, const char *prefix)
{
	struct error err cleanup_error = ERROR_INIT;
	struct why_question question = { .protocol = IPPROTO_ICMP };
	struct why found cleanup_why = { 0 };
	cleanup_free char *host = NULL;

	if (!question_of(session, args, &question.from, &host, &question.port))
		return;
	question.to_name = host;
	if (question.port)
		question.protocol = IPPROTO_TCP;
	if (answer(session, &question, host, -1, &found, &err) == 0)
		why_print(&found, prefix, session->out);
}

#define ROOMS                                                                             \
	"ns add red blue; cable red blue addr 192.168.15.1/24 192.168.15.2/24; "

const struct command commands_why[] = {
	{
		.grammar = "why FROM TO [tcp PORT|udp PORT]",
		.help = "tell step by step why a packet arrives, or why it does not",
		.example = "why red blue tcp 80",
		.setup = ROOMS "serve blue 80",
		.run = why,
		.flags = COMMAND_LOOKS,
	},
	{ 0 },
};
