/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_COMMANDS_FORWARDING_H
#define NSH_COMMANDS_FORWARDING_H

#include "commands/command.h"

#define FORWARD4 "net/ipv4/ip_forward"
#define FORWARD6 "net/ipv6/conf/all/forwarding"

/*
 * Plans that NS forwards between its interfaces, where it does not yet, with a note. On the
 * machine itself a rule goes in first that drops what is neither from nor to the lab, so
 * that the machine does not become a router for others. IPV6 says whether IPv6 is to be forwarded.
 */
int plan_forwarding(struct session *session, struct ns *ns, bool ipv6, struct plan *plan,
		    int word, struct error *err);

/* The same for one of the two keys. *SAID: the note is in the plan already. */
int plan_forward_key(struct session *session, struct ns *ns, const char *key,
		     struct plan *plan, int word, bool *said, struct error *err);

#endif
