/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/why_parts.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* Nobody answers ARP or neighbour discovery: why not? */

static bool has_switch(const struct ns *ns)
{
	for (size_t i = 0; i < ns->links.n; i++)
		if (!strcmp(ns->links.v[i].kind, "bridge"))
			return true;
	return false;
}

/* The same of a station on the link: nobody answers. */
static bool end_far_ipv6_off(struct walk *walk, struct ns *ns, const struct link *link)
{
	station_list stations = { 0 };
	bool ended = false;

	find_stations(walk, ns, link, &stations);
	for (size_t i = 0; i < stations.n && !ended; i++)
		ended = strcmp(stations.v[i].link->kind, "bridge") != 0 &&
			end_ipv6_off(walk, stations.v[i].ns, stations.v[i].link);
	vector_free(&stations);
	return ended;
}

/* A cable whose far end is neither on a switch nor has an address: it leads nowhere. */
static bool end_loose(struct walk *walk, struct ns *ns, const struct link *link)
{
	struct link *far;
	struct ns *far_ns;

	if (strcmp(link->kind, "veth") != 0 ||
	    !world_peer(walk->world, ns, link, &far_ns, &far) || far->master)
		return false;
	why_space(walk, far_ns->name);
	/* Where there is no switch it is a station that has no address yet. */
	if (find_address(far_ns, far, AF_INET) || find_address(far_ns, far, AF_INET6) ||
	    !has_switch(far_ns))
		return false;
	return why_end(walk, WHY_NOT_ATTACHED, WHY_OBSERVED, far_ns, far, NULL,
		       "the cable of %s ends in %s of %s, which is on no switch and has no "
		       "address", ns->name, far->name, far_ns->name);
}

bool end_arp_off(struct walk *walk, struct ns *ns, const struct link *link)
{
	cleanup_free char *mend = NULL;

	if (!(link->flags & IFF_NOARP))
		return false;
	mend = xasprintf("exec %s ip link set %s arp on", ns->name, link->name);
	return why_end(walk, WHY_NO_NEIGHBOUR, WHY_OBSERVED, ns, link, mend,
		       "%s of %s has ARP switched off: it asks for nobody, and answers nobody",
		       link->name, ns->name);
}

/* The owner of the address is there: what keeps it from answering? */
static bool explain_owner(struct walk *walk, struct why_ns *space, const struct link *link,
			  const struct ip *next, struct ns *owner, const struct addr *addr,
			  const struct packet *packet)
{
	struct link *there = ns_link_by_index(owner, addr->index);
	struct why_ns *owner_space = why_space(walk, owner->name);
	struct ending obstacle = walk->obstacle;
	struct packet question = *packet;
	const struct addr *own;
	char text[IP_TEXT];
	bool ended;

	if (!there || !owner_space)
		return false;
	ip_text(next, text);
	walk->obstacle = (struct ending){ 0 };
	if (!link_can_send(walk, owner_space, there)) {
		ending_free(&obstacle);
		if (!(there->flags & IFF_UP)) {
			free(walk->obstacle.mend);
			walk->obstacle.mend = mend_link_up(walk, owner, there, &packet->from);
		}
		return why_end_by_obstacle(walk);
	}
	ending_free(&walk->obstacle);
	link_far_obstacle(walk, owner_space, there);
	if (walk->obstacle.set) {
		ending_free(&obstacle);
		return why_end_by_obstacle(walk);
	}
	walk->obstacle = obstacle;
	if (link_reaches(walk, space->ns, link, owner, addr->index)) {
		if (!walk->obstacle.set && end_arp_off(walk, owner, there))
			return true;
		if (addr->flags & (IFA_F_DADFAILED | IFA_F_TENTATIVE))
			return why_end(walk, WHY_ADDRESS_TENTATIVE, WHY_OBSERVED, owner, there,
				       NULL, "%s of %s is not in use%s", text, owner->name,
				       addr->flags & IFA_F_DADFAILED ?
					       ": another interface on the link has it too" : " yet");
		question.to = *next;
		/* ARP names the packet's source as who asks, and is looked at like a packet from it. */
		if (!walk->obstacle.set &&
		    ((next->family == AF_INET && ip_is_loopback(&packet->from)) ||
		     rp_filtered(walk, owner_space, there, &question)))
			return explain_refused(walk, owner_space, there, &question, EINVAL);
		return why_end_by_obstacle(walk);
	}
	if (end_loose(walk, space->ns, link) || end_loose(walk, owner, there))
		return true;
	own = find_network(space->ns, link, next);
	if (ip_equal(next, &packet->to) && own && own->cidr.prefix < addr->cidr.prefix)
		return end_wrong_prefix(walk, space->ns, link, own, addr->cidr.prefix, next);
	ended = why_end(walk, WHY_ADDRESS_ELSEWHERE, WHY_PREDICTED, space->ns, link, NULL,
			"%s seeks %s on %s, but that address is on %s of %s, on another link",
			space->ns->name, text, link->name, there->name, owner->name);
	return ended;
}

/* The line that takes a wrong gateway away and puts in a right one. */
static char *mend_gateway(struct walk *walk, struct why_ns *space, const struct ip *next,
			  const struct ip *to)
{
	struct error err cleanup_error = ERROR_INIT;
	cleanup_free char *line = mend_route(walk, space, to);
	const struct route *found = NULL;
	const char *via = line ? strstr(line, " via ") : NULL;
	char dest[CIDR_TEXT] = "default";

	if (!via || !world_ns(walk->world, space->ns->name, WORLD_ROUTES, -1, &err))
		return NULL;
	for (size_t i = 0; i < space->ns->routes.n; i++) {
		const struct route *route = &space->ns->routes.v[i];

		if (ip_equal(&route->gateway, next) && cidr_contains(&route->dest, to) &&
		    (!found || route->dest.prefix > found->dest.prefix))
			found = route;
	}
	if (!found)
		return NULL;
	if (found->dest.prefix)
		cidr_text(&found->dest, dest);
	return xasprintf("route del %s %s; route %s %s%s", space->ns->name, dest, space->ns->name,
			 dest, via);
}

bool explain_no_neighbour(struct walk *walk, struct why_ns *space, const struct link *link,
			  const struct ip *next, const struct packet *packet)
{
	bool gateway = !ip_equal(next, &packet->to);
	cleanup_free char *mend = NULL;
	const struct addr *addr = NULL;
	struct ns *owner = NULL;
	char text[IP_TEXT];

	ip_text(next, text);
	if (gateway)
		mend = mend_gateway(walk, space, next, &packet->to);
	if (gateway && !find_network(space->ns, link, next) && !ip_is_link_local(next))
		return why_end(walk, WHY_GATEWAY_OFF_LINK, WHY_PREDICTED, space->ns, link, mend,
			       "%s sends to the gateway %s, which is in no network of %s, and "
			       "nobody answers for it there", space->ns->name, text, link->name);
	if (find_owner(walk, next, &owner, &addr) && owner != space->ns) {
		if (explain_owner(walk, space, link, next, owner, addr, packet))
			return true;
	} else if (end_loose(walk, space->ns, link)) {
		return true;
	} else if (next->family == AF_INET6 && (why_end_by_obstacle(walk) ||
						end_far_ipv6_off(walk, space->ns, link))) {
		/* An interface that is down has lost its IPv6 addresses. */
		return true;
	}
	return why_end(walk, WHY_NO_NEIGHBOUR, WHY_PREDICTED, space->ns, link, mend,
		       "nobody on the link of %s (%s) answers for %s%s", space->ns->name,
		       link->name, gateway ? "the gateway " : "", text);
}
