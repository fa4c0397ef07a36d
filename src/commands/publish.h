/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_COMMANDS_PUBLISH_H
#define NSH_COMMANDS_PUBLISH_H

#include "commands/command.h"

/* "publish LISTEN TARGET [tcp|udp]". */
int publish_plan_add(struct session *session, const struct args *args, struct plan *plan,
		     struct error *err);

#endif
