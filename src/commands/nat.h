/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_COMMANDS_NAT_H
#define NSH_COMMANDS_NAT_H

#include "commands/command.h"

/*
 * After a default route through ROUTE was planned: where the namespace hides all its lab's
 * subnets (a bare "nat on") they are to be hidden on this way out as well.
 */
int extend_nat(struct session *session, struct ns *ns, const struct route *route,
	       struct plan *plan, int word, struct error *err);

/* "nat on [NS] [for NET] [out LINK]". */
int nat_plan_on(struct session *session, const struct args *args, struct plan *plan,
		struct error *err);

#endif
