/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/why_parts.h"

#include <linux/if_bridge.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter_bridge.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* Interfaces, cables and switches: who gets a frame. */

#define TAG_ROOM 4 /* is_skb_forwardable() leaves room for a VLAN's tag */

static bool is_kind(const struct link *link, const char *kind)
{
	return !strcmp(link->kind, kind);
}

static uint8_t ip_family(const struct packet *packet)
{
	return packet->from.family == AF_INET6 ? NFPROTO_IPV6 : NFPROTO_IPV4;
}

/* --- states --- */

/* Whether a frame comes in or goes out at LINK; an obstacle where not. */
static bool link_is_up(struct walk *walk, struct ns *ns, const struct link *link)
{
	cleanup_free char *mend = NULL;
	bool port = link->master != 0;

	if (link->flags & IFF_UP)
		return true;
	/* Its routes went with it: back to the sender, or on to the target. */
	mend = mend_link_up(walk, ns, link, port || !walk->first->from.family ? NULL :
			    ns == walk->origin ? &walk->first->to : &walk->first->from);
	if (port)
		return why_obstacle(walk, WHY_BRIDGE_PORT_DOWN, WHY_OBSERVED, ns, link, mend,
				    "the port %s of switch %s in %s is down", link->name,
				    link->master_name, ns->name);
	if (is_kind(link, "bridge"))
		return why_obstacle(walk, WHY_BRIDGE_DOWN, WHY_OBSERVED, ns, link, mend,
				    "the switch %s of %s is down", link->name, ns->name);
	return why_obstacle(walk, WHY_LINK_DOWN, WHY_OBSERVED, ns, link, mend,
			    "the interface %s of %s is down", link->name, ns->name);
}

static bool bridge_forwards(struct walk *walk, struct ns *ns, const struct link *bridge,
			    const struct link *port)
{
	cleanup_free char *mend = NULL;
	struct link *far;
	struct ns *far_ns;

	if (!(bridge->flags & IFF_UP))
		return link_is_up(walk, ns, bridge);
	if (port->port_state == BR_STATE_FORWARDING)
		return true;
	/* A port without carrier is switched off: what counts is the end of its cable. */
	if (!port->carrier && is_kind(port, "veth") &&
	    world_peer(walk->world, ns, port, &far_ns, &far) && !link_is_up(walk, far_ns, far))
		return false;
	mend = xasprintf("exec %s bridge link set dev %s state 3", ns->name, port->name);
	return why_obstacle(walk, WHY_BRIDGE_PORT_BLOCKED, WHY_OBSERVED, ns, port, mend,
			    "the port %s of switch %s in %s does not forward (state %u)",
			    port->name, bridge->name, ns->name, port->port_state);
}

void link_far_obstacle(struct walk *walk, struct why_ns *space, const struct link *link)
{
	struct link *far, *master;
	struct ns *ns;

	if (is_kind(link, "bridge")) {
		for (size_t i = 0; i < space->ns->links.n; i++)
			if (space->ns->links.v[i].master == link->index &&
			    link_is_up(walk, space->ns, &space->ns->links.v[i]))
				link_far_obstacle(walk, space, &space->ns->links.v[i]);
		return;
	}
	if (!is_kind(link, "veth") || !world_peer(walk->world, space->ns, link, &ns, &far))
		return;
	if (!link_is_up(walk, ns, far) || !far->master)
		return;
	master = ns_link_by_index(ns, far->master);
	if (master && is_kind(master, "bridge"))
		bridge_forwards(walk, ns, master, far);
}

bool link_can_send(struct walk *walk, struct why_ns *space, const struct link *link)
{
	ending_free(&walk->obstacle);
	if (!link_is_up(walk, space->ns, link))
		return false;
	if (link->carrier)
		return true;
	link_far_obstacle(walk, space, link);
	return why_obstacle(walk, WHY_NO_CARRIER, WHY_OBSERVED, space->ns, link, NULL,
			    is_kind(link, "bridge") ?
				    "the switch %s of %s has no port that is up" :
				    "%s of %s is up, but has no carrier: nothing is at its other "
				    "end", link->name, space->ns->name);
}

