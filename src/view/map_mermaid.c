/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <string.h>

#include "base/cleanup.h"
#include "view/map_flow.h"

/* A Mermaid flowchart, as Markdown pages and wikis draw it. */

/* Whatever has a meaning to Mermaid, to Markdown or to HTML becomes an entity code. */
static void add_text(struct buf *b, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (isalnum(c) || c >= 0x80 || strchr(" .:/-", c))
			buf_addc(b, *text);
		else
			buf_addf(b, "#%u;", c);
	}
}

static void add_marked(struct buf *b, const char *marked)
{
	cleanup_free char *plain = map_plain(marked);

	add_text(b, plain);
}

static void box(struct buf *text, const char *id, enum flow_kind kind,
		const struct map_box *box)
{
	static const char *const looks[][3] = {
		[FLOW_ROOM] = { "[\"", "\"]", "room" },
		[FLOW_SWITCH] = { "[[\"", "\"]]", "switch" },
		[FLOW_OUTSIDE] = { "([\"", "\"])", "outside" },
	};

	buf_addf(text, "\t%s%s", id, looks[kind][0]);
	add_marked(text, box->title);
	for (size_t i = 0; i < box->lines.n; i++) {
		buf_add(text, "<br/>");
		add_marked(text, box->lines.v[i]);
	}
	buf_addf(text, "%s:::%s\n", looks[kind][1], looks[kind][2]);
}

static void line(struct buf *text, const char *from, const char *to, const char *label,
		 enum flow_line kind)
{
	static const char *const looks[] = {
		[FLOW_CABLE] = "---",
		[FLOW_BROKEN] = "-.-",
		[FLOW_OWNS] = "===",
	};

	buf_addf(text, "\t%s %s", from, looks[kind]);
	if (label) {
		buf_add(text, "|\"");
		add_text(text, label);
		buf_add(text, "\"|");
	}
	buf_addf(text, " %s\n", to);
}

void map_mermaid(const struct graph *graph, struct buf *text)
{
	static const struct flow_language mermaid = {
		.begin = MAP_MERMAID_BEGIN
			 "fill:#eef4ff,stroke:#5b7db1,color:#1d2b44,"
			 "text-align:left\n"
			 "\tclassDef switch fill:#d9f2e6,stroke:#2e8b62,color:#123d2b\n"
			 "\tclassDef outside fill:#f4f4f4,stroke:#888888,color:#333333\n",
		.end = "",
		.box = box,
		.line = line,
	};

	map_flow(graph, &mermaid, text);
}
