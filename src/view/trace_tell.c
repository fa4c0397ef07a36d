/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/trace_parts.h"

#include <linux/if_packet.h>
#include <string.h>

#include "base/cleanup.h"

/* What came of the packet, in a sentence that rests on what was seen. */

static const struct trace_sighting *last_of(const struct trace *trace, enum trace_leg leg)
{
	for (size_t i = trace->sightings.n; i-- > 0;)
		if (trace->sightings.v[i].leg == leg)
			return &trace->sightings.v[i];
	return NULL;
}

static const struct trace_sighting *first_of(const struct trace *trace, enum trace_leg leg)
{
	const struct trace_sighting *first = trace->sightings.v;

	while (first->leg != leg)
		first++;
	return first;
}

static bool is_local(struct trace *trace, size_t room, const struct ip *ip)
{
	struct error ignored cleanup_error = ERROR_INIT;
	struct ns *ns = world_ns(trace->view->world, trace->rooms.v[room].name, WORLD_ADDRS, -1,
				 &ignored);

	return ns && ns_addr_by_ip(ns, ip);
}

static const struct trace_question *unanswered(const struct trace *trace, const char *ns)
{
	for (size_t i = 0; i < trace->questions.n; i++)
		if (!trace->questions.v[i].answered &&
		    strcmp(trace->rooms.v[trace->questions.v[i].ns].name, ns) == 0)
			return &trace->questions.v[i];
	return NULL;
}

/* "red asked on veth-red who has 192.168.15.2, and nobody answered" */
static bool add_question(const struct trace *trace, const char *ns, struct buf *says)
{
	const struct trace_question *question = unanswered(trace, ns);
	char ip[IP_TEXT];

	if (!question)
		return false;
	buf_addf(says, "%s asked on %s who has %s, and nobody answered", ns, question->link,
		 ip_text(&question->wanted, ip));
	return true;
}

static void never_left(const struct trace *trace, struct buf *says)
{
	const char *from = trace->options->from;

	if (!trace->probe.sent) {
		buf_addf(says, "it never left %s: %s", from, strerror(trace->probe.number));
		return;
	}
	buf_addf(says, "it never left %s", from);
	if (unanswered(trace, from)) {
		buf_add(says, ": ");
		add_question(trace, from, says);
	}
}

/* What it was when it got lost. */
static const char *leg_name(enum trace_leg leg)
{
	switch (leg) {
	case TRACE_REQUEST:
		return "it";
	case TRACE_ANSWER:
		return "the answer";
	case TRACE_ERROR:
		return "the error";
	}
	return "it";
}

static void add_place(const struct trace *trace, const struct trace_sighting *last,
		      const char *how, struct buf *says)
{
	buf_addf(says, "%s went missing in %s: it %s %s", leg_name(last->leg),
		 trace->rooms.v[last->ns].name, how, last->link);
}

static void missing(struct trace *trace, const struct trace_sighting *last, struct buf *says)
{
	const char *ns = trace->rooms.v[last->ns].name;

	if (last->direction == PACKET_OUTGOING) {
		buf_addf(says, "%s left %s by %s and was seen nowhere after that",
			 leg_name(last->leg), ns, last->link);
	} else if (last->leg == TRACE_REQUEST && is_local(trace, last->ns, &last->flow.to)) {
		buf_addf(says, "it reached %s by %s, which sent no answer", ns, last->link);
		if (unanswered(trace, ns)) {
			buf_add(says, ": ");
			add_question(trace, ns, says);
		}
	} else if (last->port) {
		add_place(trace, last, "came in by", says);
		buf_add(says, ", and the switch sent it nowhere");
	} else {
		add_place(trace, last, "came in by", says);
		buf_add(says, " and went no further");
		if (unanswered(trace, ns)) {
			buf_add(says, "; ");
			add_question(trace, ns, says);
		}
	}
}

static void add_time(const struct trace *trace, const struct trace_sighting *last,
		     struct buf *says)
{
	const struct timespec *first = &trace->sightings.v[0].at;

	buf_addf(says, " after %.3f ms",
		 (double)(last->at.tv_sec - first->tv_sec) * 1000 +
			 (double)(last->at.tv_nsec - first->tv_nsec) / 1000000);
}

bool trace_verdict(struct trace *trace, struct buf *says)
{
	const struct trace_sighting *request = last_of(trace, TRACE_REQUEST);
	const struct trace_sighting *answer = last_of(trace, TRACE_ANSWER);
	const struct trace_sighting *error = last_of(trace, TRACE_ERROR);
	const char *from = trace->options->from;

	if (trace->probe.answered && answer) {
		buf_addf(says, "the answer came back to %s", from);
		add_time(trace, answer, says);
		return true;
	}
	if (error) {
		char ip[IP_TEXT];

		buf_addf(says, "%s says: %s", ip_text(&error->flow.from, ip), error->what);
		/* Whoever says so first has a reason. */
		error = first_of(trace, TRACE_ERROR);
		if (unanswered(trace, trace->rooms.v[error->ns].name)) {
			buf_add(says, "; ");
			add_question(trace, trace->rooms.v[error->ns].name, says);
		}
	} else if (trace->probe.refused && answer) {
		buf_addf(says, "it arrived, and was refused: nobody listens on port %u there",
			 answer->flow.sport);
	} else if (answer) {
		missing(trace, answer, says);
	} else if (!request) {
		never_left(trace, says);
	} else if (trace->options->protocol == IPPROTO_UDP &&
		   request->direction != PACKET_OUTGOING &&
		   is_local(trace, request->ns, &request->flow.to)) {
		buf_addf(says, "it arrived in %s; an answer did not come, and UDP needs none",
			 trace->rooms.v[request->ns].name);
		return true;
	} else {
		missing(trace, request, says);
	}
	return false;
}
