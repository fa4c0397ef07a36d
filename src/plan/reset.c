/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/reset.h"

#include <linux/neighbour.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/set.h"
#include "kernel/nft.h"
#include "kernel/rtnl.h"
#include "plan/same_ns.h"

#define RECORD_MIDDLE " was "
#define RECORD_PREFIX "net/"

static const char *const forwarding[] = { "net/ipv4/ip_forward",
					  "net/ipv6/conf/all/forwarding" };

/* --- what a sysctl was --- */

void sysctl_record(struct nft_rule *rule, const char *key, const char *value)
{
	cleanup_free char *text = xasprintf("%s" RECORD_MIDDLE "%s", key, value);

	str_copy(rule->comment, sizeof(rule->comment), text);
}

bool sysctl_recorded(const struct nft_rule *rule, char **key, char **value)
{
	const char *middle = strstr(rule->comment, RECORD_MIDDLE);

	if (!middle || !str_starts(rule->comment, RECORD_PREFIX) ||
	    memchr(rule->comment, ' ', (size_t)(middle - rule->comment)))
		return false;
	if (key)
		*key = xstrndup(rule->comment, (size_t)(middle - rule->comment));
	if (value)
		*value = xstrdup(middle + strlen(RECORD_MIDDLE));
	return true;
}

/* --- what is whose --- */

bool ns_is_own(const struct ns *ns)
{
	for (size_t i = 0; i < ns->links.n; i++)
		if (ns->links.v[i].flags & IFF_LOOPBACK)
			return ns->links.v[i].group == NSH_GROUP;
	return false;
}

/* One that was leaving when its nsh was killed too. */
static bool is_own_link(const struct link *link)
{
	return (link->group == NSH_GROUP || link->group == NSH_GROUP_LEAVING) &&
	       !(link->flags & IFF_LOOPBACK);
}

/* Whether the link of that name goes, and what is on it with it. */
static bool goes(const struct ns *ns, const char *name)
{
	const struct link *link = ns_link(ns, name);

	return link && is_own_link(link);
}

/* --- in a namespace that stays --- */

static void clear_links(const struct ns *ns, struct plan *plan)
{
	bool any = false, together = true;

	for (size_t i = 0; i < ns->links.n; i++) {
		const struct link *link = &ns->links.v[i];

		any |= is_own_link(link);
		/* lo, or hardware that somebody has put into the group. */
		if ((link->group == NSH_GROUP && !link->kind[0]) ||
		    link->group == NSH_GROUP_LEAVING)
			together = false;
	}
	if (any && together) {
		plan_link_clear(plan, ns->name, -1);
		return;
	}
	for (size_t i = 0; any && i < ns->links.n; i++)
		if (is_own_link(&ns->links.v[i]) && ns->links.v[i].kind[0])
			plan_link_del(plan, ns->name, ns->links.v[i].name, -1);
}

static void clear_on_links(const struct ns *ns, struct plan *plan)
{
	for (size_t i = 0; i < ns->routes.n; i++)
		if (ns->routes.v[i].protocol == NSH_PROTO &&
		    !goes(ns, ns->routes.v[i].link))
			plan_route_del(plan, ns->name, &ns->routes.v[i], -1);
	for (size_t i = 0; i < ns->addrs.n; i++)
		if (ns->addrs.v[i].proto == NSH_PROTO && !goes(ns, ns->addrs.v[i].link))
			plan_addr_del(plan, ns->name, ns->addrs.v[i].link,
				      &ns->addrs.v[i].cidr, -1);
	for (size_t i = 0; i < ns->neighs.n; i++)
		if (ns->neighs.v[i].proto == NSH_PROTO &&
		    (ns->neighs.v[i].state & NUD_PERMANENT) &&
		    !goes(ns, ns->neighs.v[i].link))
			plan_neigh_del(plan, ns->name, &ns->neighs.v[i], -1);
}

/* Puts a sysctl back where it is not what it was. One that is gone needs nothing. */
static void put_back(struct world *world, const struct ns *ns, const char *key,
		     const char *value, struct plan *plan)
{
	struct error gone cleanup_error = ERROR_INIT;
	const char *now = world_sysctl(world, ns->name, key, &gone);

	if (now && strcmp(now, value) != 0)
		plan_sysctl(plan, ns->name, key, value, -1);
}

