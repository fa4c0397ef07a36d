/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/map.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/*
 * Every namespace is drawn in full once. Those that have switches are houses; what is on
 * a switch hangs from the first that it is on, and is only named below the others. Cables
 * without a switch hang from a house, make a chain, or hang from the namespace that has
 * most of them.
 */
#define CHAIN_MAX 8

struct layouting {
	const struct graph *graph;
	struct map_layout *layout;
	bool *placed; /* by node */
	bool *house; /* by node: has a switch, or is host and has the way out */
	size_t *home; /* by node: the switch that it hangs from */
};

void map_layout_free(struct map_layout *layout)
{
	for (size_t b = 0; b < layout->blocks.n; b++) {
		struct map_block *block = &layout->blocks.v[b];

		for (size_t i = 0; i < block->items.n; i++) {
			vector_free(&block->items.v[i].nodes);
			vector_free(&block->items.v[i].ports);
		}
		vector_free(&block->items);
	}
	vector_free(&layout->blocks);
}

static struct map_block *add_block(struct layouting *l, enum map_block_kind kind,
				   size_t node)
{
	struct map_block *block = vector_add(&l->layout->blocks);

	block->kind = kind;
	block->node = node;
	block->sw = GRAPH_NONE;
	return block;
}

static struct map_item *add_item(struct map_block *block, size_t port, size_t end,
				 size_t node)
{
	struct map_item *item = vector_add(&block->items);

	item->port = port;
	item->end = end;
	if (node != GRAPH_NONE)
		*vector_add(&item->nodes) = node;
	if (port != GRAPH_NONE)
		*vector_add(&item->ports) = port;
	return item;
}

/* --- folding --- */

/* What makes two rooms alike: all but their names and the host part of their addresses.
 */
static void signature(const struct graph *graph, const struct map_item *item,
		      struct buf *b)
{
	const struct graph_node *node = &graph->nodes.v[item->nodes.v[0]];
	char cidr[CIDR_TEXT];

	if (item->port != GRAPH_NONE)
		buf_addf(b, "%d%d|", graph->ifs.v[item->port].state,
			 graph->ifs.v[item->port].blocked);
	for (size_t i = node->first; i < node->first + node->count; i++) {
		const struct graph_if *iface = &graph->ifs.v[i];

		buf_addf(b, "%s:%d:%d:%d:%d:%zu:", iface->link->kind, iface->state,
			 i == item->end, iface->lost, iface->outside, iface->addrs.n);
		if (iface->peer != GRAPH_NONE && i != item->end)
			buf_addf(b, "%zu:", iface->peer);
		if (iface->first_addr) {
			struct cidr network = cidr_network(&iface->first_addr->cidr);

			buf_add(b, cidr_text(&network, cidr));
		}
		buf_addc(b, '|');
	}
	buf_addf(b, "%d%d%d|%s|", node->forwards4, node->forwards6, node->lo_up,
		 node->trouble ? node->trouble : "");
	for (size_t i = 0; i < node->routes.n; i++)
		buf_addf(b, "%s|", node->routes.v[i]);
	for (size_t i = 0; i < node->nat.n; i++)
		buf_addf(b, "%s|", node->nat.v[i]);
	for (size_t i = 0; i < node->published.n; i++)
		buf_addf(b, "%s|", node->published.v[i]);
}

struct signed_item {
	char *signature;
	size_t at;
};

static int compare_signed(const void *a, const void *b)
{
	const struct signed_item *x = a, *y = b;
	int by_text = strcmp(x->signature, y->signature);

	if (by_text)
		return by_text;
	return x->at < y->at ? -1 : x->at > y->at;
}

static bool may_fold(const struct map_item *item)
{
	return item->nodes.n == 1 && !item->again;
}

/* Takes the nodes of the items from FIRST on, which are alike, into the first one's item.
 */
static void fold_run(struct map_block *block, const struct signed_item *run, size_t count)
{
	struct map_item *into = &block->items.v[run[0].at];

	for (size_t i = 1; i < count; i++) {
		struct map_item *from = &block->items.v[run[i].at];

		*vector_add(&into->nodes) = from->nodes.v[0];
		if (from->port != GRAPH_NONE)
			*vector_add(&into->ports) = from->port;
		from->nodes.n = from->ports.n = 0;
		from->end = from->port = GRAPH_NONE;
	}
}

static void drop_empty(struct map_block *block)
{
	size_t kept = 0;

	for (size_t i = 0; i < block->items.n; i++) {
		struct map_item *item = &block->items.v[i];

		if (item->nodes.n == 0 && item->port == GRAPH_NONE) {
			vector_free(&item->nodes);
			vector_free(&item->ports);
		} else {
			block->items.v[kept++] = *item;
		}
	}
	block->items.n = kept;
}

