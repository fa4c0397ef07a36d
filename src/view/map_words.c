/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/map_words.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

const struct map_signs map_signs_unicode = { "●", "○", "◌", "…", "–", "→", "──" };
const struct map_signs map_signs_ascii = { "*", "o", "?", "...", "-", "->", "--" };

#define ROUTES_MAX 4

void map_box_free(struct map_box *box)
{
	free(box->title);
	free(box->label);
	strings_free(&box->lines);
}

size_t map_columns(const char *marked)
{
	struct buf plain cleanup_buf = { 0 };

	for (; *marked; marked++)
		if ((unsigned char)*marked >= MARK_END)
			buf_addc(&plain, *marked);
	return str_columns(buf_str(&plain));
}

static void mark(struct buf *b, enum map_mark how)
{
	buf_addc(b, (char)how);
}

/* TEXT, made visible, looking so. */
static void add(struct buf *b, enum map_mark how, const char *text)
{
	mark(b, how);
	buf_add_visible(b, text);
	mark(b, MARK_PLAIN);
}

static void add_dot(const struct map_words *words, struct buf *b,
		    const struct graph_if *iface)
{
	switch (iface->state) {
	case GRAPH_UP:
		mark(b, iface->blocked ? MARK_DOWN : MARK_UP);
		buf_add(b, iface->blocked ? words->signs->half : words->signs->up);
		break;
	case GRAPH_DOWN:
		mark(b, MARK_DOWN);
		buf_add(b, words->signs->down);
		break;
	case GRAPH_NO_CARRIER:
		mark(b, MARK_DOWN);
		buf_add(b, words->signs->half);
		break;
	}
	mark(b, MARK_PLAIN);
	buf_addc(b, ' ');
}

static void add_state(struct buf *b, const struct graph_if *iface)
{
	if (iface->state == GRAPH_UP && !iface->blocked)
		return;
	buf_addc(b, ' ');
	add(b, MARK_DOWN, iface->blocked ? "blocked" : graph_state_name(iface->state));
}

/* "switch v-net-0", "switch br0 in red", "blue:veth-blue". */
static void add_far_end(const struct map_words *words, struct buf *b, size_t far)
{
	const struct graph *graph = words->graph;
	const struct graph_if *iface = &graph->ifs.v[far];

	if (iface->port_of != GRAPH_NONE) {
		size_t bridge = graph->switches.v[iface->port_of].iface;

		buf_add(b, "switch ");
		buf_add_visible(b, graph->ifs.v[bridge].link->name);
		return;
	}
	buf_add_visible(b, graph->nodes.v[iface->node].name);
	buf_addc(b, ':');
	buf_add_visible(b, iface->link->name);
}

/* What kind of interface it is, unless it is one end of a cable, and what it stands on.
 */
static void add_kind(const struct map_words *words, struct buf *b, size_t number)
{
	const struct graph_if *iface = &words->graph->ifs.v[number];

	if (iface->link->kind[0] && strcmp(iface->link->kind, "veth") != 0) {
		buf_addc(b, ' ');
		add(b, MARK_DIM, iface->link->kind);
	}
	if (iface->lower != GRAPH_NONE) {
		const struct graph_if *lower = &words->graph->ifs.v[iface->lower];

		buf_add(b, " on ");
		if (lower->node == iface->node)
			buf_add_visible(b, lower->link->name);
		else
			add_far_end(words, b, iface->lower);
	}
}

/* Where it leads, where no line shows that. */
static void add_way(const struct map_words *words, struct buf *b, size_t number,
		    bool told)
{
	const struct graph_if *iface = &words->graph->ifs.v[number];

	if (told || words->all_lines)
		return;
	if (iface->peer == GRAPH_NONE && !iface->lost && !iface->outside)
		return;
	buf_addc(b, ' ');
	mark(b, MARK_DIM);
	buf_addf(b, "%s ", words->signs->cable);
	if (iface->peer != GRAPH_NONE)
		add_far_end(words, b, iface->peer);
	else
		buf_add(b, iface->lost ? "a namespace without a name" : "outside");
	mark(b, MARK_PLAIN);
}

static void add_interface_line(const struct map_words *words, struct strings *lines,
			       size_t number, bool told)
{
	const struct graph_if *iface = &words->graph->ifs.v[number];
	struct buf b = { 0 };

	add_dot(words, &b, iface);
	buf_add_visible(&b, iface->link->name);
	add_kind(words, &b, number);
	add_state(&b, iface);
	add_way(words, &b, number, told);
	strings_take(lines, buf_steal(&b));
}

