/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/why.h"

#include <fcntl.h>
#include <linux/icmp.h>
#include <linux/netfilter.h>
#include <netinet/icmp6.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "view/why_parts.h"

/* The packet there, who takes it, and the answer back. */

#define SOURCE_PORT 40000 /* any of those that programs get */
#define ECHO_ID	    4711

static void walk_free(struct walk *walk)
{
	for (size_t i = 0; i < walk->spaces.n; i++) {
		ruleset_free(&walk->spaces.v[i]->rules);
		vector_free(&walk->spaces.v[i]->fdb);
		vector_free(&walk->spaces.v[i]->ports);
		free(walk->spaces.v[i]);
	}
	for (size_t i = 0; i < walk->flows.n; i++)
		free(walk->flows.v[i]);
	vector_free(&walk->spaces);
	vector_free(&walk->flows);
	vector_free(&walk->learned);
	vector_free(&walk->visits);
	ending_free(&walk->ending);
	ending_free(&walk->obstacle);
	free(walk->narrow);
	free(walk->narrow_mend);
}

static struct packet first_packet(const struct why_question *question)
{
	bool six = question->to.family == AF_INET6;
	struct packet packet = { .to = question->to, .ttl = 64, .born_here = true,
				 .protocol = question->protocol };
	unsigned header = six ? 40 : 20;

	switch (question->protocol) {
	case IPPROTO_TCP:
		packet.sport = SOURCE_PORT;
		packet.dport = question->port;
		packet.tcp_flags = TH_SYN;
		packet.size = header + 40;
		break;
	case IPPROTO_UDP:
		packet.sport = SOURCE_PORT;
		packet.dport = question->port;
		packet.size = header + 8 + 16;
		break;
	default:
		packet.protocol = six ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
		packet.type = six ? ICMP6_ECHO_REQUEST : ICMP_ECHO;
		packet.id = ECHO_ID;
		packet.size = header + 8 + 56;
		break;
	}
	return packet;
}

/* What the one who got PACKET sends back. */
static struct packet answer_to(const struct packet *packet)
{
	struct packet answer = { .from = packet->to, .to = packet->from, .ttl = 64,
				 .protocol = packet->protocol, .born_here = true,
				 .sport = packet->dport, .dport = packet->sport,
				 .id = packet->id, .size = packet->size };

	if (packet->protocol == IPPROTO_ICMP)
		answer.type = ICMP_ECHOREPLY;
	else if (packet->protocol == IPPROTO_ICMPV6)
		answer.type = ICMP6_ECHO_REPLY;
	else if (packet->protocol == IPPROTO_TCP)
		answer.tcp_flags = TH_SYN | TH_ACK;
	return answer;
}

/* --- who listens --- */

static bool socket_takes(const struct diag_socket *socket, const struct packet *packet,
			 const struct link *link)
{
	bool four = packet->to.family == AF_INET;

	if (socket->port != packet->dport || (four && socket->family == AF_INET6 &&
					      (socket->v6_only || !ip_is_zero(&socket->at))) ||
	    (!four && socket->family == AF_INET))
		return false;
	if (!ip_is_zero(&socket->at) && !ip_equal(&socket->at, &packet->to))
		return false;
	if (socket->index && socket->index != (uint32_t)link->index)
		return false;
	return ip_is_zero(&socket->peer) ||
	       (ip_equal(&socket->peer, &packet->from) && socket->peer_port == packet->sport);
}

/* Where NAT of NS sends a packet like FIRST that NS sends to its own address OWN. */
static bool is_passed_on(struct walk *walk, struct why_ns *space, const struct ip *own,
			 const struct packet *first, struct packet *packet)
{
	struct ending ending = walk->ending;
	bool passed;

	*packet = *first;
	packet->born_here = true;
	packet->flow = NULL;
	packet->track = TRACK_NONE;
	packet->from = packet->to = *own;
	walk->ending = (struct ending){ 0 };
	walk->quiet++;
	passed = hook_pass(walk, space, own->family == AF_INET ? NFPROTO_IPV4 : NFPROTO_IPV6,
			   NF_INET_LOCAL_OUT, packet, NULL, walk->at_link, false) == HOOK_ON &&
		 (!ip_equal(&packet->to, own) || packet->dport != first->dport);
	walk->quiet--;
	ending_free(&walk->ending);
	walk->ending = ending;
	return passed;
}

