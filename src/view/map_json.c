/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <linux/rtnetlink.h>
#include <netinet/in.h>

#include "kernel/nft.h"
#include "view/lists.h"
#include "view/map.h"

/* The graph as it is: nothing is folded, nothing is left out. The keys are told in map.h.
 */

static void add_key(struct buf *b, const char *key, bool first)
{
	buf_addf(b, "%s\"%s\":", first ? "" : ",", key);
}

static void add_text(struct buf *b, const char *key, const char *text, bool first)
{
	add_key(b, key, first);
	if (text)
		buf_add_json(b, text);
	else
		buf_add(b, "null");
}

static void add_texts(struct buf *b, const struct strings *texts)
{
	buf_addc(b, '[');
	for (size_t i = 0; i < texts->n; i++) {
		if (i)
			buf_addc(b, ',');
		buf_add_json(b, texts->v[i]);
	}
	buf_addc(b, ']');
}

static void add_bool(struct buf *b, const char *key, bool value, bool first)
{
	add_key(b, key, first);
	buf_add(b, value ? "true" : "false");
}

static void add_end(struct buf *b, const struct graph *graph, const char *key,
		    size_t iface, bool first)
{
	add_key(b, key, first);
	if (iface == GRAPH_NONE) {
		buf_add(b, "null");
		return;
	}
	buf_addc(b, '{');
	add_text(b, "namespace", graph_node_of(graph, iface)->name, true);
	add_text(b, "interface", graph->ifs.v[iface].link->name, false);
	buf_addc(b, '}');
}

static void add_interface(struct buf *b, const struct graph *graph, size_t at)
{
	const struct graph_if *iface = &graph->ifs.v[at];
	const struct link *link = iface->link;
	char mac[MAC_TEXT];

	buf_addc(b, '{');
	add_text(b, "name", link->name, true);
	add_text(b, "altname", link->altnames.n ? link->altnames.v[0] : NULL, false);
	add_key(b, "altnames", false);
	add_texts(b, &link->altnames);
	add_text(b, "kind", link->kind[0] ? link->kind : "ethernet", false);
	add_text(b, "state", graph_state_name(iface->state), false);
	add_key(b, "mtu", false);
	buf_addf(b, "%u", link->mtu);
	add_text(b, "mac", link->has_mac ? mac_text(link->mac, mac) : NULL, false);
	add_key(b, "addresses", false);
	add_texts(b, &iface->addrs);
	add_text(b, "switch", link->master_name[0] ? link->master_name : NULL, false);
	add_end(b, graph, "peer", iface->peer, false);
	add_end(b, graph, "lower", iface->lower, false);
	add_text(b, "leads",
		 iface->lost      ? "unnamed"
		 : iface->outside ? "outside"
				  : NULL,
		 false);
	buf_addc(b, '}');
}

static void add_routes(struct buf *b, const struct ns *ns)
{
	char cidr[CIDR_TEXT], ip[IP_TEXT];
	bool first = true;

	for (size_t i = 0; ns && i < ns->routes.n; i++) {
		const struct route *route = &ns->routes.v[i];

		if (route->table != RT_TABLE_MAIN || ip_is_multicast(&route->dest.ip) ||
		    ip_is_link_local(&route->dest.ip))
			continue;
		buf_add(b, first ? "{" : ",{");
		first = false;
		add_text(b, "destination",
			 route->dest.prefix ? cidr_text(&route->dest, cidr) : "default",
			 true);
		add_text(b, "gateway",
			 route->gateway.family ? ip_text(&route->gateway, ip) : NULL,
			 false);
		add_text(b, "interface", route->link[0] ? route->link : NULL, false);
		buf_addc(b, '}');
	}
}

static void add_nat(struct buf *b, const struct ns *ns)
{
	char cidr[CIDR_TEXT];
	bool first = true;

	for (size_t i = 0; ns && i < ns->nft.rules.n; i++) {
		const struct nft_rule *rule = &ns->nft.rules.v[i];
		struct buf words cleanup_buf = { 0 };

		if (!is_nat_rule(rule))
			continue;
		buf_add(b, first ? "{" : ",{");
		first = false;
		nft_rule_text(rule, &words);
		add_text(b, "for",
			 rule->from.cidr.ip.family ? cidr_text(&rule->from.cidr, cidr)
						   : NULL,
			 true);
		add_text(b, "out",
			 rule->out.name[0] && !rule->out.not ? rule->out.name : NULL,
			 false);
		add_text(b, "rule", buf_str(&words), false);
		buf_addc(b, '}');
	}
}