static void fold(const struct graph *graph, struct map_block *block)
{
	cleanup_free struct signed_item *list = NULL;
	size_t count = 0, run;

	if (block->items.n <= MAP_FOLD || block->kind == MAP_CHAIN)
		return;
	list = xcalloc(block->items.n, sizeof(*list));
	for (size_t i = 0; i < block->items.n; i++) {
		struct buf b = { 0 };

		if (!may_fold(&block->items.v[i]))
			continue;
		signature(graph, &block->items.v[i], &b);
		list[count++] = (struct signed_item){ buf_steal(&b), i };
	}
	qsort(list, count, sizeof(*list), compare_signed);
	for (size_t from = 0; from < count; from += run) {
		run = 1;
		while (from + run < count &&
		       strcmp(list[from].signature, list[from + run].signature) == 0)
			run++;
		if (run > 2)
			fold_run(block, &list[from], run);
	}
	for (size_t i = 0; i < count; i++)
		free(list[i].signature);
	drop_empty(block);
}

/* --- switches and houses --- */

static void find_homes(struct layouting *l)
{
	const struct graph *graph = l->graph;

	for (size_t i = 0; i < graph->ifs.n; i++)
		if (graph->ifs.v[i].is_switch != GRAPH_NONE ||
		    (graph->ifs.v[i].outside && graph->ifs.v[i].node == 0))
			l->house[graph->ifs.v[i].node] = true;
	for (size_t s = 0; s < graph->switches.n; s++) {
		for (size_t p = 0; p < graph->switches.v[s].ports.n; p++) {
			size_t peer = graph->ifs.v[graph->switches.v[s].ports.v[p]].peer;
			size_t node;

			if (peer == GRAPH_NONE)
				continue;
			node = graph->ifs.v[peer].node;
			if (!l->house[node] && l->home[node] == GRAPH_NONE)
				l->home[node] = s;
		}
	}
}

/* By name of the room, then by port: room2 before room10 however they came. */
static int compare_items(const void *a, const void *b, void *data)
{
	const struct graph *graph = *(const struct graph *const *)data;
	const struct map_item *x = a, *y = b;

	if (x->nodes.n && y->nodes.n && x->nodes.v[0] != y->nodes.v[0])
		return x->nodes.v[0] < y->nodes.v[0] ? -1 : 1;
	if (x->nodes.n != y->nodes.n)
		return x->nodes.n > y->nodes.n ? -1 : 1;
	return graph->ifs.v[x->port].link->index - graph->ifs.v[y->port].link->index;
}

static void place_switch(struct layouting *l, size_t sw)
{
	const struct graph *graph = l->graph;
	size_t owner = graph->ifs.v[graph->switches.v[sw].iface].node;
	struct map_block *block = add_block(l, MAP_SWITCH, owner);

	block->sw = sw;
	for (size_t p = 0; p < graph->switches.v[sw].ports.n; p++) {
		size_t port = graph->switches.v[sw].ports.v[p];
		size_t end = graph->ifs.v[port].peer, node = GRAPH_NONE;
		struct map_item *item;

		if (end != GRAPH_NONE)
			node = graph->ifs.v[end].node;
		item = add_item(block, port, end, node);
		if (node == GRAPH_NONE)
			continue;
		item->again = l->house[node] || l->home[node] != sw || l->placed[node];
		if (!item->again)
			l->placed[node] = true;
	}
	if (block->items.n > 1)
		qsort_r(block->items.v, block->items.n, sizeof(*block->items.v),
			compare_items, &graph);
	fold(graph, block);
}

/* Adds to the house's block what hangs from it by a cable and has no place yet. */
static void hang(struct layouting *l, size_t block, size_t node)
{
	const struct graph *graph = l->graph;
	size_t first = graph->nodes.v[node].first, count = graph->nodes.v[node].count;

	for (size_t i = first; i < first + count; i++) {
		size_t peer = graph->ifs.v[i].peer, other;

		if (peer == GRAPH_NONE || graph->ifs.v[i].port_of != GRAPH_NONE)
			continue;
		other = graph->ifs.v[peer].node;
		if (other == node || l->house[other] || l->placed[other] ||
		    l->home[other] != GRAPH_NONE)
			continue;
		l->placed[other] = true;
		add_item(&l->layout->blocks.v[block], i, peer, other);
	}
	fold(graph, &l->layout->blocks.v[block]);
}

static void place_house(struct layouting *l, size_t node)
{
	size_t at = l->layout->blocks.n;
	bool first = true;

	add_block(l, MAP_HOUSE, node);
	l->placed[node] = true;
	hang(l, at, node);
	for (size_t s = 0; s < l->graph->switches.n; s++) {
		if (l->graph->ifs.v[l->graph->switches.v[s].iface].node != node)
			continue;
		place_switch(l, s);
		if (first && l->layout->blocks.v[at].items.n == 0)
			l->layout->blocks.v[l->layout->blocks.n - 1].joined = true;
		first = false;
	}
}

