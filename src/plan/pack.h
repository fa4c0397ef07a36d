/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_PLAN_PACK_H
#define NSH_PLAN_PACK_H

#include "plan/plan.h"

/*
 * Operations one behind the other, each no longer than its kind needs: a struct op is as large as
 * the largest kind, and a journal keeps some for each line that was ever done.
 */
struct packed_ops {
	char *bytes;
	size_t count;
};

/* Moves the operations of PLAN, which has none then, into PACKED. */
void ops_pack(struct plan *plan, struct packed_ops *packed);
/* Moves them behind those of PLAN; PACKED is empty then. */
void ops_unpack(struct packed_ops *packed, struct plan *plan);
/* Lends them, behind those of PLAN (all of them lent): they hold what PACKED owns, so that only the
 * list itself may be freed, with vector_free(). */
void ops_lend(const struct packed_ops *packed, struct plan *plan);
void packed_free(struct packed_ops *packed);

#endif
