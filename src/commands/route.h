/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_COMMANDS_ROUTE_H
#define NSH_COMMANDS_ROUTE_H

#include "commands/command.h"

/*
 * Routes, planned from the arguments of a line in nsh's words or in others': NS (the
 * current one where it is left out), DEST, GW, LINK; for ip(8) also SRC, METRIC, TABLE and
 * the keyword onlink.
 */
int route_plan_add(struct session *session, const struct args *args, struct plan *plan,
		   struct error *err);
int route_plan_del(struct session *session, const struct args *args, struct plan *plan,
		   struct error *err);

/* The address of NS in whose network IP is, so that it is reached directly; NULL. */
const struct addr *addr_on_link(const struct ns *ns, const struct ip *ip);

#endif
