/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_PLAN_OP_LINK_H
#define NSH_PLAN_OP_LINK_H

#include "plan/op.h"

/* What the operations on links share. */

/* EXFULL: br_add_if() has found no number for one more port. Returns -1. */
int op_bridge_full(const struct op *op, const char *bridge, struct error *err);

/* The link as it is at this moment, its addresses and number included; belongs to the world. NULL:
 * there is none any more, which ERR tells. */
struct link *op_fresh_link(const struct op *op, struct world *world, struct ns **ns,
			   const char *name, struct error *err);

#endif