/* --- cables without a switch --- */

/* How many cables lead from NODE to others without a place. *NEXT: the last of these
 * ends. */
static size_t open_cables(const struct layouting *l, size_t node, size_t *next)
{
	const struct graph *graph = l->graph;
	const struct graph_node *n = &graph->nodes.v[node];
	size_t count = 0;

	for (size_t i = n->first; i < n->first + n->count; i++) {
		size_t peer = graph->ifs.v[i].peer;

		if (peer == GRAPH_NONE || graph->ifs.v[peer].node == node ||
		    l->placed[graph->ifs.v[peer].node])
			continue;
		*next = i;
		count++;
	}
	return count;
}

/* Whether START is one end of a chain; then its nodes are put into a block. */
static bool place_chain(struct layouting *l, size_t start)
{
	const struct graph *graph = l->graph;
	VECTOR(size_t) ends = { 0 }; /* the cable's near ends */
	size_t node = start, next = GRAPH_NONE, cables, came_from = GRAPH_NONE;
	struct map_block *block;
	bool good = true;

	for (;;) {
		size_t leave = GRAPH_NONE, total = 0;

		cables = open_cables(l, node, &next);
		total = cables;
		if (total > 2 || (came_from == GRAPH_NONE && total != 1)) {
			good = false;
			break;
		}
		for (size_t i = graph->nodes.v[node].first;
		     i < graph->nodes.v[node].first + graph->nodes.v[node].count; i++) {
			size_t peer = graph->ifs.v[i].peer;

			if (i != came_from && peer != GRAPH_NONE &&
			    graph->ifs.v[peer].node != node &&
			    !l->placed[graph->ifs.v[peer].node])
				leave = i;
		}
		if (leave == GRAPH_NONE)
			break;
		*vector_add(&ends) = leave;
		came_from = graph->ifs.v[leave].peer;
		node = graph->ifs.v[came_from].node;
		if (ends.n >= CHAIN_MAX || node == start) {
			good = false;
			break;
		}
	}
	if (good) {
		block = add_block(l, MAP_CHAIN, start);
		add_item(block, GRAPH_NONE, GRAPH_NONE, start);
		l->placed[start] = true;
		for (size_t i = 0; i < ends.n; i++) {
			size_t end = graph->ifs.v[ends.v[i]].peer;

			add_item(block, ends.v[i], end, graph->ifs.v[end].node);
			l->placed[graph->ifs.v[end].node] = true;
		}
	}
	vector_free(&ends);
	return good;
}

static void place_cabled(struct layouting *l)
{
	size_t count = l->graph->nodes.n, next;

	for (size_t i = 0; i < count; i++)
		if (!l->placed[i] && open_cables(l, i, &next) == 1)
			place_chain(l, i);
	/* The busiest first; three cables make a star. */
	for (;;) {
		size_t best = GRAPH_NONE, most = 2;

		for (size_t i = 0; i < count; i++) {
			size_t open = l->placed[i] ? 0 : open_cables(l, i, &next);

			if (open > most) {
				most = open;
				best = i;
			}
		}
		if (best == GRAPH_NONE)
			break;
		l->placed[best] = true;
		add_block(l, MAP_HOUSE, best);
		hang(l, l->layout->blocks.n - 1, best);
	}
	/* What hangs from something that hangs. */
	for (size_t i = 0; i < count; i++) {
		if (!l->placed[i] || open_cables(l, i, &next) == 0)
			continue;
		add_block(l, MAP_HOUSE, i)->again = true;
		hang(l, l->layout->blocks.n - 1, i);
		i = GRAPH_NONE; /* from the start: new ones have a place now */
	}
}

static void place_rest(struct layouting *l)
{
	struct map_block *block = NULL;

	for (size_t i = 0; i < l->graph->nodes.n; i++) {
		if (l->placed[i])
			continue;
		if (!block)
			block = add_block(l, MAP_LOOSE, i);
		add_item(block, GRAPH_NONE, GRAPH_NONE, i);
	}
	if (block)
		fold(l->graph, block);
}

void map_layout(const struct graph *graph, struct map_layout *layout)
{
	cleanup_free bool *placed = xcalloc(graph->nodes.n, sizeof(*placed));
	cleanup_free bool *house = xcalloc(graph->nodes.n, sizeof(*house));
	cleanup_free size_t *home = xcalloc(graph->nodes.n, sizeof(*home));
	struct layouting l = { graph, layout, placed, house, home };

	*layout = (struct map_layout){ 0 };
	for (size_t i = 0; i < graph->nodes.n; i++)
		home[i] = GRAPH_NONE;
	find_homes(&l);
	for (size_t i = 0; i < graph->nodes.n; i++)
		if (house[i])
			place_house(&l, i);
	place_cabled(&l);
	place_rest(&l);
}