static void add_published(struct buf *b, const struct ns *ns)
{
	char ip[IP_TEXT];
	bool first = true;

	for (size_t i = 0; ns && i < ns->nft.rules.n; i++) {
		const struct nft_rule *rule = &ns->nft.rules.v[i];
		struct buf to cleanup_buf = { 0 };

		if (!is_publish_rule(rule))
			continue;
		buf_add(b, first ? "{" : ",{");
		first = false;
		add_text(b, "address",
			 rule->to.cidr.ip.family ? ip_text(&rule->to.cidr.ip, ip) : NULL,
			 true);
		add_key(b, "port", false);
		buf_addf(b, "%u", rule->dport.first);
		add_text(b, "protocol", rule->proto == IPPROTO_UDP ? "udp" : "tcp",
			 false);
		if (rule->nat_ip.family)
			buf_addf(&to, rule->nat_ip.family == AF_INET6 ? "[%s]" : "%s",
				 ip_text(&rule->nat_ip, ip));
		buf_addf(&to, ":%u", rule->nat_port ? rule->nat_port : rule->dport.first);
		add_text(b, "to", buf_str(&to), false);
		buf_addc(b, '}');
	}
}

static void add_node(struct buf *b, const struct graph *graph,
		     const struct graph_node *node)
{
	buf_addc(b, '{');
	add_text(b, "name", node->name, true);
	add_text(b, "error", node->trouble, false);
	add_text(b, "lo", node->lo_up ? "up" : "down", false);
	buf_add(b, ",\"forwarding\":{");
	add_bool(b, "ipv4", node->forwards4, true);
	add_bool(b, "ipv6", node->forwards6, false);
	buf_add(b, "},\"interfaces\":[");
	for (size_t i = node->first; i < node->first + node->count; i++) {
		if (i > node->first)
			buf_addc(b, ',');
		add_interface(b, graph, i);
	}
	buf_add(b, "],\"routes\":[");
	add_routes(b, node->ns);
	buf_add(b, "],\"nat\":[");
	add_nat(b, node->ns);
	buf_add(b, "],\"published\":[");
	add_published(b, node->ns);
	buf_add(b, "]}");
}

static void add_switch(struct buf *b, const struct graph *graph,
		       const struct graph_switch *sw)
{
	buf_addc(b, '{');
	add_text(b, "namespace", graph_node_of(graph, sw->iface)->name, true);
	add_text(b, "name", graph->ifs.v[sw->iface].link->name, false);
	buf_add(b, ",\"ports\":[");
	for (size_t i = 0; i < sw->ports.n; i++) {
		if (i)
			buf_addc(b, ',');
		buf_add_json(b, graph->ifs.v[sw->ports.v[i]].link->name);
	}
	buf_add(b, "]}");
}

void map_json(const struct graph *graph, struct buf *text)
{
	bool first = true;

	buf_add(text, "{\"namespaces\":[");
	for (size_t i = 0; i < graph->nodes.n; i++) {
		if (i)
			buf_addc(text, ',');
		add_node(text, graph, &graph->nodes.v[i]);
	}
	buf_add(text, "],\"switches\":[");
	for (size_t i = 0; i < graph->switches.n; i++) {
		if (i)
			buf_addc(text, ',');
		add_switch(text, graph, &graph->switches.v[i]);
	}
	buf_add(text, "],\"cables\":[");
	for (size_t i = 0; i < graph->ifs.n; i++) {
		size_t peer = graph->ifs.v[i].peer;

		if (peer == GRAPH_NONE || peer < i)
			continue;
		buf_add(text, first ? "{" : ",{");
		first = false;
		add_end(text, graph, "a", i, true);
		add_end(text, graph, "b", peer, false);
		add_bool(text, "up",
			 graph->ifs.v[i].state == GRAPH_UP &&
				 graph->ifs.v[peer].state == GRAPH_UP,
			 false);
		buf_addc(text, '}');
	}
	buf_add(text, "]}\n");
}
