/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/why_parts.h"

#include <errno.h>
#include <linux/netfilter.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/interrupt.h"

/* The IP layer of a namespace: out, in, through (net/ipv4/ip_output.c, ip_input.c, route.c). */

#define USUAL_TTL  64 /* IPDEFTTL, IPV6_DEFAULT_HOPLIMIT */
#define DEPTH_MOST 2000 /* calls within calls; far more than 64 routers need */

static uint8_t family_of(const struct packet *packet)
{
	return packet->to.family == AF_INET ? NFPROTO_IPV4 : NFPROTO_IPV6;
}

static bool is_loopback(const struct link *link)
{
	return link->flags & IFF_LOOPBACK;
}

static struct route_question question_of(const struct packet *packet, const struct link *in)
{
	return (struct route_question){
		.to = packet->to, .from = packet->from, .mark = packet->mark,
		.in = in ? in->index : 0, .protocol = packet->protocol,
		.sport = packet->sport, .dport = packet->dport,
	};
}

static struct link *out_link(struct walk *walk, struct why_ns *space,
			     const struct route_answer *answer)
{
	struct link *link = ns_link_by_index(space->ns, answer->out);

	if (!link)
		why_end(walk, WHY_UNKNOWN, WHY_UNSURE, space->ns, NULL, NULL,
			"the interfaces of %s change while they are looked at", space->ns->name);
	return link;
}

static void tell_route(struct walk *walk, const struct why_ns *space, const struct link *link,
		       const struct packet *packet, const struct route_answer *answer)
{
	char to[IP_TEXT], via[IP_TEXT], from[IP_TEXT];

	ip_text(&packet->to, to);
	if (answer->type == RTN_LOCAL)
		why_step(walk, WHY_OBSERVED, space->ns, link, "%s is an address of %s itself", to,
			 space->ns->name);
	else if (answer->gateway.family)
		why_step(walk, WHY_OBSERVED, space->ns, link, "route to %s: via %s, from %s", to,
			 ip_text(&answer->gateway, via), ip_text(&packet->from, from));
	else
		why_step(walk, WHY_OBSERVED, space->ns, link,
			 "route to %s: on this link, from %s", to, ip_text(&packet->from, from));
}

/* --- in --- */

static bool deliver(struct walk *walk, struct why_ns *space, const struct link *link,
		    struct packet *packet)
{
	char text[IP_TEXT];

	if (hook_pass(walk, space, family_of(packet), NF_INET_LOCAL_IN, packet, link, NULL,
		      false) == HOOK_ENDED)
		return true;
	why_step(walk, WHY_PREDICTED, space->ns, link, "%s is reached: %s",
		 walk->back ? "the sender" : "the target", ip_text(&packet->to, text));
	walk->at = space;
	walk->at_link = link;
	walk->arrived = *packet;
	return true;
}

/* Whether the same packet has come here before, round and round. */
static bool goes_round(struct walk *walk, const struct why_ns *space, const struct link *link,
		       const struct packet *packet)
{
	struct visit *visit;

	for (size_t i = 0; i < walk->visits.n; i++) {
		visit = &walk->visits.v[i];
		if (visit->space == space && visit->index == link->index &&
		    ip_equal(&visit->from, &packet->from) && ip_equal(&visit->to, &packet->to))
			return ++visit->count > 2;
	}
	visit = vector_add(&walk->visits);
	*visit = (struct visit){ .space = space, .index = link->index, .from = packet->from,
				 .to = packet->to, .count = 1 };
	return false;
}

/* The hop limit that SPACE gives what it sends out of LINK. */
static uint8_t first_ttl(struct walk *walk, const struct why_ns *space, const struct link *link,
			 uint8_t family)
{
	int ttl = atoi(family == AF_INET ?
			       why_sysctl(walk, space->ns, "net/ipv4/ip_default_ttl") :
			       why_sysctl(walk, space->ns, "net/ipv6/conf/%s/hop_limit",
					  link->name));

	return ttl > 0 && ttl < 256 ? (uint8_t)ttl : USUAL_TTL;
}

static bool end_ttl(struct walk *walk, const struct why_ns *space, const struct link *in,
		    const struct packet *packet)
{
	cleanup_free char *mend = NULL;

	if (packet->to.family == AF_INET &&
	    first_ttl(walk, walk->sender, NULL, AF_INET) < USUAL_TTL)
		mend = xasprintf("in %s sysctl -w net.ipv4.ip_default_ttl=%d",
				 walk->sender->ns->name, USUAL_TTL);
	return why_end(walk, WHY_TTL, WHY_PREDICTED, space->ns, in, mend,
		       "the %s has passed as many routers as it may when it comes to %s",
		       walk->back ? "answer" : "packet", space->ns->name);
}