/* --- one cable --- */

static bool netdev_pass(struct walk *walk, struct why_ns *space, unsigned hook,
			const struct link *link, struct packet *packet)
{
	bool in = hook == NF_NETDEV_INGRESS;

	return hook_pass(walk, space, NFPROTO_NETDEV, hook, packet, in ? link : NULL,
			 in ? NULL : link, false) == HOOK_ON;
}

static void warn_mtu(struct walk *walk, const struct why_ns *space, const struct link *link,
		     const struct ns *far_ns, const struct link *far)
{
	struct buf end cleanup_buf = { 0 };

	if (far->mtu >= link->mtu)
		return;
	link_text(&end, far_ns, far);
	why_step(walk, WHY_PREDICTED, space->ns, link,
		 "note: sends up to %u bytes, of which %s at its other end takes no more than %u: "
		 "longer ones are lost", link->mtu, buf_str(&end), far->mtu);
	if (walk->narrow)
		return;
	walk->narrow = xasprintf("but packets longer than %u bytes are lost at %s", far->mtu,
				 buf_str(&end));
	walk->narrow_mend = xasprintf("link %s mtu %u", buf_str(&end), link->mtu);
}

bool link_send(struct walk *walk, struct why_ns *space, const struct link *link,
	       struct packet *packet)
{
	cleanup_free char *mend = NULL;
	struct why_ns *far_space;
	struct link *far;
	struct ns *ns;

	if (!link_is_up(walk, space->ns, link))
		return false;
	if (!netdev_pass(walk, space, NF_NETDEV_EGRESS, link, packet))
		return true;
	if (is_kind(link, "bridge"))
		return bridge_send(walk, space, link, packet);
	if (!is_kind(link, "veth"))
		return why_end(walk, WHY_UNKNOWN, WHY_UNSURE, space->ns, link, NULL,
			       "where %s of %s leads (%s) cannot be judged", link->name,
			       space->ns->name, link->kind[0] ? link->kind : "hardware");
	if (!world_peer(walk->world, space->ns, link, &ns, &far))
		return why_end(walk, WHY_UNKNOWN, WHY_UNSURE, space->ns, link, NULL,
			       "%s of %s leads into a namespace that has no name", link->name,
			       space->ns->name);
	if (!link_is_up(walk, ns, far))
		return false;
	if (packet->size > far->mtu + TAG_ROOM) {
		mend = xasprintf("link %s:%s mtu %u", ns->name, far->name, link->mtu);
		return why_obstacle(walk, WHY_MTU, WHY_PREDICTED, ns, far, mend,
				    "the packet has %u bytes, but %s of %s takes no more than %u",
				    packet->size, far->name, ns->name, far->mtu);
	}
	far_space = why_space(walk, ns->name);
	if (!far_space)
		return true;
	if (!packet->to_all) {
		why_step(walk, WHY_OBSERVED, space->ns, link, "up; its cable ends in %s:%s",
			 ns->name, far->name);
		warn_mtu(walk, space, link, ns, far);
	}
	return frame_receive(walk, far_space, far, packet);
}

bool frame_receive(struct walk *walk, struct why_ns *space, const struct link *link,
		   struct packet *packet)
{
	const struct link *master;

	if (!netdev_pass(walk, space, NF_NETDEV_INGRESS, link, packet))
		return true;
	if (!link->master)
		return frame_deliver(walk, space, link, packet);
	master = ns_link_by_index(space->ns, link->master);
	if (!master || !is_kind(master, "bridge"))
		return why_end(walk, WHY_UNKNOWN, WHY_UNSURE, space->ns, link, NULL,
			       "what %s does with its member %s cannot be judged",
			       master ? master->name : "an interface", link->name);
	return bridge_receive(walk, space, master, link, packet);
}

