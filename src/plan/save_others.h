/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_PLAN_SAVE_OTHERS_H
#define NSH_PLAN_SAVE_OTHERS_H

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

/*
 * What new links have where the lab is made again: those of host what there is for new
 * ones; those of another namespace, which is new itself, what that has for IPv4 from
 * host, for IPv6 from the kernel.
 */
void save_usual_settings(struct world *world, bool host, struct extra_usual *usual);

/* Settings of the links that are not USUAL, behind those of the namespace, which change
 * them; those of neighbour tables only if NEIGH (kernel/extra.h). */
void save_link_settings(struct world *world, struct ns *ns, const struct strings *links,
			const struct extra_usual *usual, bool neigh, struct plan *plan);

/* Routes that somebody has put into table local: into the plan, or, where nsh has no
 * words for one, a sentence into LEFT_OUT. */
void save_local_routes(struct world *world, struct ns *ns, const struct strings *links,
		       struct plan *plan, struct strings *left_out);

/* What nsh knows nothing of, a sentence each: queueing disciplines, flags, proxy
 * neighbours, odd broadcast addresses. */
void tell_link_extras(struct world *world, struct ns *ns, const struct strings *links,
		      struct strings *left_out);
/* The same of the namespace itself: rules of policy routing, others' nf_tables. */
void tell_ns_extras(struct world *world, struct ns *ns, struct strings *left_out);

#endif
