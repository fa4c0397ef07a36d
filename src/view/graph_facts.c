/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "view/graph_parts.h"
#include "view/lists.h"

/* What a namespace does with packets, in a few words for its box. */

static void add_routes(struct graph_node *node)
{
	char dest[CIDR_TEXT], ip[IP_TEXT];

	for (size_t i = 0; i < node->ns->routes.n; i++) {
		const struct route *route = &node->ns->routes.v[i];
		bool any = route->dest.prefix == 0;
		const char *to = any ? "default" : cidr_text(&route->dest, dest);

		if (route->table != RT_TABLE_MAIN || ip_is_multicast(&route->dest.ip))
			continue;
		if (route->gateway.family)
			strings_take(
				&node->routes,
				xasprintf("%s via %s", to, ip_text(&route->gateway, ip)));
		else if (any && route->link[0])
			strings_take(&node->routes,
				     xasprintf("%s dev %s", to, route->link));
		else if (route->type == RTN_BLACKHOLE || route->type == RTN_UNREACHABLE ||
			 route->type == RTN_PROHIBIT)
			strings_take(&node->routes, xasprintf("%s refused", to));
	}
}

static bool sysctl_on(struct world *world, const char *ns, const char *key)
{
	struct error err cleanup_error = ERROR_INIT;
	const char *value = world_sysctl(world, ns, key, &err);

	return value && strcmp(value, "0") != 0;
}

/* Who has the address: what a published port leads to. */
static const struct graph_node *owner_of(const struct graph *graph, const struct ip *ip)
{
	for (size_t n = 0; n < graph->nodes.n && !ip_is_loopback(ip); n++)
		if (graph->nodes.v[n].ns && ns_addr_by_ip(graph->nodes.v[n].ns, ip))
			return &graph->nodes.v[n];
	return NULL;
}

static void add_published(const struct graph *graph, struct graph_node *node,
			  const struct nft_rule *rule)
{
	const struct graph_node *owner = owner_of(graph, &rule->nat_ip);
	struct buf text = { 0 };
	char ip[IP_TEXT];

	buf_addf(&text, "port ");
	if (rule->to.cidr.ip.family)
		buf_addf(&text, rule->to.cidr.ip.family == AF_INET6 ? "[%s]:" : "%s:",
			 ip_text(&rule->to.cidr.ip, ip));
	buf_addf(&text, "%u%s -> ", rule->dport.first,
		 rule->proto == IPPROTO_UDP ? "/udp" : "");
	if (owner)
		buf_addf(&text, "%s ", owner->name);
	if (rule->nat_ip.family)
		buf_addf(&text, rule->nat_ip.family == AF_INET6 ? "[%s]" : "%s",
			 ip_text(&rule->nat_ip, ip));
	if (rule->nat_port)
		buf_addf(&text, ":%u", rule->nat_port);
	strings_take(&node->published, buf_steal(&text));
}

static void add_nat(struct graph_node *node, const struct nft_rule *rule)
{
	cleanup_free char *text = NULL;
	char cidr[CIDR_TEXT];

	if (rule->from.cidr.ip.family)
		text = xasprintf("NAT for %s%s", rule->from.not ? "all but " : "",
				 cidr_text(&rule->from.cidr, cidr));
	else if (rule->in_group.group == NSH_GROUP && !rule->in_group.not )
		text = xstrdup("NAT for the lab's subnets");
	else
		text = xasprintf("NAT out %s%s", rule->out.not ? "all but " : "",
				 rule->out.name[0] ? rule->out.name : "everywhere");
	/* One `nat on` may be several rules, one for each way out. */
	if (!strings_has(&node->nat, text))
		strings_take(&node->nat, steal_pointer(&text));
}

static void add_rules(struct world *world, const struct graph *graph,
		      struct graph_node *node)
{
	struct error err cleanup_error = ERROR_INIT;

	/* A kernel without nf_tables has nothing to show. */
	if (!world_ns(world, node->name, WORLD_NFT, -1, &err))
		return;
	for (size_t i = 0; i < node->ns->nft.rules.n; i++) {
		const struct nft_rule *rule = &node->ns->nft.rules.v[i];

		if (is_nat_rule(rule))
			add_nat(node, rule);
		else if (is_publish_rule(rule))
			add_published(graph, node, rule);
	}
}

void graph_add_facts(struct world *world, struct graph *graph)
{
	for (size_t i = 0; i < graph->nodes.n; i++) {
		struct graph_node *node = &graph->nodes.v[i];

		if (!node->ns)
			continue;
		add_routes(node);
		add_rules(world, graph, node);
		/* With one interface there is nothing to forward between. */
		if (node->count > 1) {
			node->forwards4 =
				sysctl_on(world, node->name, "net/ipv4/ip_forward");
			node->forwards6 = sysctl_on(world, node->name,
						    "net/ipv6/conf/all/forwarding");
		}
	}
}