static void add_text_line(struct strings *lines, enum map_mark how, const char *indent,
			  const char *text)
{
	struct buf b = { 0 };

	buf_add(&b, indent);
	add(&b, how, text);
	strings_take(lines, buf_steal(&b));
}

static void add_address_lines(const struct map_words *words, struct strings *lines,
			      size_t number)
{
	const struct graph_if *iface = &words->graph->ifs.v[number];

	for (size_t i = 0; i < iface->addrs.n; i++)
		add_text_line(lines, MARK_ADDRESS, "  ", iface->addrs.v[i]);
	/* A port needs none. */
	if (iface->addrs.n == 0 && !iface->link->master)
		add_text_line(lines, MARK_DOWN, "  ", "no address");
}

/* Arrows were written "->" in the facts. */
static char *with_arrow(const struct map_words *words, const char *text)
{
	const char *at = strstr(text, " -> ");

	if (!at)
		return xstrdup(text);
	return xasprintf("%.*s %s%s", (int)(at - text), text, words->signs->arrow,
			 at + 3);
}

static void add_facts(const struct map_words *words, struct strings *lines,
		      const struct graph_node *node)
{
	for (size_t i = 0; i < node->routes.n && i < ROUTES_MAX; i++)
		add_text_line(lines, MARK_DIM, "", node->routes.v[i]);
	if (node->routes.n > ROUTES_MAX) {
		cleanup_free char *more =
			xasprintf("and %zu more routes", node->routes.n - ROUTES_MAX);

		add_text_line(lines, MARK_DIM, "", more);
	}
	if (node->forwards4 || node->forwards6)
		add_text_line(lines, MARK_FACT, "",
			      !node->forwards6   ? "forwards IPv4"
			      : !node->forwards4 ? "forwards IPv6"
						 : "forwards");
	for (size_t i = 0; i < node->nat.n; i++)
		add_text_line(lines, MARK_FACT, "", node->nat.v[i]);
	for (size_t i = 0; i < node->published.n; i++) {
		cleanup_free char *text = with_arrow(words, node->published.v[i]);

		add_text_line(lines, MARK_FACT, "", text);
	}
}

static char *title_of(const char *name)
{
	struct buf b = { 0 };

	add(&b, MARK_NAME, name);
	return buf_steal(&b);
}

/* --- one namespace --- */

static void add_room(const struct map_words *words, const struct map_item *item,
		     const struct map_item *next, struct map_box *box)
{
	const struct graph *graph = words->graph;
	const struct graph_node *node = &graph->nodes.v[item->nodes.v[0]];
	size_t right = next ? next->port : GRAPH_NONE;

	if (node->trouble)
		add_text_line(&box->lines, MARK_DOWN, "", node->trouble);
	for (size_t i = node->first; i < node->first + node->count; i++) {
		if (i == item->end)
			box->left = box->lines.n;
		if (i == right)
			box->right = box->lines.n;
		add_interface_line(words, &box->lines, i, i == item->end || i == right);
		add_address_lines(words, &box->lines, i);
	}
	if (node->count == 0 && node->ns)
		add_text_line(&box->lines, MARK_DIM, "",
			      node->lo_up ? "only lo" : "only lo, and that is down");
	add_facts(words, &box->lines, node);
}

/* One that is drawn in full elsewhere: the interface that leads here. */
static void add_again(const struct map_words *words, const struct map_item *item,
		      struct map_box *box)
{
	const struct graph_if *iface = &words->graph->ifs.v[item->end];

	add_interface_line(words, &box->lines, item->end, true);
	if (iface->port_of != GRAPH_NONE) {
		struct buf b = { 0 };

		buf_add(&b, "  of ");
		mark(&b, MARK_SWITCH);
		add_far_end(words, &b, item->end);
		mark(&b, MARK_PLAIN);
		strings_take(&box->lines, buf_steal(&b));
	} else {
		add_address_lines(words, &box->lines, item->end);
	}
}

/* --- several that are alike --- */

static void add_many(const struct map_words *words, const struct map_item *item,
		     struct map_box *box)
{
	const struct graph *graph = words->graph;
	const struct graph_node *first = &graph->nodes.v[item->nodes.v[0]];
	cleanup_free size_t *ifaces = xcalloc(item->nodes.n, sizeof(*ifaces));

