/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/map_flow.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

struct flow {
	const struct graph *graph;
	const struct flow_language *language;
	struct map_words words;
	struct map_layout layout;
	struct buf *text;
	size_t *stands_for; /* by node: the one whose box it is in */
	bool *joined; /* by interface: its cable has a line */
	size_t unknown; /* boxes of what has no node */
};

#define ID 32

char *map_plain(const char *marked)
{
	struct buf plain = { 0 };

	buf_add(&plain, "");
	for (; *marked; marked++)
		if ((unsigned char)*marked >= MARK_END)
			buf_addc(&plain, *marked);
	return buf_steal(&plain);
}

static const char *node_id(const struct flow *flow, size_t node, char id[ID])
{
	snprintf(id, ID, "n%zu", flow->stands_for[node]);
	return id;
}

static const char *switch_id(size_t sw, char id[ID])
{
	snprintf(id, ID, "s%zu", sw);
	return id;
}

/* The box that an interface is drawn in: a switch's for its ports. */
static const char *box_of(const struct flow *flow, size_t iface, char id[ID])
{
	const struct graph_if *i = &flow->graph->ifs.v[iface];

	if (i->port_of != GRAPH_NONE)
		return switch_id(i->port_of, id);
	if (i->is_switch != GRAPH_NONE)
		return switch_id(i->is_switch, id);
	return node_id(flow, i->node, id);
}

static void add_items(struct flow *flow, const struct map_block *block)
{
	char id[ID];

	for (size_t i = 0; i < block->items.n; i++) {
		const struct map_item *item = &block->items.v[i];
		struct map_box box cleanup_map_box = { 0 };

		if (item->again || item->nodes.n == 0)
			continue;
		for (size_t n = 0; n < item->nodes.n; n++)
			flow->stands_for[item->nodes.v[n]] = item->nodes.v[0];
		map_words_item(&flow->words, block, item,
			       block->kind == MAP_CHAIN && i + 1 < block->items.n
				       ? &block->items.v[i + 1]
				       : NULL,
			       &box);
		flow->language->box(flow->text, node_id(flow, item->nodes.v[0], id),
				    FLOW_ROOM, &box);
	}
}

static void add_block(struct flow *flow, const struct map_block *block)
{
	struct map_box box cleanup_map_box = { 0 };
	char id[ID], owner[ID];

	switch (block->kind) {
	case MAP_HOUSE:
		if (!block->again) {
			map_words_house(&flow->words, block, &box);
			flow->language->box(flow->text, node_id(flow, block->node, id),
					    FLOW_ROOM, &box);
		}
		break;
	case MAP_SWITCH:
		map_words_switch(&flow->words, block, &box);
		flow->language->box(flow->text, switch_id(block->sw, id), FLOW_SWITCH,
				    &box);
		flow->language->line(flow->text, node_id(flow, block->node, owner), id,
				     NULL, FLOW_OWNS);
		break;
	case MAP_CHAIN:
	case MAP_LOOSE:
		break;
	}
	add_items(flow, block);
}

static bool broken(const struct graph_if *iface)
{
	return iface->state != GRAPH_UP || iface->blocked;
}

/* A line of its own for each cable, and one for all that are folded. */
static void add_cable(struct flow *flow, const struct map_item *item, size_t port,
		      size_t end)
{
	const struct graph *graph = flow->graph;
	struct strings names cleanup_strings = { 0 };
	cleanup_free char *range = NULL, *seen = NULL;
	struct buf label cleanup_buf = { 0 };
	char from[ID], to[ID];
	bool off = broken(&graph->ifs.v[port]) || broken(&graph->ifs.v[end]);

	if (flow->joined[port])
		return;
	flow->joined[port] = flow->joined[end] = true;
	for (size_t i = 0; item && i < item->ports.n; i++) {
		size_t one = item->ports.v[i], peer = graph->ifs.v[one].peer;

		flow->joined[one] = true;
		if (peer != GRAPH_NONE)
			flow->joined[peer] = true;
		strings_add(&names, graph->ifs.v[one].link->name);
	}
	if (names.n == 0)
		strings_add(&names, graph->ifs.v[port].link->name);
	range = map_range(&names, "…");
	seen = str_visible(range);
	buf_add(&label, seen);
	if (names.n == 1) {
		buf_add(&label, " – ");
		buf_add_visible(&label, graph->ifs.v[end].link->name);
	}
	flow->language->line(flow->text, box_of(flow, port, from), box_of(flow, end, to),
			     buf_str(&label), off ? FLOW_BROKEN : FLOW_CABLE);
}

static void add_unknown(struct flow *flow, size_t iface, bool lost)
{
	cleanup_free char *seen = str_visible(flow->graph->ifs.v[iface].link->name);
	struct map_box box cleanup_map_box = { 0 };
	char from[ID], to[ID];

	box.title = xstrdup(lost ? "a namespace without a name" : "outside");
	snprintf(to, sizeof(to), "o%zu", flow->unknown++);
	flow->language->box(flow->text, to, FLOW_OUTSIDE, &box);
	flow->language->line(flow->text, box_of(flow, iface, from), to, seen,
			     broken(&flow->graph->ifs.v[iface]) ? FLOW_BROKEN
								: FLOW_CABLE);
}

static void add_lines(struct flow *flow)
{
	const struct graph *graph = flow->graph;
	char from[ID], to[ID];

	for (size_t b = 0; b < flow->layout.blocks.n; b++) {
		const struct map_block *block = &flow->layout.blocks.v[b];

		for (size_t i = 0; i < block->items.n; i++)
			if (block->items.v[i].port != GRAPH_NONE &&
			    block->items.v[i].end != GRAPH_NONE)
				add_cable(flow, &block->items.v[i],
					  block->items.v[i].port, block->items.v[i].end);
	}
	for (size_t i = 0; i < graph->ifs.n; i++) {
		const struct graph_if *iface = &graph->ifs.v[i];

		if (iface->peer != GRAPH_NONE)
			add_cable(flow, NULL, i, iface->peer);
		else if (iface->lost || iface->outside)
			add_unknown(flow, i, iface->lost);
		else if (iface->lower != GRAPH_NONE &&
			 graph->ifs.v[iface->lower].node != iface->node)
			flow->language->line(flow->text, box_of(flow, iface->lower, from),
					     box_of(flow, i, to), iface->link->kind,
					     FLOW_CABLE);
	}
}

void map_flow(const struct graph *graph, const struct flow_language *language,
	      struct buf *text)
{
	cleanup_free size_t *stands_for = xcalloc(graph->nodes.n, sizeof(*stands_for));
	cleanup_free bool *joined = xcalloc(graph->ifs.n + 1, sizeof(*joined));
	struct flow flow = {
		.graph = graph,
		.language = language,
		.words = { graph, &map_signs_unicode, true },
		.text = text,
		.stands_for = stands_for,
		.joined = joined,
	};

	for (size_t i = 0; i < graph->nodes.n; i++)
		stands_for[i] = i;
	map_layout(graph, &flow.layout);
	buf_add(text, language->begin);
	for (size_t b = 0; b < flow.layout.blocks.n; b++)
		add_block(&flow, &flow.layout.blocks.v[b]);
	add_lines(&flow);
	buf_add(text, language->end);
	map_layout_free(&flow.layout);
}