/* A station: is the frame for it? */
bool frame_deliver(struct walk *walk, struct why_ns *space, const struct link *link,
		   struct packet *packet)
{
	if (!packet->to_all && memcmp(packet->mac_to, link->mac, sizeof(link->mac)) != 0)
		return false;
	if (packet->kind == PACKET_ARP)
		return arp_receive(walk, space, link, packet);
	if (is_discovery(packet))
		return discovery_receive(walk, space, link, packet);
	return ip_receive(walk, space, link, packet);
}

/* --- switches --- */

static const struct bridge_port *port_of(struct why_ns *space, const struct link *link)
{
	static const struct bridge_port plain;

	for (size_t i = 0; i < space->ports.n; i++)
		if (space->ports.v[i].index == link->index)
			return &space->ports.v[i];
	return &plain;
}

static void learn_port(struct walk *walk, struct why_ns *space, const struct link *bridge,
		       const struct link *port, const uint8_t mac[6])
{
	struct learned *learned;

	if (port_of(space, port)->no_learning)
		return;
	for (size_t i = 0; i < walk->learned.n; i++) {
		learned = &walk->learned.v[i];
		if (learned->ns == space->ns && learned->bridge == bridge->index &&
		    !memcmp(learned->mac, mac, sizeof(learned->mac))) {
			learned->index = port->index;
			return;
		}
	}
	learned = vector_add(&walk->learned);
	*learned = (struct learned){ .ns = space->ns, .index = port->index,
				     .bridge = bridge->index };
	memcpy(learned->mac, mac, sizeof(learned->mac));
}

/* The port behind which MAC is, or the bridge itself, by number; 0: not known. */
static int port_for(struct walk *walk, struct why_ns *space, const struct link *bridge,
		    const uint8_t mac[6])
{
	int dynamic = 0;

	if (!memcmp(mac, bridge->mac, 6))
		return bridge->index;
	for (size_t i = 0; i < space->fdb.n; i++) {
		const struct fdb_entry *entry = &space->fdb.v[i];

		if (memcmp(entry->mac, mac, 6) != 0 ||
		    (entry->bridge != bridge->index && entry->port != bridge->index))
			continue;
		if (entry->local)
			return bridge->index;
		if (entry->fixed)
			return entry->port;
		dynamic = entry->port;
	}
	/* What has passed since is newer than what was read. */
	for (size_t i = 0; i < walk->learned.n; i++)
		if (walk->learned.v[i].ns == space->ns &&
		    walk->learned.v[i].bridge == bridge->index &&
		    !memcmp(walk->learned.v[i].mac, mac, 6))
			return walk->learned.v[i].index;
	return dynamic;
}

/* br_netfilter: whether this bridge shows its IP packets to the IP firewall. */
static bool calls_ip(struct walk *walk, struct why_ns *space, const struct packet *packet)
{
	if (packet->kind != PACKET_IP)
		return false;
	return why_sysctl_on(walk, space->ns, "net/bridge/bridge-nf-call-ip%stables",
			     packet->from.family == AF_INET ? "" : "6");
}

static enum hook_result bridge_hook(struct walk *walk, struct why_ns *space, unsigned hook,
				    struct packet *packet, const struct link *in,
				    const struct link *out)
{
	return hook_pass(walk, space, NFPROTO_BRIDGE, hook, packet, in, out, false);
}

