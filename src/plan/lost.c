/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/nft.h"
#include "plan/op.h"

/* What a plan would destroy that undo does not bring back. It is said before it is done.
 */

struct lost {
	struct world *world;
	const struct plan *plan;
	struct strings *sentences;
	netns_found_list found; /* the namespaces that go, and the processes in them */
	bool searched;
};

static void add(struct lost *lost, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void add(struct lost *lost, const char *format, ...)
{
	cleanup_free char *text = NULL;
	cleanup_free char *seen = NULL;
	va_list ap;

	va_start(ap, format);
	text = xvasprintf(format, ap);
	va_end(ap);
	seen = str_visible(text);
	if (!strings_has(lost->sentences, seen))
		strings_add(lost->sentences, seen);
}

/* Routes and addresses of a link (NULL: of all) that undo cannot make as they are. */
static void on_link(struct lost *lost, const struct ns *ns, const char *link)
{
	char text[CIDR_TEXT];

	for (size_t i = 0; i < ns->routes.n; i++) {
		const struct route *route = &ns->routes.v[i];

		if (!can_restore_route(route) && !is_kernels_route(route) &&
		    (!link || strcmp(route->link, link) == 0))
			add(lost,
			    "undo will not bring back the route of %s to %s: it has "
			    "several "
			    "next hops or other special things",
			    ns->name,
			    route->dest.prefix ? cidr_text(&route->dest, text)
					       : "default");
	}
	for (size_t i = 0; i < ns->addrs.n; i++) {
		const struct addr *addr = &ns->addrs.v[i];

		if (!can_restore_addr(addr) && (!link || strcmp(addr->link, link) == 0))
			add(lost,
			    "undo will bring %s:%s back its %s, but not its lifetime, scope or "
			    "far end",
			    ns->name, addr->link, cidr_text(&addr->cidr, text));
	}
}

static void of_kind(struct lost *lost, const struct ns *ns, const struct link *link)
{
	add(lost, "undo will not bring back %s:%s: nsh does not make interfaces of the kind %s",
	    ns->name, link->name, link->kind);
}

/* What stands on a link, a VLAN or a macvlan, goes with it; what does so elsewhere is not looked for. */
static void on_top(struct lost *lost, const struct ns *ns, const struct link *link)
{
	for (size_t i = 0; i < ns->links.n; i++) {
		const struct link *upper = &ns->links.v[i];

		if (upper->peer && upper->peer == link->index && upper->peer_nsid < 0 &&
		    upper != link && !can_restore(upper))
			of_kind(lost, ns, upper);
	}
}

static void of_link(struct lost *lost, struct ns *ns, const struct link *link)
{
	struct ns *peer_ns;
	struct link *peer;

	if ((link->flags & IFF_LOOPBACK) || !link->kind[0])
		return; /* hardware goes back to the machine */
	if (!can_restore(link)) {
		of_kind(lost, ns, link);
		return;
	}
	on_top(lost, ns, link);
	if (link->more)
		add(lost,
		    "undo will bring back %s:%s, but not its VLANs or spanning tree",
		    ns->name, link->name);
	if (strcmp(link->kind, "veth") != 0)
		return;
	if (!world_peer(lost->world, ns, link, &peer_ns, &peer)) {
		add(lost,
		    "undo will not bring back %s:%s: the other end of the cable is in no "
		    "namespace with a name",
		    ns->name, link->name);
		return;
	}
	peer_ns = world_ns(lost->world, peer_ns->name, WORLD_ADDRS | WORLD_ROUTES, -1,
			   &(struct error)ERROR_INIT);
	if (!peer_ns)
		return;
	on_link(lost, peer_ns, peer->name);
	on_top(lost, peer_ns, peer);
}

static void find_processes(struct lost *lost)
{
	for (size_t i = 0; i < lost->plan->ops.n; i++) {
		struct error ignored cleanup_error = ERROR_INIT;
		const struct op *op = &lost->plan->ops.v[i];
		struct netns_found one = { 0 };

		if (op->kind != OP_NETNS_DEL ||
		    kernel_netns_id(world_kernel(lost->world), op->ns, &one.dev, &one.ino,
				    &ignored) < 0)
			continue;
		one.name = xstrdup(op->ns);
		*vector_add(&lost->found) = one;
	}
	if (lost->found.n > 0) {
		struct error ignored cleanup_error = ERROR_INIT;

		kernel_netns_processes(world_kernel(lost->world), &lost->found, &ignored);
	}
}

static void processes(struct lost *lost, const char *name)
{
	if (!lost->searched)
		find_processes(lost);
	lost->searched = true;
	for (size_t i = 0; i < lost->found.n; i++) {
		const struct netns_found *found = &lost->found.v[i];

		if (!found->name || strcmp(found->name, name) != 0)
			continue;
		for (size_t j = 0; j < found->served.n; j++)
			add(lost, "undo will not bring back serve %s %u", name,
			    found->served.v[j]);
		if (found->processes == 0)
			continue;
		if (found->processes == 1)
			add(lost,
			    "%s (process %d) goes on in the old %s: undo makes a new one "
			    "without it",
			    found->command, (int)found->pid, name);
		else
			add(lost,
			    "%u processes (%s and others) go on in the old %s: undo "
			    "makes a "
			    "new one without them",
			    found->processes, found->command, name);
	}
}

/* What nsh can see of a namespace, and knows nothing of. */
static void unknown(struct lost *lost, const struct ns *ns)
{
	struct error ignored cleanup_error = ERROR_INIT;
	struct kernel *kernel = world_kernel(lost->world);
	struct strings tables cleanup_strings = { 0 };
	struct nl_error answer = { 0 };
	struct nlsock *sock;
	unsigned rules;

	sock = kernel_netfilter(kernel, ns->name, &ignored);
	if (sock && nft_other_tables(sock, &tables, &answer) == 0)
		for (size_t i = 0; i < tables.n; i++)
			add(lost, "undo will not bring back table %s of nf_tables in %s",
			    tables.v[i], ns->name);
	for (size_t i = 0; i < ns->nft.rules.n; i++)
		if (ns->nft.rules.v[i].foreign)
			add(lost,
			    "undo will not bring back the rules of table inet " NFT_TABLE
			    " in %s that nsh did not make",
			    ns->name);
	sock = kernel_rtnl(kernel, ns->name, &ignored);
	if (sock && rtnl_extra_rules(sock, &rules, &answer) == 0 && rules > 0)
		add(lost, "undo will not bring back the policy routing (ip rule) of %s",
		    ns->name);
}

static struct ns *whole(struct lost *lost, const char *name)
{
	struct error ignored cleanup_error = ERROR_INIT;
	struct ns *ns = world_ns(lost->world, name, WORLD_ALL & ~WORLD_NFT, -1, &ignored);

	error_clear(&ignored);
	if (ns)
		world_ns(lost->world, name, WORLD_NFT, -1, &ignored);
	return ns;
}

static void of_netns(struct lost *lost, const char *name)
{
	struct ns *ns = whole(lost, name);

	if (!ns)
		return;
	for (size_t i = 0; i < ns->links.n; i++)
		of_link(lost, ns, &ns->links.v[i]);
	on_link(lost, ns, NULL);
	unknown(lost, ns);
	processes(lost, name);
}

/* Nobody can give a link the MAC address 00:00:00:00:00:00, which lo is born with. */
static void of_mac(struct lost *lost, const char *ns_name, const char *name)
{
	static const uint8_t none[6];
	struct error ignored cleanup_error = ERROR_INIT;
	struct ns *ns = world_ns(lost->world, ns_name, WORLD_LINKS, -1, &ignored);
	const struct link *link = ns ? ns_link(ns, name) : NULL;

	if (link && link->has_mac && memcmp(link->mac, none, sizeof(none)) == 0)
		add(lost, "undo will leave %s:%s with a MAC address: it cannot have none again",
		    ns_name, name);
}

static void of_named_link(struct lost *lost, const char *ns_name, const char *name,
			  bool gone)
{
	struct error ignored cleanup_error = ERROR_INIT;
	struct ns *ns =
		world_ns(lost->world, ns_name, WORLD_ADDRS | WORLD_ROUTES, -1, &ignored);
	struct link *link = ns ? ns_link(ns, name) : NULL;

	if (!link)
		return;
	if (gone)
		of_link(lost, ns, link);
	on_link(lost, ns, link->name);
}

static void of_op(struct lost *lost, const struct op *op)
{
	switch (op->kind) {
	case OP_NETNS_DEL:
		if (!op->netns.name_only &&
		    !kernel_netns_left_behind(world_kernel(lost->world), op->ns))
			of_netns(lost, op->ns);
		break;
	case OP_LINK_DEL:
		of_named_link(lost, op->ns, op->link_del.name, true);
		break;
	case OP_LINK_SET:
		if ((op->link_set.set & LINK_CHANGE_NETNS) ||
		    ((op->link_set.set & LINK_CHANGE_UP) && !op->link_set.up))
			of_named_link(lost, op->ns, op->link_set.name, false);
		if (op->link_set.set & LINK_CHANGE_MAC)
			of_mac(lost, op->ns, op->link_set.name);
		break;
	case OP_ADDR_DEL:
		of_named_link(lost, op->ns, op->addr.link, false);
		break;
	case OP_ROUTE_DEL:
		if (!can_restore_route(&op->route.route))
			add(lost, "undo will not bring this route back: it has several "
				  "next hops "
				  "or other special things");
		break;
	case OP_NETNS_ADD:
	case OP_NETNS_ADOPT:
	case OP_LINK_ADD:
	case OP_ADDR_ADD:
	case OP_ROUTE_ADD:
	case OP_NEIGH_ADD:
	case OP_NEIGH_DEL:
	case OP_SYSCTL:
	case OP_NFT_ADD:
	case OP_NFT_DEL:
	case OP_LINK_CLEAR: /* plan_reset() says it itself */
	case OP_NFT_CLEAR:
	case OP_KIND_COUNT:
		break;
	}
}

void plan_lost(const struct plan *plan, struct world *world, struct strings *sentences)
{
	struct lost lost = { .world = world, .plan = plan, .sentences = sentences };

	if (!world_kernel(world))
		return;
	for (size_t i = 0; i < plan->ops.n; i++)
		of_op(&lost, &plan->ops.v[i]);
	netns_found_free(&lost.found);
}