/* Whether a packet has come back to who sent it: a router on the way turns it round. */
static bool ends_where_it_began(struct walk *walk, const struct why_ns *space,
				const struct link *in, const struct packet *packet)
{
	const struct ns *router = walk->visits.n ? walk->visits.v[walk->visits.n - 1].space->ns :
						   NULL;
	cleanup_free char *mend = NULL;
	char to[IP_TEXT];

	if (space != walk->sender || !ns_addr_by_ip(space->ns, &packet->from))
		return false;
	if (explain_loop(walk, &packet->to))
		return true;
	mend = router ? mend_turned(walk, router, space->ns, &packet->to) : NULL;
	return why_end(walk, WHY_LOOP, WHY_PREDICTED, space->ns, in, mend,
		       "the %s for %s comes back to %s, which has sent it%s%s%s",
		       walk->back ? "answer" : "packet", ip_text(&packet->to, to),
		       space->ns->name, router ? ": " : "", router ? router->name : "",
		       router ? " routes it there" : "");
}

/* Who sends cuts it; a router tells the sender (ICMP), who then sends shorter ones. */
static void shorten(struct walk *walk, const struct why_ns *space, const struct link *out,
		    const struct route_answer *answer, struct packet *packet)
{
	unsigned mtu = answer->mtu ? answer->mtu : out->mtu;

	if (packet->size <= mtu)
		return;
	why_step(walk, WHY_PREDICTED, space->ns, out,
		 "the packet of %u bytes is sent in parts: no more than %u go out here",
		 packet->size, mtu);
	packet->size = mtu;
}

/* IPv4 has a switch for each interface, IPv6 one for all. */
static bool forwards(struct walk *walk, struct why_ns *space, const struct link *in,
		     const struct packet *packet)
{
	cleanup_free char *mend = NULL;
	char to[IP_TEXT];
	bool on;

	if (packet->to.family == AF_INET)
		on = why_sysctl_on(walk, space->ns, "net/ipv4/conf/%s/forwarding", in->name);
	else
		on = why_sysctl_on(walk, space->ns, "net/ipv6/conf/all/forwarding") ||
		     why_sysctl_on(walk, space->ns, "net/ipv6/conf/%s/force_forwarding",
				   in->name);
	if (on)
		return true;
	mend = xasprintf("forwarding %s on", space->ns->name);
	/* The line turns on the switch for all, which does not move where that is on already. */
	if (packet->to.family == AF_INET &&
	    why_sysctl_on(walk, space->ns, "net/ipv4/ip_forward")) {
		free(mend);
		mend = xasprintf("in %s sysctl -w net.ipv4.conf.%s.forwarding=1", space->ns->name,
				 in->name);
	}
	why_end(walk, WHY_FORWARDING_OFF, WHY_OBSERVED, space->ns, in, mend,
		"%s gets the %s for %s, but does not forward between its interfaces",
		space->ns->name, walk->back ? "answer" : "packet", ip_text(&packet->to, to));
	return false;
}

/* The sender has no other address than that of its link. */
static bool end_link_local(struct walk *walk, struct why_ns *space, const struct link *in,
			   const struct packet *packet)
{
	struct why_ns *origin = why_space(walk, walk->origin->name);
	const struct ns *ns = space->ns;
	cleanup_free char *mend = NULL;
	char text[IP_TEXT];

	for (size_t i = 0; origin && i < origin->ns->addrs.n && !mend; i++) {
		const struct addr *addr = &origin->ns->addrs.v[i];
		const struct link *link = ns_link_by_index(origin->ns, addr->index);

		if (link && ip_equal(&addr->cidr.ip, &packet->from))
			mend = mend_address(walk, origin->ns, link, AF_INET6);
	}
	return why_end(walk, WHY_NO_ADDRESS, WHY_PREDICTED, ns, in, mend,
		       "%s does not forward for %s: that is good on its own link only, and the "
		       "sender has no other IPv6 address", ns->name,
		       ip_text(&packet->from, text));
}