/* The port of a loopback address, when NAT passes the same one of other addresses on. */
static bool end_published(struct walk *walk)
{
	const struct packet *packet = &walk->arrived;
	struct why_ns *space = walk->at;
	char own[IP_TEXT], at[IP_TEXT], to[IP_TEXT];
	struct packet other;

	if (!ip_is_loopback(&packet->to))
		return false;
	for (size_t i = 0; i < space->ns->addrs.n; i++) {
		const struct ip *ip = &space->ns->addrs.v[i].cidr.ip;

		if (ip->family != packet->to.family || ip_is_loopback(ip) || ip_is_link_local(ip) ||
		    !is_passed_on(walk, space, ip, packet, &other))
			continue;
		ip_text(ip, own);
		return why_end(walk, WHY_NO_LISTENER, WHY_OBSERVED, space->ns, walk->at_link, NULL,
			       "no program of %s listens on %s port %u of %s, and published ports "
			       "do not cover loopback addresses: ask %s, whose port %u leads to "
			       "port %u of %s", space->ns->name,
			       packet->protocol == IPPROTO_TCP ? "tcp" : "udp", packet->dport,
			       ip_text(&packet->to, at), own, packet->dport, other.dport,
			       ip_text(&other.to, to));
	}
	return false;
}

static bool no_listener(struct walk *walk, const diag_socket_list *sockets)
{
	const struct packet *packet = &walk->arrived;
	const char *kind = packet->protocol == IPPROTO_TCP ? "tcp" : "udp";
	const struct ns *ns = walk->at->ns;
	struct buf others cleanup_buf = { 0 };
	cleanup_free char *mend = NULL;
	char text[IP_TEXT];

	if (end_published(walk))
		return true;
	for (size_t i = 0; i < sockets->n; i++)
		if (sockets->v[i].port == packet->dport)
			buf_addf(&others, "%s%s", others.length ? ", " : "; one listens on ",
				 ip_text(&sockets->v[i].at, text));
	/* One that listens elsewhere has the port, so that no other can be started. */
	if (packet->protocol == IPPROTO_TCP && !others.length)
		mend = xasprintf("serve %s %u", ns->name, packet->dport);
	return why_end(walk, WHY_NO_LISTENER, WHY_OBSERVED, ns, walk->at_link, mend,
		       "the packet reaches %s, but no program there listens on %s port %u of %s%s",
		       ns->name, kind, packet->dport, ip_text(&packet->to, text),
		       buf_str(&others));
}

static bool meet_program(struct walk *walk)
{
	const struct packet *packet = &walk->arrived;
	const struct ns *ns = walk->at->ns;
	diag_socket_list sockets = { 0 };
	bool found = false;

	if (diag_sockets(world_kernel(walk->world), ns->name, packet->protocol, &sockets,
			 walk->err) < 0) {
		walk->failed = true;
		return false;
	}
	for (size_t i = 0; i < sockets.n && !found; i++)
		found = socket_takes(&sockets.v[i], packet, walk->at_link);
	if (found)
		why_step(walk, WHY_OBSERVED, ns, walk->at_link, "a program listens on %s port %u",
			 packet->protocol == IPPROTO_TCP ? "tcp" : "udp", packet->dport);
	else
		no_listener(walk, &sockets);
	vector_free(&sockets);
	return found;
}

static bool meet_echo(struct walk *walk)
{
	bool six = walk->arrived.to.family == AF_INET6;
	const char *key = six ? "net/ipv6/icmp/echo_ignore_all" :
				"net/ipv4/icmp_echo_ignore_all";
	const struct ns *ns = walk->at->ns;
	cleanup_free char *mend = NULL;

	if (!why_sysctl_on(walk, ns, "%s", key)) {
		why_step(walk, WHY_OBSERVED, ns, walk->at_link, "the kernel answers pings");
		return !walk->failed;
	}
	mend = six ? xasprintf("in %s sysctl -w net.ipv6.icmp.echo_ignore_all=0", ns->name) :
		     xasprintf("in %s sysctl -w net.ipv4.icmp_echo_ignore_all=0", ns->name);
	why_end(walk, WHY_ECHO_IGNORED, WHY_OBSERVED, ns, walk->at_link, mend,
		"the ping reaches %s, which is told not to answer any (%s)", ns->name, key);
	return false;
}

/* --- both ways --- */

