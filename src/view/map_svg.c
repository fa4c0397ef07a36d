/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "view/map_svg.h"

/*
 * The lab as a picture: houses and switches as bars across, rooms hanging from them. All
 * measures are in pixels of the picture's own size; it scales.
 */

#define SHEET 1200 /* wide, if it can be */
#define MARGIN 32
#define ROOM_GAP 24 /* between boxes side by side */
#define DROP 64 /* of the cables, from the bar to the boxes */
#define BLOCK_GAP 40 /* between blocks */
#define CHAIN_GAP 96
#define LINE_MAX_COLUMNS 44
#define TRUNK 40 /* left of the boxes: there the cables of further rows go down ... */
#define TRUNK_AT 26 /* ... here */
#define TAP 40 /* where a cable comes into a box, so that its name has room beside it */

struct picture {
	struct svg svg;
	struct map_words words;
	const struct map_layout *layout;
	int y; /* the next free one */
	int width; /* of bars */
};

/* --- boxes side by side --- */

struct cards {
	VECTOR(struct svg_card) list;
	int width; /* of those that are not folded */
	size_t columns;
};

static void cards_free(struct cards *cards)
{
	for (size_t i = 0; i < cards->list.n; i++)
		svg_card_free(&cards->list.v[i]);
	vector_free(&cards->list);
}

static void make_cards(const struct picture *p, const struct map_block *block,
		       struct cards *cards)
{
	size_t count = 0, rows;

	for (size_t i = 0; i < block->items.n; i++) {
		struct svg_card *card = vector_add(&cards->list);
		struct map_box box cleanup_map_box = { 0 };

		map_words_item(&p->words, block, &block->items.v[i],
			       i + 1 < block->items.n ? &block->items.v[i + 1] : NULL,
			       &box);
		svg_card_make(card, &box, LINE_MAX_COLUMNS);
		card->many = block->items.v[i].nodes.n > 1;
		if (card->many)
			continue;
		count++;
		if (card->width > cards->width)
			cards->width = card->width;
	}
	cards->columns = (size_t)((SHEET + ROOM_GAP) / (cards->width + ROOM_GAP));
	if (cards->columns == 0)
		cards->columns = 1;
	if (count) {
		rows = (count + cards->columns - 1) / cards->columns;
		cards->columns = (count + rows - 1) / rows;
	}
}

static int row_width(const struct cards *cards)
{
	return (int)cards->columns * (cards->width + ROOM_GAP) - ROOM_GAP;
}

/* The cable to one box: straight from the bar, or from the line along that further rows
 * have. */
static void draw_cable(struct picture *p, const struct svg_card *card, int from, int x,
		       int to, bool socket)
{
	const char *how = card->broken ? "cable off" : "cable";

	svg_line(&p->svg, how, x, from, x, to);
	if (socket)
		svg_rect(&p->svg, "socket", x - 6, from - 5, 12, 10, 2);
	svg_rect(&p->svg, "socket", x - 5, to - 4, 10, 8, 2);
	svg_label(&p->svg, card, x + 10, to - 20);
}

/* Boxes FROM to TO as one row below the bar that ends at BAR; the first row hangs
 * straight. */
static void draw_row(struct picture *p, const struct cards *cards, size_t from, size_t to,
		     int bar, bool hanging, bool first)
{
	int height = 0, x = MARGIN + (hanging ? TRUNK : 0),
	    top = p->y + (hanging ? DROP : 0);
	int width = cards->list.v[from].many ? cards->list.v[from].width : cards->width;
	int along = p->y + 16, last = x + (int)(to - from - 1) * (width + ROOM_GAP) + TAP;
	int trunk = MARGIN + TRUNK_AT;

	for (size_t i = from; i < to; i++)
		if (cards->list.v[i].height > height)
			height = cards->list.v[i].height;
	if (hanging && !first) {
		svg_line(&p->svg, "cable", trunk, bar, trunk, along);
		svg_line(&p->svg, "cable", trunk, along, last, along);
		svg_rect(&p->svg, "socket", trunk - 6, bar - 5, 12, 10, 2);
	}
	for (size_t i = from; i < to; i++, x += width + ROOM_GAP) {
		const struct svg_card *card = &cards->list.v[i];

		svg_card(&p->svg, card, x, top, width, height);
		if (hanging)
			draw_cable(p, card, first ? bar : along, x + TAP, top, first);
	}
	p->y = top + height + (hanging ? 8 : ROOM_GAP);
}