	for (size_t k = 0; k < first->count; k++) {
		const struct graph_if *iface = &graph->ifs.v[first->first + k];
		struct strings names cleanup_strings = { 0 };
		cleanup_free char *range = NULL;
		struct buf b = { 0 };

		for (size_t i = 0; i < item->nodes.n; i++) {
			ifaces[i] = graph->nodes.v[item->nodes.v[i]].first + k;
			strings_add(&names, graph->ifs.v[ifaces[i]].link->name);
		}
		range = map_range(&names, words->signs->dots);
		add_dot(words, &b, iface);
		buf_add_visible(&b, range);
		add_kind(words, &b, first->first + k);
		add_state(&b, iface);
		if (first->first + k != item->end)
			add_way(words, &b, first->first + k, iface->peer == GRAPH_NONE);
		strings_take(&box->lines, buf_steal(&b));
		for (size_t a = 0; a < iface->addrs.n; a++) {
			cleanup_free char *addrs = map_addr_range(
				graph, ifaces, item->nodes.n, a, words->signs->dash);

			add_text_line(&box->lines, MARK_PLAIN, "  ", addrs);
		}
		if (iface->addrs.n == 0 && !iface->link->master)
			add_text_line(&box->lines, MARK_DOWN, "  ", "no address");
	}
	if (first->count == 0 && first->ns)
		add_text_line(&box->lines, MARK_DIM, "",
			      first->lo_up ? "only lo" : "only lo, and that is down");
	if (first->trouble)
		add_text_line(&box->lines, MARK_DOWN, "", first->trouble);
	add_facts(words, &box->lines, first);
}

static char *title_of_many(const struct map_words *words, const struct map_item *item)
{
	struct strings names cleanup_strings = { 0 };
	cleanup_free char *range = NULL;
	struct buf b = { 0 };

	for (size_t i = 0; i < item->nodes.n; i++)
		strings_add(&names, words->graph->nodes.v[item->nodes.v[i]].name);
	range = map_range(&names, words->signs->dots);
	add(&b, MARK_NAME, range);
	buf_addf(&b, " (%zu rooms alike)", item->nodes.n);
	return buf_steal(&b);
}

static char *label_of(const struct map_words *words, const struct map_block *block,
		      const struct map_item *item)
{
	const struct graph *graph = words->graph;
	const struct graph_if *port = &graph->ifs.v[item->port];
	struct strings names cleanup_strings = { 0 };
	cleanup_free char *range = NULL;
	struct buf b = { 0 };

	for (size_t i = 0; i < item->ports.n; i++)
		strings_add(&names, graph->ifs.v[item->ports.v[i]].link->name);
	range = map_range(&names, words->signs->dots);
	add_dot(words, &b, port);
	buf_add_visible(&b, range);
	add_state(&b, port);
	if (block->kind != MAP_HOUSE)
		return buf_steal(&b);
	/* Of a house's own cable the address stands here, not in its box. */
	for (size_t i = 0; item->ports.n == 1 && i < port->addrs.n; i++)
		buf_addf(&b, " %s", port->addrs.v[i]);
	if (item->ports.n > 1 && port->addrs.n > 0) {
		cleanup_free char *addrs = map_addr_range(
			graph, item->ports.v, item->ports.n, 0, words->signs->dash);

		buf_addf(&b, " %s", addrs);
	}
	if (port->addrs.n == 0) {
		buf_addc(&b, ' ');
		add(&b, MARK_DOWN, "no address");
	}
	return buf_steal(&b);
}

void map_words_item(const struct map_words *words, const struct map_block *block,
		    const struct map_item *item, const struct map_item *next,
		    struct map_box *box)
{
	const struct graph *graph = words->graph;

	*box = (struct map_box){ .left = GRAPH_NONE, .right = GRAPH_NONE };
	box->again = item->again;
	if (item->port != GRAPH_NONE) {
		const struct graph_if *port = &graph->ifs.v[item->port];

		box->broken = port->state != GRAPH_UP || port->blocked;
		if (block->kind != MAP_CHAIN)
			box->label = label_of(words, block, item);
	}
	if (item->nodes.n == 0) {
		const struct graph_if *port = &graph->ifs.v[item->port];

		box->title = xstrdup(port->lost      ? "a namespace without a name"
				     : port->outside ? "outside"
						     : port->link->kind);
		box->again = true;
	} else if (item->nodes.n > 1) {
		box->title = title_of_many(words, item);
		add_many(words, item, box);
	} else {
		box->title = title_of(graph->nodes.v[item->nodes.v[0]].name);
		if (item->again)
			add_again(words, item, box);
		else
			add_room(words, item, next, box);
	}
}

