/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/op.h"

#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/conf.h"
#include "plan/addr_order.h"
#include "plan/route_order.h"

/* What is in the world, as the operations that make it again. */

/* The link-local address that the kernel makes of a MAC address (RFC 4291, appendix A). */
static bool is_eui64(const struct ip *ip, const struct link *link)
{
	const uint8_t *mac = link->mac, *id = ip->bytes + 8;

	return link->has_mac && id[0] == (mac[0] ^ 2) && id[1] == mac[1] && id[2] == mac[2] &&
	       id[3] == 0xff && id[4] == 0xfe && id[5] == mac[3] && id[6] == mac[4] &&
	       id[7] == mac[5];
}

bool is_kernels_addr(const struct addr *addr, const struct link *link)
{
	const struct ip *ip = &addr->cidr.ip;

	/* IFAPROT_KERNEL_LO, _RA and _LL; kernels before 5.18 do not say. */
	if (addr->proto >= 1 && addr->proto <= 3)
		return true;
	/* For IPv4 the same bit says that it is a secondary one. */
	if (ip->family == AF_INET6 && (addr->flags & IFA_F_TEMPORARY))
		return true;
	if (ip->family == AF_INET6 && ip_is_link_local(ip))
		return is_eui64(ip, link);
	return (link->flags & IFF_LOOPBACK) && ip_is_loopback(ip) && addr->proto == 0 &&
	       (ip->family == AF_INET6 || (ip->bytes[3] == 1 && addr->cidr.prefix == 8));
}

bool is_kernels_route(const struct route *route)
{
	return route->protocol == RTPROT_KERNEL || route->protocol == RTPROT_RA ||
	       route->protocol == RTPROT_REDIRECT;
}

bool can_restore_route(const struct route *route)
{
	return !route->more &&
	       (route->type == RTN_UNICAST || route->type == RTN_BLACKHOLE ||
		route->type == RTN_UNREACHABLE || route->type == RTN_PROHIBIT);
}

bool can_restore_addr(const struct addr *addr)
{
	return !addr->more && addr->scope == addr_scope(&addr->cidr.ip);
}

/* Whether the kernel would take the route's gateway today. */
static bool reaches_gateway(const struct ns *ns, const struct route *route)
{
	if (ip_is_link_local(&route->gateway) ||
	    ns_is_near(ns, route->link, &route->gateway))
		return true;
	for (size_t i = 0; i < ns->routes.n; i++)
		if (!ns->routes.v[i].gateway.family && ns->routes.v[i].dest.prefix > 0 &&
		    strcmp(ns->routes.v[i].link, route->link) == 0 &&
		    cidr_contains(&ns->routes.v[i].dest, &route->gateway))
			return true;
	return false;
}

void restore_route(const struct ns *ns, const struct route *route, struct plan *plan)
{
	struct op *op = plan_route_add(plan, ns->name, route, -1);

	/* What led to it has gone since; the kernel keeps a route, but makes no such new one. */
	if (route->gateway.family && route->link[0] && !reaches_gateway(ns, route))
		op->route.route.flags |= RTNH_F_ONLINK;
}

static bool is_of(uint8_t family, const struct ip *ip)
{
	return !family || ip->family == family;
}

static bool is_restored(const struct route *route, const char *link, uint8_t family)
{
	return strcmp(route->link, link) == 0 && !is_kernels_route(route) &&
	       can_restore_route(route) && is_of(family, &route->dest.ip);
}

void restore_routes(const struct ns *ns, const char *link, uint8_t family, struct plan *undo)
{
	route_list routes = { 0 };
	bool any = false;

	for (size_t i = 0; i < ns->routes.n && !any; i++)
		any = is_restored(&ns->routes.v[i], link, family);
	if (any)
		routes_to_add(ns, true, &routes);
	for (size_t i = 0; i < routes.n; i++)
		if (is_restored(&routes.v[i], link, family))
			restore_route(ns, &routes.v[i], undo);
	vector_free(&routes);
}

