/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/await.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <net/if.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/interrupt.h"

/* Both in milliseconds. */
#define AWAIT_AT_MOST 3000
#define AWAIT_STEP 20

/* On a link without a carrier it would be so for ever. */
static bool is_tried_out(const struct ns *ns, const struct addr *addr)
{
	const struct link *link = ns_link(ns, addr->link);

	return ip_is_link_local(&addr->cidr.ip) && (addr->flags & IFA_F_TENTATIVE) &&
	       !(addr->flags & IFA_F_DADFAILED) && link && link->carrier &&
	       (link->flags & IFF_UP);
}

/* Whether the link has an IPv6 address that is worth a route. */
static bool has_global(const struct ns *ns, const char *link)
{
	for (size_t i = 0; i < ns->addrs.n; i++) {
		const struct addr *addr = &ns->addrs.v[i];

		if (addr->cidr.ip.family == AF_INET6 && strcmp(addr->link, link) == 0 &&
		    !ip_is_link_local(&addr->cidr.ip))
			return true;
	}
	return false;
}

/* Whether a link-local address is being tried out, beside an address that is worth a route. */
static bool is_trying(const struct ns *ns)
{
	for (size_t i = 0; i < ns->addrs.n; i++)
		if (ns->addrs.v[i].cidr.ip.family == AF_INET6 &&
		    is_tried_out(ns, &ns->addrs.v[i]) && has_global(ns, ns->addrs.v[i].link))
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
	struct error ignored cleanup_error = ERROR_INIT;
	struct strings all cleanup_strings = { 0 };
	long long until = clock_ms() + AWAIT_AT_MOST;

	/* What was planned on knows no address but those that were asked for. */
	world_forget(session->world);
	if (world_all_names(session->world, &all, &ignored) < 0)
		return;
	for (size_t i = 0; i < all.n; i++)
		if (!await_router(session, all.v[i], until))
			return;
}