/* Out of one port. */
static bool port_send(struct walk *walk, struct why_ns *space, const struct link *bridge,
		      const struct link *in, const struct link *out, const struct packet *packet,
		      bool ip)
{
	struct packet copy = *packet;

	if (!link_is_up(walk, space->ns, out) ||
	    !bridge_forwards(walk, space->ns, bridge, out))
		return false;
	copy.port_out = out;
	if (bridge_hook(walk, space, in ? NF_BR_FORWARD : NF_BR_LOCAL_OUT, &copy, in, out) ==
	    HOOK_ENDED)
		return true;
	if (in && ip && hook_pass(walk, space, ip_family(&copy), NF_INET_FORWARD, &copy, bridge,
				  bridge, true) == HOOK_ENDED)
		return true;
	if (bridge_hook(walk, space, NF_BR_POST_ROUTING, &copy, NULL, out) == HOOK_ENDED)
		return true;
	if (in && ip && hook_pass(walk, space, ip_family(&copy), NF_INET_POST_ROUTING, &copy,
				  NULL, bridge, true) == HOOK_ENDED)
		return true;
	if (in) {
		copy.flow = NULL;
		copy.track = TRACK_NONE;
	}
	if (copy.size > out->mtu + TAG_ROOM) {
		cleanup_free char *mend = xasprintf("link %s:%s mtu %u", space->ns->name,
						    out->name, in ? in->mtu : bridge->mtu);

		return why_obstacle(walk, WHY_MTU, WHY_PREDICTED, space->ns, out, mend,
				    "the packet has %u bytes, but the port %s of %s takes no "
				    "more than %u", copy.size, out->name, space->ns->name,
				    out->mtu);
	}
	copy.port_in = copy.port_out = NULL;
	copy.prerouted = false;
	return link_send(walk, space, out, &copy);
}

static bool may_send_to(struct why_ns *space, const struct link *bridge, const struct link *in,
			const struct link *out, bool flood)
{
	const struct bridge_port *to = port_of(space, out);

	if (out->master != bridge->index || (in == out && !to->hairpin))
		return false;
	return !flood || !to->no_flood;
}

/* Whether who is sought, or who a frame of a known station is for, is behind the port OUT. */
static bool leads_on(struct walk *walk, struct why_ns *space, const struct link *out,
		     const struct packet *packet)
{
	const struct ip *sought = neigh_sought(walk);
	const struct addr *addr;
	struct ns *owner;

	if (!packet->to_all || !sought)
		return true;
	return find_owner(walk, sought, &owner, &addr) &&
	       link_reaches(walk, space->ns, out, owner, addr->index);
}

/* Isolated ports send nothing to one another: an obstacle, where that is the way. */
static bool keeps_apart(struct walk *walk, struct why_ns *space, const struct link *bridge,
			const struct link *in, const struct link *out,
			const struct packet *packet)
{
	cleanup_free char *mend = NULL;

	if (!in || in == out || !port_of(space, in)->isolated || !port_of(space, out)->isolated)
		return false;
	if (!leads_on(walk, space, out, packet))
		return true;
	mend = xasprintf("exec %s bridge link set dev %s isolated off", space->ns->name,
			 out->name);
	return !why_obstacle(walk, WHY_BRIDGE_PORT_BLOCKED, WHY_OBSERVED, space->ns, out, mend,
			     "the ports %s and %s of switch %s in %s are isolated from each other",
			     in->name, out->name, bridge->name, space->ns->name);
}

/* To the port that the station is behind, or to all. */
static bool spread(struct walk *walk, struct why_ns *space, const struct link *bridge,
		   const struct link *in, const struct packet *packet, bool ip)
{
	int known = packet->to_all ? 0 : port_for(walk, space, bridge, packet->mac_to);
	unsigned quiet = walk->quiet;
	bool taken = false;

	for (size_t i = 0; i < space->ns->links.n && !walk->failed; i++) {
		const struct link *out = &space->ns->links.v[i];

		if (known ? out->index != known : out->master != bridge->index)
			continue;
		if (!may_send_to(space, bridge, in, out, !known && !packet->to_all) ||
		    keeps_apart(walk, space, bridge, in, out, packet))
			continue;
		/* All get a broadcast; of other frames the first that takes it is it. */
		taken |= port_send(walk, space, bridge, in, out, packet, ip);
		if (taken && !packet->to_all)
			break;
	}
	walk->quiet = quiet;
	return taken;
}

