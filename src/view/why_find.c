/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/why_parts.h"

#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* Who is on a link, who has an address, and which line would help. */

/* --- stations --- */

struct search {
	struct walk *walk;
	station_list *stations;
	VECTOR(const struct link *) bridges; /* that were gone through */
};

static void reach(struct search *search, struct ns *ns, struct link *link);

static void reach_bridge(struct search *search, struct ns *ns, struct link *bridge)
{
	struct link *far;
	struct ns *far_ns;

	for (size_t i = 0; i < search->bridges.n; i++)
		if (search->bridges.v[i] == bridge)
			return;
	*vector_add(&search->bridges) = bridge;
	*vector_add(search->stations) = (struct station){ ns, bridge };
	for (size_t i = 0; i < ns->links.n; i++) {
		struct link *port = &ns->links.v[i];

		if (port->master == bridge->index && !strcmp(port->kind, "veth") &&
		    world_peer(search->walk->world, ns, port, &far_ns, &far))
			reach(search, far_ns, far);
	}
}

/* A frame comes to LINK. */
static void reach(struct search *search, struct ns *ns, struct link *link)
{
	struct link *master = link->master ? ns_link_by_index(ns, link->master) : NULL;

	if (!master)
		*vector_add(search->stations) = (struct station){ ns, link };
	else if (!strcmp(master->kind, "bridge"))
		reach_bridge(search, ns, master);
}

void find_stations(struct walk *walk, struct ns *ns, const struct link *link,
		   station_list *stations)
{
	struct search search = { .walk = walk, .stations = stations };
	struct link *far, *own = ns_link_by_index(ns, link->index);
	struct ns *far_ns;

	stations->n = 0;
	if (own && !strcmp(own->kind, "bridge"))
		reach_bridge(&search, ns, own);
	else if (own && !strcmp(own->kind, "veth") &&
		 world_peer(walk->world, ns, own, &far_ns, &far))
		reach(&search, far_ns, far);
	vector_free(&search.bridges);
	/* Not itself. */
	for (size_t i = stations->n; i-- > 0;)
		if (stations->v[i].link == own)
			vector_remove(stations, i);
	for (size_t i = 0; i < stations->n; i++)
		why_space(walk, stations->v[i].ns->name); /* with its addresses */
}

bool link_reaches(struct walk *walk, struct ns *ns, const struct link *link,
		  const struct ns *owner, int index)
{
	station_list stations = { 0 };
	bool found = false;

	find_stations(walk, ns, link, &stations);
	for (size_t i = 0; i < stations.n; i++)
		found |= stations.v[i].ns == owner && stations.v[i].link->index == index;
	vector_free(&stations);
	return found;
}

static bool owns(struct walk *walk, const char *name, const struct ip *ip, struct ns **ns,
		 const struct addr **addr)
{
	struct error err cleanup_error = ERROR_INIT;
	struct ns *some = world_ns(walk->world, name, WORLD_ADDRS, -1, &err);
	const struct addr *own = some ? ns_addr_by_ip(some, ip) : NULL;

	if (!own)
		return false;
	*ns = some;
	*addr = own;
	return true;
}

bool find_owner(struct walk *walk, const struct ip *ip, struct ns **ns,
		const struct addr **addr)
{
	struct error err cleanup_error = ERROR_INIT;
	const struct strings *names;

	if (owns(walk, HOST, ip, ns, addr))
		return true;
	if (world_names(walk->world, &names, &err) < 0)
		return false;
	for (size_t i = 0; i < names->n; i++)
		if (owns(walk, names->v[i], ip, ns, addr))
			return true;
	return false;
}

/* --- gateways --- */

static bool on_link(const struct ns *ns, const struct link *link, const struct ip *ip)
{
	for (size_t i = 0; i < ns->addrs.n; i++) {
		struct cidr network = cidr_network(&ns->addrs.v[i].cidr);

		if (ns->addrs.v[i].index == link->index && cidr_contains(&network, ip))
			return true;
	}
	return false;
}

static unsigned count_links(const struct ns *ns)
{
	unsigned count = 0;

	for (size_t i = 0; i < ns->links.n; i++)
		count += !(ns->links.v[i].flags & IFF_LOOPBACK) && !ns->links.v[i].master;
	return count;
}

