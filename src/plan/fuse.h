/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_PLAN_FUSE_H
#define NSH_PLAN_FUSE_H

#include "plan/plan.h"

/*
 * A cable that is made and then moved, end by end, is made in place at once: to move a link costs
 * the kernel a grace period of RCU (about 18 ms), to make one where it belongs a fiftieth of that.
 * What is there afterwards is the same, and so is what takes back each of the lines.
 */

/*
 * Whether PLAN does no more than make a cable within one namespace, both ends down and on no
 * switch. FUSED, an empty plan, then makes the same.
 */
bool fuse_cable(const struct plan *plan, struct plan *fused);
/*
 * Whether PLAN does no more than move an end of the cable of FUSED, which PLAN's line before has
 * made in namespace HOME and where that end still is. FUSED then makes it where it is moved to,
 * and UNDO, an empty plan, takes back PLAN alone.
 */
bool fuse_move(const struct plan *plan, const char *home, struct plan *fused,
	       struct plan *undo);

#endif
