/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "view/map_canvas.h"

/* The lab on a terminal: blocks one below the other, each with what hangs from it. */

static const struct glyphs unicode = {
	.h = "─",
	.v = "│",
	.tl = "┌",
	.tr = "┐",
	.bl = "└",
	.br = "┘",
	.tee_down = "┬",
	.tee_up = "┴",
	.tee_right = "├",
	.tee_left = "┤",
	.dh = "═",
	.dtl = "╒",
	.dtr = "╕",
	.djl = "╞",
	.djr = "╡",
	.off = "┄",
};
static const struct glyphs ascii = {
	.h = "-",
	.v = "|",
	.tl = "+",
	.tr = "+",
	.bl = "+",
	.br = "+",
	.tee_down = "+",
	.tee_up = "+",
	.tee_right = "+",
	.tee_left = "+",
	.dh = "=",
	.dtl = "+",
	.dtr = "+",
	.djl = "+",
	.djr = "+",
	.off = ".",
};

#define INDENT 3 /* before the boxes that hang: the trunk, and room */
#define GAP 7 /* between two boxes of a chain */

struct drawing {
	struct canvas canvas;
	struct map_words words;
	const struct map_layout *layout;
	size_t width; /* of houses and switches */
	size_t limit;
};

/* --- boxes side by side --- */

struct boxes {
	VECTOR(struct map_box) list;
	size_t from, to; /* of the items in the block */
};

static void boxes_free(struct boxes *boxes)
{
	for (size_t i = 0; i < boxes->list.n; i++)
		map_box_free(&boxes->list.v[i]);
	vector_free(&boxes->list);
}

static size_t natural_width(const struct map_box *box)
{
	size_t width = map_columns(box->title) + 6, label = 0;

	for (size_t i = 0; i < box->lines.n; i++)
		if (map_columns(box->lines.v[i]) + 4 > width)
			width = map_columns(box->lines.v[i]) + 4;
	if (box->label)
		label = map_columns(box->label) + 4;
	return label > width ? label : width;
}

static void make_boxes(const struct drawing *d, const struct map_block *block,
		       struct boxes *boxes)
{
	for (size_t i = 0; i < block->items.n; i++)
		map_words_item(&d->words, block, &block->items.v[i],
			       i + 1 < block->items.n ? &block->items.v[i + 1] : NULL,
			       vector_add(&boxes->list));
}

static bool is_folded(const struct map_block *block, size_t item)
{
	return block->items.v[item].nodes.n > 1;
}

/* How wide the boxes of the block are, and how many stand side by side. */
static void grid(const struct drawing *d, const struct map_block *block,
		 const struct boxes *boxes, size_t *width, size_t *columns)
{
	size_t indent = block->kind == MAP_LOOSE ? 0 : INDENT, count = 0, rows;

	*width = 0;
	for (size_t i = 0; i < boxes->list.n; i++) {
		if (is_folded(block, i))
			continue;
		count++;
		if (natural_width(&boxes->list.v[i]) > *width)
			*width = natural_width(&boxes->list.v[i]);
	}
	if (*width > d->limit - indent)
		*width = d->limit - indent;
	*columns = *width ? (d->limit - indent + 1) / (*width + 1) : 1;
	if (*columns == 0)
		*columns = 1;
	/* Rows of the same length look better than one of five and one of one. */
	if (count) {
		rows = (count + *columns - 1) / *columns;
		*columns = (count + rows - 1) / rows;
	}
}

/* The cables above a row: a line along, with a tap and a name for each box. */
static void draw_feeder(struct drawing *d, const struct boxes *boxes, size_t width,
			bool last)
{
	const struct glyphs *g = d->canvas.glyphs;
	struct buf line cleanup_buf = { 0 };

	buf_addf(&line, " %s%s", last ? g->bl : g->tee_right, g->h);
	for (size_t i = boxes->from; i < boxes->to; i++) {
		const struct map_box *box = &boxes->list.v[i];
		bool end = i + 1 == boxes->to;
		size_t from = map_columns(buf_str(&line));

		buf_addf(&line, "%s%s%s ", g->h, end ? g->tr : g->tee_down,
			 box->broken ? g->off : g->h);
		if (end)
			line.length -= strlen(box->broken ? g->off : g->h) + 1;
		if (end)
			buf_add(&line, " ");
		map_cut(&line, box->label, width - 4, d->words.signs->dots);
		if (end)
			break;
		buf_addc(&line, ' ');
		while (map_columns(buf_str(&line)) < from + width + 1)
			buf_add(&line, g->h);
	}
	canvas_line(&d->canvas, buf_str(&line));
}

