/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_COMMANDS_ROOMS_H
#define NSH_COMMANDS_ROOMS_H

#include "commands/session.h"

/*
 * By what addresses the rooms are known, as a program gets it in its /etc/hosts. A lab of a thousand
 * rooms is not read anew for each of a thousand programs: what was read of a room holds for
 * ROOMS_MS milliseconds, unless this nsh has changed it or run a program there since. A program that
 * was started so long ago knows no more, either.
 */
#define ROOMS_MS 1000

struct rooms;
void rooms_free(struct rooms *rooms);

/* The lines for /etc/hosts, host's last; the caller frees them. NULL where the names cannot be
 * read. */
char *rooms_hosts(struct session *session);
/* The rooms in which a link-local address is tried out beside one that is worth a route, added to
 * NAMES. What comes of it is to be seen in the rooms themselves. */
void rooms_trying(struct session *session, struct strings *names);
/* Whether the address is one that is tried out so. */
bool addr_is_tried_out(const struct ns *ns, const struct addr *addr);
/* A program has run in NS: in host it may have changed any room, elsewhere its own. */
void rooms_ran(struct session *session, const char *ns);

#endif
