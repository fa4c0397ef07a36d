/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/lists.h"

#include <linux/if.h>
#include <linux/if_bridge.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/nft.h"

static const char *link_state(const struct link *link)
{
	if (!(link->flags & IFF_UP))
		return "down";
	if (link->flags & IFF_LOOPBACK)
		return "up";
	return link->carrier ? "up" : "no carrier";
}

/* Whether what belongs to LINK and is of the family of IP is to be listed. */
static bool is_listed(const char *link, const struct ip *ip, const char *only, uint8_t family)
{
	return (!only || strcmp(link, only) == 0) && (!family || ip->family == family);
}

static struct table *links_of(struct world *world, struct ns *ns, const char *only, bool up)
{
	static const struct column columns[] = {
		{ "NAME", "name", COLUMN_TEXT },
		{ "KIND", "kind", COLUMN_FAINT },
		{ "STATE", "state", COLUMN_STATE },
		{ "MTU", "mtu", COLUMN_NUMBER },
		{ "MAC", "mac", COLUMN_FAINT },
		{ "SWITCH", "master", COLUMN_SWITCH },
		{ "OTHER END", "peer", COLUMN_END },
		{ "", "index", COLUMN_NUMBER },
		{ "", "queue", COLUMN_NUMBER },
		{ "", "altname", COLUMN_TEXT },
		{ "", "altnames", COLUMN_LIST },
		{ 0 },
	};
	struct table *table = table_new("interfaces", columns);
	struct buf altnames cleanup_buf = { 0 };
	char mac[MAC_TEXT];

	for (size_t i = 0; i < ns->links.n; i++) {
		struct link *link = &ns->links.v[i];
		struct ns *peer_ns;
		struct link *peer;

		if ((only && strcmp(link->name, only) != 0) || (up && !(link->flags & IFF_UP)))
			continue;
		table_row(table);
		table_cell(table, link->name);
		if (link->kind[0])
			table_cell(table, link->kind);
		else
			table_cell(table, link->flags & IFF_LOOPBACK ? "loopback" : "ethernet");
		table_cell(table, link_state(link));
		table_cellf(table, "%u", link->mtu);
		table_cell(table, link->has_mac && !(link->flags & IFF_LOOPBACK) ?
					  mac_text(link->mac, mac) :
					  NULL);
		table_cell(table, link->master_name[0] ? link->master_name : NULL);
		if (world_peer(world, ns, link, &peer_ns, &peer))
			table_cellf(table, "%s:%s", peer_ns->name, peer->name);
		else
			table_cell(table, NULL);
		table_cellf(table, "%d", link->index);
		table_cellf(table, "%u", link->queue);
		table_cell(table, link->altnames.n ? link->altnames.v[0] : NULL);
		buf_clear(&altnames);
		for (size_t j = 0; j < link->altnames.n; j++)
			buf_addf(&altnames, "%s%s", j ? " " : "", link->altnames.v[j]);
		table_cell(table, buf_str(&altnames));
	}
	return table;
}

struct table *list_links(struct world *world, struct ns *ns, const char *only)
{
	return links_of(world, ns, only, false);
}

struct table *list_links_up(struct world *world, struct ns *ns, const char *only)
{
	return links_of(world, ns, only, true);
}

static const char *scope_name(uint8_t scope)
{
	switch (scope) {
	case RT_SCOPE_UNIVERSE:
		return "global";
	case RT_SCOPE_LINK:
		return "link";
	case RT_SCOPE_HOST:
		return "host";
	}
	return "other";
}

struct table *list_addrs(const struct ns *ns, const char *only, uint8_t family)
{
	static const struct column columns[] = {
		{ "INTERFACE", "interface", COLUMN_TEXT },
		{ "ADDRESS", "address", COLUMN_ADDRESS },
		{ "SCOPE", "scope", COLUMN_FAINT },
		{ 0 },
	};
	struct table *table = table_new("addresses", columns);
	cleanup_free char *none = NULL;
	char text[CIDR_TEXT];

	none = xasprintf("%s has no addresses", only ? only : ns->name);
	table_if_empty(table, none);
	for (size_t i = 0; i < ns->addrs.n; i++) {
		const struct addr *addr = &ns->addrs.v[i];

		if (!is_listed(addr->link, &addr->cidr.ip, only, family))
			continue;
		table_row(table);
		table_cell(table, addr->link);
		table_cell(table, cidr_text(&addr->cidr, text));
		table_cell(table, scope_name(addr->scope));
	}
	return table;
}

static const char *route_maker(uint8_t protocol)
{
	switch (protocol) {
	case NSH_PROTO:
		return "nsh";
	case RTPROT_KERNEL:
		return "kernel";
	case RTPROT_BOOT:
		return "boot";
	case RTPROT_STATIC:
		return "static";
	case RTPROT_RA:
		return "ra";
	case RTPROT_DHCP:
		return "dhcp";
	}
	return "other";
}

static const char *route_type(uint8_t type)
{
	switch (type) {
	case RTN_BLACKHOLE:
		return "blackhole";
	case RTN_UNREACHABLE:
		return "unreachable";
	case RTN_PROHIBIT:
		return "prohibit";
	case RTN_THROW:
		return "throw";
	}
	return NULL;
}