/* Boxes FROM to TO of the block as one row, all as high as the highest. */
static void draw_row(struct drawing *d, const struct map_block *block,
		     const struct boxes *boxes, size_t width, bool last)
{
	const struct glyphs *g = d->canvas.glyphs;
	size_t count = boxes->to - boxes->from, height = 0;
	struct strings *drawn = xcalloc(count, sizeof(*drawn));
	bool hanging = block->kind != MAP_LOOSE;

	if (hanging)
		draw_feeder(d, boxes, width, last);
	for (size_t i = 0; i < count; i++) {
		const struct map_box *box = &boxes->list.v[boxes->from + i];
		size_t lines = canvas_box_height(box, width);

		if (lines > height)
			height = lines;
	}
	for (size_t i = 0; i < count; i++)
		canvas_box(&d->canvas, &boxes->list.v[boxes->from + i], width, height,
			   hanging ? BOX_TAP_TOP : 0, &drawn[i]);
	for (size_t y = 0; y < height; y++) {
		struct buf line cleanup_buf = { 0 };

		if (hanging)
			buf_addf(&line, " %s ", last ? " " : g->v);
		for (size_t i = 0; i < count; i++) {
			buf_add(&line, i ? " " : "");
			buf_add(&line, drawn[i].v[y]);
		}
		canvas_line(&d->canvas, buf_str(&line));
	}
	for (size_t i = 0; i < count; i++)
		strings_free(&drawn[i]);
	free(drawn);
}

/* Rows of single boxes; a folded one has a row of its own, as wide as it needs. */
static void draw_items(struct drawing *d, const struct map_block *block)
{
	struct boxes boxes cleanup_with(boxes_free) = { 0 };
	size_t indent = block->kind == MAP_LOOSE ? 0 : INDENT, width, columns;

	make_boxes(d, block, &boxes);
	grid(d, block, &boxes, &width, &columns);
	for (boxes.from = 0; boxes.from < boxes.list.n; boxes.from = boxes.to) {
		size_t own = width;

		boxes.to = boxes.from + 1;
		if (is_folded(block, boxes.from)) {
			own = natural_width(&boxes.list.v[boxes.from]);
			if (own > d->limit - indent)
				own = d->limit - indent;
		} else {
			while (boxes.to < boxes.list.n &&
			       boxes.to - boxes.from < columns &&
			       !is_folded(block, boxes.to))
				boxes.to++;
		}
		draw_row(d, block, &boxes, own, boxes.to == boxes.list.n);
	}
}

/* --- houses and switches --- */

static void draw_bottom(struct drawing *d, bool hanging)
{
	const struct glyphs *g = d->canvas.glyphs;
	struct buf line cleanup_buf = { 0 };

	buf_addf(&line, "%s%s", g->bl, hanging ? g->tee_down : g->h);
	while (map_columns(buf_str(&line)) < d->width - 1)
		buf_add(&line, g->h);
	buf_add(&line, g->br);
	canvas_line(&d->canvas, buf_str(&line));
}

static void draw_content(struct drawing *d, const struct map_box *box)
{
	struct strings lines cleanup_strings = { 0 };

	for (size_t i = 0; i < box->lines.n; i++)
		map_wrap(&lines, box->lines.v[i], d->width - 4);
	for (size_t i = 0; i < lines.n; i++) {
		struct buf line cleanup_buf = { 0 };

		canvas_inside(&d->canvas, &line, lines.v[i], d->width);
		canvas_line(&d->canvas, buf_str(&line));
	}
}

static void draw_house(struct drawing *d, const struct map_block *block, bool open)
{
	const struct glyphs *g = d->canvas.glyphs;
	cleanup_free char *outside = block->again || block->node
					     ? NULL
					     : map_words_outside(&d->words, block->node);
	struct map_box box cleanup_map_box = { 0 };
	struct buf top cleanup_buf = { 0 };

	map_words_house(&d->words, block, &box);
	if (outside) {
		struct buf way cleanup_buf = { 0 };

		canvas_line(&d->canvas, "( outside )");
		buf_addf(&way, " %s  ", g->v);
		map_cut(&way, outside, d->width - 4, d->words.signs->dots);
		canvas_line(&d->canvas, buf_str(&way));
	}
	buf_addf(&top, "%s%s ", g->tl, outside ? g->tee_up : g->h);
	map_cut(&top, box.title, d->width - (block->again ? 15 : 5),
		d->words.signs->dots);
	buf_add(&top, block->again ? " (above) " : " ");
	while (map_columns(buf_str(&top)) < d->width - 1)
		buf_add(&top, g->h);
	buf_add(&top, g->tr);
	canvas_line(&d->canvas, buf_str(&top));
	draw_content(d, &box);
	if (!open)
		draw_bottom(d, block->items.n > 0);
}

