/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/graph.h"

#include <linux/if.h>
#include <linux/if_bridge.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "view/graph_parts.h"

const char *graph_state_name(enum graph_state state)
{
	switch (state) {
	case GRAPH_UP:
		return "up";
	case GRAPH_DOWN:
		return "down";
	case GRAPH_NO_CARRIER:
		return "no carrier";
	}
	return "";
}

const struct graph_node *graph_node_of(const struct graph *graph, size_t iface)
{
	return &graph->nodes.v[graph->ifs.v[iface].node];
}

void graph_free(struct graph *graph)
{
	for (size_t i = 0; i < graph->nodes.n; i++) {
		free(graph->nodes.v[i].trouble);
		strings_free(&graph->nodes.v[i].routes);
		strings_free(&graph->nodes.v[i].nat);
		strings_free(&graph->nodes.v[i].published);
	}
	for (size_t i = 0; i < graph->ifs.n; i++)
		strings_free(&graph->ifs.v[i].addrs);
	for (size_t i = 0; i < graph->switches.n; i++)
		vector_free(&graph->switches.v[i].ports);
	vector_free(&graph->nodes);
	vector_free(&graph->ifs);
	vector_free(&graph->switches);
}

static enum graph_state state_of(const struct link *link)
{
	if (!(link->flags & IFF_UP))
		return GRAPH_DOWN;
	return link->carrier ? GRAPH_UP : GRAPH_NO_CARRIER;
}

static void add_interfaces(struct graph *graph, size_t number)
{
	struct graph_node *node = &graph->nodes.v[number];

	node->first = graph->ifs.n;
	for (size_t i = 0; i < node->ns->links.n; i++) {
		const struct link *link = &node->ns->links.v[i];
		struct graph_if *iface;

		if (link->flags & IFF_LOOPBACK) {
			node->lo_up = link->flags & IFF_UP;
			continue;
		}
		iface = vector_add(&graph->ifs);
		iface->node = number;
		iface->link = link;
		iface->state = state_of(link);
		iface->peer = iface->lower = iface->is_switch = iface->port_of =
			GRAPH_NONE;
	}
	node->count = graph->ifs.n - node->first;
}

/* The interface with that number in the node: they are in order. */
size_t graph_by_index(const struct graph *graph, size_t node, int index)
{
	size_t from = graph->nodes.v[node].first, to = from + graph->nodes.v[node].count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		int here = graph->ifs.v[middle].link->index;

		if (here == index)
			return middle;
		if (here < index)
			from = middle + 1;
		else
			to = middle;
	}
	return GRAPH_NONE;
}

static void add_addresses(struct graph *graph, size_t number)
{
	const struct graph_node *node = &graph->nodes.v[number];
	char text[CIDR_TEXT];

	for (size_t i = 0; i < node->ns->addrs.n; i++) {
		const struct addr *addr = &node->ns->addrs.v[i];
		size_t at = graph_by_index(graph, number, addr->index);

		if (at == GRAPH_NONE || ip_is_link_local(&addr->cidr.ip))
			continue;
		strings_add(&graph->ifs.v[at].addrs, cidr_text(&addr->cidr, text));
		if (!graph->ifs.v[at].first_addr)
			graph->ifs.v[at].first_addr = addr;
	}
}

static void add_switches(struct graph *graph, size_t number)
{
	const struct graph_node *node = &graph->nodes.v[number];

	for (size_t i = node->first; i < node->first + node->count; i++) {
		if (strcmp(graph->ifs.v[i].link->kind, "bridge") != 0)
			continue;
		graph->ifs.v[i].is_switch = graph->switches.n;
		vector_add(&graph->switches)->iface = i;
	}
	for (size_t i = node->first; i < node->first + node->count; i++) {
		struct graph_if *iface = &graph->ifs.v[i];
		size_t master;

		if (!iface->link->master)
			continue;
		master = graph_by_index(graph, number, iface->link->master);
		if (master == GRAPH_NONE || graph->ifs.v[master].is_switch == GRAPH_NONE)
			continue;
		iface->port_of = graph->ifs.v[master].is_switch;
		/* Disabled though it is up: the kernel has not got round to it yet. */
		iface->blocked = iface->state == GRAPH_UP &&
				 iface->link->port_state != BR_STATE_FORWARDING &&
				 iface->link->port_state != BR_STATE_DISABLED;
		/* The switch's own carrier too comes a moment after its port's. */
		if (iface->state == GRAPH_UP &&
		    graph->ifs.v[master].state == GRAPH_NO_CARRIER)
			graph->ifs.v[master].state = GRAPH_UP;
		*vector_add(&graph->switches.v[iface->port_of].ports) = i;
	}
}

static void add_node(struct world *world, struct graph *graph, const char *name)
{
	struct error err cleanup_error = ERROR_INIT;
	size_t number = graph->nodes.n;
	struct graph_node *node = vector_add(&graph->nodes);

	node->name = name;
	node->first = graph->ifs.n;
	node->ns =
		world_ns(world, name, WORLD_LINKS | WORLD_ADDRS | WORLD_ROUTES, -1, &err);
	if (!node->ns) {
		node->trouble = str_visible(err.message);
		return;
	}
	add_interfaces(graph, number);
	add_addresses(graph, number);
	add_switches(graph, number);
}

/* What leads nowhere that nsh knows of: hardware, and tunnels of whatever kind. */
static void mark_outside(struct graph *graph)
{
	for (size_t i = 0; i < graph->ifs.n; i++) {
		struct graph_if *iface = &graph->ifs.v[i];

		iface->outside = !iface->link->kind[0] && iface->peer == GRAPH_NONE &&
				 iface->lower == GRAPH_NONE && !iface->lost;
	}
}

int graph_build(struct world *world, struct graph *graph, struct error *err)
{
	const struct strings *names;

	*graph = (struct graph){ 0 };
	if (world_names(world, &names, err) < 0)
		return -1;
	add_node(world, graph, HOST);
	for (size_t i = 0; i < names->n; i++)
		add_node(world, graph, names->v[i]);
	graph_join(world, graph);
	mark_outside(graph);
	graph_add_facts(world, graph);
	return 0;
}
