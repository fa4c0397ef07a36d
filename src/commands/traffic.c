/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/tables.h"

#include <linux/neighbour.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/table.h"
#include "commands/await.h"
#include "commands/names.h"
#include "commands/traffic.h"
#include "commands/why.h"
#include "kernel/rtnl.h"

/* Traffic: pings, a web server, a web client. */

#define NO_ANSWER "no answer"

static const struct column ping_columns[] = {
	{ "FROM", "from", COLUMN_TEXT },	{ "TO", "to", COLUMN_TEXT },
	{ "", "sent", COLUMN_NUMBER },		{ "", "received", COLUMN_NUMBER },
	{ "", "min_ms", COLUMN_NUMBER },	{ "", "avg_ms", COLUMN_NUMBER },
	{ "", "max_ms", COLUMN_NUMBER },	{ "", "error", COLUMN_TEXT },
	{ 0 },
};

struct pinging {
	struct session *session;
	bool quiet;
	char error[96]; /* the last failure, in the kernel's words */
};

static void ping_seen(const struct ping_event *event, void *data)
{
	struct pinging *pinging = data;
	FILE *out = pinging->session->out;
	bool text = pinging->session->format == FORMAT_TEXT && !pinging->quiet;
	char ip[IP_TEXT];

	switch (event->kind) {
	case PING_REPLY:
		if (text)
			fprintf(out, "%u bytes from %s: seq=%u ttl=%u time=%.3f ms\n",
				event->bytes, ip_text(&event->from, ip), event->sequence,
				event->ttl, event->ms);
		break;
	case PING_TIMEOUT:
		if (text)
			fprintf(out, "no answer to seq=%u\n", event->sequence);
		if (!pinging->error[0])
			str_copy(pinging->error, sizeof(pinging->error), NO_ANSWER);
		break;
	case PING_UNREACHABLE:
		if (text)
			fprintf(out, "from %s: seq=%u %s\n", ip_text(&event->from, ip),
				event->sequence, event->text);
		str_copy(pinging->error, sizeof(pinging->error), event->text);
		break;
	case PING_FAILED:
		if (text)
			fprintf(out, "%s\n", event->text);
		str_copy(pinging->error, sizeof(pinging->error), event->text);
		break;
	}
	if (text)
		fflush(out);
}

static void print_ping(struct session *session, const char *from, const char *to,
		       const struct ping_result *result, const char *error)
{
	struct table *table = table_new("ping", ping_columns);

	table_row(table);
	table_cell(table, from);
	table_cell(table, to);
	table_cellf(table, "%u", result->sent);
	table_cellf(table, "%u", result->received);
	if (result->received) {
		table_cellf(table, "%.3f", result->min);
		table_cellf(table, "%.3f", result->average);
		table_cellf(table, "%.3f", result->max);
		table_cell(table, NULL);
	} else {
		for (int i = 0; i < 3; i++)
			table_cell(table, NULL);
		table_cell(table, error[0] ? error : NULL);
	}
	table_print(table, true, session->out);
	table_free(table);
}

/*
 * Whether the next hop from FROM to IP does not answer ARP or neighbour discovery: then no
 * packet has left, which the kernel says only after some seconds. *HOP is who does not answer.
 */
static bool is_hop_silent(struct session *session, const char *from, const struct ip *ip,
			  struct ip *hop)
{
	struct error ignored cleanup_error = ERROR_INIT;
	struct nl_error answer = { 0 };
	struct route route = { 0 };
	struct nlsock *sock;
	struct ns *ns;

	world_forget(session->world);
	ns = world_ns(session->world, from, WORLD_NEIGHS, -1, &ignored);
	sock = ns ? kernel_rtnl(session->kernel, from, &ignored) : NULL;
	if (!sock || rtnl_route_get(sock, &ns->links, ip, NULL, NULL, &route, &answer) < 0)
		return false;
	*hop = route.gateway.family ? route.gateway : *ip;
	for (size_t i = 0; i < ns->neighs.n; i++)
		if (ip_equal(&ns->neighs.v[i].ip, hop))
			return ns->neighs.v[i].state & (NUD_INCOMPLETE | NUD_FAILED);
	return false;
}

static int no_answer(struct session *session, const char *from, const struct arg *to,
		     const struct ip *ip, struct error *err)
{
	char text[IP_TEXT], hop_text[IP_TEXT];
	struct ip hop;

	error_set(err, STATUS_FAILED, to->word, "%s does not reach %s: no answer", from,
		  ip_text(ip, text));
	if (!is_hop_silent(session, from, ip, &hop))
		return -1;
	return error_set(err, STATUS_FAILED, to->word,
			 "%s does not reach %s: Destination Host Unreachable (no interface "
			 "answers for %s)", from, text, ip_text(&hop, hop_text));
}