/* Addresses go on the bar where they fit, else below it. */
static void draw_switch(struct drawing *d, const struct map_block *block)
{
	const struct glyphs *g = d->canvas.glyphs;
	struct map_box box cleanup_map_box = { 0 };
	struct buf top cleanup_buf = { 0 };
	size_t used;

	map_words_switch(&d->words, block, &box);
	buf_addf(&top, "%s%s ", block->joined ? g->djl : g->dtl, g->dh);
	map_cut(&top, box.title, d->width - 5, d->words.signs->dots);
	buf_addc(&top, ' ');
	used = map_columns(buf_str(&top));
	while (box.lines.n > 0 && used + map_columns(box.lines.v[0]) + 5 <= d->width) {
		buf_addf(&top, "%s%s %s ", g->dh, g->dh, box.lines.v[0]);
		used = map_columns(buf_str(&top));
		free(box.lines.v[0]);
		box.lines.n--;
		memmove(box.lines.v, box.lines.v + 1, box.lines.n * sizeof(*box.lines.v));
	}
	while (map_columns(buf_str(&top)) < d->width - 1)
		buf_add(&top, g->dh);
	buf_add(&top, block->joined ? g->djr : g->dtr);
	canvas_line(&d->canvas, buf_str(&top));
	draw_content(d, &box);
	draw_bottom(d, block->items.n > 0);
}

/* --- chains --- */

/* The cable between two boxes, in line Y: it may leave and arrive at different heights.
 */
static void draw_between(const struct drawing *d, struct buf *line, size_t y,
			 size_t leave, size_t arrive, bool broken)
{
	const struct glyphs *g = d->canvas.glyphs;
	const char *h = broken ? g->off : g->h;
	bool here = y == leave, there = y == arrive;
	size_t high = leave < arrive ? leave : arrive,
	       low = leave < arrive ? arrive : leave;
	size_t half = GAP / 2;

	for (size_t x = 0; x < GAP; x++) {
		if (x == half && leave != arrive) {
			if (here)
				buf_add(line, arrive > leave ? g->tr : g->br);
			else if (there)
				buf_add(line, arrive > leave ? g->bl : g->tl);
			else
				buf_add(line, y > high && y < low ? g->v : " ");
		} else if ((here && x <= half) || (there && x >= half)) {
			buf_add(line, h);
		} else {
			buf_addc(line, ' ');
		}
	}
}

static void draw_chain_across(struct drawing *d, const struct boxes *boxes)
{
	size_t count = boxes->list.n, height = 0;
	struct strings *drawn = xcalloc(count, sizeof(*drawn));

	for (size_t i = 0; i < count; i++)
		if (boxes->list.v[i].lines.n + 2 > height)
			height = boxes->list.v[i].lines.n + 2;
	for (size_t i = 0; i < count; i++)
		canvas_box(&d->canvas, &boxes->list.v[i],
			   natural_width(&boxes->list.v[i]), height, BOX_SIDES,
			   &drawn[i]);
	for (size_t y = 0; y < height; y++) {
		struct buf line cleanup_buf = { 0 };

		for (size_t i = 0; i < count; i++) {
			if (i)
				draw_between(d, &line, y, boxes->list.v[i - 1].right + 1,
					     boxes->list.v[i].left + 1,
					     boxes->list.v[i].broken);
			buf_add(&line, drawn[i].v[y]);
		}
		canvas_line(&d->canvas, buf_str(&line));
	}
	for (size_t i = 0; i < count; i++)
		strings_free(&drawn[i]);
	free(drawn);
}