int restore_family_on_link(struct world *world, struct ns *ns, const struct link *link,
			   uint8_t family, struct plan *undo, struct error *err)
{
	ns = world_ns(world, ns->name, WORLD_ALL & ~WORLD_NFT, -1, err);
	if (!ns)
		return -1;
	for (size_t i = 0; i < ns->addrs.n; i++) {
		const struct addr *addr = &ns->addrs.v[addr_nth_to_add(ns, i)];

		/* lo gets its own with a new namespace, not with a larger MTU. */
		if (strcmp(addr->link, link->name) == 0 && is_of(family, &addr->cidr.ip) &&
		    ((link->flags & IFF_LOOPBACK) || !is_kernels_addr(addr, link)))
			restore_addr(ns, addr, undo);
	}
	for (size_t i = 0; i < ns->neighs.n; i++)
		if (strcmp(ns->neighs.v[i].link, link->name) == 0 &&
		    is_of(family, &ns->neighs.v[i].ip) &&
		    (ns->neighs.v[i].state & NUD_PERMANENT))
			plan_neigh_add(undo, ns->name, &ns->neighs.v[i], -1);
	restore_routes(ns, link->name, family, undo);
	return 0;
}

int restore_on_link(struct world *world, struct ns *ns, const struct link *link,
		    struct plan *undo, struct error *err)
{
	return restore_family_on_link(world, ns, link, 0, undo, err);
}

/* Takes what would put the neighbour back too early out of the plan. */
static void forget_neigh(struct plan *undo, const char *ns, const struct neigh *neigh)
{
	for (size_t i = undo->ops.n; i-- > 0;) {
		struct op *op = &undo->ops.v[i];

		if (op->kind != OP_NEIGH_ADD || strcmp(op->ns, ns) != 0 ||
		    strcmp(op->neigh.neigh.link, neigh->link) != 0 ||
		    !ip_equal(&op->neigh.neigh.ip, &neigh->ip))
			continue;
		op_clear(op);
		vector_remove(&undo->ops, i);
	}
}

int restore_switch_neighs(struct world *world, const char *ns_name, const char *bridge,
			  struct plan *undo, struct error *err)
{
	const struct link *link;
	struct ns *ns;

	if (!bridge[0])
		return 0;
	ns = world_ns(world, ns_name, WORLD_LINKS, -1, err);
	link = ns ? ns_link(ns, bridge) : NULL;
	if (!link || link->bare)
		return ns ? 0 : -1;
	ns = world_ns(world, ns_name, WORLD_NEIGHS, -1, err);
	if (!ns)
		return -1;
	for (size_t i = 0; i < ns->neighs.n; i++) {
		const struct neigh *neigh = &ns->neighs.v[i];

		if (strcmp(neigh->link, link->name) != 0 || !(neigh->state & NUD_PERMANENT))
			continue;
		forget_neigh(undo, ns_name, neigh);
		plan_neigh_add(undo, ns_name, neigh, -1);
	}
	return 0;
}

/* Whether the switch has but one port with its own MTU: the smallest, if it follows them. */
static bool has_one_smallest(const struct ns *ns, const struct link *bridge)
{
	unsigned count = 0;

	for (size_t i = 0; i < ns->links.n && count < 2; i++)
		count += ns->links.v[i].master == bridge->index &&
			 ns->links.v[i].mtu == bridge->mtu;
	return count < 2;
}

/* Whether the switch may have another MTU when that of a port goes from BEFORE to AFTER. */
static bool moves_mtu(const struct ns *ns, const struct link *bridge, unsigned before,
		      unsigned after)
{
	if (!bridge)
		return false;
	if ((before && before != bridge->mtu) || (after && after != bridge->mtu))
		return true;
	return before && !after && has_one_smallest(ns, bridge);
}

static bool is_small(unsigned mtu)
{
	return mtu && mtu < IPV6_MIN_MTU;
}

