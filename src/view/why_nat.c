/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/why_parts.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <netinet/icmp6.h>
#include <linux/icmp.h>
#include <netinet/tcp.h>
#include <string.h>

/*
 * Conntrack and NAT of each namespace, as far as one connection needs them: a flow is found by
 * the packet's addresses or those of its answer (net/netfilter/nf_conntrack_core.c), and
 * rewritten by what the answer is to look like (nf_nat_core.c).
 */

static void ends_of(const struct packet *packet, struct flow_end *from, struct flow_end *to)
{
	bool ports = packet->protocol == IPPROTO_TCP || packet->protocol == IPPROTO_UDP;

	*from = (struct flow_end){ packet->from, ports ? packet->sport : packet->id };
	*to = (struct flow_end){ packet->to, ports ? packet->dport : packet->id };
}

static bool end_is(const struct flow_end *a, const struct flow_end *b)
{
	return ip_equal(&a->ip, &b->ip) && a->port == b->port;
}

static bool is_echo_reply(const struct packet *packet)
{
	return (packet->protocol == IPPROTO_ICMP && packet->type == ICMP_ECHOREPLY) ||
	       (packet->protocol == IPPROTO_ICMPV6 && packet->type == ICMP6_ECHO_REPLY);
}

/* What may be the first packet of a flow: neither an echo's reply nor an answer of TCP. */
static bool may_begin(const struct packet *packet)
{
	if (is_echo_reply(packet))
		return false;
	return packet->protocol != IPPROTO_TCP ||
	       (packet->tcp_flags & (TH_SYN | TH_ACK)) != (TH_SYN | TH_ACK);
}

void track_packet(struct walk *walk, const struct ns *ns, struct packet *packet)
{
	struct flow_end from, to;
	struct flow *flow;

	if (packet->track != TRACK_NONE)
		return;
	if (is_discovery(packet)) { /* as nf_conntrack_proto_icmpv6.c has it */
		packet->track = TRACK_NOT;
		return;
	}
	ends_of(packet, &from, &to);
	for (size_t i = 0; i < walk->flows.n; i++) {
		bool there, back;

		flow = walk->flows.v[i];
		if (flow->ns != ns || flow->protocol != packet->protocol)
			continue;
		back = end_is(&flow->back_from, &from) && end_is(&flow->back_to, &to) &&
		       (is_echo_reply(packet) || packet->protocol == IPPROTO_TCP ||
			packet->protocol == IPPROTO_UDP);
		there = end_is(&flow->from, &from) && end_is(&flow->to, &to) &&
			!is_echo_reply(packet);
		if (!there && !back)
			continue;
		packet->flow = flow;
		/* To oneself both look alike: then it is the direction of the walk. */
		packet->is_answer = there && back ? walk->back : back;
		if (packet->is_answer)
			flow->answered = true;
		packet->track = flow->answered ? TRACK_ESTABLISHED : TRACK_NEW;
		return;
	}
	if (!may_begin(packet)) {
		packet->track = TRACK_INVALID;
		return;
	}
	flow = xcalloc(1, sizeof(*flow));
	*vector_add(&walk->flows) = flow;
	*flow = (struct flow){ .ns = ns, .protocol = packet->protocol, .from = from, .to = to,
			       .back_from = to, .back_to = from };
	packet->flow = flow;
	packet->is_answer = false;
	packet->track = TRACK_NEW;
}

/* --- addresses to hide behind --- */

/* inet_select_addr(): the first of the link that is in the network of NEXT, or else the first. */
static bool select_ipv4(const struct ns *ns, const struct link *link, const struct ip *next,
			struct ip *ip)
{
	const struct addr *found = NULL;

	for (size_t i = 0; i < ns->addrs.n; i++) {
		const struct addr *addr = &ns->addrs.v[i];
		struct cidr network = cidr_network(&addr->cidr);

		if (addr->cidr.ip.family != AF_INET || addr->index != link->index ||
		    (addr->flags & IFA_F_SECONDARY) || addr->scope > RT_SCOPE_UNIVERSE)
			continue;
		if (cidr_contains(&network, next)) {
			found = addr;
			break;
		}
		if (!found)
			found = addr;
	}
	/* Then that of any other interface; lo's is of the host alone. */
	for (size_t i = 0; !found && i < ns->addrs.n; i++)
		if (ns->addrs.v[i].cidr.ip.family == AF_INET &&
		    ns->addrs.v[i].scope == RT_SCOPE_UNIVERSE)
			found = &ns->addrs.v[i];
	if (found)
		*ip = found->cidr.ip;
	return found != NULL;
}

