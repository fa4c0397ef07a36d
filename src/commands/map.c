/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/tables.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "view/map.h"

/* The lab as a drawing. */

static int draw(struct session *session, const struct args *args, struct error *err)
{
	struct graph graph cleanup_graph = { 0 };
	struct buf text cleanup_buf = { 0 };
	struct map_style style;
	size_t rows;

	if (graph_build(session->world, &graph, err) < 0)
		return -1;
	map_terminal(session->out, &style, &rows);
	style.ascii |= arg_has(args, "ascii");
	if (session->format == FORMAT_JSON)
		map_json(&graph, &text);
	else
		map_text(&graph, &style, &text);
	fputs(buf_str(&text), session->out);
	return 0;
}

/* For other programs: into a file, or as the answer. */
static int draw_for(struct session *session, const struct args *args, struct error *err)
{
	const struct arg *file = arg_get(args, "FILE");
	struct graph graph cleanup_graph = { 0 };
	struct buf text cleanup_buf = { 0 };

	if (graph_build(session->world, &graph, err) < 0)
		return -1;
	if (arg_has(args, "svg"))
		map_svg(&graph, &text);
	else if (arg_has(args, "mermaid"))
		map_mermaid(&graph, &text);
	else
		map_dot(&graph, &text);
	if (file)
		return file_write(file->text, file->word, buf_str(&text), text.length, 0666,
				  map_is_own, err);
	fputs(buf_str(&text), session->out);
	return 0;
}

static int watch(struct session *session, const struct args *args, struct error *err)
{
	const struct view view = session_view(session);

	return map_watch(&view, arg_has(args, "ascii"), err);
}

static int diff(struct session *session, const struct args *args, struct error *err)
{
	const struct view view = session_view(session);

	(void)args;
	return map_diff(&view, journal_last(&session->journal), err);
}

#define LECTURE                                                                          \
	"ns add red blue; bridge v-net-0 add addr 192.168.15.5/24; "                     \
	"bridge v-net-0 attach red addr 192.168.15.1/24"

const struct command commands_map[] = {
	{
		.grammar = "map [ascii]",
		.about = "draw the lab: as text or as a picture, once or as it changes",
		.help = "draw the lab: namespaces, switches, cables, and how they are",
		.example = "map",
		.setup = LECTURE,
		.run = draw,
		.flags = COMMAND_LOOKS,
	},
	{
		.grammar = "map (svg|mermaid|dot) [FILE]",
		.help = "draw the lab as a picture for a slide or a page, a Mermaid flowchart, "
			"or a graph for Graphviz",
		.example = "map svg",
		.setup = LECTURE,
		.run = draw_for,
		.flags = COMMAND_LOOKS,
	},
	{
		.grammar = "map watch [ascii]",
		.help = "draw the lab again whenever it changes, until Ctrl-C",
		.example = "map watch",
		.setup = LECTURE,
		.run = watch,
		.flags = COMMAND_LOOKS | COMMAND_LIVE | COMMAND_ROOM,
	},
	{
		.grammar = "map diff",
		.help = "show what the last line changed",
		.example = "map diff",
		.setup = LECTURE,
		.run = diff,
		.flags = COMMAND_LOOKS,
	},
	{ 0 },
};
