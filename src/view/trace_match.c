/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/trace_parts.h"

#include <arpa/inet.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <string.h>

#include "base/cleanup.h"

/* Which of all packets are the one that is followed, its answer, or an error about it. */

bool trace_flow_equal(const struct trace_flow *a, const struct trace_flow *b)
{
	return a->sport == b->sport && a->dport == b->dport && ip_equal(&a->from, &b->from) &&
	       ip_equal(&a->to, &b->to);
}

static struct trace_flow flow_of(const struct packet *packet)
{
	struct trace_flow flow = { .from = packet->from, .to = packet->to };

	if (packet->has_ports) {
		flow.sport = packet->sport;
		flow.dport = packet->dport;
	} else if (packet->has_icmp) {
		flow.sport = flow.dport = packet->icmp_id;
	}
	return flow;
}

static bool is_known(const struct trace *trace, const struct trace_flow *flow)
{
	for (size_t i = 0; i < trace->flows.n; i++)
		if (trace_flow_equal(&trace->flows.v[i], flow))
			return true;
	return false;
}

static bool is_known_back(const struct trace *trace, const struct packet *packet)
{
	struct trace_flow flow = flow_of(packet);
	const struct trace_flow back = {
		.from = flow.to, .to = flow.from, .sport = flow.dport, .dport = flow.sport
	};

	return is_known(trace, &back);
}

static bool has_cookie(const struct trace *trace, const struct packet *packet)
{
	return packet->payload && packet->payload_length >= TRACE_COOKIE &&
	       memcmp(packet->payload, trace->probe.cookie, TRACE_COOKIE) == 0;
}

static bool is_echo(const struct packet *packet, bool request)
{
	if (!packet->has_icmp)
		return false;
	if (packet->protocol == IPPROTO_ICMPV6)
		return packet->icmp_type == (request ? 128 : 129);
	return packet->icmp_type == (request ? 8 : 0);
}

/* The first segment of the connection. Its number is learned where it leaves, and kept by all NAT. */
static bool is_syn(struct trace *trace, const struct packet *packet,
		   const struct capture_packet *seen, size_t room)
{
	struct trace_probe *probe = &trace->probe;

	if (!packet->has_tcp || (packet->tcp_flags & (TCP_SYN | TCP_ACK)) != TCP_SYN)
		return false;
	if (probe->has_sequence)
		return packet->sequence == probe->sequence;
	if (strcmp(trace->rooms.v[room].name, trace->options->from) != 0 ||
	    packet->sport != probe->sport ||
	    (seen->direction != PACKET_OUTGOING && seen->hardware != ARPHRD_LOOPBACK))
		return false;
	probe->has_sequence = true;
	probe->sequence = packet->sequence;
	return true;
}

static bool is_request(struct trace *trace, const struct packet *packet,
		       const struct capture_packet *seen, size_t room)
{
	switch (trace->options->protocol) {
	case IPPROTO_TCP:
		return is_syn(trace, packet, seen, room);
	case IPPROTO_UDP:
		/* An echo server sends the same back. */
		return packet->protocol == IPPROTO_UDP && has_cookie(trace, packet) &&
		       !is_known_back(trace, packet);
	default:
		return is_echo(packet, true) && has_cookie(trace, packet);
	}
}

static bool is_answer(struct trace *trace, const struct packet *packet)
{
	switch (trace->options->protocol) {
	case IPPROTO_TCP:
		return packet->has_tcp && trace->probe.has_sequence &&
		       (packet->tcp_flags & TCP_ACK) &&
		       (packet->tcp_flags & (TCP_SYN | TCP_RST)) &&
		       packet->acknowledged == trace->probe.sequence + 1 &&
		       is_known_back(trace, packet);
	case IPPROTO_UDP:
		return packet->protocol == IPPROTO_UDP && packet->payload &&
		       is_known_back(trace, packet);
	default:
		return is_echo(packet, false) && has_cookie(trace, packet);
	}
}

/* An ICMP error about the request. What it returns of it may be as short as eight bytes of the
 * transport; for an echo its number is there, for the others the ports. */
static bool is_error(const struct trace *trace, const struct packet *packet,
		     struct packet *inner)
{
	struct trace_flow flow;

	if (!packet_inner(packet, inner))
		return false;
	if (has_cookie(trace, inner))
		return true;
	flow = flow_of(inner);
	return is_known(trace, &flow) &&
	       (trace->options->protocol == IPPROTO_ICMP ? is_echo(inner, true) :
							   inner->has_ports);
}

/* --- what it is, in words --- */

