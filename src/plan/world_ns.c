/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/world_parts.h"

#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kernel/rtnl.h"
#include "plan/addr_order.h"
#include "plan/link_index.h"

/* What is in a namespace: found, and changed as operations change it. */

/* --- found --- */

struct link *ns_link(const struct ns *ns, const char *name)
{
	if (ns->index)
		return link_index_find(ns->index, &ns->links, name);
	for (size_t i = 0; i < ns->links.n; i++) {
		struct link *link = &ns->links.v[i];

		if (link_is_called(link, name))
			return link;
	}
	return NULL;
}

static int by_number(const void *a, const void *b)
{
	const struct link *one = a, *other = b;

	return (one->index > other->index) - (one->index < other->index);
}

struct link *ns_link_by_index(const struct ns *ns, int index)
{
	const struct link key = { .index = index };
	struct link *found = NULL;

	if (ns->links.n)
		found = bsearch(&key, ns->links.v, ns->links.n, sizeof(key), by_number);
	if (found)
		return found;
	/* Numbers that were settled later may be out of order. */
	for (size_t i = 0; i < ns->links.n; i++)
		if (ns->links.v[i].index == index)
			return &ns->links.v[i];
	return NULL;
}

struct addr *ns_addr(const struct ns *ns, const char *link, const struct cidr *cidr)
{
	for (size_t i = 0; i < ns->addrs.n; i++)
		if (strcmp(ns->addrs.v[i].link, link) == 0 &&
		    cidr_equal(&ns->addrs.v[i].cidr, cidr))
			return &ns->addrs.v[i];
	return NULL;
}

struct addr *ns_addr_by_ip(const struct ns *ns, const struct ip *ip)
{
	for (size_t i = 0; i < ns->addrs.n; i++)
		if (ip_equal(&ns->addrs.v[i].cidr.ip, ip))
			return &ns->addrs.v[i];
	return NULL;
}

bool ns_is_near(const struct ns *ns, const char *link, const struct ip *ip)
{
	for (size_t i = 0; i < ns->addrs.n; i++) {
		struct cidr network = cidr_network(&ns->addrs.v[i].cidr);

		if (strcmp(ns->addrs.v[i].link, link) == 0 &&
		    network.prefix < ip_bits(network.ip.family) && cidr_contains(&network, ip))
			return true;
	}
	return false;
}

size_t ns_ports(const struct ns *ns, const struct link *bridge)
{
	size_t ports = 0;

	if (ns->index)
		return link_index_ports(ns->index, &ns->links, bridge->index);
	for (size_t i = 0; i < ns->links.n; i++)
		ports += ns->links.v[i].master == bridge->index;
	return ports;
}

/* --- changed --- */

void ns_renamed(struct ns *ns)
{
	link_index_drop(ns->index);
}

void ns_enslave(struct ns *ns, struct link *link, const struct link *master)
{
	int to = master ? master->index : 0;

	link_index_moved(ns->index, (size_t)(link - ns->links.v), link->master, to);
	link->master = to;
	str_copy(link->master_name, IFNAMSIZ, master ? master->name : "");
}

static bool kernel_has_ipv6(void)
{
	static int has = -1;

	if (has < 0)
		has = access("/proc/net/if_inet6", F_OK) == 0;
	return has;
}

const char *const lo_addrs[2] = { "127.0.0.1/8", "::1/128" };

void ns_lo_up(struct ns *ns)
{
	struct error none cleanup_error = ERROR_INIT;

	for (size_t i = 0; i < (kernel_has_ipv6() ? 2 : 1); i++) {
		struct addr addr = { .link = "lo", .index = 1, .scope = RT_SCOPE_HOST };

		cidr_parse(lo_addrs[i], &addr.cidr, -1, &none);
		if (!ns_addr(ns, addr.link, &addr.cidr))
			addr_place(ns, &addr);
	}
}

void ns_add_loopback(struct ns *ns)
{
	struct link *lo = vector_add(&ns->links);

	*lo = (struct link){ .index = 1, .peer_nsid = -1, .has_mac = true };
	str_copy(lo->name, sizeof(lo->name), "lo");
	lo->flags = IFF_LOOPBACK | IFF_UP | IFF_RUNNING | IFF_LOWER_UP;
	lo->carrier = true;
	link_set_usual(lo);
	ns->loaded = WORLD_ALL;
	ns_lo_up(ns);
}

void ns_links_came(struct ns *ns)
{
	const struct link *last = ns->links.n ? &ns->links.v[ns->links.n - 1] : NULL;

	if (last && last->index >= ns->next_index)
		ns->next_index = last->index + 1;
	if (ns->links.n > LINK_INDEX_MANY && !ns->index)
		ns->index = link_index_new();
}

struct link *world_add_link(struct ns *ns, const char *name, const char *kind)
{
	struct link *link;
	int index = ns->next_index;

	ns->next_index = index + 1;
	link = vector_add(&ns->links);
	ns_links_came(ns);
	link->index = index;
	link->peer_nsid = -1;
	link->bare = true;
	link_set_usual(link);
	str_copy(link->name, sizeof(link->name), name);
	str_copy(link->kind, sizeof(link->kind), kind);
	return link;
}

void ns_link_used(struct ns *ns, const char *name)
{
	struct link *link = ns_link(ns, name);

	if (link)
		link->bare = false;
}

static void remove_of_link(struct ns *ns, const char *name)
{
	for (size_t i = ns->addrs.n; i-- > 0;)
		if (strcmp(ns->addrs.v[i].link, name) == 0)
			vector_remove(&ns->addrs, i);
	for (size_t i = ns->routes.n; i-- > 0;)
		if (strcmp(ns->routes.v[i].link, name) == 0)
			vector_remove(&ns->routes, i);
	for (size_t i = ns->neighs.n; i-- > 0;)
		if (strcmp(ns->neighs.v[i].link, name) == 0)
			vector_remove(&ns->neighs, i);
}

void world_remove_link(struct world *world, struct ns *ns, const char *name)
{
	struct link *link = ns_link(ns, name);
	struct ns *peer_ns;
	struct link *peer;

	if (!link)
		return;
	/* WORLD is NULL where the other end is gone already. */
	if (world && strcmp(link->kind, "veth") == 0 &&
	    world_peer(world, ns, link, &peer_ns, &peer)) {
		cleanup_free char *peer_name = xstrdup(peer->name);

		world_remove_link(NULL, peer_ns, peer_name);
		link = ns_link(ns, name);
		if (!link)
			return;
	}
	for (size_t i = 0; i < ns->links.n; i++)
		if (ns->links.v[i].master == link->index)
			ns_enslave(ns, &ns->links.v[i], NULL);
	remove_of_link(ns, link->name);
	link_index_remove(ns->index, &ns->links, (size_t)(link - ns->links.v));
	link_clear(link);
	vector_remove(&ns->links, (size_t)(link - ns->links.v));
}
