/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_COMMANDS_TRAFFIC_H
#define NSH_COMMANDS_TRAFFIC_H

#include "commands/command.h"
#include "kernel/traffic.h"

/*
 * Pings TO (an address or a name) from namespace FROM, which is known to be there, and
 * prints what comes; with QUIET the sums alone. OPTIONS says all but the address, which
 * is filled in. No answer at all is an error.
 */
int ping_print(struct session *session, const char *from, const struct arg *to,
	       struct ping_options *options, bool quiet, struct error *err);

/*
 * Fetches a page from inside NS, within TIMEOUT milliseconds. The caller frees *ANSWER
 * with http_answer_free(), which is allowed after a failure too. What the server answers
 * is no error.
 */
int get_page(struct session *session, const char *ns, const struct arg *url,
	     unsigned timeout, struct http_answer *answer, struct error *err);

/* "ping [FROM] TO [count N]" and "get [NS] URL": by these an entry of the table is known. */
int traffic_ping(struct session *session, const struct args *args, struct error *err);
int traffic_get(struct session *session, const struct args *args, struct error *err);

#endif
