/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/watch_parts.h"

#include <linux/neighbour.h>
#include <linux/netconf.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/*
 * Changes of interfaces, addresses, routes and neighbours. Each is compared with what was known, so
 * that what is told twice, by a message and by a look, is said once.
 */

/* --- interfaces --- */

static struct link *find_link(struct watch_room *room, int index)
{
	for (size_t i = 0; i < room->links.n; i++)
		if (room->links.v[i].index == index)
			return &room->links.v[i];
	return NULL;
}

static bool is_loopback(struct watch_room *room, int index)
{
	const struct link *link = find_link(room, index);

	return link && (link->flags & IFF_LOOPBACK);
}

static void say_state(struct watch *watch, struct watch_room *room, const struct link *link)
{
	if (!(link->flags & IFF_UP))
		watch_tell(watch, room, "interface", STYLE_BAD, "%s is down now", link->name);
	else
		watch_tell(watch, room, "interface", STYLE_GOOD, "%s is up now%s", link->name,
			  link->carrier || (link->flags & IFF_LOOPBACK) ? "" :
									  ", without a carrier");
}

static void say_master(struct watch *watch, struct watch_room *room, const struct link *old,
		       const struct link *link)
{
	char name[IFNAMSIZ];

	if (link->master)
		watch_say(watch, room, "interface", "%s attached to %s", link->name,
			  watch_link_name(room, link->master, name));
	else
		watch_say(watch, room, "interface", "%s detached from %s", link->name,
			  watch_link_name(room, old->master, name));
}

static void say_changes(struct watch *watch, struct watch_room *room, const struct link *old,
			const struct link *link)
{
	char mac[MAC_TEXT], was[MAC_TEXT];

	if (strcmp(old->name, link->name) != 0)
		watch_say(watch, room, "interface", "%s is called %s now", old->name, link->name);
	if ((old->flags ^ link->flags) & IFF_UP)
		say_state(watch, room, link);
	else if ((link->flags & IFF_UP) && old->carrier != link->carrier)
		watch_tell(watch, room, "interface", link->carrier ? STYLE_GOOD : STYLE_BAD,
			   "%s has %s carrier now", link->name, link->carrier ? "a" : "no");
	if (old->master != link->master)
		say_master(watch, room, old, link);
	for (int i = 0; i < LINK_SETTINGS; i++)
		if (link_setting(old, i) != link_setting(link, i))
			watch_say(watch, room, "interface", "%s has %s %u now, it was %u",
				  link->name, link_settings[i].has, link_setting(link, i),
				  link_setting(old, i));
	if (old->has_mac && link->has_mac && memcmp(old->mac, link->mac, sizeof(link->mac)) != 0)
		watch_say(watch, room, "interface", "%s has the MAC address %s now, it was %s",
			  link->name, mac_text(link->mac, mac), mac_text(old->mac, was));
}

void watch_link(struct watch *watch, struct watch_room *room, struct link *link)
{
	struct link *old = find_link(room, link->index);

	if (old) {
		say_changes(watch, room, old, link);
		/* With it go routes that the kernel does not tell of. */
		room->stale_routes |= (old->flags & IFF_UP) && !(link->flags & IFF_UP);
		link_clear(old);
		*old = *link;
		return;
	}
	*vector_add(&room->links) = *link;
	/* A namespace is born with its lo. */
	if (link->flags & IFF_LOOPBACK)
		return;
	watch_say(watch, room, "interface", "interface %s added%s%s%s", link->name,
		  link->kind[0] ? " (" : "", link->kind, link->kind[0] ? ")" : "");
	if (link->flags & IFF_UP)
		say_state(watch, room, link);
	if (link->master)
		say_master(watch, room, link, link);
}