static bool forward(struct walk *walk, struct why_ns *space, const struct link *in,
		    struct packet *packet, const struct route_answer *answer)
{
	struct link *out = out_link(walk, space, answer);
	struct ip next = answer->gateway.family ? answer->gateway : packet->to;
	char text[IP_TEXT];

	if (!out || ends_where_it_began(walk, space, in, packet))
		return true;
	if (packet->to.family == AF_INET6 && !forwards(walk, space, in, packet))
		return true;
	/* Back out where it came in, it stays on its link (ip6_forward()). */
	if (packet->to.family == AF_INET6 && ip_is_link_local(&packet->from) && out != in)
		return end_link_local(walk, space, in, packet);
	if (goes_round(walk, space, in, packet))
		return explain_loop(walk, &packet->to) ||
		       why_end(walk, WHY_LOOP, WHY_PREDICTED, space->ns, in, NULL,
			       "the packet for %s comes to %s again and again: routers send it "
			       "round in a circle", ip_text(&packet->to, text), space->ns->name);
	if (packet->ttl <= 1)
		return end_ttl(walk, space, in, packet);
	tell_route(walk, space, out, packet, answer);
	shorten(walk, space, out, answer, packet);
	packet->ttl--;
	if (hook_pass(walk, space, family_of(packet), NF_INET_FORWARD, packet, in, out, false) ==
	    HOOK_ENDED)
		return true;
	if (!walk->back) {
		walk->last_router = space->ns;
		walk->last_router_out = out->index;
	}
	return ip_transmit(walk, space, packet, in, out, &next);
}

static bool receive_refused(struct walk *walk, struct why_ns *space, const struct link *link,
			    const struct packet *packet, int error)
{
	if (ends_where_it_began(walk, space, link, packet))
		return true;
	if (error == EINVAL || error == EXDEV)
		return explain_refused(walk, space, link, packet, error);
	/* An interface that does not forward says so before there is a route or none. */
	if (packet->to.family == AF_INET && !forwards(walk, space, link, packet))
		return true;
	return explain_no_route(walk, space, packet, link, error);
}

static bool ipv6_off(struct walk *walk, struct why_ns *space, const struct link *link,
		     const struct packet *packet)
{
	cleanup_free char *mend = NULL;

	if (packet->to.family != AF_INET6 ||
	    !why_sysctl_on(walk, space->ns, "net/ipv6/conf/%s/disable_ipv6", link->name))
		return false;
	mend = xasprintf("in %s sysctl -w net.ipv6.conf.%s.disable_ipv6=0", space->ns->name,
			 link->name);
	return why_end(walk, WHY_IPV6_OFF, WHY_OBSERVED, space->ns, link, mend,
		       "IPv6 is switched off on %s of %s", link->name, space->ns->name);
}

/*
 * IPv6 takes some moments to put an address to use once its link is there: until then there is no
 * local route, and packets for it are strangers'. false: it has not come, and the packet ended.
 */
static bool wait_for_address(struct walk *walk, struct why_ns *space,
			     const struct route_question *question,
			     struct route_answer *answer)
{
	char text[IP_TEXT];

	for (int i = 0; i < 30; i++) {
		interrupt_poll(NULL, 0, 10);
		if (interrupted || !why_route(walk, space->ns, question, answer))
			return false;
		if (!answer->error && answer->type == RTN_LOCAL)
			return true;
	}
	return !why_end(walk, WHY_ADDRESS_TENTATIVE, WHY_OBSERVED, space->ns, NULL, NULL,
			"%s of %s is not in use yet", ip_text(&question->to, text),
			space->ns->name);
}

bool ip_receive(struct walk *walk, struct why_ns *space, const struct link *link,
		struct packet *packet)
{
	struct route_question question;
	struct route_answer answer;
	bool prerouted = packet->prerouted;
	char text[IP_TEXT];

