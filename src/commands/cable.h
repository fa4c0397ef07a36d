/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_COMMANDS_CABLE_H
#define NSH_COMMANDS_CABLE_H

#include "commands/names.h"

/* Plans a veth pair from A to B, both ends up and marked. The caller may add to what it
 * returns (a master, an MTU) before the next operation is planned. */
struct op *plan_cable(struct plan *plan, const struct ns *a, const struct free_name *a_name,
		      const struct ns *b, const struct free_name *b_name, int word);

/* Refuses an address that NS has already. Addresses must be loaded. */
int check_addr_free(const struct ns *ns, const struct cidr *cidr, const struct arg *arg,
		    struct error *err);

#endif