int restore_switch_mtu(struct world *world, const char *ns_name, const char *name,
		       unsigned before, unsigned after, struct plan *undo, struct error *err)
{
	const struct link *bridge;
	struct ns *ns;
	struct op *op;
	size_t first;
	int result = 0;

	if (!name[0])
		return 0;
	ns = world_ns(world, ns_name, WORLD_LINKS, -1, err);
	if (!ns)
		return -1;
	bridge = ns_link(ns, name);
	if (!moves_mtu(ns, bridge, before, after) || bridge->bare)
		return 0;
	first = undo->ops.n;
	op = plan_link_set(undo, ns_name, name, -1);
	plan_link_setting(op, LINK_SETTING_MTU, bridge->mtu);
	op->link_set.set |= OP_LINK_OTHER_MTU;
	if (bridge->mtu >= IPV6_MIN_MTU && (is_small(before) || is_small(after)))
		result = restore_on_link(world, ns, bridge, undo, err);
	for (size_t i = first; i < undo->ops.n; i++)
		undo->ops.v[i].late = true;
	return result;
}

int restore_switch(struct world *world, const char *ns, const char *bridge, unsigned before,
		   unsigned after, struct plan *undo, struct error *err)
{
	if (restore_switch_mtu(world, ns, bridge, before, after, undo, err) < 0)
		return -1;
	return restore_switch_neighs(world, ns, bridge, undo, err);
}

void switch_mtu_changed(struct world *world, struct ns *ns, const char *name,
			unsigned before, unsigned after)
{
	if (name[0] && !world_simulates(world) && moves_mtu(ns, ns_link(ns, name), before, after))
		world_stale(world, ns, WORLD_LINKS | WORLD_ADDRS | WORLD_ROUTES | WORLD_NEIGHS);
}

void switch_changed(struct world *world, struct ns *ns, const char *bridge)
{
	bool any = false;

	if (world_simulates(world) || !bridge[0] || !(ns->loaded & WORLD_NEIGHS))
		return;
	for (size_t i = 0; i < ns->neighs.n && !any; i++)
		any = strcmp(ns->neighs.v[i].link, bridge) == 0;
	if (any)
		world_stale(world, ns, WORLD_NEIGHS);
}

/*
 * A switch has the lowest MAC address of its ports, and none once the last has gone, unless
 * somebody has set one: what it takes from them it gets with them.
 */
static bool has_own_mac(struct world *world, const struct ns *ns, const struct link *link)
{
	if (strcmp(link->kind, "bridge") == 0)
		return kernel_mac_is_set(world_kernel(world), ns->name, link->name);
	return link->has_mac;
}

static void copy_end(struct op_end *end, const struct link *link)
{
	str_copy(end->name, IFNAMSIZ, link->name);
	str_copy(end->master, IFNAMSIZ, link->master_name);
	end->group = link->group;
	end->up = link->flags & IFF_UP;
	end->has_mac = link->has_mac;
	memcpy(end->mac, link->mac, sizeof(end->mac));
	strings_add_all(&end->altnames, &link->altnames);
}

/* Whether nsh can make a link of that kind from what it knows of it. */
bool can_restore(const struct link *link)
{
	static const char *const kinds[] = { "veth", "bridge", "dummy", "ifb" };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(link->kind, kinds[i]) == 0)
			return true;
	return false;
}

/* The other end of a cable, as it is at this moment. */
static bool fresh_peer(struct world *world, struct ns *ns, const struct link *link,
		       struct ns **peer_ns, struct link **peer)
{
	if (!world_peer(world, ns, link, peer_ns, peer))
		return false;
	if (*peer_ns == ns)
		return true; /* as fresh as LINK is */
	world_stale(world, *peer_ns, WORLD_ALL & ~WORLD_NFT);
	return world_peer(world, ns, link, peer_ns, peer);
}

static int restore_ports(struct world *world, const struct ns *ns, const struct link *bridge,
			 struct plan *undo, struct error *err)
{
	unsigned mtu = 0;