#define ONLY_IF_ON 1 /* rate of one with a way on that does not forward yet */

static bool is_router(struct walk *walk, const struct ns *ns, uint8_t family)
{
	return family == AF_INET ? why_sysctl_on(walk, ns, "net/ipv4/ip_forward") :
				   why_sysctl_on(walk, ns, "net/ipv6/conf/all/forwarding");
}

/* How good a gateway to TO the station is: 0 none. */
static int rate_gateway(struct walk *walk, const struct station *station, const struct ip *to)
{
	struct route_question question = { .to = *to };
	struct route_answer answer;
	bool on = is_router(walk, station->ns, to->family);

	if (!why_route(walk, station->ns, &question, &answer) || answer.error)
		return 0;
	if (answer.type == RTN_LOCAL)
		return 4;
	/* Back the same way is no way on. */
	if (answer.out == station->link->index)
		return 0;
	return on ? 3 : count_links(station->ns) > 1 ? ONLY_IF_ON : 0;
}

bool is_gateway(struct walk *walk, const struct station *station, const struct ip *to)
{
	return rate_gateway(walk, station, to) > ONLY_IF_ON;
}

/* The best gateway to TO among the stations on LINK, and whose it is; returns its rate. */
static int gateway_on(struct walk *walk, struct ns *ns, const struct link *link,
		      const struct ip *to, struct ip *gateway, const struct ns **whose)
{
	station_list stations = { 0 };
	int best = 0;

	find_stations(walk, ns, link, &stations);
	for (size_t i = 0; i < stations.n; i++) {
		const struct station *station = &stations.v[i];
		int rate = station->ns == ns ? 0 : rate_gateway(walk, station, to);

		for (size_t j = 0; rate > best && j < station->ns->addrs.n; j++) {
			const struct addr *addr = &station->ns->addrs.v[j];

			if (addr->index != station->link->index ||
			    addr->cidr.ip.family != to->family ||
			    !on_link(ns, link, &addr->cidr.ip) || ip_is_link_local(&addr->cidr.ip))
				continue;
			*gateway = addr->cidr.ip;
			*whose = station->ns;
			best = rate;
		}
	}
	vector_free(&stations);
	return best;
}

static bool has_default(struct walk *walk, struct ns *ns, uint8_t family)
{
	struct error err cleanup_error = ERROR_INIT;

	if (!world_ns(walk->world, ns->name, WORLD_ROUTES, -1, &err))
		return false;
	for (size_t i = 0; i < ns->routes.n; i++)
		if (ns->routes.v[i].dest.ip.family == family && !ns->routes.v[i].dest.prefix &&
		    ns->routes.v[i].table == RT_TABLE_MAIN)
			return true;
	return false;
}

static char *route_line(struct walk *walk, struct ns *ns, const struct ip *to,
			const struct ip *gateway)
{
	bool router = is_router(walk, ns, to->family);
	char text[IP_TEXT], net_text[CIDR_TEXT];
	const struct addr *addr;
	struct cidr network;
	struct ns *owner;

	ip_text(gateway, text);
	if (find_owner(walk, to, &owner, &addr) && (router || has_default(walk, ns, to->family))) {
		network = cidr_network(&addr->cidr);
		return xasprintf("route %s %s via %s", ns->name, cidr_text(&network, net_text), text);
	}
	return xasprintf("route %s default via %s", ns->name, text);
}

/*
 * VIA, which does not forward, would hand on what is for TO to a router that NS has on a link
 * of its own: that is the better gateway, wherever its own way leads.
 */
static void skip_detour(struct walk *walk, struct ns *ns, const struct ns *via, const struct ip *to,
			struct ip *gateway)
{
	struct route_question question = { .to = *to };
	struct route_answer answer;
	const struct addr *addr;
	struct ns *owner;

	if (!why_route(walk, via, &question, &answer) || answer.error || !answer.gateway.family ||
	    ip_is_link_local(&answer.gateway) || !find_network(ns, NULL, &answer.gateway))
		return;
	if (find_owner(walk, &answer.gateway, &owner, &addr) && owner != ns &&
	    is_router(walk, owner, to->family))
		*gateway = answer.gateway;
}