int ping_print(struct session *session, const char *from, const struct arg *to,
	       struct ping_options *options, bool quiet, struct error *err)
{
	struct pinging pinging = { .session = session, .quiet = quiet };
	struct ping_result result = { 0 };
	char ip[IP_TEXT];

	if (name_address(session, to, from, 0, &options->to, err) < 0)
		return -1;
	name_note_own(session, to->text, from, &options->to);
	if (options->to.family == AF_INET6)
		await_routers(session);
	ip_text(&options->to, ip);
	if (session->format == FORMAT_TEXT)
		fprintf(session->out, "ping %s from %s\n", ip, from);
	if (ping_run(session->kernel, from, options, ping_seen, &pinging, &result, err) < 0) {
		err->word = to->word;
		return -1;
	}
	if (session->format == FORMAT_JSON) {
		print_ping(session, from, ip, &result, pinging.error);
	} else if (result.sent > 0) {
		fprintf(session->out, "%u sent, %u received", result.sent, result.received);
		if (result.received)
			fprintf(session->out, ", %.3f/%.3f/%.3f ms", result.min, result.average,
				result.max);
		fputc('\n', session->out);
	}
	if (result.received > 0)
		return 0;
	if (result.interrupted && !pinging.error[0])
		return error_set(err, STATUS_FAILED, to->word, "%s does not reach %s: interrupted",
				 from, ip);
	if (!pinging.error[0] || strcmp(pinging.error, NO_ANSWER) == 0)
		return no_answer(session, from, to, &options->to, err);
	return error_set(err, STATUS_FAILED, to->word, "%s does not reach %s: %s", from, ip,
			 pinging.error);
}

/* A person is offered the answer to the question that a failure leaves. Returns -1. */
static int offer_why(struct session *session, const struct args *args, struct error *err)
{
	cleanup_free char *line = session->interactive && !err->hint &&
						  err->status == STATUS_FAILED ?
					  why_line_of(session, args) : NULL;

	if (line)
		error_hint(err, "\"%s\" tells why", line);
	return -1;
}

int traffic_ping(struct session *session, const struct args *args, struct error *err)
{
	const struct arg *from_arg = arg_get(args, "FROM");
	const char *from = from_arg ? from_arg->text : session->ns;
	const struct arg *count = arg_get(args, "N");
	struct ping_options options = { .count = 3, .interval = 200, .timeout = 1000, .size = 56 };

	if (!world_ns(session->world, from, 0, from_arg ? from_arg->word : -1, err))
		return -1;
	if (count)
		options.count = (unsigned)arg_number(count);
	if (count && options.count > 20)
		options.interval = 1000; /* a long look, not a burst */
	if (ping_print(session, from, arg_get(args, "TO"), &options, false, err) < 0)
		return offer_why(session, args, err);
	return 0;
}

static int serve(struct session *session, const struct args *args, struct error *err)
{
	const struct arg *ns = arg_get(args, "NS"), *port = arg_get(args, "PORT"), *arg;
	struct buf text cleanup_buf = { 0 }, line cleanup_buf = { 0 };
	struct job *job;
	dev_t dev;
	ino_t ino;
	pid_t pid;

	if (!world_ns(session->world, ns->text, 0, ns->word, err))
		return -1;
	for (size_t i = 0; (arg = arg_nth(args, "TEXT", i)); i++)
		buf_addf(&text, "%s%s", i ? " " : "", arg->text);
	if (kernel_netns_id(session->kernel, ns->text, &dev, &ino, err) < 0)
		return -1;
	args_line(args, HOST, &line);
	if (serve_start(session->kernel, ns->text, (uint16_t)arg_number(port),
			text.length ? buf_str(&text) : NULL, &pid, err) < 0) {
		err->word = port->word;
		return -1;
	}
	job = vector_add(&session->jobs);
	session->last_job = session->lab ? (unsigned)pid : session->last_job + 1;
	job->number = session->last_job;
	job->pid = pid;
	job->ns = xstrdup(ns->text);
	job->dev = dev;
	job->ino = ino;
	job->line = buf_steal(&line);
	job->what = xasprintf("serve %s %s", ns->text, port->text);
	session_note(session, "[%u] %s", job->number, job->what);
	return 0;
}

