/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/trace_parts.h"

#include <linux/if_packet.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/interrupt.h"
#include "base/table.h"
#include "view/sniff.h"
#include "view/why.h"

#define PATIENCE 900 /* ms for the answer: less than until TCP sends its first segment again ... */
#define ASKING 3300  /* ... but more than until the kernel gives up asking for a neighbour */
#define SETTLE 10    /* ms in which the kernel begins to stamp packets with their time */
#define DRAIN 20     /* ms for the last sightings, when it is over */

static void trace_clear(struct trace *trace)
{
	for (size_t i = 0; i < trace->rooms.n; i++) {
		if (trace->rooms.v[i].fd >= 0)
			close(trace->rooms.v[i].fd);
		free(trace->rooms.v[i].name);
	}
	for (size_t i = 0; i < trace->sightings.n; i++) {
		free(trace->sightings.v[i].rewritten);
		free(trace->sightings.v[i].by);
	}
	if (trace->probe.fd >= 0)
		close(trace->probe.fd);
	vector_free(&trace->rooms);
	vector_free(&trace->fds);
	vector_free(&trace->sightings);
	vector_free(&trace->questions);
	vector_free(&trace->flows);
	capture_merge_free(&trace->merge);
}

/* --- looking --- */

static int open_room(struct trace *trace, const char *name, struct error *err)
{
	static const capture_filter everything;
	struct trace_room *room;
	int fd;

	if (capture_open(trace->view->kernel, name, 0, &everything, &fd, err) < 0)
		return -1;
	room = vector_add(&trace->rooms);
	room->name = xstrdup(name);
	room->fd = fd;
	*vector_add(&trace->fds) = fd;
	return 0;
}

static int open_rooms(struct trace *trace, struct error *err)
{
	const struct strings *names;

	if (world_names(trace->view->world, &names, err) < 0 ||
	    open_room(trace, HOST, err) < 0)
		return -1;
	for (size_t i = 0; i < names->n; i++) {
		struct error broken cleanup_error = ERROR_INIT;

		/* A name that leads nowhere is no part of the way; FROM has to be. */
		if (open_room(trace, names->v[i], &broken) < 0 &&
		    strcmp(names->v[i], trace->options->from) == 0)
			return error_take(err, &broken);
	}
	return 0;
}

static bool packet_seen(const struct capture_packet *packet, size_t source, void *data)
{
	trace_take(data, packet, source);
	return true;
}

/*
 * Whether somebody waits for a neighbour's address, with the packet in hand as it may be. So it is
 * where nothing at all was seen: an interface that has just come up may swallow the first question.
 */
static bool is_asking(const struct trace *trace)
{
	if (trace->probe.sent && trace->sightings.n == 0 && trace->questions.n == 0)
		return true;
	for (size_t i = 0; i < trace->questions.n; i++)
		if (!trace->questions.v[i].answered)
			return true;
	return false;
}

static void wait_for_packets(struct trace *trace)
{
	VECTOR(struct pollfd) fds = { 0 };
	long long start = clock_ms(), end = start + PATIENCE;
	bool over = false, held = false;

	*vector_add(&fds) = (struct pollfd){
		.fd = trace->probe.fd,
		.events = trace->options->protocol == IPPROTO_TCP ? POLLOUT : POLLIN,
	};
	for (size_t i = 0; i < trace->fds.n; i++)
		*vector_add(&fds) = (struct pollfd){ .fd = trace->fds.v[i], .events = POLLIN };
	while (!interrupted && !terminated) {
		long long left = end - clock_ms();

		/* An interface that has just come up may have missed the first question. */
		if (left <= 0 && !over && end < start + ASKING && is_asking(trace)) {
			end += 100;
			continue;
		}
		if (left <= 0)
			break;
		interrupt_poll(fds.v, fds.n, held && left > 2 ? 2 : (int)left);
		if (fds.v[0].revents)
			trace_probe_read(trace);
		held = capture_merge_read(&trace->merge, trace->fds.v, trace->fds.n, false,
					  packet_seen, NULL, trace);
		if (!over && trace_probe_over(trace)) {
			over = true;
			end = clock_ms() + DRAIN;
			fds.v[0].fd = -1;
		}
	}
	capture_merge_read(&trace->merge, trace->fds.v, trace->fds.n, true, packet_seen, NULL,
			   trace);
	vector_free(&fds);
}

/* --- telling --- */

static const char *leg_word(enum trace_leg leg)
{
	switch (leg) {
	case TRACE_REQUEST:
		return "request";
	case TRACE_ANSWER:
		return "answer";
	case TRACE_ERROR:
		return "error";
	}
	return "request";
}

/* To a port of a switch all is for somebody else. */
static const char *direction_of(const struct trace_sighting *sighting)
{
	if (sighting->direction == PACKET_OUTGOING)
		return "out";
	return sighting->direction == PACKET_OTHERHOST && !sighting->port ? "past" : "in";
}

static void add_end(struct table *table, const struct trace *trace,
		    const struct trace_sighting *sighting, bool from)
{
	const struct trace_flow *flow = &sighting->flow;
	bool ports = trace->options->protocol != IPPROTO_ICMP && sighting->leg != TRACE_ERROR;
	struct buf text cleanup_buf = { 0 };

	trace_end_text(from ? &flow->from : &flow->to, from ? flow->sport : flow->dport, ports,
		       &text);
	table_cell(table, buf_str(&text));
}

static bool has_rewrites(const struct trace *trace)
{
	for (size_t i = 0; i < trace->sightings.n; i++)
		if (trace->sightings.v[i].rewritten)
			return true;
	return false;
}