/* --- houses and switches --- */

static bool hangs(const struct map_block *block, size_t iface)
{
	for (size_t i = 0; i < block->items.n; i++)
		for (size_t p = 0; p < block->items.v[i].ports.n; p++)
			if (block->items.v[i].ports.v[p] == iface)
				return true;
	return false;
}

/* A house has room: interface and addresses stand on one line. */
static void add_house_interface(const struct map_words *words, struct strings *lines,
				size_t at)
{
	const struct graph_if *iface = &words->graph->ifs.v[at];
	struct buf b = { 0 };

	add_dot(words, &b, iface);
	buf_add_visible(&b, iface->link->name);
	add_kind(words, &b, at);
	add_state(&b, iface);
	for (size_t i = 0; i < iface->addrs.n; i++)
		buf_addf(&b, "  %s", iface->addrs.v[i]);
	if (iface->addrs.n == 0 && !iface->link->master) {
		buf_add(&b, "  ");
		add(&b, MARK_DOWN, "no address");
	}
	add_way(words, &b, at, iface->outside && iface->node == 0);
	strings_take(lines, buf_steal(&b));
}

void map_words_house(const struct map_words *words, const struct map_block *block,
		     struct map_box *box)
{
	const struct graph_node *node = &words->graph->nodes.v[block->node];

	*box = (struct map_box){ .again = block->again };
	box->title = title_of(node->name);
	if (block->again)
		return;
	if (node->trouble)
		add_text_line(&box->lines, MARK_DOWN, "", node->trouble);
	for (size_t i = node->first; i < node->first + node->count; i++) {
		const struct graph_if *iface = &words->graph->ifs.v[i];

		if (iface->is_switch == GRAPH_NONE && iface->port_of == GRAPH_NONE &&
		    !hangs(block, i))
			add_house_interface(words, &box->lines, i);
	}
	add_facts(words, &box->lines, node);
}

void map_words_switch(const struct map_words *words, const struct map_block *block,
		      struct map_box *box)
{
	const struct graph *graph = words->graph;
	size_t at = graph->switches.v[block->sw].iface;
	const struct graph_if *bridge = &graph->ifs.v[at];
	struct buf b = { 0 };

	*box = (struct map_box){ 0 };
	add_dot(words, &b, bridge);
	add(&b, MARK_SWITCH, bridge->link->name);
	buf_add(&b, " switch");
	if (!block->joined) {
		buf_add(&b, " in ");
		add(&b, MARK_NAME, graph->nodes.v[block->node].name);
	}
	add_state(&b, bridge);
	box->title = buf_steal(&b);
	for (size_t i = 0; i < bridge->addrs.n; i++)
		strings_add(&box->lines, bridge->addrs.v[i]);
	if (bridge->addrs.n == 0)
		add_text_line(&box->lines, MARK_DIM, "", "no address");
	if (block->items.n == 0)
		add_text_line(&box->lines, MARK_DIM, "", "nothing is plugged in");
}

char *map_words_outside(const struct map_words *words, size_t node)
{
	const struct graph_node *n = &words->graph->nodes.v[node];
	struct buf b = { 0 };

	for (size_t i = n->first; i < n->first + n->count; i++) {
		if (!words->graph->ifs.v[i].outside ||
		    words->graph->ifs.v[i].port_of != GRAPH_NONE)
			continue;
		buf_add(&b, b.length ? ", " : "");
		buf_add_visible(&b, words->graph->ifs.v[i].link->name);
	}
	return b.length ? buf_steal(&b) : NULL;
}

/* --- files --- */

bool map_is_own(const char *head, size_t length)
{
	(void)length;
	return (str_starts(head, MAP_SVG_BEGIN) && strstr(head, MAP_SVG_TITLE)) ||
	       str_starts(head, MAP_DOT_BEGIN) || str_starts(head, MAP_MERMAID_BEGIN);
}