int get_page(struct session *session, const char *ns, const struct arg *url_arg,
	     unsigned timeout, struct http_answer *answer, struct error *err)
{
	struct url url = { 0 };
	struct ip to;
	int result = -1;

	*answer = (struct http_answer){ 0 };
	if (url_parse(url_arg->text, &url, url_arg->word, err) < 0)
		return -1;
	if (name_address_text(session, url.host, url_arg->word, ns, 0, &to, err) == 0) {
		name_note_own(session, url.host, ns, &to);
		if (to.family == AF_INET6)
			await_routers(session);
		result = http_get(session->kernel, ns, &url, &to, timeout, answer, err);
		if (result < 0)
			err->word = url_arg->word;
	}
	url_free(&url);
	return result;
}

int traffic_get(struct session *session, const struct args *args, struct error *err)
{
	const struct arg *ns_arg = arg_get(args, "NS"), *url_arg = arg_get(args, "URL");
	const char *ns = ns_arg ? ns_arg->text : session->ns;
	struct http_answer answer = { 0 };
	int result = 0;

	if (!world_ns(session->world, ns, 0, ns_arg ? ns_arg->word : -1, err))
		return -1;
	if (get_page(session, ns, url_arg, 5000, &answer, err) < 0)
		return offer_why(session, args, err);
	if (session->format == FORMAT_JSON) {
		struct buf b cleanup_buf = { 0 };

		buf_addf(&b, "{\"status\":%u,\"reason\":", answer.status);
		buf_add_json(&b, answer.reason ? answer.reason : "");
		buf_add(&b, ",\"body\":");
		buf_add_json(&b, answer.body);
		buf_add(&b, "}\n");
		fputs(buf_str(&b), session->out);
	} else {
		fprintf(session->out, "%u %s\n", answer.status,
			answer.reason ? answer.reason : "");
		fwrite(answer.body, 1, answer.length, session->out);
		if (answer.length > 0 && answer.body[answer.length - 1] != '\n')
			fputc('\n', session->out);
	}
	if (answer.status >= 400)
		result = error_set(err, STATUS_FAILED, url_arg->word, "%s answers %u %s",
				   url_arg->text, answer.status,
				   answer.reason ? answer.reason : "");
	http_answer_free(&answer);
	return result;
}

static int jobs(struct session *session, const struct args *args, struct error *err)
{
	static const struct column columns[] = {
		{ "JOB", "job", COLUMN_NUMBER },
		{ "LINE", "line", COLUMN_TEXT },
		{ "PID", "pid", COLUMN_NUMBER },
		{ 0 },
	};
	struct table *table = table_new("jobs", columns);
	const job_list *list = session_jobs(session);

	(void)args;
	(void)err;
	table_if_empty(table, "nothing runs in the background");
	for (size_t i = 0; i < list->n; i++) {
		table_row(table);
		table_cellf(table, "%u", list->v[i].number);
		table_cell(table, list->v[i].what);
		table_cellf(table, "%d", (int)list->v[i].pid);
	}
	session_print(session, table);
	return 0;
}

static int stop(struct session *session, const struct args *args, struct error *err)
{
	const struct arg *job = arg_get(args, "JOB");

	if (!job) {
		session_stop_jobs(session, 0, NULL);
		return 0;
	}
	if (session_stop_jobs(session, (unsigned)arg_number(job), NULL) == 0) {
		error_set(err, STATUS_FAILED, job->word, "there is no job %s", job->text);
		return error_hint(err, "\"jobs\" lists them");
	}
	return 0;
}

const struct command commands_traffic[] = {
	{
		.grammar = "ping [FROM] TO [count N]",
		.help = "ask whether an address or a namespace answers",
		.example = "ping red blue",
		.setup = "ns add red blue; cable red blue addr 192.168.15.1/24 192.168.15.2/24",
		.run = traffic_ping,
	},
	{
		.grammar = "serve NS PORT [TEXT...]",
		.help = "start a web server in a namespace, in the background",
		.example = "serve blue 80 \"hello from blue\"",
		.setup = "ns add blue",
		.run = serve,
		.flags = COMMAND_CHANGES,
	},
	{
		.grammar = "get [NS] URL",
		.help = "fetch a page from inside a namespace",
		.example = "get red http://192.168.15.2/",
		.setup = "ns add red blue; cable red blue addr 192.168.15.1/24 192.168.15.2/24; "
			 "serve blue 80",
		.run = traffic_get,
	},
	{
		.grammar = "jobs",
		.help = "list what runs in the background",
		.example = "jobs",
		.run = jobs,
		.flags = COMMAND_LOOKS,
	},
	{
		.grammar = "stop JOB",
		.about = "end a server, or all",
		.help = "end a server",
		.example = "stop 1",
		.setup = "ns add blue; serve blue 80",
		.run = stop,
		.flags = COMMAND_CHANGES,
	},
	{
		.grammar = "stop all",
		.help = "end all servers",
		.example = "stop all",
		.run = stop,
		.flags = COMMAND_CHANGES,
	},
	{ 0 },
};