void watch_link_gone(struct watch *watch, struct watch_room *room, int index)
{
	for (size_t i = 0; i < room->links.n; i++) {
		if (room->links.v[i].index != index)
			continue;
		watch_say(watch, room, "interface", "interface %s removed",
			  room->links.v[i].name);
		link_clear(&room->links.v[i]);
		vector_remove(&room->links, i);
		room->stale_routes = true;
		break;
	}
	/* What it had went with it. */
	for (size_t i = room->addrs.n; i-- > 0;)
		if (room->addrs.v[i].index == index)
			vector_remove(&room->addrs, i);
	for (size_t i = room->neighs.n; i-- > 0;)
		if (room->neighs.v[i].index == index)
			vector_remove(&room->neighs, i);
}

/* --- addresses --- */

void watch_addr(struct watch *watch, struct watch_room *room, const struct addr *addr, bool gone)
{
	char text[CIDR_TEXT], name[IFNAMSIZ];
	size_t at = 0;

	while (at < room->addrs.n && (room->addrs.v[at].index != addr->index ||
				      !cidr_equal(&room->addrs.v[at].cidr, &addr->cidr)))
		at++;
	if ((at < room->addrs.n) != gone)
		return;
	if (gone) {
		vector_remove(&room->addrs, at);
		room->stale_routes = true;
	} else {
		*vector_add(&room->addrs) = *addr;
	}
	if (is_loopback(room, addr->index) && ip_is_loopback(&addr->cidr.ip))
		return;
	watch_say(watch, room, "address", "address %s %s %s", cidr_text(&addr->cidr, text),
		  gone ? "removed from" : "added to",
		  watch_link_name(room, addr->index, name));
}

/* --- routes --- */

static bool is_same_route(const struct watch_route *a, const struct route *route, int oif)
{
	return a->oif == oif && a->route.table == route->table &&
	       a->route.metric == route->metric && a->route.type == route->type &&
	       cidr_equal(&a->route.dest, &route->dest) &&
	       ip_equal(&a->route.gateway, &route->gateway);
}

/* What the kernel makes for itself, and nobody has asked for. */
static bool is_own_route(const struct route *route)
{
	return route->table == RT_TABLE_LOCAL ||
	       (route->dest.ip.family == AF_INET6 &&
		(ip_is_link_local(&route->dest.ip) || ip_is_multicast(&route->dest.ip)));
}

static void say_route(struct watch *watch, struct watch_room *room, const struct route *route,
		      int oif, const char *what)
{
	struct buf text cleanup_buf = { 0 };
	char dest[CIDR_TEXT], gateway[IP_TEXT], name[IFNAMSIZ];

	if (route->dest.prefix == 0)
		buf_add(&text, route->dest.ip.family == AF_INET6 ? "IPv6 default route" :
								   "default route");
	else
		buf_addf(&text, "route %s", cidr_text(&route->dest, dest));
	if (route->gateway.family)
		buf_addf(&text, " via %s", ip_text(&route->gateway, gateway));
	if (oif)
		buf_addf(&text, " on %s", watch_link_name(room, oif, name));
	else
		buf_addf(&text, " (%s)", route->type == RTN_BLACKHOLE	? "blackhole" :
					 route->type == RTN_PROHIBIT	? "prohibit" :
					 route->type == RTN_UNREACHABLE ? "unreachable" :
									  "no interface");
	if (route->metric && route->dest.ip.family == AF_INET)
		buf_addf(&text, " metric %u", route->metric);
	if (route->table != RT_TABLE_MAIN)
		buf_addf(&text, " in table %u", route->table);
	watch_say(watch, room, "route", "%s %s", buf_str(&text), what);
}

void watch_route(struct watch *watch, struct watch_room *room, const struct route *route, int oif,
		 bool gone)
{
	size_t at = 0;

	if (is_own_route(route) || is_loopback(room, oif))
		return;
	while (at < room->routes.n && !is_same_route(&room->routes.v[at], route, oif))
		at++;
	if ((at < room->routes.n) != gone)
		return;
	if (gone)
		vector_remove(&room->routes, at);
	else
		*vector_add(&room->routes) = (struct watch_route){ *route, oif };
	say_route(watch, room, route, oif, gone ? "removed" : "added");
}

/* --- neighbours --- */

static bool is_failed(const struct neigh *neigh)
{
	return neigh->state & NUD_FAILED;
}