/* The sysctls first: once the table is gone nobody knows what they were. */
static void clear_table(struct world *world, const struct ns *ns, struct plan *plan)
{
	size_t foreign = 0;

	for (size_t i = 0; i < ns->nft.rules.n; i++) {
		cleanup_free char *key = NULL, *value = NULL;

		foreign += ns->nft.rules.v[i].foreign;
		if (sysctl_recorded(&ns->nft.rules.v[i], &key, &value))
			put_back(world, ns, key, value, plan);
	}
	if (foreign > 0)
		plan_warn(plan,
			  "warning: table inet " NFT_TABLE " of %s holds %zu %s that nsh "
			  "did not make and cannot put back",
			  ns->name, foreign, foreign == 1 ? "rule" : "rules");
	if (ns->nft.exists)
		plan_nft_clear(plan, ns->name, -1);
}

static int clear_inside(struct world *world, const char *name, bool own_host,
			struct plan *plan, struct error *err)
{
	struct error no_nft cleanup_error = ERROR_INIT;
	struct ns *ns = world_ns(world, name, WORLD_ALL & ~WORLD_NFT, -1, err);

	if (!ns)
		return -1;
	clear_links(ns, plan);
	clear_on_links(ns, plan);
	if (strcmp(name, HOST) == 0 && own_host)
		for (size_t i = 0; i < sizeof(forwarding) / sizeof(forwarding[0]); i++)
			put_back(world, ns, forwarding[i], "0", plan);
	/* A kernel without nf_tables has no table of nsh's. */
	ns = world_ns(world, name, WORLD_NFT, -1, &no_nft);
	if (ns)
		clear_table(world, ns, plan);
	return 0;
}

/* --- namespaces that go --- */

/* What reset finds. */
struct found {
	struct strings own, others; /* namespaces: those that nsh made, and those of others */
	struct strings given;	    /* names that nsh gave */
	struct set owned, held;	    /* OWN, and those of it that processes are in */
	netns_found_list ids;	    /* of all that were met, host's first */
	struct same_ns seen;	    /* the same, by what they are */
};

static void found_free(struct found *found)
{
	strings_free(&found->own);
	strings_free(&found->others);
	strings_free(&found->given);
	set_free(&found->owned);
	set_free(&found->held);
	netns_found_free(&found->ids);
	same_ns_free(&found->seen);
}

/*
 * Cables between two of them go with them, but by themselves where a process keeps one of them
 * alive. Each is deleted by the end that comes first.
 */
static int clear_cables(struct world *world, struct found *found, struct plan *plan,
			struct error *err)
{
	const struct strings *own = &found->own;

	for (size_t i = 0; i < own->n; i++) {
		bool held = set_has(&found->held, own->v[i]);
		struct ns *ns;

		if (plan->one_way && !held)
			continue;
		ns = world_ns(world, own->v[i], WORLD_LINKS, -1, err);
		if (!ns)
			return -1;
		for (size_t j = 0; j < ns->links.n; j++) {
			struct ns *peer_ns;
			struct link *peer;

			if (strcmp(ns->links.v[j].kind, "veth") != 0 ||
			    !world_peer(world, ns, &ns->links.v[j], &peer_ns, &peer) ||
			    peer_ns == ns || !set_has(&found->owned, peer_ns->name))
				continue;
			if (held)
				plan_link_del(plan, ns->name, ns->links.v[j].name, -1);
			else if (!set_has(&found->held, peer_ns->name) &&
				 str_natural(ns->name, peer_ns->name) < 0)
				plan_cable_del(plan, ns->name, ns->links.v[j].name,
					       peer_ns->name, -1);
		}
	}
	return 0;
}

/* What lives in a namespace keeps it, without its name. */
static void find_processes(struct world *world, struct found *found, struct plan *plan)
{
	struct error ignored cleanup_error = ERROR_INIT;
	netns_found_list *ids = &found->ids;

	if (!world_kernel(world) || kernel_netns_processes(world_kernel(world), ids, &ignored) < 0)
		return;
	for (size_t i = 0; i < ids->n; i++) {
		cleanup_free char *command = str_visible(ids->v[i].command);

		if (ids->v[i].processes == 0 || !set_has(&found->owned, ids->v[i].name))
			continue;
		plan_warn(plan,
			  "warning: %s lasts, without its name, until what runs "
			  "in it ends: %s, process %d",
			  ids->v[i].name, command, (int)ids->v[i].pid);
		set_add(&found->held, ids->v[i].name);
	}
}

/* Whether NAME is another one of a namespace that was met before; "host" is one from the
 * start. A namespace that is only planned has no other names. */
