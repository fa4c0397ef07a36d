/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/reset.h"

#include <linux/neighbour.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/nft.h"

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

static bool is_own_link(const struct link *link)
{
	return link->group == NSH_GROUP && !(link->flags & IFF_LOOPBACK);
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
	bool any = false, all_deletable = true;

	for (size_t i = 0; i < ns->links.n; i++) {
		const struct link *link = &ns->links.v[i];

		any |= is_own_link(link);
		/* lo, or hardware that somebody has put into the group. */
		if (link->group == NSH_GROUP && !link->kind[0])
			all_deletable = false;
	}
	if (any && all_deletable) {
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

/*
 * Cables between two of them: the kernel would clear them away with the namespaces, but
 * when it finds time, and what is half gone cannot be taken back. Each cable is deleted
 * by the end that comes first.
 */
static int clear_cables(struct world *world, const struct strings *own, struct plan *plan,
			struct error *err)
{
	for (size_t i = 0; i < own->n; i++) {
		struct ns *ns = world_ns(world, own->v[i], WORLD_LINKS, -1, err);

		if (!ns)
			return -1;
		for (size_t j = 0; j < ns->links.n; j++) {
			struct ns *peer_ns;
			struct link *peer;

			if (strcmp(ns->links.v[j].kind, "veth") == 0 &&
			    world_peer(world, ns, &ns->links.v[j], &peer_ns, &peer) &&
			    peer_ns != ns && ns_is_own(peer_ns) &&
			    str_natural(ns->name, peer_ns->name) < 0)
				plan_link_del(plan, ns->name, ns->links.v[j].name, -1);
		}
	}
	return 0;
}

/* What lives in a namespace keeps it, without its name. */
static void warn_of_processes(struct world *world, const struct strings *own,
			      struct plan *plan)
{
	struct error ignored cleanup_error = ERROR_INIT;
	netns_found_list found = { 0 };

	if (!world_kernel(world) || own->n == 0 ||
	    kernel_netns_all(world_kernel(world), &found, &ignored) < 0)
		return;
	for (size_t i = 0; i < found.n; i++) {
		cleanup_free char *command = str_visible(found.v[i].command);

		if (found.v[i].name && found.v[i].processes > 0 &&
		    strings_has(own, found.v[i].name))
			plan_warn(plan,
				  "warning: %s lasts, without its name, until what runs "
				  "in it ends: %s, process %d",
				  found.v[i].name, command, (int)found.v[i].pid);
	}
	netns_found_free(&found);
}

struct id {
	dev_t dev;
	ino_t ino;
};
typedef VECTOR(struct id) id_list;

/* Whether NAME is another one of a namespace that was met before; "host" is one from the
 * start. A namespace that is only planned has no other names. */
static bool is_alias(struct world *world, id_list *ids, const char *name)
{
	struct error ignored cleanup_error = ERROR_INIT;
	struct id id;

	if (!world_kernel(world) ||
	    kernel_netns_id(world_kernel(world), name, &id.dev, &id.ino, &ignored) < 0)
		return false;
	for (size_t i = 0; i < ids->n; i++)
		if (ids->v[i].ino == id.ino && ids->v[i].dev == id.dev)
			return true;
	*vector_add(ids) = id;
	return false;
}

/* Sorts the namespaces: those that nsh made, and those of others. Files that are left
 * behind and second names are neither. */
static int sort_out(struct world *world, struct strings *own, struct strings *others,
		    struct error *err)
{
	const struct strings *names;
	struct strings all cleanup_strings = { 0 }, given cleanup_strings = { 0 };
	id_list ids = { 0 };
	int result = 0;

	if (world_names(world, &names, err) < 0)
		return -1;
	if (world_kernel(world) && kernel_netns_own(world_kernel(world), &given, err) < 0)
		return -1;
	/* A name that lasts before one that goes, where a namespace has both. */
	for (size_t i = 0; i < names->n; i++)
		if (!strings_has(&given, names->v[i]))
			strings_add(&all, names->v[i]);
	for (size_t i = 0; i < names->n; i++)
		if (strings_has(&given, names->v[i]))
			strings_add(&all, names->v[i]);
	is_alias(world, &ids, HOST);
	for (size_t i = 0; result == 0 && i < all.n; i++) {
		struct ns *ns;

		if (world_kernel(world) &&
		    kernel_netns_left_behind(world_kernel(world), all.v[i]))
			continue;
		ns = world_ns(world, all.v[i], WORLD_LINKS, -1, err);
		if (!ns)
			result = -1;
		else if (!is_alias(world, &ids, all.v[i]))
			strings_add(ns_is_own(ns) ? own : others, all.v[i]);
	}
	vector_free(&ids);
	return result;
}

/* Names that nsh gave to what it did not make: adopted, or to nothing any more. */
static int clear_names(struct world *world, const struct strings *own, struct plan *plan,
		       struct error *err)
{
	struct strings given cleanup_strings = { 0 };

	if (!world_kernel(world))
		return 0;
	if (kernel_netns_own(world_kernel(world), &given, err) < 0)
		return -1;
	strings_sort(&given);
	for (size_t i = 0; i < given.n; i++)
		if (!strings_has(own, given.v[i]) && world_has_ns(world, given.v[i])) {
			plan_netns_del(plan, given.v[i], -1)->netns.name_only = true;
			if (!kernel_netns_left_behind(world_kernel(world), given.v[i]))
				plan_warn(plan,
					  "warning: the name %s cannot be given back: it "
					  "is "
					  "one of a namespace that nsh did not make",
					  given.v[i]);
		}
	return 0;
}

int plan_reset(struct world *world, bool own_host, struct plan *plan, struct error *err)
{
	struct strings own cleanup_strings = { 0 }, others cleanup_strings = { 0 };

	if (sort_out(world, &own, &others, err) < 0 ||
	    clear_inside(world, HOST, own_host, plan, err) < 0)
		return -1;
	for (size_t i = 0; i < others.n; i++)
		if (clear_inside(world, others.v[i], false, plan, err) < 0)
			return -1;
	if (clear_cables(world, &own, plan, err) < 0)
		return -1;
	for (size_t i = 0; i < own.n; i++)
		plan_netns_del(plan, own.v[i], -1);
	warn_of_processes(world, &own, plan);
	return clear_names(world, &own, plan, err);
}