void watch_neigh(struct watch *watch, struct watch_room *room, const struct neigh *neigh,
		 int index, bool gone)
{
	char ip[IP_TEXT], mac[MAC_TEXT], name[IFNAMSIZ];
	bool had_mac = false, had_failed = false;
	struct watch_neigh *old = NULL;
	uint8_t old_mac[6] = { 0 };
	size_t at = 0;

	if (neigh->state & NUD_NOARP)
		return;
	while (at < room->neighs.n && (room->neighs.v[at].index != index ||
				       !ip_equal(&room->neighs.v[at].neigh.ip, &neigh->ip)))
		at++;
	ip_text(&neigh->ip, ip);
	watch_link_name(room, index, name);
	if (at < room->neighs.n) {
		old = &room->neighs.v[at];
		had_mac = old->neigh.has_mac;
		had_failed = is_failed(&old->neigh);
		memcpy(old_mac, old->neigh.mac, sizeof(old_mac));
	}
	if (gone) {
		if (old)
			vector_remove(&room->neighs, at);
		if (had_mac && !had_failed)
			watch_say(watch, room, "neighbour", "neighbour %s on %s forgotten", ip,
				  name);
		return;
	}
	if (!old)
		old = vector_add(&room->neighs);
	*old = (struct watch_neigh){ *neigh, index };
	if (is_failed(neigh)) {
		if (!had_failed)
			watch_tell(watch, room, "neighbour", STYLE_BAD,
				   "neighbour %s on %s does not answer",
				  ip, name);
	} else if (neigh->has_mac &&
		   (!had_mac || had_failed || memcmp(old_mac, neigh->mac, 6) != 0)) {
		watch_say(watch, room, "neighbour", "neighbour %s on %s is at %s%s", ip, name,
			  mac_text(neigh->mac, mac),
			  had_mac && memcmp(old_mac, neigh->mac, 6) != 0 ? " now" : "");
	}
}

/* --- forwarding --- */

void watch_forwarding(struct watch *watch, struct watch_room *room, uint8_t family, bool on)
{
	int *known = &room->forwarding[family == AF_INET6];
	bool news = *known >= 0 && *known != on;

	*known = on;
	if (news)
		watch_say(watch, room, "forwarding", "forwarding of IPv%c is %s now",
			  family == AF_INET6 ? '6' : '4', on ? "on" : "off");
}

static void read_forwarding(struct watch *watch, struct watch_room *room)
{
	static const char *const keys[] = { "net/ipv4/conf/all/forwarding",
					    "net/ipv6/conf/all/forwarding" };

	for (size_t i = 0; i < 2; i++) {
		struct error ignored cleanup_error = ERROR_INIT;
		cleanup_free char *value = NULL;

		if (kernel_sysctl_get(watch->kernel, room->name, keys[i], &value, &ignored) == 0)
			watch_forwarding(watch, room, i ? AF_INET6 : AF_INET,
					 strcmp(value, "0") != 0);
	}
}

struct netconf {
	int index, forwarding;
};

static int read_netconf(const struct nlattr *attr, void *data)
{
	struct netconf *netconf = data;

	if (mnl_attr_get_payload_len(attr) < sizeof(int))
		return MNL_CB_OK;
	if (mnl_attr_get_type(attr) == NETCONFA_IFINDEX)
		netconf->index = (int)mnl_attr_get_u32(attr);
	else if (mnl_attr_get_type(attr) == NETCONFA_FORWARDING)
		netconf->forwarding = (int)mnl_attr_get_u32(attr);
	return MNL_CB_OK;
}

static void take_netconf(struct watch *watch, struct watch_room *room,
			 const struct nlmsghdr *message)
{
	const struct netconfmsg *header = mnl_nlmsg_get_payload(message);
	struct netconf netconf = { .forwarding = -1 };

	if (mnl_nlmsg_get_payload_len(message) < sizeof(*header))
		return;
	mnl_attr_parse(message, sizeof(*header), read_netconf, &netconf);
	if (netconf.index == NETCONFA_IFINDEX_ALL && netconf.forwarding >= 0)
		watch_forwarding(watch, room, header->ncm_family, netconf.forwarding != 0);
}