bool bridge_send(struct walk *walk, struct why_ns *space, const struct link *bridge,
		 struct packet *packet)
{
	why_fdb(walk, space);
	if (!packet->to_all)
		why_step(walk, WHY_OBSERVED, space->ns, bridge, "the switch is up");
	return spread(walk, space, bridge, NULL, packet, false);
}

/* NAT has changed where a bridged packet goes: it is routed (br_nf_pre_routing_finish()). */
static bool reroute(struct walk *walk, struct why_ns *space, const struct link *bridge,
		    struct packet *packet)
{
	struct route_question question = { .to = packet->to, .from = packet->from,
					   .in = bridge->index, .mark = packet->mark };
	struct route_answer answer;

	if (!why_route(walk, space->ns, &question, &answer))
		return false;
	if (!answer.error && answer.type == RTN_UNICAST && answer.out == bridge->index) {
		struct ip next = answer.gateway.family ? answer.gateway : packet->to;

		return neigh_find(walk, space, bridge, &next, packet, packet->mac_to);
	}
	memcpy(packet->mac_to, bridge->mac, sizeof(packet->mac_to));
	return true;
}

/* NAT has sent it back to where it came from, and did so in the switch, not in a router. */
static bool end_turned(struct walk *walk, struct why_ns *space, const struct link *bridge,
		       const struct link *port, const struct packet *packet)
{
	cleanup_free char *mend = xasprintf("exec %s bridge link set dev %s hairpin on",
					    space->ns->name, port->name);
	char to[IP_TEXT];

	return why_end(walk, WHY_BR_NETFILTER, WHY_PREDICTED, space->ns, port, mend,
		       "NAT of %s turns the %s round to %s while it is in the switch %s "
		       "(br_netfilter), which sends nothing back out of the port that it came in "
		       "by, %s", space->ns->name, walk->back ? "answer" : "packet",
		       ip_text(&packet->to, to), bridge->name, port->name);
}

bool bridge_receive(struct walk *walk, struct why_ns *space, const struct link *bridge,
		    const struct link *port, struct packet *packet)
{
	struct packet copy = *packet;
	struct ip to = packet->to;
	bool ip, rewritten, taken = false;

	why_fdb(walk, space);
	if (!bridge_forwards(walk, space->ns, bridge, port))
		return false;
	copy.port_in = port;
	copy.born_here = false;
	if (bridge_hook(walk, space, NF_BR_PRE_ROUTING, &copy, port, NULL) == HOOK_ENDED)
		return true;
	ip = calls_ip(walk, space, &copy);
	copy.flow = NULL;
	copy.track = TRACK_NONE;
	copy.prerouted = ip;
	if (ip && hook_pass(walk, space, ip_family(&copy), NF_INET_PRE_ROUTING, &copy, bridge,
			    NULL, true) == HOOK_ENDED)
		return true;
	rewritten = ip && !ip_equal(&to, &copy.to);
	if (rewritten && !reroute(walk, space, bridge, &copy))
		return true;
	learn_port(walk, space, bridge, port, copy.mac_from);
	if (!copy.to_all)
		why_step(walk, WHY_OBSERVED, space->ns, port, "a port of switch %s, forwarding%s",
			 bridge->name, ip ? ", which shows its packets to the IP firewall" : "");
	if (copy.to_all || port_for(walk, space, bridge, copy.mac_to) == bridge->index) {
		struct packet up = copy;

		/* A frame to the bridge, or to a port's own address, is for the host. */
		if (!up.to_all)
			memcpy(up.mac_to, bridge->mac, sizeof(up.mac_to));
		if (bridge_hook(walk, space, NF_BR_LOCAL_IN, &up, port, NULL) == HOOK_ENDED)
			return true;
		taken = frame_deliver(walk, space, bridge, &up);
		if (!copy.to_all)
			return taken;
	}
	if (rewritten && port_for(walk, space, bridge, copy.mac_to) == port->index &&
	    !port_of(space, port)->hairpin)
		return end_turned(walk, space, bridge, port, &copy);
	return spread(walk, space, bridge, port, &copy, ip) || taken;
}
