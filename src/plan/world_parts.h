/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_PLAN_WORLD_PARTS_H
#define NSH_PLAN_WORLD_PARTS_H

#include "plan/world.h"

/* What the files of the world share; nobody else includes this. */

/*
 * Links that are only planned, or made since they were last read, are numbered from here on: the
 * kernel chooses its numbers itself, and one must not be taken for the other.
 */
#define PLANNED_INDEX (1 << 24)

/* world.c: throws PARTS of it away. */
void ns_forget(struct ns *ns, unsigned parts);

/* world_load.c: reads those of PARTS from the kernel that are not there yet. ERR blames WORD. */
int ns_load(struct world *world, struct ns *ns, unsigned parts, int word, struct error *err);

/* world_ns.c: gives a namespace that is planned or new its lo, up: all of it is known then. */
void ns_add_loopback(struct ns *ns);
/* world_ns.c: after links were added to the end of the list. */
void ns_links_came(struct ns *ns);

#endif