	for (size_t i = 0; i < ns->links.n; i++) {
		struct op *op;

		if (!bridge->index || ns->links.v[i].master != bridge->index)
			continue;
		op = plan_link_set(undo, ns->name, ns->links.v[i].name, -1);
		op->link_set.set = LINK_CHANGE_MASTER;
		str_copy(op->link_set.master, IFNAMSIZ, bridge->name);
		if (!mtu || ns->links.v[i].mtu < mtu)
			mtu = ns->links.v[i].mtu;
	}
	return restore_switch_mtu(world, ns->name, bridge->name, mtu, 0, undo, err);
}

int restore_link_alone(struct world *world, struct ns *ns, const struct link *link,
		       struct plan *undo, struct error *err)
{
	struct ns *peer_ns = NULL;
	struct link *peer = NULL;
	struct op *op;

	if (!can_restore(link))
		return 0; /* hardware comes back by itself; the others were told of */
	if (strcmp(link->kind, "veth") == 0 && !fresh_peer(world, ns, link, &peer_ns, &peer))
		return 0;
	op = plan_link_add(undo, ns->name, link->name, link->kind, -1);
	copy_end(&op->link_add.end, link);
	op->link_add.end.has_mac = has_own_mac(world, ns, link);
	op->link_add.mtu = link->mtu;
	if (peer) {
		op->link_add.peer.ns = xstrdup(peer_ns->name);
		copy_end(&op->link_add.peer, peer);
	}
	plan_unusual_settings(undo, ns->name, link, link->mtu);
	if (peer)
		plan_unusual_settings(undo, peer_ns->name, peer, link->mtu);
	if (restore_on_link(world, ns, link, undo, err) < 0 ||
	    restore_switch(world, ns->name, link->master_name, link->mtu, 0, undo, err) < 0)
		return -1;
	if (!peer)
		return 0;
	if (restore_on_link(world, peer_ns, peer, undo, err) < 0)
		return -1;
	return restore_switch(world, peer_ns->name, peer->master_name, peer->mtu, 0, undo, err);
}

int restore_link(struct world *world, struct ns *ns, const struct link *link,
		 struct plan *undo, struct error *err)
{
	if (restore_link_alone(world, ns, link, undo, err) < 0)
		return -1;
	if (!can_restore(link))
		return 0;
	if (restore_ports(world, ns, link, undo, err) < 0)
		return -1;
	return restore_switch_neighs(world, ns->name, link->name, undo, err);
}

void restore_lo_own(const struct ns *ns, const struct link *lo, struct plan *plan)
{
	static const uint8_t none[6];
	struct op *op;

	for (size_t i = 0; i < lo->altnames.n; i++) {
		op = plan_link_set(plan, ns->name, lo->name, -1);
		op->link_set.set = OP_LINK_ALTNAME;
		op->link_set.altname = xstrdup(lo->altnames.v[i]);
	}
	if (!lo->has_mac || memcmp(lo->mac, none, sizeof(none)) == 0)
		return;
	op = plan_link_set(plan, ns->name, lo->name, -1);
	op->link_set.set = LINK_CHANGE_MAC;
	memcpy(op->link_set.mac, lo->mac, sizeof(lo->mac));
}

void restore_no_loopback(struct world *world, const struct ns *ns, const struct link *lo,
			 struct plan *plan)
{
	struct error ignored cleanup_error = ERROR_INIT;
	const char *off = world_sysctl(world, ns->name, "net/ipv6/conf/lo/disable_ipv6", &ignored);
	bool six = off && strcmp(off, "0") == 0 && lo->mtu >= IPV6_MIN_MTU;

	for (size_t i = 0; i < (six ? 2 : 1) && (lo->flags & IFF_UP); i++) {
		struct cidr cidr;

		cidr_parse(lo_addrs[i], &cidr, -1, &ignored);
		if (!ns_addr(ns, lo->name, &cidr))
			plan_addr_del(plan, ns->name, lo->name, &cidr, -1);
	}
}