char *mend_route(struct walk *walk, struct why_ns *space, const struct ip *ip)
{
	struct ip gateway, found = { 0 };
	const struct ns *whose = NULL, *via = NULL;
	int best = 0;

	for (size_t i = 0; i < space->ns->links.n && !walk->failed; i++) {
		const struct link *link = &space->ns->links.v[i];
		int rate;

		if (!(link->flags & IFF_UP) || (link->flags & IFF_LOOPBACK) || link->master)
			continue;
		rate = gateway_on(walk, space->ns, link, ip, &gateway, &whose);
		if (rate > best) {
			best = rate;
			found = gateway;
			via = whose;
		}
	}
	if (best == ONLY_IF_ON)
		skip_detour(walk, space->ns, via, ip, &found);
	return best ? route_line(walk, space->ns, ip, &found) : NULL;
}

const struct route *best_route(struct walk *walk, const struct ns *ns, const struct ip *ip,
			       uint32_t table)
{
	struct error err cleanup_error = ERROR_INIT;
	const struct route *best = NULL;

	if (!world_ns(walk->world, ns->name, WORLD_ROUTES, -1, &err))
		return NULL;
	for (size_t i = 0; i < ns->routes.n; i++) {
		const struct route *route = &ns->routes.v[i];

		if ((!table || route->table == table) && route->dest.ip.family == ip->family &&
		    cidr_contains(&route->dest, ip) &&
		    (!best || route->dest.prefix > best->dest.prefix))
			best = route;
	}
	return best;
}

char *mend_turned(struct walk *walk, const struct ns *router, const struct ns *ns,
		  const struct ip *to)
{
	const struct route *route = best_route(walk, router, to, RT_TABLE_MAIN);
	char dest[CIDR_TEXT];

	if (!route || !route->gateway.family || !ns_addr_by_ip(ns, &route->gateway))
		return NULL;
	return xasprintf("route del %s %s", router->name,
			 route->dest.prefix ? cidr_text(&route->dest, dest) : "default");
}

char *mend_link_up(struct walk *walk, struct ns *ns, const struct link *link,
		   const struct ip *to)
{
	cleanup_free char *route = NULL;
	const struct ns *whose;
	struct ip gateway;

	/* What led over it went with it. */
	why_space(walk, ns->name); /* with its addresses */
	if (to && !on_link(ns, link, to) && gateway_on(walk, ns, link, to, &gateway, &whose))
		route = route_line(walk, ns, to, &gateway);
	return xasprintf("link %s:%s up%s%s", ns->name, link->name, route ? "; " : "",
			 route ? route : "");
}

/* --- addresses --- */

static bool is_taken(const station_list *stations, const struct ns *ns, const struct ip *ip)
{
	for (size_t i = 0; i < stations->n; i++)
		if (ns_addr_by_ip(stations->v[i].ns, ip))
			return true;
	return ns_addr_by_ip(ns, ip) != NULL;
}

static const struct addr *address_on(const struct station *station, uint8_t family)
{
	for (size_t i = 0; i < station->ns->addrs.n; i++) {
		const struct addr *addr = &station->ns->addrs.v[i];

		if (addr->index == station->link->index && addr->cidr.ip.family == family &&
		    !ip_is_link_local(&addr->cidr.ip) &&
		    addr->cidr.prefix + 1u < ip_bits(family))
			return addr;
	}
	return NULL;
}

char *mend_address(struct walk *walk, struct ns *ns, const struct link *link, uint8_t family)
{
	station_list stations = { 0 };
	const struct addr *addr = NULL;
	char text[CIDR_TEXT], *line = NULL;
	struct cidr cidr;
	struct ip last;

	if (link->master || (link->flags & IFF_LOOPBACK))
		return NULL;
	find_stations(walk, ns, link, &stations);
	for (size_t i = 0; i < stations.n && !addr; i++)
		addr = address_on(&stations.v[i], family);
	if (addr) {
		cidr = cidr_network(&addr->cidr);
		last = cidr_broadcast(&cidr);
		cidr.ip = ip_next(&cidr.ip);
		for (int i = 0; i < 1000 && is_taken(&stations, ns, &cidr.ip); i++)
			cidr.ip = ip_next(&cidr.ip);
		if (ip_compare(&cidr.ip, &last) < 0)
			line = xasprintf("addr %s:%s %s", ns->name, link->name,
					 cidr_text(&cidr, text));
	}
	vector_free(&stations);
	return line;
}
