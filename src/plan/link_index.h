/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_PLAN_LINK_INDEX_H
#define NSH_PLAN_LINK_INDEX_H

#include "kernel/model.h"

/*
 * Where the links of a namespace with very many of them are found by name, and how many ports each
 * bridge there has: a host with 10,000 cables must cost no more per line than one with ten. It
 * follows by itself what is added at the end of the list; all else it is to be told.
 */
struct link_index;

/* How many links a list has before an index of it pays. */
#define LINK_INDEX_MANY 32

struct link_index *link_index_new(void);
void link_index_free(struct link_index *index);
/* A name has changed, or the order: nothing is known any longer. */
void link_index_drop(struct link_index *index);
/* The link at POSITION of LINKS is about to be taken out of the list. */
void link_index_remove(struct link_index *index, const link_list *links, size_t position);
/* The link at POSITION of the list has left one master for another (0: none). */
void link_index_moved(struct link_index *index, size_t position, int from, int to);

/* By name or alternative name; NULL if there is none. Borrowed from LINKS. */
struct link *link_index_find(struct link_index *index, const link_list *links, const char *name);
/* How many links have that master. */
size_t link_index_ports(struct link_index *index, const link_list *links, int master);

#endif
