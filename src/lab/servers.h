/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_LAB_SERVERS_H
#define NSH_LAB_SERVERS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/str.h"

/*
 * The web servers of a named lab, whichever shell has started them: they outlive it. Each
 * is a process by the name SERVER_COMM and its port that is in the network namespace it
 * serves, so /proc of the lab's PID namespace tells all of it.
 */
struct server_found {
	pid_t pid;
	uint16_t port;
	bool own; /* it runs the program that nsh is: surely nsh's, outside of a lab too */
	dev_t dev; /* of its network namespace */
	ino_t ino;
};
typedef VECTOR(struct server_found) server_found_list;

/* By process number. Returns false where /proc is not that of this PID namespace, and
 * tells nothing. */
bool servers_find(server_found_list *servers);

/* Ends a process, and waits until it has ended, though it may be somebody else's child.
 */
void process_end(pid_t pid);

#endif