/* --- messages --- */

static uint8_t family_of(const struct nlmsghdr *message)
{
	const struct rtgenmsg *header = mnl_nlmsg_get_payload(message);

	return mnl_nlmsg_get_payload_len(message) < sizeof(*header) ? 0 : header->rtgen_family;
}

static void take_link(struct watch *watch, struct watch_room *room,
		      const struct nlmsghdr *message, bool gone)
{
	struct link link = { 0 };

	/* A bridge tells of its ports in messages of its own; one of them gone is a link still. */
	if (family_of(message) == AF_BRIDGE || rtnl_parse_link(message, &link) < 0)
		return;
	if (!gone) {
		watch_link(watch, room, &link);
		return;
	}
	watch_link_gone(watch, room, link.index);
	link_clear(&link);
}

static void take_route(struct watch *watch, struct watch_room *room,
		       const struct nlmsghdr *message, bool gone)
{
	const struct rtmsg *header = mnl_nlmsg_get_payload(message);
	struct route route = { 0 };
	int oif = 0;

	if (mnl_nlmsg_get_payload_len(message) < sizeof(*header) ||
	    (header->rtm_flags & RTM_F_CLONED) || rtnl_parse_route(message, &route, &oif) < 0)
		return;
	/* What it takes the place of goes without a word. */
	if (message->nlmsg_flags & NLM_F_REPLACE)
		room->stale_routes = true;
	watch_route(watch, room, &route, oif, gone);
}

static void take_message(struct watch *watch, struct watch_room *room,
			 const struct nlmsghdr *message, bool gone)
{
	struct addr addr = { 0 };
	struct neigh neigh = { 0 };
	int index;

	switch (message->nlmsg_type) {
	case RTM_NEWLINK:
		take_link(watch, room, message, gone);
		break;
	case RTM_NEWADDR:
		if (rtnl_parse_addr(message, &addr) == 0)
			watch_addr(watch, room, &addr, gone);
		break;
	case RTM_NEWROUTE:
		take_route(watch, room, message, gone);
		break;
	case RTM_NEWNEIGH:
		/* A switch's stations are of a family of their own. */
		if (family_of(message) != AF_BRIDGE &&
		    rtnl_parse_neigh(message, &neigh, &index) == 0)
			watch_neigh(watch, room, &neigh, index, gone);
		break;
	case RTM_NEWNETCONF:
		if (!gone)
			take_netconf(watch, room, message);
		break;
	default:
		break;
	}
}

void watch_message(struct watch *watch, struct watch_room *room, const struct monitor_event *event)
{
	const struct nlmsghdr *message = event->message;
	/* rtnetlink numbers them by fours: new, del, get, set. */
	bool gone = message->nlmsg_type % 4 == RTM_DELLINK % 4;
	cleanup_free struct nlmsghdr *as_new = NULL;

	if (event->bus != NETLINK_ROUTE) {
		watch_rule_message(watch, room, message);
		return;
	}
	if (message->nlmsg_type < RTM_BASE || message->nlmsg_type > RTM_MAX)
		return;
	if (gone) {
		/* What the parsers read are messages of what there is. */
		as_new = xcalloc(1, message->nlmsg_len);
		memcpy(as_new, message, message->nlmsg_len);
		as_new->nlmsg_type--;
		message = as_new;
	}
	take_message(watch, room, message, gone);
}

/* --- looking again --- */

static bool has_link(const link_list *links, int index)
{
	for (size_t i = 0; i < links->n; i++)
		if (links->v[i].index == index)
			return true;
	return false;
}

static void refresh_links(struct watch *watch, struct watch_room *room, link_list *links)
{
	for (size_t i = room->links.n; i-- > 0;)
		if (!has_link(links, room->links.v[i].index))
			watch_link_gone(watch, room, room->links.v[i].index);
	for (size_t i = 0; i < links->n; i++)
		watch_link(watch, room, &links->v[i]);
	links->n = 0; /* they were taken over */
}

