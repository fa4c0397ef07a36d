/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_COMMANDS_SAVE_PARTS_H
#define NSH_COMMANDS_SAVE_PARTS_H

#include "commands/save.h"

/* What the parts of save_words() share; nobody else includes this. */

/* A "bridge BR attach ..." that more members may join. */
struct attach {
	char *bridge; /* NULL: none */
	struct strings members, cidrs;
	struct buf after; /* lines that come behind it */
};

struct writer {
	struct session
		model; /* the lab as the lines so far make it; its namespace is host */
	const struct plan *plan;
	bool *said; /* of the operations: which are in a line already */
	struct buf *text;
	const char *section;
	struct attach attach;
};

/* Starts a section with a comment, unless it has begun. */
void save_section(struct writer *w, const char *title);
/* How an interface is named: "red:veth-red"; of host alone, unless a namespace has that
 * name. In quotes where it needs them; the caller frees it. */
char *save_end_text(struct writer *w, const char *ns, const char *link);
/* The namespace as the lines so far make it. */
struct ns *save_model_ns(struct writer *w, const char *name);
/* Counts operation AT as said, and applies it to the model. */
void save_say(struct writer *w, size_t at);

/* Lines for the operation AT and those that go with it, each in the section of its kind.
 */
void save_netns_lines(struct writer *w, size_t at);
void save_single_lines(struct writer *w,
		       size_t at); /* a switch, or another single interface */
void save_veth_lines(struct writer *w, size_t at);
void save_change_lines(struct writer *w, size_t at);
void save_addr_line(struct writer *w, size_t at);
void save_no_addr_line(struct writer *w, size_t at);
void save_route_line(struct writer *w, size_t at);
void save_no_route_line(struct writer *w, size_t at);
void save_neigh_line(struct writer *w, size_t at);
void save_setting_line(struct writer *w, size_t at);
/* Writes the "attach" that save_veth_lines() has begun. */
void save_end_attach(struct writer *w);

#endif
