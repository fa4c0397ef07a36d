/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/why_parts.h"

#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/netfilter.h>
#include <linux/netfilter_arp.h>
#include <linux/rtnetlink.h>
#include <netinet/icmp6.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/*
 * Who answers for an address on a link: ARP (net/ipv4/arp.c) and neighbour discovery
 * (net/ipv6/ndisc.c), thought through as the packet itself is: a request goes to all on the
 * link, and who has the address sends its answer back.
 */
struct found {
	struct why_ns *space;
	const struct link *link;
	bool answered; /* the answer came back */
};
struct seeking {
	struct why_ns *space; /* who asks, and where */
	const struct link *link;
	struct ip from, about;
	VECTOR(struct found) found;
};

static const char *state_name(uint16_t state)
{
	if (state & NUD_PERMANENT)
		return "permanent";
	if (state & NUD_REACHABLE)
		return "reachable";
	return "known, but not lately confirmed";
}

#define USABLE                                                                            \
	(NUD_PERMANENT | NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_NOARP)

/* From the kernel's table, or from what was learned on this walk. */
static bool look_up(struct walk *walk, struct why_ns *space, const struct link *link,
		    const struct ip *next, uint8_t mac[6])
{
	char text[IP_TEXT], mac_string[MAC_TEXT];

	for (size_t i = 0; i < space->ns->neighs.n; i++) {
		const struct neigh *neigh = &space->ns->neighs.v[i];

		if (!(neigh->state & USABLE) || !neigh->has_mac ||
		    strcmp(neigh->link, link->name) != 0 || !ip_equal(&neigh->ip, next))
			continue;
		memcpy(mac, neigh->mac, 6);
		why_step(walk, WHY_OBSERVED, space->ns, link, "%s has hardware address %s (%s)",
			 ip_text(next, text), mac_text(mac, mac_string),
			 state_name(neigh->state));
		return true;
	}
	for (size_t i = 0; i < walk->learned.n; i++) {
		const struct learned *learned = &walk->learned.v[i];

		if (learned->bridge || learned->ns != space->ns ||
		    learned->index != link->index || !ip_equal(&learned->ip, next))
			continue;
		memcpy(mac, learned->mac, 6);
		why_step(walk, WHY_PREDICTED, space->ns, link,
			 "%s has hardware address %s (it has just asked itself)",
			 ip_text(next, text), mac_text(mac, mac_string));
		return true;
	}
	return false;
}

static void learn(struct walk *walk, const struct ns *ns, const struct link *link,
		  const struct ip *ip, const uint8_t mac[6])
{
	struct learned *learned = vector_add(&walk->learned);

	*learned = (struct learned){ .ns = ns, .index = link->index, .ip = *ip };
	memcpy(learned->mac, mac, sizeof(learned->mac));
}

static void add_found(struct walk *walk, struct why_ns *space, const struct link *link)
{
	struct seeking *seeking = walk->seeking;

	for (size_t i = 0; i < seeking->found.n; i++)
		if (seeking->found.v[i].link == link)
			return;
	*vector_add(&seeking->found) = (struct found){ .space = space, .link = link };
}

/* --- ARP --- */

/* Whether the interface answers for an address of its namespace (arp_ignore). */
static bool ignores(struct walk *walk, struct why_ns *space, const struct link *link,
		    const struct ip *sought)
{
	const char *all = why_sysctl(walk, space->ns, "net/ipv4/conf/all/arp_ignore");
	int how = atoi(all), own;

	own = atoi(why_sysctl(walk, space->ns, "net/ipv4/conf/%s/arp_ignore", link->name));
	if (own > how)
		how = own;
	if (how == 0)
		return false;
	if (how >= 8)
		return true;
	for (size_t i = 0; i < space->ns->addrs.n; i++)
		if (space->ns->addrs.v[i].index == link->index &&
		    ip_equal(&space->ns->addrs.v[i].cidr.ip, sought))
			return false;
	return true;
}

/* The kernel itself is asked whether it would take a packet from there for that address. */
static bool answers_arp(struct walk *walk, struct why_ns *space, const struct link *link,
			const struct packet *request)
{
	struct route_question question = { .to = request->to, .from = request->from,
					   .in = link->index };
	struct route_answer answer;

	if (link->flags & IFF_NOARP || !why_route(walk, space->ns, &question, &answer))
		return false;
	if (answer.error)
		return false;
	if (answer.type == RTN_LOCAL)
		return !ignores(walk, space, link, &request->to);
	return answer.type == RTN_UNICAST && answer.out != link->index &&
	       why_sysctl_on(walk, space->ns, "net/ipv4/conf/%s/proxy_arp", link->name);
}

static bool arp_hook(struct walk *walk, struct why_ns *space, unsigned hook,
		     struct packet *packet, const struct link *link)
{
	bool in = hook == NF_ARP_IN;

	return hook_pass(walk, space, NFPROTO_ARP, hook, packet, in ? link : NULL,
			 in ? NULL : link, false) == HOOK_ON;
}