	if (++walk->depth > DEPTH_MOST)
		return why_end(walk, WHY_LOOP, WHY_PREDICTED, space->ns, link, NULL,
			       "the packet goes round without an end");
	packet->born_here = false;
	packet->prerouted = false;
	/* br_netfilter has had it tracked on the bridge, and it is the same packet yet. */
	if (!prerouted && !is_loopback(link)) {
		packet->flow = NULL;
		packet->track = TRACK_NONE;
	}
	if (ipv6_off(walk, space, link, packet))
		return true;
	/* IPv6 looks at the header before anybody else does (ip6_rcv_core()), IPv4 when it routes. */
	if (packet->to.family == AF_INET6 && !is_loopback(link) &&
	    explain_stray_loopback(walk, space->ns, link, packet))
		return true;
	if (!prerouted && hook_pass(walk, space, family_of(packet), NF_INET_PRE_ROUTING, packet,
				    link, NULL, false) == HOOK_ENDED)
		return true;
	/* What came out of lo has its route already. */
	if (is_loopback(link))
		return deliver(walk, space, link, packet);
	question = question_of(packet, link);
	if (!why_route(walk, space->ns, &question, &answer))
		return true;
	if (packet->to.family == AF_INET6 && answer.type != RTN_LOCAL &&
	    ns_addr_by_ip(space->ns, &packet->to) && !wait_for_address(walk, space, &question,
								     &answer))
		return true;
	if (answer.error)
		return receive_refused(walk, space, link, packet, answer.error);
	switch (answer.type) {
	case RTN_LOCAL:
		return deliver(walk, space, link, packet);
	case RTN_UNICAST:
		return forward(walk, space, link, packet, &answer);
	case RTN_BLACKHOLE:
	case RTN_UNREACHABLE:
	case RTN_PROHIBIT:
		return explain_no_route(walk, space, packet, link, answer.error);
	}
	return why_end(walk, WHY_UNKNOWN, WHY_UNSURE, space->ns, link, NULL,
		       "%s is no address of one station: what becomes of it cannot be judged",
		       ip_text(&packet->to, text));
}

/* --- out --- */

/* Whether MAC is that of who has the address NEXT, on the link of OUT. */
static bool is_hardware_of(struct walk *walk, struct why_ns *space, const struct link *out,
			   const struct ip *next, const uint8_t mac[6])
{
	const struct addr *addr;
	const struct link *there;
	struct ns *owner;

	if (!find_owner(walk, next, &owner, &addr) ||
	    !link_reaches(walk, space->ns, out, owner, addr->index))
		return false;
	there = ns_link_by_index(owner, addr->index);
	return there && !memcmp(there->mac, mac, sizeof(there->mac));
}

bool ip_transmit(struct walk *walk, struct why_ns *space, struct packet *packet,
		 const struct link *in, const struct link *out, const struct ip *next)
{
	cleanup_free char *mend = NULL;
	char text[IP_TEXT];
	uint8_t mac[6];

	if (hook_pass(walk, space, family_of(packet), NF_INET_POST_ROUTING, packet, in, out,
		      false) == HOOK_ENDED)
		return true;
	packet->born_here = false;
	packet->flow = NULL; /* the next namespace has its own */
	packet->track = TRACK_NONE;
	if (!link_can_send(walk, space, out))
		return why_end_by_obstacle(walk);
	if (out->flags & IFF_NOARP) /* point to point: no neighbours */
		memset(packet->mac_to, 0, sizeof(packet->mac_to));
	else if (!neigh_find(walk, space, out, next, packet, mac))
		return true;
	else
		memcpy(packet->mac_to, mac, sizeof(mac));
	memcpy(packet->mac_from, out->mac, sizeof(packet->mac_from));
	packet->to_all = false;
	packet->port_in = packet->port_out = NULL;
	ending_free(&walk->obstacle);
	if (link_send(walk, space, out, packet))
		return true;
	if (why_end_by_obstacle(walk))
		return true;
	if (end_arp_off(walk, space->ns, out))
		return true;
	if (is_hardware_of(walk, space, out, next, packet->mac_to))
		return why_end(walk, WHY_UNKNOWN, WHY_UNSURE, space->ns, out, NULL,
			       "the frame for %s goes to the right hardware address, but nobody on "
			       "the link of %s gets it", ip_text(next, text), out->name);
	for (size_t i = 0; i < space->ns->neighs.n; i++)
		if (!strcmp(space->ns->neighs.v[i].link, out->name) &&
		    ip_equal(&space->ns->neighs.v[i].ip, next))
			mend = xasprintf("arp %s del %s", space->ns->name, ip_text(next, text));
	return why_end(walk, WHY_WRONG_NEIGHBOUR, WHY_PREDICTED, space->ns, out, mend,
		       "nobody on the link of %s has the hardware address that %s holds for the "
		       "next hop", out->name, space->ns->name);
}

