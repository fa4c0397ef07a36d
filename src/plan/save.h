/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_PLAN_SAVE_H
#define NSH_PLAN_SAVE_H

#include "plan/plan.h"

/*
 * What there is, as a plan that makes it on a machine where nothing of it is: namespaces,
 * switches, cables, addresses, routes, neighbours for good, nsh's rules, settings, in
 * this order. It is read from the kernel, whoever made it.
 *
 * All namespaces with a name are the lab's. Of host all is, where HOST_TOO (a sandbox);
 * on a machine that has other things to do only what nsh has marked, cables into the
 * namespaces and the switches that these are attached to, and what is on them.
 *
 * A link keeps its MAC address only where somebody has set it: others are chance's, and
 * are chance's again. What the plan does not hold is told in LEFT_OUT, a sentence each.
 */
int save_plan(struct world *world, bool host_too, struct plan *plan,
	      struct strings *left_out, struct error *err);

/* Whether a namespace, or an interface, can be named in nsh's language. */
bool can_say(const char *name);

#endif
