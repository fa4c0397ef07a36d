/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_COMMANDS_BRIDGE_H
#define NSH_COMMANDS_BRIDGE_H

#include "commands/command.h"

/* Prints the switches of the namespace that the line acts in. */
int bridge_list(struct session *session, const struct args *args, struct error *err);

#endif
