/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_COMMANDS_ROUTE_H
#define NSH_COMMANDS_ROUTE_H

#include "commands/command.h"

/*
 * Routes and neighbours, planned from the arguments of a line in nsh's words or in
 * others': NS (the current one where it is left out), DEST, GW, LINK; for ip(8) also SRC,
 * METRIC, TABLE and the keyword onlink. IP, MAC and LINK for neighbours.
 */
int route_plan_add(struct session *session, const struct args *args, struct plan *plan,
		   struct error *err);
int route_plan_del(struct session *session, const struct args *args, struct plan *plan,
		   struct error *err);
int arp_plan_add(struct session *session, const struct args *args, struct plan *plan,
		 struct error *err);
int arp_plan_del(struct session *session, const struct args *args, struct plan *plan,
		 struct error *err);
int arp_plan_flush(struct session *session, const struct args *args, struct plan *plan,
		   struct error *err);

#endif
