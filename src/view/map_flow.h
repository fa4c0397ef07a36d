/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_VIEW_MAP_FLOW_H
#define NSH_VIEW_MAP_FLOW_H

#include "view/map_words.h"

/* A drawing that somebody else lays out: boxes and lines, in a language of their own. */

enum flow_kind {
	FLOW_ROOM,
	FLOW_SWITCH,
	FLOW_OUTSIDE, /* what nsh cannot see into */
};
enum flow_line {
	FLOW_CABLE,
	FLOW_BROKEN, /* one that carries nothing */
	FLOW_OWNS, /* a switch and the namespace that it is in */
};

struct flow_language {
	const char *begin, *end;
	/* IDs are letters and digits. LABEL is plain, visible text, or NULL. */
	void (*box)(struct buf *text, const char *id, enum flow_kind kind,
		    const struct map_box *box);
	void (*line)(struct buf *text, const char *from, const char *to,
		     const char *label, enum flow_line kind);
};

void map_flow(const struct graph *graph, const struct flow_language *language,
	      struct buf *text);

/* TEXT without its marks; the caller frees. */
char *map_plain(const char *marked);

#endif
