/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/limits.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/limits.h"
#include "kernel/rtnl.h"

/* --- what is wanted --- */

static struct port_demand *find_bridge(const struct demand *demand, const char *ns,
				       const char *name)
{
	for (size_t i = 0; i < demand->bridges.n; i++)
		if (strcmp(demand->bridges.v[i].name, name) == 0 &&
		    strcmp(demand->bridges.v[i].ns, ns) == 0)
			return &demand->bridges.v[i];
	return NULL;
}

static void add_port(struct demand *demand, const char *ns, const char *bridge)
{
	struct port_demand *found;

	if (!bridge[0])
		return;
	found = find_bridge(demand, ns, bridge);
	if (!found) {
		found = vector_add(&demand->bridges);
		found->ns = xstrdup(ns);
		str_copy(found->name, IFNAMSIZ, bridge);
	}
	found->ports++;
}

void demand_add(struct demand *demand, const struct plan *plan)
{
	for (size_t i = 0; i < plan->ops.n; i++) {
		const struct op *op = &plan->ops.v[i];

		if (op->kind == OP_NETNS_ADD) {
			demand->namespaces++;
		} else if (op->kind == OP_LINK_ADD) {
			add_port(demand, op->ns, op->link_add.end.master);
			if (op->link_add.peer.ns)
				add_port(demand, op->link_add.peer.ns,
					 op->link_add.peer.master);
		} else if (op->kind == OP_LINK_SET &&
			   (op->link_set.set & LINK_CHANGE_MASTER)) {
			add_port(demand, op->ns, op->link_set.master);
		}
	}
}

void demand_free(struct demand *demand)
{
	for (size_t i = 0; i < demand->bridges.n; i++)
		free(demand->bridges.v[i].ns);
	vector_free(&demand->bridges);
	demand->namespaces = 0;
}

void demand_common(struct demand *demand, const struct demand *other)
{
	if (other->namespaces < demand->namespaces)
		demand->namespaces = other->namespaces;
	for (size_t i = 0; i < demand->bridges.n; i++) {
		struct port_demand *bridge = &demand->bridges.v[i];
		const struct port_demand *same = find_bridge(other, bridge->ns, bridge->name);

		if (!same || same->ports < bridge->ports)
			bridge->ports = same ? same->ports : 0;
	}
}

/* --- what there is --- */

static int check_ports(const struct port_demand *wanted, size_t times, struct world *world,
		       int word, struct error *err)
{
	struct error ignored cleanup_error = ERROR_INIT;
	const struct ns *ns;
	const struct link *bridge;
	size_t used;

	/* Few of few fit: no need to look. */
	if (wanted->ports * times < 2)
		return 0;
	ns = world_has_ns(world, wanted->ns) ?
		     world_ns(world, wanted->ns, WORLD_LINKS, -1, &ignored) : NULL;
	bridge = ns ? ns_link(ns, wanted->name) : NULL;
	used = bridge ? ns_ports(ns, bridge) : 0;
	if (used + wanted->ports * times <= BRIDGE_PORTS_MAX)
		return 0;
	error_set(err, STATUS_FAILED, word,
		  "%s has no room for %zu more: a bridge holds at most %d ports, and %zu of "
		  "them are in use",
		  wanted->name, wanted->ports * times, BRIDGE_PORTS_MAX, used);
	return error_hint(err, "take more switches, joined by a router or by cables with both "
			       "ends attached");
}

/* Namespaces that have a name, and the one that nsh is in: how many others there are the kernel
 * does not tell. */
static size_t count_namespaces(struct world *world)
{
	struct error ignored cleanup_error = ERROR_INIT;
	const struct strings *names;

	return world_names(world, &names, &ignored) == 0 ? names->n + 1 : 1;
}

static int check_namespaces(size_t wanted, struct world *world, int word, struct error *err)
{
	long long limit = kernel_limit("user/max_net_namespaces");
	size_t used;

	if (limit < 0 || (size_t)limit >= INT_MAX)
		return 0;
	used = count_namespaces(world);
	if (used + wanted <= (size_t)limit)
		return 0;
	error_set(err, STATUS_UNSUPPORTED, word,
		  "there is no room for %zu more namespaces: user.max_net_namespaces is %lld, "
		  "and %zu of them are in use",
		  wanted, limit, used);
	return error_hint(err, "as root: sysctl -w user.max_net_namespaces=%zu",
			  2 * (used + wanted));
}

static int check_mounts(size_t wanted, int word, struct error *err)
{
	long long limit = kernel_limit("fs/mount-max");
	size_t used;

	if (limit < 0)
		return 0;
	used = kernel_mounts((size_t)limit);
	if (used + wanted <= (size_t)limit)
		return 0;
	error_set(err, STATUS_UNSUPPORTED, word,
		  "there is no room for the names of %zu more namespaces: each is a mount, "
		  "fs.mount-max is %lld, and %zu of them are in use",
		  wanted, limit, used);
	return error_hint(err, "as root: sysctl -w fs.mount-max=%zu", 2 * (used + wanted));
}

int demand_check(const struct demand *demand, size_t times, struct world *world, int word,
		 struct error *err)
{
	size_t namespaces = demand->namespaces * times;

	for (size_t i = 0; i < demand->bridges.n; i++)
		if (check_ports(&demand->bridges.v[i], times, world, word, err) < 0)
			return -1;
	if (namespaces < DEMAND_MANY || !world_kernel(world))
		return 0;
	return check_namespaces(namespaces, world, word, err) < 0 ||
			       check_mounts(namespaces, word, err) < 0 ?
		       -1 : 0;
}

void demand_warn(const struct demand *demand, size_t times, struct world *world,
		 struct strings *sentences)
{
	/* Of all namespaces together: the tables of neighbours are the kernel's, not theirs. In a
	 * sandbox the limit is not to be seen. */
	long long limit = kernel_limit("net/ipv4/neigh/default/gc_thresh3");
	size_t wanted = demand->namespaces * times, all;

	if (wanted < DEMAND_MANY || limit < 0 || !world_kernel(world))
		return;
	all = count_namespaces(world) + wanted;
	/* One that talks has its router as a neighbour, and is the router's. */
	if (2 * all <= (size_t)limit)
		return;
	strings_take(sentences,
		     xasprintf("note: once all %zu namespaces talk they need about %zu "
			       "neighbours; the kernel keeps at most %lld (as root: sysctl -w "
			       "net.ipv4.neigh.default.gc_thresh3=%zu)",
			       all, 2 * all, limit, 4 * all));
}