/* To an address of the namespace itself: out of lo, and in again. */
static bool send_to_self(struct walk *walk, struct why_ns *space, struct packet *packet)
{
	struct link *lo = NULL;
	cleanup_free char *mend = NULL;

	for (size_t i = 0; i < space->ns->links.n && !lo; i++)
		if (is_loopback(&space->ns->links.v[i]))
			lo = &space->ns->links.v[i];
	if (!lo)
		return why_end(walk, WHY_UNKNOWN, WHY_UNSURE, space->ns, NULL, NULL,
			       "%s has no lo", space->ns->name);
	if (hook_pass(walk, space, family_of(packet), NF_INET_POST_ROUTING, packet, NULL, lo,
		      false) == HOOK_ENDED)
		return true;
	if (!(lo->flags & IFF_UP)) {
		mend = xasprintf("link %s:%s up", space->ns->name, lo->name);
		return why_end(walk, WHY_LINK_DOWN, WHY_OBSERVED, space->ns, lo, mend,
			       "lo of %s is down: it carries what %s sends to itself",
			       space->ns->name, space->ns->name);
	}
	return ip_receive(walk, space, lo, packet);
}

/* Asks for the way, with the source that is chosen. false: it has ended. */
static bool find_way(struct walk *walk, struct why_ns *space, struct packet *packet,
		     const struct link *on, struct route_answer *answer)
{
	struct route_question question = question_of(packet, NULL);
	cleanup_free char *mend = NULL;
	const struct link *out;
	char text[IP_TEXT];

	if (on)
		question.out = on->index;
	if (!why_route(walk, space->ns, &question, answer))
		return false;
	if (answer->error)
		return explain_no_route(walk, space, packet, NULL, answer->error), false;
	if (packet->from.family)
		return true;
	packet->from = answer->source;
	if (!packet->from.family || ip_is_zero(&packet->from)) {
		out = ns_link_by_index(space->ns, answer->out);
		mend = out ? mend_address(walk, space->ns, out, packet->to.family) : NULL;
		return why_end(walk, WHY_NO_ADDRESS, WHY_OBSERVED, space->ns, out, mend,
			       "%s has no address of its own to send to %s from",
			       space->ns->name, ip_text(&packet->to, text)), false;
	}
	if (walk->first && !walk->back && !walk->first->from.family)
		walk->first->from = packet->from;
	return true;
}

/* A tentative IPv6 address is not used, whatever the route says. */
static bool is_tentative(struct walk *walk, struct why_ns *space, const struct packet *packet)
{
	char text[IP_TEXT];

	for (size_t i = 0; i < space->ns->addrs.n; i++) {
		const struct addr *addr = &space->ns->addrs.v[i];

		if (ip_equal(&addr->cidr.ip, &packet->from) && (addr->flags & IFA_F_DADFAILED))
			return why_end(walk, WHY_ADDRESS_TENTATIVE, WHY_OBSERVED, space->ns, NULL,
				       NULL, "%s of %s is not in use: another interface on the "
				       "link has it too", ip_text(&packet->from, text),
				       space->ns->name);
	}
	return false;
}

bool ip_send(struct walk *walk, struct why_ns *space, struct packet *packet,
	     const struct link *on)
{
	struct route_answer answer;
	struct packet before;
	struct link *out;
	struct ip next;

	packet->born_here = true;
	walk->sender = space;
	if (!find_way(walk, space, packet, on, &answer))
		return true;
	if (is_tentative(walk, space, packet))
		return true;
	out = out_link(walk, space, &answer);
	if (!out)
		return true;
	packet->ttl = first_ttl(walk, space, out, packet->to.family);
	tell_route(walk, space, out, packet, &answer);
	before = *packet;
	if (hook_pass(walk, space, family_of(packet), NF_INET_LOCAL_OUT, packet, NULL, out,
		      false) == HOOK_ENDED)
		return true;
	/* A rewritten packet is routed again (ip_route_me_harder()). */
	if (!ip_equal(&before.to, &packet->to) || before.mark != packet->mark) {
		if (!find_way(walk, space, packet, on, &answer))
			return true;
		out = out_link(walk, space, &answer);
		if (!out)
			return true;
		tell_route(walk, space, out, packet, &answer);
	}
	if (answer.type == RTN_LOCAL)
		return send_to_self(walk, space, packet);
	if (answer.type != RTN_UNICAST)
		return why_end(walk, WHY_UNKNOWN, WHY_UNSURE, space->ns, out, NULL,
			       "the address is no address of one station");
	shorten(walk, space, out, &answer, packet);
	next = answer.gateway.family ? answer.gateway : packet->to;
	return ip_transmit(walk, space, packet, NULL, out, &next);
}