bool arp_receive(struct walk *walk, struct why_ns *space, const struct link *link,
		 struct packet *packet)
{
	struct seeking *seeking = walk->seeking;

	if (!seeking || !arp_hook(walk, space, NF_ARP_IN, packet, link))
		return true;
	if (packet->reply) {
		for (size_t i = 0; i < seeking->found.n; i++)
			if (!memcmp(seeking->found.v[i].link->mac, packet->mac_from, 6) &&
			    space == seeking->space && link == seeking->link)
				seeking->found.v[i].answered = true;
		return true;
	}
	if (!answers_arp(walk, space, link, packet))
		return false;
	add_found(walk, space, link);
	return true;
}

/* --- neighbour discovery --- */

static bool has_address(const struct why_ns *space, const struct link *link, const struct ip *ip)
{
	for (size_t i = 0; i < space->ns->addrs.n; i++) {
		const struct addr *addr = &space->ns->addrs.v[i];

		/* One that is being checked, or has failed the check, is not answered for. */
		if (addr->index == link->index && ip_equal(&addr->cidr.ip, ip))
			return !(addr->flags & IFA_F_DADFAILED) &&
			       (!(addr->flags & IFA_F_TENTATIVE) ||
				(addr->flags & IFA_F_OPTIMISTIC));
	}
	return false;
}

bool discovery_receive(struct walk *walk, struct why_ns *space, const struct link *link,
		       struct packet *packet)
{
	struct seeking *seeking = walk->seeking;
	bool prerouted = packet->prerouted;

	if (!seeking || why_sysctl_on(walk, space->ns, "net/ipv6/conf/%s/disable_ipv6",
				      link->name))
		return false;
	if (packet->type == ND_NEIGHBOR_SOLICIT && !has_address(space, link, &packet->about))
		return false;
	if (packet->ttl != 255) /* RFC 4861, 7.1: it may have come from further away */
		return why_obstacle(walk, WHY_TTL, WHY_PREDICTED, space->ns, link, NULL,
				    "%s takes no neighbour discovery whose hop limit was changed "
				    "to %u", space->ns->name, packet->ttl);
	packet->flow = NULL;
	packet->born_here = false;
	if (!prerouted) {
		packet->track = TRACK_NONE;
		if (hook_pass(walk, space, NFPROTO_IPV6, NF_INET_PRE_ROUTING, packet, link, NULL,
			      false) == HOOK_ENDED)
			return true;
	}
	if (hook_pass(walk, space, NFPROTO_IPV6, NF_INET_LOCAL_IN, packet, link, NULL, false) ==
	    HOOK_ENDED)
		return true;
	if (packet->type == ND_NEIGHBOR_SOLICIT) {
		add_found(walk, space, link);
		return true;
	}
	for (size_t i = 0; i < seeking->found.n; i++)
		if (!memcmp(seeking->found.v[i].link->mac, packet->mac_from, 6) &&
		    space == seeking->space && link == seeking->link)
			seeking->found.v[i].answered = true;
	return true;
}

/* --- asking --- */

static struct packet request_of(const struct seeking *seeking)
{
	struct packet request = { .kind = PACKET_ARP, .from = seeking->from,
				  .to = seeking->about, .size = 28, .to_all = true,
				  .born_here = true };

	memset(request.mac_to, 0xff, sizeof(request.mac_to));
	memcpy(request.mac_from, seeking->link->mac, sizeof(request.mac_from));
	if (seeking->about.family == AF_INET)
		return request;
	/* The solicited node's group (RFC 4291, 2.7.1), and its frame (RFC 2464, 7). */
	request.kind = PACKET_IP;
	request.protocol = IPPROTO_ICMPV6;
	request.type = ND_NEIGHBOR_SOLICIT;
	request.about = seeking->about;
	request.ttl = 255;
	request.size = 72;
	request.to = (struct ip){ AF_INET6, { 0xff, 2, [11] = 1, [12] = 0xff } };
	memcpy(request.to.bytes + 13, seeking->about.bytes + 13, 3);
	request.mac_to[0] = request.mac_to[1] = 0x33;
	memcpy(request.mac_to + 2, request.to.bytes + 12, 4);
	return request;
}

static struct packet reply_of(const struct seeking *seeking, const struct found *found)
{
	struct packet reply = { .kind = PACKET_ARP, .from = seeking->about, .to = seeking->from,
				.size = 28, .reply = true, .born_here = true };

	memcpy(reply.mac_to, seeking->link->mac, sizeof(reply.mac_to));
	memcpy(reply.mac_from, found->link->mac, sizeof(reply.mac_from));
	if (seeking->about.family == AF_INET)
		return reply;
	reply.kind = PACKET_IP;
	reply.reply = false;
	reply.protocol = IPPROTO_ICMPV6;
	reply.type = ND_NEIGHBOR_ADVERT;
	reply.about = seeking->about;
	reply.ttl = 255;
	reply.size = 72;
	return reply;
}

