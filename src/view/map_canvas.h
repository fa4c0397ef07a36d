/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_VIEW_MAP_CANVAS_H
#define NSH_VIEW_MAP_CANVAS_H

#include "view/map_words.h"

/* Boxes out of characters: what the text drawing puts its lines together with. */

struct glyphs {
	const char *h, *v, *tl, *tr, *bl, *br;
	const char *tee_down, *tee_up, *tee_right, *tee_left;
	const char *dh, *dtl, *dtr, *djl, *djr; /* double: of a switch */
	const char *off; /* along a cable that carries nothing */
};

struct canvas {
	struct buf *text;
	const struct glyphs *glyphs;
	bool color;
	const char *dots;
};

/* Adds a line: its marks become colours, or go; blanks at its end go. */
void canvas_line(struct canvas *canvas, const char *marked);

/* Adds TEXT cut to WIDTH columns, with DOTS where something is missing. */
void map_cut(struct buf *line, const char *marked, size_t width, const char *dots);
/* Adds TEXT as lines of WIDTH columns at most, broken at blanks where there are some. */
void map_wrap(struct strings *lines, const char *marked, size_t width);

enum box_flag {
	BOX_TAP_TOP = 1 << 0, /* a cable comes in through the top ... */
	BOX_TAP_BOTTOM = 1 << 1, /* ... or goes out through the bottom */
	BOX_SIDES = 1 << 2, /* or at the lines LEFT and RIGHT of the box */
};
/* Lines that the box takes with its borders at that width. */
size_t canvas_box_height(const struct map_box *box, size_t width);
/* The box as HEIGHT lines of WIDTH columns each. */
void canvas_box(const struct canvas *canvas, const struct map_box *box, size_t width,
		size_t height, unsigned flags, struct strings *drawn);
/* One line of content with a border on either side. */
void canvas_inside(const struct canvas *canvas, struct buf *line, const char *marked,
		   size_t width);

#endif
