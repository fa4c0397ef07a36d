/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/style.h"
#include "base/table.h"
#include "kernel/nft.h"
#include "kernel/rtnl.h"
#include "view/map.h"

/*
 * What the last line changed, read from how it would be taken back: what the way back
 * deletes is new, what it makes is gone, and what it sets was so before.
 */

struct diff {
	struct world *world;
	struct graph graph;
	struct table *table;
	struct buf text;
	bool color;
	const struct plan *back;
};

static enum style style_of_sign(char sign)
{
	return sign == '+' ? STYLE_GOOD : sign == '-' ? STYLE_BAD : STYLE_NOTE;
}

static void change(struct diff *diff, const char *sign, const char *kind,
		   const char *format, ...) __attribute__((format(printf, 4, 5)));
static void change(struct diff *diff, const char *sign, const char *kind,
		   const char *format, ...)
{
	cleanup_free char *what = NULL;
	va_list ap;

	va_start(ap, format);
	what = xvasprintf(format, ap);
	va_end(ap);
	table_row(diff->table);
	table_cell(diff->table, sign);
	table_cell(diff->table, kind);
	table_cell(diff->table, what);
	buf_add_style(&diff->text, diff->color, style_of_sign(*sign), sign);
	buf_addc(&diff->text, ' ');
	buf_add_visible(&diff->text, what);
	buf_addc(&diff->text, '\n');
}

static size_t find_iface(const struct graph *graph, const char *ns, const char *name)
{
	for (size_t n = 0; n < graph->nodes.n; n++) {
		const struct graph_node *node = &graph->nodes.v[n];

		if (strcmp(node->name, ns) != 0)
			continue;
		for (size_t i = node->first; i < node->first + node->count; i++)
			if (strcmp(graph->ifs.v[i].link->name, name) == 0)
				return i;
	}
	return GRAPH_NONE;
}

/* A link that is there now, with its other end. */
static void new_link(struct diff *diff, const char *ns, const char *name)
{
	const struct graph *graph = &diff->graph;
	size_t at = find_iface(graph, ns, name), peer;

	if (at == GRAPH_NONE) {
		change(diff, "+", "link", "%s:%s", ns, name);
		return;
	}
	peer = graph->ifs.v[at].peer;
	if (peer != GRAPH_NONE)
		change(diff, "+", "cable", "%s:%s -- %s:%s", ns, name,
		       graph_node_of(graph, peer)->name, graph->ifs.v[peer].link->name);
	else if (graph->ifs.v[at].is_switch != GRAPH_NONE)
		change(diff, "+", "switch", "%s:%s", ns, name);
	else
		change(diff, "+", "link", "%s:%s", ns, name);
	for (int end = 0; end < 2; end++, at = peer) {
		const struct graph_if *iface;

		if (at == GRAPH_NONE || graph->ifs.v[at].port_of == GRAPH_NONE)
			continue;
		iface = &graph->ifs.v[at];
		change(diff, "+", "port", "%s:%s on switch %s",
		       graph_node_of(graph, at)->name, iface->link->name,
		       iface->link->master_name);
	}
}

static void gone_link(struct diff *diff, const struct op *op)
{
	const struct op_end *end = &op->link_add.end, *peer = &op->link_add.peer;

	if (peer->ns)
		change(diff, "-", "cable", "%s:%s -- %s:%s", end->ns, end->name, peer->ns,
		       peer->name);
	else
		change(diff, "-",
		       strcmp(op->link_add.kind, "bridge") == 0 ? "switch" : "link",
		       "%s:%s", end->ns, end->name);
}

