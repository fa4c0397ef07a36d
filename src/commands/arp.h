/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_COMMANDS_ARP_H
#define NSH_COMMANDS_ARP_H

#include "commands/command.h"

/*
 * Neighbours, planned from the arguments of a line in nsh's words or in others': NS (the
 * current one where it is left out), IP, MAC and LINK.
 */
int arp_plan_add(struct session *session, const struct args *args, struct plan *plan,
		 struct error *err);
int arp_plan_del(struct session *session, const struct args *args, struct plan *plan,
		 struct error *err);
int arp_plan_flush(struct session *session, const struct args *args, struct plan *plan,
		   struct error *err);

#endif