static void draw_items(struct picture *p, const struct map_block *block, int bar)
{
	struct cards cards cleanup_with(cards_free) = { 0 };
	bool first = true;
	size_t to;

	make_cards(p, block, &cards);
	for (size_t from = 0; from < cards.list.n; from = to) {
		to = from + 1;
		while (!cards.list.v[from].many && to < cards.list.n &&
		       to - from < cards.columns && !cards.list.v[to].many)
			to++;
		draw_row(p, &cards, from, to, bar, block->kind != MAP_LOOSE, first);
		first = false;
	}
}

/* --- bars --- */

#define HEAD 44 /* of a house: its name */
#define BAR 56 /* of a switch */

static void draw_outside(struct picture *p, const struct map_block *block)
{
	cleanup_free char *names = map_words_outside(&p->words, block->node);
	int x = MARGIN + 110;

	if (!names || block->node || block->again)
		return;
	svg_cloud(&p->svg, x, p->y + 22, "outside");
	svg_line(&p->svg, "cable", x, p->y + 44, x, p->y + 84);
	svg_text(&p->svg, "label", x + 10, p->y + 68, names);
	p->y += 84;
}

static int draw_switch_bar(struct picture *p, const struct map_block *block, int x,
			   int width)
{
	struct map_box box cleanup_map_box = { 0 };
	struct svg_card card cleanup_with(svg_card_free) = { 0 };
	int height;

	map_words_switch(&p->words, block, &box);
	svg_card_make(&card, &box, 0);
	height = card.lines.n > 1 ? BAR + (int)(card.lines.n - 1) * SVG_LINE : BAR;
	svg_rect(&p->svg, "switch", x, p->y, width, height, 10);
	svg_text(&p->svg, "barname", x + 18, p->y + 34, box.title);
	for (size_t i = 0; i < card.lines.n; i++)
		svg_text_right(&p->svg, "line", x + width - 18,
			       p->y + 34 + (int)i * SVG_LINE, card.lines.v[i]);
	p->y += height;
	return p->y;
}

/* A house with its first switch, where that has one, within the same frame. */
static void draw_house(struct picture *p, const struct map_block *block,
		       const struct map_block *within)
{
	struct map_box box cleanup_map_box = { 0 };
	struct svg_card card cleanup_with(svg_card_free) = { 0 };
	struct svg inside = { 0 };
	int top, bar;

	draw_outside(p, block);
	map_words_house(&p->words, block, &box);
	svg_card_make(&card, &box, 0);
	top = p->y;
	/* The frame comes first in the file and is as high as what is in it. */
	inside = p->svg;
	p->svg = (struct svg){ .right = inside.right };
	svg_text(&p->svg, "housename", MARGIN + 20, top + 30, box.title);
	if (block->again)
		svg_text(&p->svg, "label", MARGIN + 30 + card.title_width, top + 30,
			 "(above)");
	for (size_t i = 0; i < card.lines.n; i++)
		svg_text(&p->svg, "line", MARGIN + 20,
			 top + HEAD + 12 + (int)i * SVG_LINE, card.lines.v[i]);
	p->y = top + HEAD + (card.lines.n ? 4 + (int)card.lines.n * SVG_LINE : 0);
	if (within) {
		bar = draw_switch_bar(p, within, MARGIN + 14, p->width - 28);
		p->y += 14;
	} else {
		p->y += 4;
		bar = p->y;
	}
	svg_rect(&inside, block->again ? "house again" : "house", MARGIN, top, p->width,
		 p->y - top, 14);
	buf_add(&inside.body, buf_str(&p->svg.body));
	buf_free(&p->svg.body);
	p->svg = inside;
	draw_items(p, within ? within : block, bar);
}

