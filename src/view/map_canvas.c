/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/map_canvas.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/style.h"

/* The next character of visible, marked text: its bytes, and the columns that it takes.
 */
static size_t character(const char *s, size_t *columns)
{
	char one[5] = "";
	size_t length = 1;

	*columns = 0;
	if ((unsigned char)*s < MARK_END)
		return 1;
	while (length < 4 && ((unsigned char)s[length] & 0xc0) == 0x80)
		length++;
	memcpy(one, s, length);
	*columns = str_columns(one);
	return length;
}

static enum style style_of(enum map_mark how)
{
	switch (how) {
	case MARK_NAME:
		return STYLE_NS;
	case MARK_UP:
		return STYLE_GOOD;
	case MARK_DOWN:
		return STYLE_BAD;
	case MARK_DIM:
		return STYLE_FAINT;
	case MARK_SWITCH:
		return STYLE_SWITCH;
	case MARK_ADDRESS:
		return STYLE_ADDRESS;
	case MARK_FACT:
		return STYLE_NOTE;
	case MARK_PLAIN:
	case MARK_END:
		break;
	}
	return STYLE_PLAIN;
}

void canvas_line(struct canvas *canvas, const char *marked)
{
	struct buf *text = canvas->text;
	size_t length = strlen(marked);

	while (length > 0 && marked[length - 1] == ' ')
		length--;
	for (size_t i = 0; i < length; i++) {
		if ((unsigned char)marked[i] >= MARK_END)
			buf_addc(text, marked[i]);
		else if (canvas->color)
			buf_add(text, style_code(style_of((enum map_mark)marked[i])));
	}
	buf_addc(text, '\n');
}

void map_cut(struct buf *line, const char *marked, size_t width, const char *dots)
{
	bool fits = map_columns(marked) <= width;
	size_t room = fits ? width : width - str_columns(dots), used = 0;

	while (*marked) {
		size_t columns, length = character(marked, &columns);

		if (used + columns > room)
			break;
		buf_addn(line, marked, length);
		used += columns;
		marked += length;
	}
	if (!fits)
		buf_addf(line, "%c%s", MARK_PLAIN, dots);
}

/* Bytes of MARKED that fit into WIDTH; at a blank if there is one in the second half. */
static size_t line_end(const char *marked, size_t width)
{
	size_t used = 0, blank = 0, at = 0;

	while (marked[at]) {
		size_t columns, length = character(marked + at, &columns);

		if (used + columns > width)
			return blank && map_columns(marked) > width ? blank
			       : at                                 ? at
								    : length;
		if (marked[at] == ' ' && used > width / 3)
			blank = at;
		used += columns;
		at += length;
	}
	return at;
}

/* The mark in force at byte END. */
static char mark_at(const char *marked, size_t end, char before)
{
	for (size_t i = 0; i < end; i++)
		if ((unsigned char)marked[i] < MARK_END)
			before = marked[i];
	return before;
}

void map_wrap(struct strings *lines, const char *marked, size_t width)
{
	char how = MARK_PLAIN;
	bool first = true;

	do {
		size_t end = line_end(marked, first ? width : width - 2);
		struct buf line = { 0 };

		buf_addf(&line, "%s%c", first ? "" : "  ", how);
		buf_addn(&line, marked, end);
		buf_addc(&line, MARK_PLAIN);
		strings_take(lines, buf_steal(&line));
		how = mark_at(marked, end, how);
		marked += end;
		while (*marked == ' ')
			marked++;
		first = false;
	} while (map_columns(marked) > 0);
}

void canvas_inside(const struct canvas *canvas, struct buf *line, const char *marked,
		   size_t width)
{
	size_t used = map_columns(marked);

	buf_addf(line, "%s %s", canvas->glyphs->v, marked);
	for (; used < width - 4; used++)
		buf_addc(line, ' ');
	buf_addf(line, " %s", canvas->glyphs->v);
}

size_t canvas_box_height(const struct map_box *box, size_t width)
{
	struct strings lines cleanup_strings = { 0 };

	for (size_t i = 0; i < box->lines.n; i++)
		map_wrap(&lines, box->lines.v[i], width - 4);
	return lines.n + 2;
}

static void fill(struct buf *line, const char *with, size_t width)
{
	for (size_t used = map_columns(buf_str(line)); used < width; used++)
		buf_add(line, with);
}

static char *box_top(const struct canvas *canvas, const struct map_box *box, size_t width,
		     unsigned flags)
{
	const struct glyphs *g = canvas->glyphs;
	struct buf line = { 0 };

	/* One that is drawn in full elsewhere has a lighter frame. */
	buf_addf(&line, "%s%s%s ", g->tl, flags & BOX_TAP_TOP ? g->tee_up : g->h,
		 box->again ? g->off : g->h);
	map_cut(&line, box->title, width - 6, canvas->dots);
	buf_addc(&line, ' ');
	fill(&line, box->again ? g->off : g->h, width - 1);
	buf_add(&line, g->tr);
	return buf_steal(&line);
}

static char *box_bottom(const struct canvas *canvas, const struct map_box *box,
			size_t width, unsigned flags)
{
	const struct glyphs *g = canvas->glyphs;
	struct buf line = { 0 };

	buf_addf(&line, "%s%s", g->bl,
		 flags & BOX_TAP_BOTTOM ? g->tee_down
		 : box->again           ? g->off
					: g->h);
	fill(&line, box->again ? g->off : g->h, width - 1);
	buf_add(&line, g->br);
	return buf_steal(&line);
}

void canvas_box(const struct canvas *canvas, const struct map_box *box, size_t width,
		size_t height, unsigned flags, struct strings *drawn)
{
	const struct glyphs *g = canvas->glyphs;
	struct strings lines cleanup_strings = { 0 };

	for (size_t i = 0; i < box->lines.n; i++)
		map_wrap(&lines, box->lines.v[i], width - 4);
	strings_take(drawn, box_top(canvas, box, width, flags));
	for (size_t i = 0; i + 2 < height; i++) {
		struct buf line = { 0 };
		bool left = flags & BOX_SIDES && i == box->left;
		bool right = flags & BOX_SIDES && i == box->right;

		buf_addf(&line, "%s ", left ? g->tee_left : g->v);
		buf_add(&line, i < lines.n ? lines.v[i] : "");
		fill(&line, " ", width - 2);
		buf_addf(&line, " %s", right ? g->tee_right : g->v);
		strings_take(drawn, buf_steal(&line));
	}
	strings_take(drawn, box_bottom(canvas, box, width, flags));
}
