/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_VIEW_MAP_SVG_H
#define NSH_VIEW_MAP_SVG_H

#include "view/map_words.h"

/* The pieces of a picture in SVG. Coordinates are pixels; text is marked, as map_words.h
 * says. */

struct svg {
	struct buf body;
	int right; /* the rightmost pixel drawn on */
};

#define SVG_LINE 19 /* from one line of text to the next */

/* A box, measured. */
struct svg_card {
	char *title;
	char *label; /* of its cable, or NULL */
	struct strings lines; /* broken to what is wide enough */
	size_t left, right; /* as in struct map_box, of these lines */
	int title_width, width, height;
	bool again, broken;
	bool many; /* stands for several: drawn as a stack */
};

/* Takes what it needs out of BOX. COLUMNS: lines are broken there; 0: never. */
void svg_card_make(struct svg_card *card, const struct map_box *box, size_t columns);
void svg_card_free(struct svg_card *card);
void svg_card(struct svg *svg, const struct svg_card *card, int x, int y, int width,
	      int height);
/* How far below the card's top the middle of its LEFT or RIGHT line is. */
int svg_card_line(const struct svg_card *card, bool right);

void svg_rect(struct svg *svg, const char *class, int x, int y, int width, int height,
	      int round);
void svg_line(struct svg *svg, const char *class, int x1, int y1, int x2, int y2);
void svg_curve(struct svg *svg, const char *class, int x1, int y1, int x2, int y2);
void svg_cloud(struct svg *svg, int x, int y, const char *text); /* its middle */
void svg_text(struct svg *svg, const char *class, int x, int y, const char *marked);
void svg_text_right(struct svg *svg, const char *class, int x, int y, const char *marked);
/* The label of the card's cable, beside it. */
void svg_label(struct svg *svg, const struct svg_card *card, int x, int y);

/* The whole file: head, style sheet, what was drawn, and a legend below at Y. */
void svg_finish(struct svg *svg, int y, int margin, struct buf *text);

#endif
