/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_COMMANDS_NS_H
#define NSH_COMMANDS_NS_H

#include "commands/command.h"

/* Plans a new namespace for each NEWNS; refuses those that are there. */
int ns_plan_add(struct session *session, const struct args *args, struct plan *plan,
		struct error *err);
/* Plans the end of each ROOM, of its cables first. */
int ns_plan_del(struct session *session, const struct args *args, struct plan *plan,
		struct error *err);
/* Plans NEWNS as a name for the namespace of process PID or of file PATH. */
int ns_plan_adopt(struct session *session, const struct args *args, struct plan *plan,
		  struct error *err);
/* Prints the names of all namespaces, one a line. */
int ns_list(struct session *session, const struct args *args, struct error *err);

#endif