static void set_link(struct diff *diff, const struct op *op)
{
	unsigned set = op->link_set.set;
	const char *name = op->link_set.name;
	/* The way back leads from the name that it has now. */
	size_t at = find_iface(&diff->graph, op->ns, name);
	const struct link *now = at == GRAPH_NONE ? NULL : diff->graph.ifs.v[at].link;

	if (set & LINK_CHANGE_UP)
		change(diff, "~", "link", "%s:%s %s (was %s)", op->ns, name,
		       op->link_set.up ? "down" : "up", op->link_set.up ? "up" : "down");
	for (int i = 0; now && i < LINK_SETTINGS; i++)
		if (set & LINK_CHANGE_SETTING(i))
			change(diff, "~", "link", "%s:%s %s %u (was %u)", op->ns, name,
			       link_settings[i].word, link_setting(now, i),
			       op->link_set.setting[i]);
	if (set & LINK_CHANGE_NAME)
		change(diff, "~", "link", "%s:%s (was %s)", op->ns, name,
		       op->link_set.new_name);
	if ((set & LINK_CHANGE_MAC) && now) {
		char mac[MAC_TEXT], old[MAC_TEXT];

		change(diff, "~", "link", "%s:%s mac %s (was %s)", op->ns, name,
		       mac_text(now->mac, mac), mac_text(op->link_set.mac, old));
	}
	if ((set & LINK_CHANGE_MASTER) && now && now->master_name[0])
		change(diff, "+", "port", "%s:%s on switch %s", op->ns, name,
		       now->master_name);
	if ((set & LINK_CHANGE_MASTER) && op->link_set.master[0])
		change(diff, "-", "port", "%s:%s on switch %s", op->ns, name,
		       op->link_set.master);
	if (set & LINK_CHANGE_NETNS)
		change(diff, "~", "link", "%s:%s (was in %s)", op->ns, name,
		       op->link_set.to_ns);
	if (set & OP_LINK_ALTNAME)
		change(diff, "-", "link", "%s:%s alternative name %s", op->ns, name,
		       op->link_set.altname);
}

/* The way back makes more sure than it must: what is there still is no change. */
static struct ns *ns_now(struct diff *diff, const struct op *op, unsigned parts)
{
	struct error err cleanup_error = ERROR_INIT;

	return world_ns(diff->world, op->ns, parts, -1, &err);
}

static bool addr_is_there(struct diff *diff, const struct op *op)
{
	const struct ns *ns = ns_now(diff, op, WORLD_ADDRS);

	return ns && ns_addr(ns, op->addr.link, &op->addr.cidr);
}

static bool route_is_there(struct diff *diff, const struct op *op)
{
	const struct route *route = &op->route.route;
	const struct ns *ns = ns_now(diff, op, WORLD_ROUTES);

	for (size_t i = 0; ns && i < ns->routes.n; i++) {
		const struct route *now = &ns->routes.v[i];

		if (cidr_equal(&now->dest, &route->dest) &&
		    now->metric == route->metric &&
		    ip_equal(&now->gateway, &route->gateway) &&
		    (!route->link[0] || strcmp(now->link, route->link) == 0))
			return true;
	}
	return false;
}

static bool neigh_is_there(struct diff *diff, const struct op *op)
{
	const struct neigh *neigh = &op->neigh.neigh;
	const struct ns *ns = ns_now(diff, op, WORLD_NEIGHS);

	for (size_t i = 0; ns && i < ns->neighs.n; i++)
		if (strcmp(ns->neighs.v[i].link, neigh->link) == 0 &&
		    ip_equal(&ns->neighs.v[i].ip, &neigh->ip) &&
		    memcmp(ns->neighs.v[i].mac, neigh->mac, sizeof(neigh->mac)) == 0)
			return true;
	return false;
}

/* For its place in an order the way back may take something away to make it again. */
static bool comes_again(const struct diff *diff, const struct op *op)
{
	for (size_t i = 0; i < diff->back->ops.n; i++) {
		const struct op *other = &diff->back->ops.v[i];

		if (strcmp(other->ns, op->ns) != 0)
			continue;
		if (op->kind == OP_ADDR_DEL && other->kind == OP_ADDR_ADD &&
		    strcmp(other->addr.link, op->addr.link) == 0 &&
		    cidr_equal(&other->addr.cidr, &op->addr.cidr))
			return true;
		if (op->kind == OP_ROUTE_DEL && other->kind == OP_ROUTE_ADD &&
		    strcmp(other->route.route.link, op->route.route.link) == 0 &&
		    cidr_equal(&other->route.route.dest, &op->route.route.dest))
			return true;
	}
	return false;
}

static void change_addr(struct diff *diff, const char *sign, const struct op *op)
{
	char cidr[CIDR_TEXT];

	if (addr_is_there(diff, op) ? *sign == '-' : *sign == '+')
		return;
	if (*sign == '+' && comes_again(diff, op))
		return;
	/* lo has its own wherever there is a namespace. */
	if (strcmp(op->addr.link, "lo") == 0 && ip_is_loopback(&op->addr.cidr.ip) &&
	    !ns_now(diff, op, 0))
		return;
	change(diff, sign, "address", "%s:%s %s", op->ns, op->addr.link,
	       cidr_text(&op->addr.cidr, cidr));
}