/* Out of the one who asks, or answers, past its own rules. */
static void send_out(struct walk *walk, struct why_ns *space, const struct link *link,
		     struct packet *packet)
{
	if (packet->kind == PACKET_ARP) {
		if (!arp_hook(walk, space, NF_ARP_OUT, packet, link))
			return;
	} else if (hook_pass(walk, space, NFPROTO_IPV6, NF_INET_LOCAL_OUT, packet, NULL, link,
			     false) == HOOK_ENDED ||
		   hook_pass(walk, space, NFPROTO_IPV6, NF_INET_POST_ROUTING, packet, NULL, link,
			     false) == HOOK_ENDED) {
		return;
	}
	packet->born_here = false;
	packet->track = TRACK_NONE;
	link_send(walk, space, link, packet);
}

/* The address that the question is asked from (arp_solicit(), ndisc_solicit()). */
static struct ip asker(struct walk *walk, struct why_ns *space, const struct link *link,
		       const struct ip *next, const struct packet *packet)
{
	struct route_question question = { .to = *next, .out = link->index };
	struct route_answer answer;

	for (size_t i = 0; i < space->ns->addrs.n; i++) {
		const struct addr *addr = &space->ns->addrs.v[i];

		if (ip_equal(&addr->cidr.ip, &packet->from) &&
		    (next->family == AF_INET || addr->index == link->index))
			return packet->from;
	}
	for (size_t i = 0; i < space->ns->addrs.n; i++) {
		const struct addr *addr = &space->ns->addrs.v[i];

		if (next->family == AF_INET6 && addr->index == link->index &&
		    ip_is_link_local(&addr->cidr.ip))
			return addr->cidr.ip;
	}
	if (why_route(walk, space->ns, &question, &answer) && !answer.error &&
	    answer.source.family)
		return answer.source;
	return packet->from;
}

static void ask(struct walk *walk, struct seeking *seeking)
{
	struct seeking *outer = walk->seeking;
	struct ending ending = walk->ending;
	struct packet packet = request_of(seeking);

	walk->ending = (struct ending){ 0 };
	ending_free(&walk->obstacle);
	walk->seeking = seeking;
	walk->quiet++;
	send_out(walk, seeking->space, seeking->link, &packet);
	for (size_t i = 0; i < seeking->found.n; i++) {
		struct found found = seeking->found.v[i];

		packet = reply_of(seeking, &found);
		send_out(walk, found.space, found.link, &packet);
	}
	walk->quiet--;
	walk->seeking = outer;
	/* What stopped the question is what keeps its asker from an answer. */
	if (walk->ending.set && !walk->obstacle.set) {
		walk->obstacle = walk->ending;
		walk->ending = (struct ending){ 0 };
	}
	ending_free(&walk->ending);
	walk->ending = ending;
}

static bool tell_found(struct walk *walk, const struct seeking *seeking, const char *method)
{
	struct buf others cleanup_buf = { 0 };
	char text[IP_TEXT], mac[MAC_TEXT];
	const struct found *first = NULL;
	unsigned count = 0;

	for (size_t i = 0; i < seeking->found.n; i++) {
		const struct found *found = &seeking->found.v[i];

		if (!found->answered)
			continue;
		if (!count++) {
			first = found;
			continue;
		}
		buf_add(&others, " and ");
		link_text(&others, found->space->ns, found->link);
	}
	if (!first)
		return false;
	if (count > 1)
		return why_end(walk, WHY_ADDRESS_TWICE, WHY_PREDICTED, seeking->space->ns,
			       seeking->link, NULL,
			       "%s:%s%s all answer for %s: which gets the packet is a matter of "
			       "chance", first->space->ns->name, first->link->name,
			       buf_str(&others), ip_text(&seeking->about, text)), false;
	why_step(walk, WHY_PREDICTED, seeking->space->ns, seeking->link,
		 "%s asks for %s: %s:%s answers, at %s", method, ip_text(&seeking->about, text),
		 first->space->ns->name, first->link->name, mac_text(first->link->mac, mac));
	return true;
}

const struct ip *neigh_sought(const struct walk *walk)
{
	return walk->seeking ? &walk->seeking->about : NULL;
}

bool neigh_find(struct walk *walk, struct why_ns *space, const struct link *link,
		const struct ip *next, const struct packet *packet, uint8_t mac[6])
{
	struct seeking seeking = { .space = space, .link = link, .about = *next };
	bool answered = false;

	if (look_up(walk, space, link, next, mac))
		return true;
	seeking.from = asker(walk, space, link, next, packet);
	if (!walk->failed)
		ask(walk, &seeking);
	if (!walk->failed)
		answered = tell_found(walk, &seeking, next->family == AF_INET ? "ARP" :
								  "neighbour discovery");
	for (size_t i = 0; answered && i < seeking.found.n; i++) {
		const struct found *found = &seeking.found.v[i];

		if (!found->answered)
			continue;
		memcpy(mac, found->link->mac, 6);
		learn(walk, space->ns, link, next, mac);
		learn(walk, found->space->ns, found->link, &seeking.from, link->mac);
		break;
	}
	vector_free(&seeking.found);
	if (answered || walk->failed || walk->ending.set)
		return answered;
	explain_no_neighbour(walk, space, link, next, packet);
	return false;
}