/* What tells it from others to the same place, too. */
static void add_dest(struct table *table, const char *dest, const struct route *route)
{
	bool six = route->dest.prefix == 0 && route->dest.ip.family == AF_INET6;

	if (route->table && route->table != RT_TABLE_MAIN)
		table_cellf(table, "%s%s (table %u)", dest, six ? " (IPv6)" : "", route->table);
	else
		table_cellf(table, "%s%s", dest, six ? " (IPv6)" : "");
}

struct table *list_routes(const struct ns *ns, const char *only, uint8_t family, bool defaults)
{
	static const struct column columns[] = {
		{ "DESTINATION", "", COLUMN_ADDRESS },
		{ "", "destination", COLUMN_TEXT },
		{ "", "family", COLUMN_TEXT },
		{ "GATEWAY", "gateway", COLUMN_ADDRESS },
		{ "INTERFACE", "interface", COLUMN_TEXT },
		{ "MADE BY", "protocol", COLUMN_FAINT },
		{ "", "metric", COLUMN_NUMBER },
		{ "", "source", COLUMN_TEXT },
		{ "", "table", COLUMN_NUMBER },
		{ 0 },
	};
	struct table *table = table_new("routes", columns);
	cleanup_free char *none = xasprintf("%s has no routes", ns->name);
	char text[CIDR_TEXT], ip[IP_TEXT];

	table_if_empty(table, none);
	for (size_t i = 0; i < ns->routes.n; i++) {
		const struct route *route = &ns->routes.v[i];

		/* Every IPv6 interface has this one; it says nothing of the network. */
		if (ip_is_multicast(&route->dest.ip) || ip_is_link_local(&route->dest.ip))
			continue;
		if (!is_listed(route->link, &route->dest.ip, only, family) ||
		    (defaults && route->dest.prefix > 0))
			continue;
		table_row(table);
		cidr_text(&route->dest, text);
		if (route->dest.prefix == 0)
			str_copy(text, sizeof(text), "default");
		add_dest(table, text, route);
		table_cell(table, text);
		table_cell(table, route->dest.ip.family == AF_INET6 ? "inet6" : "inet");
		if (route->gateway.family)
			table_cell(table, ip_text(&route->gateway, ip));
		else
			table_cell(table, route_type(route->type));
		table_cell(table, route->link[0] ? route->link : NULL);
		table_cell(table, route_maker(route->protocol));
		table_cellf(table, "%u", route->metric);
		table_cell(table, route->source.family ? ip_text(&route->source, ip) : NULL);
		table_cellf(table, "%u", route->table);
	}
	return table;
}

static const char *neigh_state(uint16_t state)
{
	if (state & NUD_PERMANENT)
		return "permanent";
	if (state & NUD_REACHABLE)
		return "reachable";
	if (state & NUD_STALE)
		return "stale";
	if (state & (NUD_DELAY | NUD_PROBE))
		return "being checked";
	if (state & NUD_FAILED)
		return "failed";
	if (state & NUD_INCOMPLETE)
		return "asking";
	return "none";
}

struct table *list_neighs(const struct ns *ns, const char *only, uint8_t family)
{
	static const struct column columns[] = {
		{ "ADDRESS", "address", COLUMN_ADDRESS },
		{ "MAC", "mac", COLUMN_FAINT },
		{ "INTERFACE", "interface", COLUMN_TEXT },
		{ "STATE", "state", COLUMN_STATE },
		{ 0 },
	};
	struct table *table = table_new("neighbours", columns);
	cleanup_free char *none = xasprintf("the ARP table of %s is empty", ns->name);
	char ip[IP_TEXT], mac[MAC_TEXT];

	table_if_empty(table, none);
	for (size_t i = 0; i < ns->neighs.n; i++) {
		const struct neigh *neigh = &ns->neighs.v[i];

		if (ip_is_multicast(&neigh->ip) ||
		    !is_listed(neigh->link, &neigh->ip, only, family))
			continue;
		table_row(table);
		table_cell(table, ip_text(&neigh->ip, ip));
		table_cell(table, neigh->has_mac ? mac_text(neigh->mac, mac) : NULL);
		table_cell(table, neigh->link);
		table_cell(table, neigh_state(neigh->state));
	}
	return table;
}

bool is_nat_rule(const struct nft_rule *rule)
{
	return rule->chain == NFT_CHAIN_POSTROUTING && !rule->dnated &&
	       (rule->verdict == NFT_VERDICT_MASQUERADE || rule->verdict == NFT_VERDICT_SNAT);
}

bool is_publish_rule(const struct nft_rule *rule)
{
	return rule->chain == NFT_CHAIN_PREROUTING &&
	       (rule->verdict == NFT_VERDICT_DNAT || rule->verdict == NFT_VERDICT_REDIRECT);
}

struct table *list_rules(const struct ns *ns)
{
	static const struct column columns[] = {
		{ "CHAIN", "chain", COLUMN_FAINT },
		{ "RULE", "rule", COLUMN_TEXT },
		{ 0 },
	};
	struct table *table = table_new("rules", columns);

	table_if_empty(table, "no rules");
	for (size_t i = 0; i < ns->nft.rules.n; i++) {
		struct buf text cleanup_buf = { 0 };

		nft_rule_text(&ns->nft.rules.v[i], &text);
		table_row(table);
		table_cell(table, nft_chain_name(ns->nft.rules.v[i].chain));
		table_cell(table, buf_str(&text));
	}
	return table;
}
