/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_COMMANDS_SERVERS_H
#define NSH_COMMANDS_SERVERS_H

#include "commands/session.h"

/*
 * A server that nsh has started ends with the room that it serves: else it would keep the
 * namespace, without its name. Those of this session, in a named lab all of the lab's, and others that
 * are surely nsh's own (serve_is_server()). Nothing else is ended.
 */
struct room_server {
	pid_t pid;
	char *what; /* "serve blue 80" */
	dev_t dev;  /* of its network namespace */
	ino_t ino;
	bool named; /* while names are looked at */
};
typedef VECTOR(struct room_server) room_server_list;

/* Whether the plan takes names away. To find the servers all processes are looked at: it is not
 * done for other plans. */
bool servers_may_end(const struct plan *plan);
/* Those whose namespace has a name, before a line that may take names away. */
void servers_before(struct session *session, room_server_list *servers);
/* Ends those of them whose namespace has none any more, with a note for each; frees SERVERS. */
void servers_after(struct session *session, room_server_list *servers);
/* Only frees them. */
void servers_free(room_server_list *servers);

#endif