/* The sender takes an answer only from the address that it has spoken to. */
static bool answer_fits(struct walk *walk, const struct packet *first)
{
	const struct packet *answer = &walk->arrived;
	char from[IP_TEXT], to[IP_TEXT];

	if (walk->at->ns != walk->origin)
		return why_end(walk, WHY_WRONG_ANSWER, WHY_PREDICTED, walk->at->ns, walk->at_link,
			       NULL, "the answer ends in %s, as that has the address %s too",
			       walk->at->ns->name, ip_text(&answer->to, to)),
		       false;
	if (ip_equal(&answer->from, &first->to) && ip_equal(&answer->to, &first->from) &&
	    answer->sport == first->dport && answer->dport == first->sport)
		return true;
	return why_end(walk, WHY_WRONG_ANSWER, WHY_PREDICTED, walk->at->ns, walk->at_link, NULL,
		       "the answer comes from %s, though %s was asked: it did not come back the "
		       "way that NAT rewrote it on", ip_text(&answer->from, from),
		       ip_text(&first->to, to)),
	       false;
}

/* A name was asked for, and the packet is somebody else's who has the address too. */
static bool meet_other(struct walk *walk, const struct why_question *question)
{
	struct kernel *kernel = world_kernel(walk->world);
	struct error ignored cleanup_error = ERROR_INIT;
	const struct ns *at = walk->at->ns;
	dev_t dev, meant_dev;
	ino_t ino, meant_ino;
	char text[IP_TEXT];

	if (!question->to_ns || !strcmp(at->name, question->to_ns) ||
	    !ip_equal(&walk->arrived.to, &question->to) ||
	    kernel_netns_id(kernel, at->name, &dev, &ino, &ignored) < 0 ||
	    kernel_netns_id(kernel, question->to_ns, &meant_dev, &meant_ino, &ignored) < 0 ||
	    (dev == meant_dev && ino == meant_ino))
		return false;
	return why_end(walk, WHY_ADDRESS_TWICE, WHY_PREDICTED, at, walk->at_link, NULL,
		       "the packet for %s of %s ends in %s, which has that address too",
		       ip_text(&question->to, text), question->to_ns, at->name);
}

static bool go_there(struct walk *walk, struct packet *packet, const char *from)
{
	struct why_ns *space = why_space(walk, from);

	if (!space)
		return false;
	walk->origin = space->ns;
	ip_send(walk, space, packet, NULL);
	return walk->at != NULL && !walk->ending.set && !walk->failed;
}

static bool come_back(struct walk *walk, const struct packet *first)
{
	struct packet answer = answer_to(&walk->arrived);
	/* An address that is good on one link only is answered on that. */
	const struct link *on = ip_is_link_local(&answer.to) ? walk->at_link : NULL;
	struct why_ns *from = walk->at;

	walk->was_dnat = !ip_equal(&walk->arrived.to, &first->to);
	walk->at = NULL;
	walk->back = true;
	walk->visits.n = 0;
	answer.size = first->size; /* put together again from its parts */
	ip_send(walk, from, &answer, on);
	return walk->at && !walk->ending.set && !walk->failed && answer_fits(walk, first);
}

/* TCP needs a third packet; a rule that lets only two pass is seen here. */
static bool go_again(struct walk *walk, struct packet *first)
{
	struct packet third = *first;
	struct why_ns *space = walk->at;

	third.tcp_flags = TH_ACK;
	third.born_here = true;
	third.flow = NULL;
	third.track = TRACK_NONE;
	walk->at = NULL;
	walk->back = false;
	walk->quiet++;
	walk->visits.n = 0;
	ip_send(walk, space, &third, NULL);
	walk->quiet--;
	return walk->at && !walk->ending.set && !walk->failed;
}

static void conclude(struct walk *walk, const struct why_question *question)
{
	struct why *why = walk->why;
	char text[IP_TEXT];

	if (walk->ending.set) {
		why->code = walk->ending.code;
		why->sentence = steal_pointer(&walk->ending.sentence);
		why->mend = steal_pointer(&walk->ending.mend);
		return;
	}
	if (walk->doubtful) {
		why->code = WHY_UNKNOWN;
		why->sentence = xasprintf("all that nsh can read lets the packet pass, but there "
					  "are rules of iptables-legacy, which it cannot read");
		return;
	}
	why->code = WHY_ARRIVES;
	why->sentence = xasprintf("%s reaches %s, and the answer comes back%s%s", question->from,
				  question->to_name ? question->to_name :
						      ip_text(&question->to, text),
				  walk->narrow ? "; " : "", walk->narrow ? walk->narrow : "");
	why->mend = steal_pointer(&walk->narrow_mend);
}