static void refresh_addrs(struct watch *watch, struct watch_room *room, const addr_list *addrs)
{
	for (size_t i = room->addrs.n; i-- > 0;) {
		const struct addr old = room->addrs.v[i];
		bool there = false;

		for (size_t k = 0; k < addrs->n && !there; k++)
			there = addrs->v[k].index == old.index &&
				cidr_equal(&addrs->v[k].cidr, &old.cidr);
		if (!there)
			watch_addr(watch, room, &old, true);
	}
	for (size_t i = 0; i < addrs->n; i++)
		watch_addr(watch, room, &addrs->v[i], false);
}

static int index_of(const struct watch_room *room, const char *name)
{
	for (size_t i = 0; i < room->links.n; i++)
		if (strcmp(room->links.v[i].name, name) == 0)
			return room->links.v[i].index;
	return 0;
}

static void refresh_routes(struct watch *watch, struct watch_room *room, const route_list *routes)
{
	for (size_t i = room->routes.n; i-- > 0;) {
		const struct watch_route old = room->routes.v[i];
		bool there = false;

		for (size_t k = 0; k < routes->n && !there; k++)
			there = is_same_route(&old, &routes->v[k],
					      index_of(room, routes->v[k].link));
		if (!there)
			watch_route(watch, room, &old.route, old.oif, true);
	}
	for (size_t i = 0; i < routes->n; i++)
		watch_route(watch, room, &routes->v[i], index_of(room, routes->v[i].link), false);
}

static void refresh_neighs(struct watch *watch, struct watch_room *room, const neigh_list *neighs)
{
	for (size_t i = room->neighs.n; i-- > 0;) {
		const struct watch_neigh old = room->neighs.v[i];
		bool there = false;

		for (size_t k = 0; k < neighs->n && !there; k++)
			there = index_of(room, neighs->v[k].link) == old.index &&
				ip_equal(&neighs->v[k].ip, &old.neigh.ip);
		if (!there)
			watch_neigh(watch, room, &old.neigh, old.index, true);
	}
	for (size_t i = 0; i < neighs->n; i++)
		watch_neigh(watch, room, &neighs->v[i], index_of(room, neighs->v[i].link), false);
}

static bool read_all(struct watch *watch, struct watch_room *room, struct nlsock *rtnl)
{
	link_list links __attribute__((cleanup(link_list_free))) = { 0 };
	struct nl_error answer = { 0 };
	neigh_list neighs = { 0 };
	addr_list addrs = { 0 };
	bool good = rtnl_links(rtnl, &links, &answer) == 0 &&
		    rtnl_addrs(rtnl, &links, &addrs, &answer) == 0 &&
		    rtnl_neighs(rtnl, &links, &neighs, &answer) == 0;

	if (good) {
		refresh_links(watch, room, &links);
		refresh_addrs(watch, room, &addrs);
		refresh_neighs(watch, room, &neighs);
		read_forwarding(watch, room);
	}
	vector_free(&addrs);
	vector_free(&neighs);
	return good;
}

void watch_refresh(struct watch *watch, struct watch_room *room)
{
	struct error ignored cleanup_error = ERROR_INIT;
	struct nl_error answer = { 0 };
	route_list routes = { 0 };
	struct nlsock *rtnl = NULL;

	if (room->stale || room->stale_routes)
		rtnl = kernel_rtnl(watch->kernel, room->name, &ignored);
	if (room->stale && rtnl && read_all(watch, room, rtnl))
		room->stale_routes = room->stale_rules = true;
	if (room->stale_routes && rtnl && rtnl_routes(rtnl, &room->links, &routes, &answer) == 0)
		refresh_routes(watch, room, &routes);
	vector_free(&routes);
	if (room->stale_rules)
		watch_rules(watch, room);
	/* What could not be read has gone: its name will say so. */
	room->stale = room->stale_routes = room->stale_rules = false;
}