static struct table *list_sightings(const struct trace *trace)
{
#define COLUMNS                                                                           \
	{ "MS", "ms", COLUMN_NUMBER }, { "NAMESPACE", "namespace", COLUMN_NS },         \
		{ "INTERFACE", "interface", COLUMN_TEXT },                                \
		{ "WAY", "direction", COLUMN_TEXT }, { "", "leg", COLUMN_TEXT },        \
		{ "FROM", "from", COLUMN_ADDRESS }, { "TO", "to", COLUMN_ADDRESS },             \
		{ "WHAT", "what", COLUMN_TEXT }, { "", "ttl", COLUMN_NUMBER },            \
		{ "", "rewritten", COLUMN_TEXT }, { "", "by", COLUMN_TEXT }
	static const struct column plain[] = { COLUMNS, { 0 } };
	static const struct column with_rewrites[] = {
		COLUMNS, { "REWRITTEN", "", COLUMN_TEXT }, { 0 }
	};
	struct table *table =
		table_new("sightings", has_rewrites(trace) ? with_rewrites : plain);

	table_if_empty(table, "no interface has seen it");
	for (size_t i = 0; i < trace->sightings.n; i++) {
		const struct trace_sighting *sighting = &trace->sightings.v[i];
		const struct timespec *first = &trace->sightings.v[0].at;

		table_row(table);
		table_cellf(table, "%.3f",
			    (double)(sighting->at.tv_sec - first->tv_sec) * 1000 +
				    (double)(sighting->at.tv_nsec - first->tv_nsec) / 1000000);
		table_cell(table, trace->rooms.v[sighting->ns].name);
		table_cell(table, sighting->link);
		table_cell(table, direction_of(sighting));
		table_cell(table, leg_word(sighting->leg));
		add_end(table, trace, sighting, true);
		add_end(table, trace, sighting, false);
		table_cell(table, sighting->what);
		table_cellf(table, "%u", sighting->ttl);
		table_cell(table, sighting->rewritten);
		table_cell(table, sighting->by);
		if (sighting->rewritten)
			table_cellf(table, "%s (%s)", sighting->rewritten,
				    sighting->by ? sighting->by : "by whom is not known");
	}
	return table;
}

static struct table *list_result(const struct trace *trace, const char *says)
{
	static const struct column columns[] = {
		{ "", "sent", COLUMN_BOOL },	  { "", "answered", COLUMN_BOOL },
		{ "", "namespace", COLUMN_TEXT }, { "", "interface", COLUMN_TEXT },
		{ "", "says", COLUMN_TEXT },	  { 0 },
	};
	struct table *table = table_new("result", columns);
	const struct trace_sighting *last =
		trace->sightings.n ? &trace->sightings.v[trace->sightings.n - 1] : NULL;

	table_row(table);
	table_cell(table, trace->probe.sent ? "yes" : "no");
	table_cell(table, trace->probe.answered ? "yes" : "no");
	table_cell(table, last ? trace->rooms.v[last->ns].name : NULL);
	table_cell(table, last ? last->link : NULL);
	table_cell(table, says);
	return table;
}

/* What is thought to be the reason, after what was seen. */
static void add_reason(struct trace *trace, struct error *err)
{
	const struct trace_options *options = trace->options;
	const struct why_question question = {
		.from = options->from,
		.to = options->to,
		.to_name = options->asked,
		.protocol = options->protocol,
		.port = options->port,
	};
	struct error ignored cleanup_error = ERROR_INIT;
	struct why why cleanup_why = { 0 };

	world_forget(trace->view->world);
	if (why_ask(trace->view->world, &question, &why, &ignored) < 0 ||
	    why.code == WHY_ARRIVES || why.code == WHY_UNKNOWN)
		return;
	if (why.mend)
		error_hint(err, "%s: %s; this mends it: %s", why_code_name(why.code),
			   why.sentence, why.mend);
	else
		error_hint(err, "%s: %s", why_code_name(why.code), why.sentence);
}

static int tell(struct trace *trace, struct error *err)
{
	FILE *out = trace->view->out;
	struct buf says cleanup_buf = { 0 };
	cleanup_free char *seen = NULL;
	struct table *tables[2];
	char to[IP_TEXT];
	bool good;

	trace_rewrites(trace);
	good = trace_verdict(trace, &says);
	seen = str_visible(buf_str(&says));
	tables[0] = list_sightings(trace);
	tables[1] = list_result(trace, buf_str(&says));
	if (trace->view->json) {
		tables_print(tables, 2, true, out);
	} else {
		table_print(tables[0], false, out);
		if (good)
			fprintf(out, "%s\n", seen);
	}
	table_free(tables[0]);
	table_free(tables[1]);
	if (good)
		return 0;
	error_set(err, STATUS_FAILED, trace->options->word, "%s does not reach %s: %s",
		  trace->options->from, ip_text(&trace->options->to, to), seen);
	add_reason(trace, err);
	return -1;
}

int trace_run(const struct view *view, const struct trace_options *options, struct error *err)
{
	cleanup_with(trace_clear) struct trace trace = {
		.view = view,
		.options = options,
		.probe = { .fd = -1 },
	};

	if (open_rooms(&trace, err) < 0 || trace_probe_open(&trace, err) < 0)
		return -1;
	interrupt_poll(NULL, 0, SETTLE);
	if (interrupted || terminated)
		return error_set(err, STATUS_FAILED, options->word, "interrupted");
	trace_probe_send(&trace);
	wait_for_packets(&trace);
	if (interrupted || terminated)
		return error_set(err, STATUS_FAILED, options->word, "interrupted");
	return tell(&trace, err);
}