int why_ask(struct world *world, const struct why_question *question, struct why *why,
	    struct error *err)
{
	struct walk walk cleanup_with(walk_free) = { .world = world, .why = why, .err = err };
	struct packet packet = first_packet(question), first;
	bool arrives;

	*why = (struct why){ 0 };
	why->to = question->to;
	if (!world_kernel(world))
		return error_set(err, STATUS_FAILED, -1, "nothing runs here that could be asked");
	world_forget(world);
	first = packet;
	walk.first = &first;
	arrives = go_there(&walk, &packet, question->from);
	why->from = first.from;
	if (arrives && meet_other(&walk, question))
		arrives = false;
	if (arrives)
		arrives = question->protocol == IPPROTO_TCP || question->protocol == IPPROTO_UDP ?
				  meet_program(&walk) : meet_echo(&walk);
	if (arrives)
		arrives = come_back(&walk, &first);
	if (arrives && question->protocol == IPPROTO_TCP)
		go_again(&walk, &first);
	if (walk.failed) {
		why_free(why);
		return -1;
	}
	/* A packet that nobody took and nothing stopped would be a gap in all this. */
	if (!walk.at && !walk.ending.set)
		why_end(&walk, WHY_UNKNOWN, WHY_UNSURE, walk.origin, NULL, NULL,
			"where the packet ends cannot be judged");
	conclude(&walk, question);
	return 0;
}

/* What has taken the addresses of NS away; ends the packet. */
static bool end_addresses_gone(struct walk *walk, struct ns *ns)
{
	for (size_t i = 0; i < ns->links.n; i++) {
		const struct link *link = &ns->links.v[i];
		cleanup_free char *mend = NULL;

		if (!link_is_station(link))
			continue;
		if (end_ipv6_off(walk, ns, link))
			return true;
		if (link->flags & IFF_UP)
			continue;
		mend = xasprintf("link %s:%s up", ns->name, link->name);
		return why_end(walk, WHY_LINK_DOWN, WHY_OBSERVED, ns, link, mend,
			       "%s has no address, and its interface %s is down: if it had any of "
			       "IPv6, they are gone with it", ns->name, link->name);
	}
	return false;
}

/* The line that gives NS an address which others of its links can send to; NULL. */
static char *mend_any_address(struct walk *walk, struct ns *ns, uint8_t family)
{
	char *mend = NULL;

	for (size_t i = 0; i < ns->links.n && !mend; i++)
		mend = mend_address(walk, ns, &ns->links.v[i], family);
	return mend;
}

static const struct link *first_station(const struct ns *ns)
{
	for (size_t i = 0; i < ns->links.n; i++)
		if (link_is_station(&ns->links.v[i]))
			return &ns->links.v[i];
	return NULL;
}

int why_no_address(struct world *world, const char *from, const char *to, struct why *why,
		   struct error *err)
{
	struct walk walk cleanup_with(walk_free) = { .world = world, .why = why, .err = err };
	struct why_question question = { .from = from, .to_name = to };
	const struct link *found;
	struct why_ns *space;

	*why = (struct why){ 0 };
	world_forget(world);
	space = why_space(&walk, to);
	if (!space)
		return -1;
	found = first_station(space->ns);
	why->mend = mend_any_address(&walk, space->ns, AF_INET);
	if (!why->mend && end_addresses_gone(&walk, space->ns)) {
		conclude(&walk, &question);
		return 0;
	}
	if (!why->mend)
		why->mend = mend_any_address(&walk, space->ns, AF_INET6);
	why->code = WHY_NO_ADDRESS;
	why_step(&walk, WHY_OBSERVED, space->ns, found, found ? "has no address" :
		 "has no interface but lo");
	why->sentence = xasprintf("%s has no address that %s could send to", to, from);
	return 0;
}

void why_free(struct why *why)
{
	for (size_t i = 0; i < why->steps.n; i++) {
		free(why->steps.v[i].where);
		free(why->steps.v[i].what);
	}
	vector_free(&why->steps);
	free(why->sentence);
	free(why->mend);
	*why = (struct why){ 0 };
}
