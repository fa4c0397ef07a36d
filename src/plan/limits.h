/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_PLAN_LIMITS_H
#define NSH_PLAN_LIMITS_H

#include "plan/plan.h"

/*
 * What a plan takes of what the kernel has only so much of, so that it can be told before the work
 * begins that there is not enough: namespaces, mounts for their names, ports of bridges.
 */
struct demand {
	size_t namespaces;
	VECTOR(struct port_demand) bridges;
};

struct port_demand {
	char *ns; /* where the bridge is */
	char name[IFNAMSIZ];
	size_t ports;
};

/* What fewer would ask of the machine is not worth looking up beforehand. */
#define DEMAND_MANY 64

#define DEMAND_INIT { 0 }
#define cleanup_demand __attribute__((cleanup(demand_free)))
void demand_add(struct demand *demand, const struct plan *plan);
void demand_free(struct demand *demand);
/*
 * What two demands have in common: of two rounds of a loop, what each round takes, rather than the
 * port of a bridge that each has of its own. The result is DEMAND's.
 */
void demand_common(struct demand *demand, const struct demand *other);

/*
 * Whether the world has TIMES as much left. -1 with the error set: which limit it is, how much of
 * it is used and what can be done. A bridge's is STATUS_FAILED, the machine's are
 * STATUS_UNSUPPORTED. What cannot be known beforehand, such as the limits of the user namespaces
 * around a sandbox, is left to the kernel to say.
 */
int demand_check(const struct demand *demand, size_t times, struct world *world, int word,
		 struct error *err);
/*
 * What the kernel does not refuse, but what will not work well with TIMES as much: adds a sentence
 * each.
 */
void demand_warn(const struct demand *demand, size_t times, struct world *world,
		 struct strings *sentences);

#endif
