/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/await.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/interrupt.h"
#include "commands/rooms.h"

/* Both in milliseconds. */
#define AWAIT_AT_MOST 3000
#define AWAIT_STEP 20

/* On a link without a carrier an address would be tried out for ever. */
static bool has_carrier(const struct ns *ns, const char *name)
{
	const struct link *link = ns_link(ns, name);

	return link && link->carrier && (link->flags & IFF_UP);
}

static bool is_trying(const struct ns *ns)
{
	for (size_t i = 0; i < ns->addrs.n; i++)
		if (addr_is_tried_out(ns, &ns->addrs.v[i]) && has_carrier(ns, ns->addrs.v[i].link))
			return true;
	return false;
}

static bool forwards(struct session *session, const char *name)
{
	struct error ignored cleanup_error = ERROR_INIT;
	const char *value =
		world_sysctl(session->world, name, "net/ipv6/conf/all/forwarding", &ignored);

	return value && strcmp(value, "1") == 0;
}

/* Returns false where the wait is over, whatever it has brought. */
static bool await_router(struct session *session, const char *name, long long until)
{
	for (bool known = false;; known = true) {
		struct error ignored cleanup_error = ERROR_INIT;
		struct ns *ns = world_ns(session->world, name, WORLD_LINKS | WORLD_ADDRS, -1,
					 &ignored);

		if (!ns || !is_trying(ns) || (!known && !forwards(session, name)))
			return true;
		if (clock_ms() >= until || interrupt_poll(NULL, 0, AWAIT_STEP) < 0)
			return false;
		world_stale(session->world, ns, WORLD_ADDRS);
	}
}

void await_routers(struct session *session)
{
	struct strings trying cleanup_strings = { 0 };
	long long until = clock_ms() + AWAIT_AT_MOST;

	rooms_trying(session, &trying);
	for (size_t i = 0; i < trying.n; i++)
		if (!await_router(session, trying.v[i], until))
			return;
}