static void what_text(const struct packet *packet, enum trace_leg leg, char *what, size_t size)
{
	struct buf text cleanup_buf = { 0 };
	const char *from, *to;

	if (leg == TRACE_ERROR) {
		/* As tcpdump has it: "... ICMP host 10.0.0.2 unreachable, length 92". */
		packet_text(packet, NULL, &text);
		from = strstr(buf_str(&text), "ICMP");
		from = from ? from + strcspn(from, " ") + 1 : buf_str(&text);
		to = strstr(from, ", length ");
		snprintf(what, size, "%.*s", (int)(to ? to - from : (ptrdiff_t)strlen(from)), from);
		return;
	}
	if (packet->has_icmp)
		str_copy(what, size, leg == TRACE_REQUEST ? "echo request" : "echo reply");
	else if (packet->has_tcp && leg == TRACE_REQUEST)
		str_copy(what, size, "SYN");
	else if (packet->has_tcp)
		str_copy(what, size, packet->tcp_flags & TCP_SYN ? "SYN ACK" : "RST (refused)");
	else
		snprintf(what, size, "UDP, %zu bytes", packet->payload_whole);
}

/* --- interfaces --- */

static void name_link(struct trace *trace, size_t room, int index, struct trace_sighting *sighting)
{
	struct error ignored cleanup_error = ERROR_INIT;
	struct ns *ns = world_ns(trace->view->world, trace->rooms.v[room].name, WORLD_LINKS,
				 -1, &ignored);
	const struct link *link = ns ? ns_link_by_index(ns, index) : NULL;

	snprintf(sighting->link, sizeof(sighting->link), "if%d", index);
	if (!link)
		return;
	str_copy(sighting->link, sizeof(sighting->link), link->name);
	sighting->port = link->master != 0;
}

/* --- neighbours --- */

static void take_question(struct trace *trace, const struct ip *wanted, bool asks,
			  const struct capture_packet *seen, size_t room)
{
	struct trace_sighting named;
	struct trace_question *question;

	for (size_t i = 0; i < trace->questions.n; i++) {
		question = &trace->questions.v[i];
		if (question->ns != room || question->index != seen->index ||
		    !ip_equal(&question->wanted, wanted))
			continue;
		if (!asks)
			question->answered = true;
		return;
	}
	/* A switch's ports pass on what others ask. */
	if (!asks || seen->direction != PACKET_OUTGOING)
		return;
	name_link(trace, room, seen->index, &named);
	if (named.port)
		return;
	question = vector_add(&trace->questions);
	*question = (struct trace_question){ .ns = room, .index = seen->index, .wanted = *wanted };
	str_copy(question->link, sizeof(question->link), named.link);
}

static void take_neighbours(struct trace *trace, const struct packet *packet,
			    const struct capture_packet *seen, size_t room)
{
	const uint8_t *arp = packet->network;
	struct ip ip = { .family = AF_INET };

	if (packet->type == ETH_P_ARP && packet->network_length >= 28 && arp[5] == 4) {
		bool asks = arp[7] == 1;

		memcpy(ip.bytes, arp + (asks ? 24 : 14), 4);
		take_question(trace, &ip, asks, seen, room);
	} else if (packet->protocol == IPPROTO_ICMPV6 && packet->has_icmp &&
		   (packet->icmp_type == 135 || packet->icmp_type == 136) &&
		   packet->transport_length >= 24) {
		ip.family = AF_INET6;
		memcpy(ip.bytes, packet->transport + 8, 16);
		take_question(trace, &ip, packet->icmp_type == 135, seen, room);
	}
}

/* Whether TCP has sent it again: a second packet, that is. */
static bool is_repeated(const struct trace *trace, const struct trace_sighting *sighting)
{
	if (trace->options->protocol != IPPROTO_TCP || sighting->leg == TRACE_ERROR)
		return false;
	for (size_t i = 0; i < trace->sightings.n; i++) {
		const struct trace_sighting *old = &trace->sightings.v[i];

		if (old->ns == sighting->ns && old->index == sighting->index &&
		    old->direction == sighting->direction && old->leg == sighting->leg &&
		    trace_flow_equal(&old->flow, &sighting->flow))
			return true;
	}
	return false;
}

void trace_take(struct trace *trace, const struct capture_packet *seen, size_t room)
{
	struct trace_sighting sighting = { .ns = room, .index = seen->index,
					   .direction = seen->direction, .at = seen->at };
	struct packet packet, inner;

	packet_parse(seen->bytes, seen->length, seen->whole, capture_is_ethernet(seen->hardware),
		     seen->protocol, &packet);
	/* What goes out on lo comes in on lo. */
	if (seen->hardware == ARPHRD_LOOPBACK && seen->direction == PACKET_OUTGOING)
		return;
	take_neighbours(trace, &packet, seen, room);
	sighting.flow = flow_of(&packet);
	if (is_request(trace, &packet, seen, room)) {
		sighting.leg = TRACE_REQUEST;
		if (!is_known(trace, &sighting.flow))
			*vector_add(&trace->flows) = sighting.flow;
	} else if (is_answer(trace, &packet)) {
		sighting.leg = TRACE_ANSWER;
	} else if (is_error(trace, &packet, &inner)) {
		sighting.leg = TRACE_ERROR;
	} else {
		return;
	}
	if (is_repeated(trace, &sighting))
		return;
	sighting.ttl = packet.ttl;
	name_link(trace, room, seen->index, &sighting);
	what_text(&packet, sighting.leg, sighting.what, sizeof(sighting.what));
	*vector_add(&trace->sightings) = sighting;
}
