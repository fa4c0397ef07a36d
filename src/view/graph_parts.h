/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_VIEW_GRAPH_PARTS_H
#define NSH_VIEW_GRAPH_PARTS_H

#include "view/graph.h"

/* What the files of the graph share; nobody else includes this. */

/* The interface of NODE with that number, or GRAPH_NONE. */
size_t graph_by_index(const struct graph *graph, size_t node, int index);
/* Finds the other ends of cables and the interfaces that others stand on. */
void graph_join(struct world *world, struct graph *graph);
/* Routes with a gateway, forwarding, NAT, published ports. */
void graph_add_facts(struct world *world, struct graph *graph);

#endif
