/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_COMMANDS_AWAIT_H
#define NSH_COMMANDS_AWAIT_H

#include "commands/session.h"

/*
 * For the one to two seconds in which the kernel looks whether a new link-local address is
 * somebody else's (RFC 4862, 5.4) a router finds no IPv6 neighbours on that link, as it asks for
 * them from that address (RFC 4861, 7.2.2). Waits until all that forward IPv6 between addresses of
 * their own have got through that, for three seconds at most or until Ctrl-C: to be called before
 * something is sent that may go through them. Where nothing is new it costs a look at the addresses.
 */
void await_routers(struct session *session);

#endif