static int restore_lo(struct world *world, struct ns *ns, struct plan *undo,
		      struct error *err)
{
	for (size_t i = 0; i < ns->links.n; i++) {
		const struct link *lo = &ns->links.v[i];

		if (!(lo->flags & IFF_LOOPBACK))
			continue;
		plan_unusual_settings(undo, ns->name, lo, 0);
		restore_lo_own(ns, lo, undo);
		restore_no_loopback(world, ns, lo, undo);
		return restore_on_link(world, ns, lo, undo, err);
	}
	return 0;
}

void restore_sysctls(struct world *world, const struct ns *ns, bool forwards, bool all,
		     struct plan *plan)
{
	const char *name = ns->name;
	const struct {
		const char *key, *of_new; /* what a new namespace has; NULL: it is 0 there */
	} keys[] = {
		{ "net/ipv4/ip_forward", forwards ? "net/ipv4/conf/all/forwarding" : NULL },
		{ "net/ipv6/conf/all/forwarding", NULL },
		{ "net/ipv6/conf/all/disable_ipv6", NULL },
		{ "net/ipv4/conf/all/rp_filter", "net/ipv4/conf/all/rp_filter" },
		{ "net/ipv4/conf/all/proxy_arp", "net/ipv4/conf/all/proxy_arp" },
	};
	struct error unknown cleanup_error = ERROR_INIT;
	const conf_list none = { 0 }, *of_new = &none;

	if (world_kernel(world) &&
	    kernel_conf_of_new(world_kernel(world), &of_new, &unknown) < 0)
		of_new = &none;

	for (size_t i = 0; i < (all ? sizeof(keys) / sizeof(keys[0]) : 3); i++) {
		const char *value = world_sysctl(world, name, keys[i].key, &unknown);
		const char *new = keys[i].of_new ? conf_value(of_new, keys[i].of_new) : "0";

		if (value && strcmp(value, new ? new : "0") != 0)
			plan_sysctl(plan, name, keys[i].key, value, -1);
	}
}

void restore_netns(const struct ns *ns, struct plan *plan)
{
	struct op *op = plan_netns_add(plan, ns->name, -1);
	const struct link *lo = NULL;
	bool was_up = false;

	for (size_t i = 0; i < ns->links.n && !lo; i++)
		if (ns->links.v[i].flags & IFF_LOOPBACK)
			lo = &ns->links.v[i];
	op->netns.marked = lo && lo->group == NSH_GROUP;
	if (!lo || (lo->flags & IFF_UP))
		return;
	for (size_t i = 0; i < ns->addrs.n; i++)
		was_up |= strcmp(ns->addrs.v[i].link, lo->name) == 0 &&
			  is_kernels_addr(&ns->addrs.v[i], lo);
	if (was_up)
		plan_link_up(plan, ns->name, lo->name, false, -1);
	else
		op->netns.lo_down = true;
}

int restore_ns(struct world *world, struct ns *ns, struct plan *undo, struct error *err)
{
	const struct op *made;

	restore_netns(ns, undo);
	made = &undo->ops.v[0];
	/*
	 * Before the links: they take their own from the namespace's. What nsh makes does not
	 * forward, whatever the machine does.
	 */
	restore_sysctls(world, ns, !made->netns.marked || made->netns.lo_down, true, undo);
	/* Bridges before what is attached to them. */
	for (int bridges = 1; bridges >= 0; bridges--) {
		for (size_t i = 0; i < ns->links.n; i++) {
			const struct link *link = &ns->links.v[i];

			if ((strcmp(link->kind, "bridge") == 0) != bridges ||
			    (link->flags & IFF_LOOPBACK))
				continue;
			if (restore_link_alone(world, ns, link, undo, err) < 0)
				return -1;
		}
	}
	if (restore_lo(world, ns, undo, err) < 0)
		return -1;
	restore_routes(ns, "", 0, undo); /* blackholes and the like */
	for (size_t i = 0; i < ns->nft.rules.n; i++)
		if (!ns->nft.rules.v[i].foreign)
			plan_nft_add(undo, ns->name, &ns->nft.rules.v[i], -1);
	return 0;
}
