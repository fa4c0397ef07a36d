/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_VIEW_MAP_WORDS_H
#define NSH_VIEW_MAP_WORDS_H

#include "view/map.h"

/* By these a drawing in a file is known as nsh's: map_is_own(). */
#define MAP_SVG_BEGIN "<svg "
#define MAP_SVG_TITLE "<title>A map of the lab</title>"
#define MAP_DOT_BEGIN "graph lab {\n\tgraph [nodesep="
#define MAP_MERMAID_BEGIN "flowchart TB\n\tclassDef room "

/*
 * The words in the boxes of a drawing. What they come from is made visible, so no control
 * byte is in it; these control bytes say how what follows is to look, up to the next one.
 */
enum map_mark {
	MARK_PLAIN = 1,
	MARK_NAME, /* of a namespace */
	MARK_UP, /* the dot of an interface that is up */
	MARK_DOWN, /* what is down, missing, blocked */
	MARK_DIM, /* of less weight */
	MARK_SWITCH, /* of a switch */
	MARK_ADDRESS,
	MARK_FACT, /* forwarding, NAT, published ports */
	MARK_END, /* behind the last one */
};

/* What words are put together with. */
struct map_signs {
	const char *up, *down, *half; /* the dot before an interface */
	const char *dots, *dash, *arrow, *cable;
};
extern const struct map_signs map_signs_unicode, map_signs_ascii;

struct map_words {
	const struct graph *graph;
	const struct map_signs *signs;
	bool all_lines; /* every cable is drawn: no words about where it leads */
};

/* A box in words. Lines are marked, without borders, however long they are. */
struct map_box {
	char *title;
	char *label; /* of the cable above; NULL: none */
	struct strings lines;
	size_t left, right; /* lines of the interfaces to the box before and after in a
			       chain */
	bool again, broken; /* broken: the cable above carries nothing */
};
#define cleanup_map_box __attribute__((cleanup(map_box_free)))
void map_box_free(struct map_box *box);

/* The box of an item; in a chain NEXT is the item behind it, else NULL. */
void map_words_item(const struct map_words *words, const struct map_block *block,
		    const struct map_item *item, const struct map_item *next,
		    struct map_box *box);
/* The box of a house: all but its switches, their ports and what hangs from it. */
void map_words_house(const struct map_words *words, const struct map_block *block,
		     struct map_box *box);
/* The bar of a switch: its title, and its addresses as lines. */
void map_words_switch(const struct map_words *words, const struct map_block *block,
		      struct map_box *box);
/* Names of the interfaces of NODE that lead out of what nsh knows, as words; NULL: none.
 */
char *map_words_outside(const struct map_words *words, size_t node);

/* Columns of marked text. */
size_t map_columns(const char *marked);

#endif
