/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_PLAN_SAVE_OTHERS_H
#define NSH_PLAN_SAVE_OTHERS_H

#include "base/set.h"
#include "kernel/extra.h"
#include "plan/plan.h"

/*
 * A part of save_plan() that nobody else needs: what a namespace has beside links,
 * addresses, routes, neighbours and rules. LINKS: the names of its links that are saved;
 * what is not on one of these is not looked at. All of the namespace but nft must be
 * loaded. What cannot be read is passed over.
 */

/* Adds to LEFT_OUT, in a form that can be shown. */
void leave_out(struct strings *left_out, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* What links begin with in a namespace that is new. */
void save_usual_of_new(struct world *world, struct extra_usual *usual);
/* What new links have in HOST, as it is. */
void save_usual_of_host(struct world *world, struct extra_usual *usual);

/*
 * Settings of a namespace itself and for its new links, where they are not those of a new one:
 * before the links are there, so that those begin with them. USUAL becomes what they begin with.
 * Some hundred files are read for it.
 */
void save_conf(struct world *world, const struct ns *ns, struct extra_usual *usual,
	       struct plan *plan, struct strings *left_out);
/* Those that change all links at once, when these are there. DEFAULTS: for new links as well. */
void save_forwarding(struct world *world, const struct ns *ns, bool defaults,
		     struct plan *plan);

/* Settings of the links that are not USUAL (of lo: not BORN), behind those of the namespace, which
 * change them; those of neighbour tables only if NEIGH (kernel/extra.h). */
void save_link_settings(struct world *world, struct ns *ns, struct set *links,
			const struct extra_usual *usual, const struct extra_usual *born,
			bool neigh, struct plan *plan);

/* Routes that somebody has put into table local: into the plan, or, where nsh has no
 * words for one, a sentence into LEFT_OUT. */
void save_local_routes(struct world *world, struct ns *ns, struct set *links,
		       struct plan *plan, struct strings *left_out);

/* What nsh knows nothing of, a sentence each: queueing disciplines, flags, proxy
 * neighbours, odd broadcast addresses. */
void tell_link_extras(struct world *world, struct ns *ns, struct set *links,
		      struct strings *left_out);
/* The same of the namespace itself: rules of policy routing, others' nf_tables. */
void tell_ns_extras(struct world *world, struct ns *ns, struct strings *left_out);

#endif