static void change_route(struct diff *diff, const char *sign, const struct op *op)
{
	const struct route *route = &op->route.route;
	char cidr[CIDR_TEXT], ip[IP_TEXT];
	bool via = route->gateway.family;

	if (route_is_there(diff, op) ? *sign == '-' : *sign == '+')
		return;
	if (*sign == '+' && comes_again(diff, op))
		return;
	change(diff, sign, "route", "%s %s%s%s%s%s", op->ns,
	       route->dest.prefix ? cidr_text(&route->dest, cidr) : "default",
	       via ? " via " : "", via ? ip_text(&route->gateway, ip) : "",
	       route->link[0] ? " dev " : "", route->link);
}

static void change_neigh(struct diff *diff, const char *sign, const struct op *op)
{
	const struct neigh *neigh = &op->neigh.neigh;
	char ip[IP_TEXT], mac[MAC_TEXT];

	if (*sign == '-' && neigh_is_there(diff, op))
		return;
	change(diff, sign, "neighbour", "%s:%s %s is %s", op->ns, neigh->link,
	       ip_text(&neigh->ip, ip), mac_text(neigh->mac, mac));
}

static void change_rule(struct diff *diff, const char *sign, const struct op *op)
{
	struct buf text cleanup_buf = { 0 };

	nft_rule_text(op->nft.rule, &text);
	change(diff, sign, "rule", "%s %s: %s", op->ns,
	       nft_chain_name(op->nft.rule->chain), buf_str(&text));
}

static void change_sysctl(struct diff *diff, const struct op *op)
{
	struct error err cleanup_error = ERROR_INIT;
	const char *now = world_sysctl(diff->world, op->ns, op->sysctl.key, &err);

	change(diff, "~", "setting", "%s %s = %s (was %s)", op->ns, op->sysctl.key,
	       now ? now : "?", op->sysctl.value);
}

static void show_op(struct diff *diff, const struct op *op)
{
	switch (op->kind) {
	case OP_NETNS_ADD:
	case OP_NETNS_ADOPT:
		change(diff, "-", "namespace", "%s", op->ns);
		break;
	case OP_NETNS_DEL:
		change(diff, "+", "namespace", "%s", op->ns);
		break;
	case OP_LINK_ADD:
		gone_link(diff, op);
		break;
	case OP_LINK_DEL:
		new_link(diff, op->ns, op->link_del.name);
		break;
	case OP_LINK_SET:
		set_link(diff, op);
		break;
	case OP_ADDR_ADD:
		change_addr(diff, "-", op);
		break;
	case OP_ADDR_DEL:
		change_addr(diff, "+", op);
		break;
	case OP_ROUTE_ADD:
		change_route(diff, "-", op);
		break;
	case OP_ROUTE_DEL:
		change_route(diff, "+", op);
		break;
	case OP_NEIGH_ADD:
		change_neigh(diff, "-", op);
		break;
	case OP_NEIGH_DEL:
		change_neigh(diff, "+", op);
		break;
	case OP_SYSCTL:
		change_sysctl(diff, op);
		break;
	case OP_NFT_ADD:
		change_rule(diff, "-", op);
		break;
	case OP_NFT_DEL:
		change_rule(diff, "+", op);
		break;
	case OP_LINK_CLEAR:
	case OP_NFT_CLEAR:
	case OP_KIND_COUNT:
		break;
	}
}

int map_diff(const struct view *view, const struct journal_entry *last, struct error *err)
{
	static const struct column columns[] = {
		{ "", "change", COLUMN_TEXT },
		{ "", "kind", COLUMN_TEXT },
		{ "", "what", COLUMN_TEXT },
		{ 0 },
	};
	struct diff diff = { .world = view->world,
			     .color = terminal_has_color(view->out),
			     .back = last ? &last->undo : NULL };

	if (!last) {
		error_set(err, STATUS_FAILED, -1, "nothing has been changed yet");
		return error_hint(err, "\"map\" shows what is there");
	}
	if (graph_build(view->world, &diff.graph, err) < 0)
		return -1;
	diff.table = table_new("changes", columns);
	/* The way back goes backwards. */
	for (size_t i = last->undo.ops.n; i-- > 0;)
		show_op(&diff, &last->undo.ops.v[i]);
	if (view->json) {
		table_print(diff.table, true, view->out);
	} else {
		cleanup_free char *line = str_visible(last->line);

		fprintf(view->out, "%s\n%s", line,
			diff.text.length ? buf_str(&diff.text) : "nothing that stays\n");
	}
	table_free(diff.table);
	buf_free(&diff.text);
	graph_free(&diff.graph);
	return 0;
}