static bool is_alias(struct world *world, struct found *found, const char *name)
{
	struct error ignored cleanup_error = ERROR_INIT;
	struct netns_found *met;
	dev_t dev;
	ino_t ino;

	if (!world_kernel(world) ||
	    kernel_netns_id(world_kernel(world), name, &dev, &ino, &ignored) < 0)
		return false;
	if (same_ns_seen(&found->seen, dev, ino, name))
		return true;
	met = vector_add(&found->ids);
	met->dev = dev;
	met->ino = ino;
	met->name = xstrdup(name);
	return false;
}

/*
 * Whether nsh made the namespace. Where nothing else will be asked of it, its lo alone is: a
 * thousand of them tell in the time that reading ten takes.
 */
static int find_owner(struct world *world, const char *name, bool briefly, bool *own,
		      struct error *err)
{
	struct nl_error answer = { 0 };
	struct link lo = { 0 };
	struct nlsock *sock;
	struct ns *ns;
	bool found;

	if (briefly && world_kernel(world)) {
		sock = kernel_rtnl(world_kernel(world), name, err);
		if (!sock)
			return -1;
		found = rtnl_link(sock, "lo", &lo, &answer) == 0 && (lo.flags & IFF_LOOPBACK);
		*own = found && lo.group == NSH_GROUP;
		link_clear(&lo);
		if (found)
			return 0;
	}
	ns = world_ns(world, name, WORLD_LINKS, -1, err);
	if (!ns)
		return -1;
	*own = ns_is_own(ns);
	return 0;
}

/* A name that lasts before one that goes, where a namespace has both. */
static void order_names(const struct strings *names, const struct strings *given,
			struct strings *all)
{
	struct set going cleanup_set = { 0 };

	set_add_all(&going, given);
	for (int goes_too = 0; goes_too <= 1; goes_too++)
		for (size_t i = 0; i < names->n; i++)
			if (set_has(&going, names->v[i]) == (goes_too == 1))
				strings_add(all, names->v[i]);
}

/* Sorts the namespaces: those that nsh made, and those of others. Files that are left
 * behind and second names are neither. */
static int sort_out(struct world *world, bool briefly, struct found *found, struct error *err)
{
	const struct strings *names;
	struct strings all cleanup_strings = { 0 };
	struct kernel *kernel = world_kernel(world);
	int result = 0;

	if (world_names(world, &names, err) < 0)
		return -1;
	if (kernel && kernel_netns_own(kernel, &found->given, err) < 0)
		return -1;
	order_names(names, &found->given, &all);
	is_alias(world, found, HOST);
	for (size_t i = 0; result == 0 && i < all.n; i++) {
		bool own;

		if (kernel && kernel_netns_left_behind(kernel, all.v[i]))
			continue;
		result = find_owner(world, all.v[i], briefly, &own, err);
		if (result == 0 && !is_alias(world, found, all.v[i]))
			strings_add(own ? &found->own : &found->others, all.v[i]);
	}
	set_add_all(&found->owned, &found->own);
	return result;
}

/* Names that nsh gave to what it did not make: adopted, or to nothing any more. */
static void clear_names(struct world *world, struct found *found, struct plan *plan)
{
	strings_sort(&found->given);
	for (size_t i = 0; i < found->given.n; i++) {
		const char *name = found->given.v[i];

		if (set_has(&found->owned, name) || !world_has_ns(world, name))
			continue;
		plan_netns_del(plan, name, -1)->netns.name_only = true;
		if (!kernel_netns_left_behind(world_kernel(world), name))
			plan_warn(plan,
				  "warning: the name %s cannot be given back: it is one of a "
				  "namespace that nsh did not make",
				  name);
	}
}

static int clear_all(struct world *world, bool own_host, struct found *found,
		     struct plan *plan, struct error *err)
{
	if (sort_out(world, plan->one_way, found, err) < 0)
		return -1;
	find_processes(world, found, plan);
	if (clear_inside(world, HOST, own_host, plan, err) < 0)
		return -1;
	for (size_t i = 0; i < found->others.n; i++)
		if (clear_inside(world, found->others.v[i], false, plan, err) < 0)
			return -1;
	if (clear_cables(world, found, plan, err) < 0)
		return -1;
	for (size_t i = 0; i < found->own.n; i++)
		plan_netns_del(plan, found->own.v[i], -1);
	clear_names(world, found, plan);
	return 0;
}

int plan_reset(struct world *world, bool own_host, struct plan *plan, struct error *err)
{
	struct found found = { 0 };
	int result = clear_all(world, own_host, &found, plan, err);

	found_free(&found);
	return result;
}
