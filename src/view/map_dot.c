/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/cleanup.h"
#include "view/map_flow.h"

/* For Graphviz: `map dot lab.dot`, then `dot -Tsvg lab.dot`. */

/* In a quoted string; Graphviz also reads HTML's entities there. */
static void add_quoted(struct buf *b, const char *text)
{
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			buf_addf(b, "\\%c", *text);
		else if (*text == '&')
			buf_add(b, "&amp;");
		else
			buf_addc(b, *text);
	}
}

static void add_marked(struct buf *b, const char *marked, const char *end)
{
	cleanup_free char *plain = map_plain(marked);

	add_quoted(b, plain);
	buf_add(b, end);
}

static void box(struct buf *text, const char *id, enum flow_kind kind,
		const struct map_box *box)
{
	static const char *const looks[] = {
		[FLOW_ROOM] = "fillcolor=\"#eef4ff\", color=\"#5b7db1\"",
		[FLOW_SWITCH] = "fillcolor=\"#d9f2e6\", color=\"#2e8b62\", penwidth=2",
		[FLOW_OUTSIDE] =
			"shape=ellipse, fillcolor=\"#f4f4f4\", color=\"#888888\"",
	};

	buf_addf(text, "\t%s [%s, label=\"", id, looks[kind]);
	add_marked(text, box->title, box->lines.n ? "\\n" : "");
	for (size_t i = 0; i < box->lines.n; i++)
		add_marked(text, box->lines.v[i], "\\l");
	buf_add(text, "\"];\n");
}

static void line(struct buf *text, const char *from, const char *to, const char *label,
		 enum flow_line kind)
{
	static const char *const looks[] = {
		[FLOW_CABLE] = "color=\"#5b7db1\"",
		[FLOW_BROKEN] = "color=\"#c0392b\", style=dashed",
		[FLOW_OWNS] = "color=\"#2e8b62\", penwidth=3",
	};

	buf_addf(text, "\t%s -- %s [%s", from, to, looks[kind]);
	if (label) {
		buf_add(text, ", label=\"");
		add_quoted(text, label);
		buf_addc(text, '"');
	}
	buf_add(text, "];\n");
}

void map_dot(const struct graph *graph, struct buf *text)
{
	static const struct flow_language dot = {
		.begin = MAP_DOT_BEGIN "0.4, ranksep=0.7];\n"
			 "\tnode [shape=box, style=\"filled,rounded\", "
			 "fontname=\"monospace\", "
			 "fontsize=11];\n"
			 "\tedge [fontname=\"monospace\", fontsize=9];\n",
		.end = "}\n",
		.box = box,
		.line = line,
	};

	map_flow(graph, &dot, text);
}