static bool hide_behind(struct walk *walk, const struct ns *ns, const struct packet *packet,
			const struct link *out, struct ip *ip)
{
	struct route_question question = { .to = packet->to, .out = out->index,
					   .mark = packet->mark };
	struct route_answer answer;

	if (!why_route(walk, ns, &question, &answer))
		return false;
	if (packet->to.family == AF_INET) {
		struct ip next = answer.gateway.family == AF_INET ? answer.gateway : packet->to;

		return select_ipv4(ns, out, &next, ip);
	}
	/* The kernel's own choice for this interface (RFC 6724). */
	*ip = answer.source;
	return !answer.error && answer.source.family == AF_INET6;
}

bool nat_set(struct walk *walk, const struct ns *ns, struct packet *packet,
	     const struct nat_wish *wish, const struct link *in, const struct link *out)
{
	struct flow *flow = packet->flow;
	struct ip ip = wish->ip;

	if (!flow || packet->track == TRACK_INVALID || packet->track == TRACK_NOT)
		return true;
	switch (wish->kind) {
	case NAT_MASQUERADE:
		if (!out || !hide_behind(walk, ns, packet, out, &ip))
			return walk->failed;
		break;
	case NAT_REDIRECT:
		/* Of what comes in: the address of its interface; of what is born here: lo's. */
		if (packet->born_here && packet->to.family == AF_INET)
			ip = (struct ip){ AF_INET, { 127, 0, 0, 1 } };
		else if (packet->born_here)
			ip = (struct ip){ AF_INET6, { [15] = 1 } };
		else if (!in || packet->to.family != AF_INET)
			ip.family = 0;
		else if (!select_ipv4(ns, in, &packet->to, &ip))
			return false;
		for (size_t i = 0; !ip.family && in && i < ns->addrs.n; i++)
			if (ns->addrs.v[i].index == in->index &&
			    ns->addrs.v[i].cidr.ip.family == AF_INET6)
				ip = ns->addrs.v[i].cidr.ip;
		if (!ip.family)
			return false;
		break;
	case NAT_SNAT:
	case NAT_DNAT:
		break;
	}
	if (wish->kind == NAT_SNAT || wish->kind == NAT_MASQUERADE) {
		if (ip.family)
			flow->back_to.ip = ip;
		if (wish->port && packet->protocol != IPPROTO_ICMP &&
		    packet->protocol != IPPROTO_ICMPV6)
			flow->back_to.port = wish->port;
		flow->from_done = true;
		flow->snat = !end_is(&flow->back_to, &flow->from);
	} else {
		if (ip.family)
			flow->back_from.ip = ip;
		if (wish->port && packet->protocol != IPPROTO_ICMP &&
		    packet->protocol != IPPROTO_ICMPV6)
			flow->back_from.port = wish->port;
		flow->to_done = true;
		flow->dnat = !end_is(&flow->back_from, &flow->to);
	}
	return true;
}

static bool set_end(struct ip *ip, uint16_t *port, const struct flow_end *end)
{
	bool same = ip_equal(ip, &end->ip) && (!port || *port == end->port);

	*ip = end->ip;
	if (port)
		*port = end->port;
	return !same;
}

bool nat_apply(struct packet *packet, bool source)
{
	struct flow *flow = packet->flow;
	bool ports = packet->protocol == IPPROTO_TCP || packet->protocol == IPPROTO_UDP;

	if (!flow || packet->track == TRACK_INVALID || packet->track == TRACK_NOT)
		return false;
	if (packet->is_answer) {
		/* What the first packet's source was made into is the answer's destination. */
		if (source)
			return flow->dnat &&
			       set_end(&packet->from, ports ? &packet->sport : NULL, &flow->to);
		return flow->snat &&
		       set_end(&packet->to, ports ? &packet->dport : NULL, &flow->from);
	}
	if (source)
		return flow->snat &&
		       set_end(&packet->from, ports ? &packet->sport : NULL, &flow->back_to);
	return flow->dnat &&
	       set_end(&packet->to, ports ? &packet->dport : NULL, &flow->back_from);
}
