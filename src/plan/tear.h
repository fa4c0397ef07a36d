/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_PLAN_TEAR_H
#define NSH_PLAN_TEAR_H

#include "kernel/kernel.h"
#include "plan/plan.h"

/*
 * Tearing down: deletions that follow one another, done together. What a deletion costs is not work
 * but waiting for grace periods of RCU, and the kernel waits no longer for many links that are
 * deleted in one message, or for many namespaces whose last user goes at one time, than for one.
 *
 * The end of it is as if they were done in order. On the way it is not: first go routes, addresses,
 * neighbours, rules and settings; then the links, those of each namespace in one message of
 * their group; the names of namespaces meanwhile. A cable whose both ends are in namespaces that
 * go is left to the kernel.
 */

/* How many operations from the first on are such that can be done together, 0: that does not pay. */
size_t tear_count(const struct op *ops, size_t count);

/* Whether all of a plan is such, and something in it waits, if only for itself. */
bool tear_waits(const struct plan *plan);

/*
 * Does COUNT of them. GO_ON: what fails is passed over. Returns -1 with the first failure. What the
 * world knows is to be forgotten afterwards.
 */
int tear_run(const struct op *ops, size_t count, struct kernel *kernel, bool go_on,
	     struct error *err);

#endif
