/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_COMMANDS_FOREIGN_H
#define NSH_COMMANDS_FOREIGN_H

#include "commands/command.h"

/*
 * Lines in the words of ip(8), iptables(8) and other programs. Each plans the operations
 * that do exactly what the program would do, and no more (lo and links stay down until
 * they are set up), but for nsh's marks. Their flag is COMMAND_FOREIGN.
 */

/* How nsh says it: told when the line has succeeded, once in a session for each KEY. */
void in_nsh_words(struct session *session, const char *key, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* How nsh names an interface: "v-net-0" of host, "red:veth-red" of another. The caller
 * frees it. */
char *nsh_end(const struct ns *ns, const char *link);

/* The namespace of "ip -n NS", or the one that the line acts in where it is left out. */
struct ns *foreign_ns(struct session *session, const struct args *args, unsigned parts,
		      struct error *err);

/* The interface of NS that LINK of the line names; *LINK is NULL where it names none. */
int foreign_link(struct ns *ns, const struct args *args, struct link **link,
		 struct error *err);

/* AF_INET or AF_INET6 where "ip -4" or "ip -6" was typed, else 0. */
uint8_t foreign_family(const struct args *args);

#endif