static void draw_chain_down(struct drawing *d, const struct boxes *boxes)
{
	size_t count = boxes->list.n, width = 0;

	for (size_t i = 0; i < count; i++)
		if (natural_width(&boxes->list.v[i]) > width)
			width = natural_width(&boxes->list.v[i]);
	if (width > d->limit)
		width = d->limit;
	for (size_t i = 0; i < count; i++) {
		struct strings drawn cleanup_strings = { 0 };
		const struct map_box *box = &boxes->list.v[i];

		if (i) {
			struct buf line cleanup_buf = { 0 };

			buf_addf(&line, " %s", d->canvas.glyphs->v);
			canvas_line(&d->canvas, buf_str(&line));
		}
		canvas_box(&d->canvas, box, width, canvas_box_height(box, width),
			   (i ? BOX_TAP_TOP : 0) | (i + 1 < count ? BOX_TAP_BOTTOM : 0),
			   &drawn);
		for (size_t y = 0; y < drawn.n; y++)
			canvas_line(&d->canvas, drawn.v[y]);
	}
}

static void draw_chain(struct drawing *d, const struct map_block *block)
{
	struct boxes boxes cleanup_with(boxes_free) = { 0 };
	size_t across = 0;

	make_boxes(d, block, &boxes);
	for (size_t i = 0; i < boxes.list.n; i++)
		across += natural_width(&boxes.list.v[i]) + (i ? GAP : 0);
	if (across <= d->limit)
		draw_chain_across(d, &boxes);
	else
		draw_chain_down(d, &boxes);
}

/* --- all of it --- */

static size_t content_width(const struct map_box *box)
{
	size_t width = map_columns(box->title) + 6;

	for (size_t i = 0; i < box->lines.n; i++)
		if (map_columns(box->lines.v[i]) + 4 > width)
			width = map_columns(box->lines.v[i]) + 4;
	return width;
}

/* Houses and switches are all as wide as the widest needs to be. */
static size_t block_width(const struct drawing *d, const struct map_block *block)
{
	struct boxes boxes cleanup_with(boxes_free) = { 0 };
	struct map_box box cleanup_map_box = { 0 };
	size_t width, columns, needed = 0;

	if (block->kind == MAP_LOOSE || block->kind == MAP_CHAIN)
		return 0;
	if (block->kind == MAP_HOUSE) {
		map_words_house(&d->words, block, &box);
		needed = content_width(&box) + (block->again ? 10 : 0);
	} else {
		map_words_switch(&d->words, block, &box);
		needed = map_columns(box.title) + 6;
		for (size_t i = 0; i < box.lines.n; i++)
			needed += map_columns(box.lines.v[i]) + 4;
	}
	make_boxes(d, block, &boxes);
	grid(d, block, &boxes, &width, &columns);
	if (width && INDENT + columns * (width + 1) - 1 > needed)
		needed = INDENT + columns * (width + 1) - 1;
	for (size_t i = 0; i < boxes.list.n; i++)
		if (is_folded(block, i) &&
		    natural_width(&boxes.list.v[i]) + INDENT > needed)
			needed = natural_width(&boxes.list.v[i]) + INDENT;
	return needed < d->limit ? needed : d->limit;
}

static void draw_block(struct drawing *d, size_t at)
{
	const struct map_block *block = &d->layout->blocks.v[at];
	bool open = at + 1 < d->layout->blocks.n && d->layout->blocks.v[at + 1].joined;

	if (at && !block->joined)
		canvas_line(&d->canvas, "");
	switch (block->kind) {
	case MAP_HOUSE:
		draw_house(d, block, open);
		draw_items(d, block);
		break;
	case MAP_SWITCH:
		draw_switch(d, block);
		draw_items(d, block);
		break;
	case MAP_CHAIN:
		draw_chain(d, block);
		break;
	case MAP_LOOSE:
		draw_items(d, block);
		break;
	}
}

void map_text(const struct graph *graph, const struct map_style *style, struct buf *text)
{
	struct map_layout layout cleanup_layout = { 0 };
	struct drawing d = {
		.canvas = { text, style->ascii ? &ascii : &unicode, style->color,
			    style->ascii ? map_signs_ascii.dots
					 : map_signs_unicode.dots },
		.words = { graph, style->ascii ? &map_signs_ascii : &map_signs_unicode,
			   false },
		.limit = style->columns < 40 ? 40 : style->columns,
	};

	map_layout(graph, &layout);
	d.layout = &layout;
	for (size_t i = 0; i < layout.blocks.n; i++) {
		size_t needed = block_width(&d, &layout.blocks.v[i]);

		if (needed > d.width)
			d.width = needed;
	}
	for (size_t i = 0; i < layout.blocks.n; i++)
		draw_block(&d, i);
}