/* --- chains --- */

static void draw_chain(struct picture *p, const struct map_block *block)
{
	struct cards cards cleanup_with(cards_free) = { 0 };
	int x = MARGIN, y = p->y, total = 0, height = 0;
	bool across;

	make_cards(p, block, &cards);
	for (size_t i = 0; i < cards.list.n; i++) {
		total += cards.list.v[i].width + (i ? CHAIN_GAP : 0);
		if (cards.list.v[i].height > height)
			height = cards.list.v[i].height;
	}
	across = total <= SHEET + 200;
	for (size_t i = 0; i < cards.list.n; i++) {
		const struct svg_card *card = &cards.list.v[i], *before = card - 1;
		const char *how = card->broken ? "cable off" : "cable";

		svg_card(&p->svg, card, x, y, across ? card->width : cards.width,
			 across ? height : card->height);
		if (i && across)
			svg_curve(&p->svg, how, x - CHAIN_GAP,
				  y + svg_card_line(before, true), x,
				  y + svg_card_line(card, false));
		else if (i)
			svg_line(&p->svg, how, x + 40, y - BLOCK_GAP, x + 40, y);
		if (across)
			x += card->width + CHAIN_GAP;
		else
			y += card->height + BLOCK_GAP;
	}
	p->y = across ? p->y + height : y - BLOCK_GAP;
}

/* --- all of it --- */

static int block_width(const struct picture *p, const struct map_block *block)
{
	struct cards cards cleanup_with(cards_free) = { 0 };
	struct map_box box cleanup_map_box = { 0 };
	struct svg_card card cleanup_with(svg_card_free) = { 0 };
	int width = 0;

	if (block->kind != MAP_HOUSE && block->kind != MAP_SWITCH)
		return 0;
	make_cards(p, block, &cards);
	if (cards.width)
		width = TRUNK + row_width(&cards);
	for (size_t i = 0; i < cards.list.n; i++)
		if (cards.list.v[i].many && cards.list.v[i].width + TRUNK > width)
			width = cards.list.v[i].width + TRUNK;
	if (block->kind == MAP_HOUSE)
		map_words_house(&p->words, block, &box);
	else
		map_words_switch(&p->words, block, &box);
	svg_card_make(&card, &box, 0);
	if (block->kind == MAP_SWITCH) /* name and address side by side */
		card.width += card.title_width + 60;
	return card.width + 20 > width ? card.width + 20 : width;
}

void map_svg(const struct graph *graph, struct buf *text)
{
	struct map_layout layout cleanup_layout = { 0 };
	struct picture p = { .words = { graph, &map_signs_unicode, false }, .y = MARGIN };

	map_layout(graph, &layout);
	p.layout = &layout;
	for (size_t i = 0; i < layout.blocks.n; i++) {
		int needed = block_width(&p, &layout.blocks.v[i]);

		if (needed > p.width)
			p.width = needed;
	}
	for (size_t i = 0; i < layout.blocks.n; i++) {
		const struct map_block *block = &layout.blocks.v[i], *next = block + 1;
		bool house = block->kind == MAP_HOUSE, within;

		within = house && i + 1 < layout.blocks.n && next->joined;
		if (i)
			p.y += BLOCK_GAP;
		switch (block->kind) {
		case MAP_HOUSE:
			draw_house(&p, block, within ? next : NULL);
			i += within;
			break;
		case MAP_SWITCH:
			draw_items(&p, block,
				   draw_switch_bar(&p, block, MARGIN, p.width));
			break;
		case MAP_CHAIN:
			draw_chain(&p, block);
			break;
		case MAP_LOOSE:
			draw_items(&p, block, 0);
			break;
		}
	}
	svg_finish(&p.svg, p.y + BLOCK_GAP, MARGIN, text);
}
