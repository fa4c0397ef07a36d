/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/save.h"

#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/nft.h"
#include "plan/addr_order.h"
#include "plan/op.h"
#include "plan/route_order.h"
#include "plan/same_ns.h"
#include "plan/save_others.h"

struct save {
	struct world *world;
	struct plan *plan;
	struct strings *left_out;
	struct strings names; /* of the namespaces: host first */
	size_t at; /* which of these is looked at */
	bool host_too;
	struct strings host_links; /* those of host's that are the lab's, where not all are */
	struct extra_usual born; /* what links have in a new namespace */
	VECTOR(struct extra_usual) usual; /* what those of each of NAMES begin with */
	/* The links that were saved: "red/veth-red". Made when the last was. */
	struct strings there_names;
	struct set there;
	bool there_known;
};

bool can_say(const char *name)
{
	cleanup_free char *seen = str_visible(name);

	return *name && *name != '-' && strcmp(name, HOST) != 0 &&
	       strcmp(seen, name) == 0 && !strpbrk(name, ":% \t");
}

/* The namespace with all of it loaded; nf_tables, where the kernel has it. */
static struct ns *loaded(struct save *save, const char *name, struct error *err)
{
	struct error no_nft cleanup_error = ERROR_INIT;
	struct ns *ns = world_ns(save->world, name, WORLD_ALL & ~WORLD_NFT, -1, err);

	if (ns)
		world_ns(save->world, name, WORLD_NFT, -1, &no_nft);
	return ns;
}

static bool is_host(const struct ns *ns)
{
	return strcmp(ns->name, HOST) == 0;
}

/* Whether the link is the lab's. */
static bool is_saved(const struct save *save, const struct ns *ns, const char *link)
{
	return !is_host(ns) || save->host_too || strcmp(link, "lo") == 0 ||
	       strings_has(&save->host_links, link);
}

/* Which links of the machine's own namespace are the lab's. */
static void choose_host_links(struct save *save, struct ns *host)
{
	struct buf others cleanup_buf = { 0 };

	for (size_t i = 0; i < host->links.n; i++) {
		struct link *link = &host->links.v[i], *peer;
		struct ns *peer_ns;
		bool cable = strcmp(link->kind, "veth") == 0 &&
			     world_peer(save->world, host, link, &peer_ns, &peer) &&
			     peer_ns != host;

		if ((link->flags & IFF_LOOPBACK) || (link->group != NSH_GROUP && !cable))
			continue;
		strings_add(&save->host_links, link->name);
		if (link->master_name[0])
			strings_add(&save->host_links, link->master_name);
	}
	for (size_t i = 0; i < host->links.n; i++) {
		const struct link *link = &host->links.v[i];

		if (!is_saved(save, host, link->name))
			buf_addf(&others, "%s%s", others.length ? ", " : "", link->name);
	}
	if (others.length)
		leave_out(save->left_out, "the machine's own: %s, and what is on them",
			  buf_str(&others));
}

/* --- links --- */

static void take_end(struct save *save, struct op_end *end, const struct ns *ns,
		     const struct link *link)
{
	const struct link *master = link->master_name[0] ? ns_link(ns, link->master_name) : NULL;

	str_copy(end->name, IFNAMSIZ, link->name);
	end->group = link->group;
	end->up = link->flags & IFF_UP;
	end->has_mac = kernel_mac_is_set(world_kernel(save->world), ns->name, link->name);
	memcpy(end->mac, link->mac, sizeof(end->mac));
	strings_add_all(&end->altnames, &link->altnames);
	if (master && strcmp(master->kind, "bridge") != 0)
		leave_out(save->left_out, "%s:%s: that it is in %s, an interface of the kind %s", ns->name,
			  link->name, master->name, master->kind);
	else if (master && is_saved(save, ns, master->name))
		str_copy(end->master, IFNAMSIZ, master->name);
	if (link->more)
		leave_out(save->left_out, "%s:%s: spanning tree or VLANs of the switch", ns->name,
			  link->name);
}

/* A switch, or another interface that stands alone. */
static void save_single(struct save *save, const struct ns *ns, const struct link *link)
{
	struct op *op = plan_link_add(save->plan, ns->name, link->name, link->kind, -1);

	take_end(save, &op->link_add.end, ns, link);
	if (strcmp(link->kind, "bridge") != 0 && link->mtu != 1500)
		op->link_add.mtu = link->mtu;
	/* The MTU of a switch comes later: save_mtus(). */
	plan_unusual_settings(save->plan, ns->name, link, link->mtu);
}

static void save_cable(struct save *save, struct ns *ns, struct link *link)
{
	struct ns *peer_ns;
	struct link *peer;
	struct op *op;
	unsigned mtu;

	if (!world_peer(save->world, ns, link, &peer_ns, &peer)) {
		leave_out(save->left_out,
			  "%s:%s: the other end of the cable is in no namespace with a "
			  "name",
			  ns->name, link->name);
		return;
	}
	/* Once, from the end in the namespace that is walked first. */
	if (peer_ns == ns && peer->index < link->index)
		return;
	for (size_t i = 0; i < save->names.n; i++) {
		if (strcmp(save->names.v[i], ns->name) == 0)
			break;
		if (strcmp(save->names.v[i], peer_ns->name) == 0)
			return;
	}
	/* A port of a switch comes first, as "bridge attach" makes it. */
	if (peer->master_name[0] && !link->master_name[0]) {
		struct ns *other_ns = ns;
		struct link *other = link;

		ns = peer_ns;
		link = peer;
		peer_ns = other_ns;
		peer = other;
	}
	op = plan_link_add(save->plan, ns->name, link->name, "veth", -1);
	take_end(save, &op->link_add.end, ns, link);
	op->link_add.peer.ns = xstrdup(peer_ns->name);
	take_end(save, &op->link_add.peer, peer_ns, peer);
	/* One for both, or each its own later: what is small in between has no IPv6. */
	mtu = link->mtu == peer->mtu && link->mtu != 1500 ? link->mtu : 0;
	op->link_add.mtu = mtu;
	plan_unusual_settings(save->plan, ns->name, link, mtu);
	plan_unusual_settings(save->plan, peer_ns->name, peer, mtu);
}

static void save_links(struct save *save, struct ns *ns, bool cables)
{
	for (size_t i = 0; i < ns->links.n; i++) {
		struct link *link = &ns->links.v[i];
		bool cable = strcmp(link->kind, "veth") == 0;

		if (cable != cables || !is_saved(save, ns, link->name) ||
		    (link->flags & IFF_LOOPBACK))
			continue;
		if (!can_say(link->name))
			leave_out(save->left_out, "%s:%s: nsh cannot say such a name", ns->name,
				  link->name);
		else if (cable)
			save_cable(save, ns, link);
		else if (can_restore(link))
			save_single(save, ns, link);
		else
			leave_out(save->left_out, "%s:%s: %s%s", ns->name, link->name,
				  link->kind[0] ? "an interface of the kind "
						: "hardware",
				  link->kind);
	}
}

/*
 * Of switches, once they have their ports: the kernel gives them the smallest MTU of
 * these unless one is set. And all settings of lo.
 */
static void save_mtus(struct save *save, struct ns *ns)
{
	for (size_t i = 0; i < ns->links.n; i++) {
		const struct link *link = &ns->links.v[i];
		bool bridge = strcmp(link->kind, "bridge") == 0;
		bool set = bridge && link->mtu != 1500;

		if ((link->flags & IFF_LOOPBACK) && strcmp(link->name, "lo") != 0)
			leave_out(save->left_out, "%s:%s: that it is lo by another name", ns->name,
				  link->name);
		else if (link->flags & IFF_LOOPBACK)
			plan_unusual_settings(save->plan, ns->name, link, 0);
		for (size_t j = 0; bridge && j < ns->links.n; j++)
			set |= ns->links.v[j].master == link->index &&
			       ns->links.v[j].mtu != link->mtu;
		if (!set || !is_saved(save, ns, link->name) || !can_say(link->name))
			continue;
		plan_link_setting(plan_link_set(save->plan, ns->name, link->name, -1),
				  LINK_SETTING_MTU, link->mtu);
	}
}

static void save_lo_own(struct save *save, struct ns *ns)
{
	struct link *lo = ns_link(ns, "lo");

	if (lo && is_saved(save, ns, lo->name) && (!is_host(ns) || save->host_too))
		restore_lo_own(ns, lo, save->plan);
}

/* --- what is on them --- */

static void add_there(struct save *save, const struct op_end *end)
{
	if (end->ns)
		strings_take(&save->there_names, xasprintf("%s/%s", end->ns, end->name));
}

/* Once all links are in the plan. */
static void find_there(struct save *save)
{
	for (size_t i = 0; i < save->plan->ops.n; i++) {
		const struct op *op = &save->plan->ops.v[i];

		if (op->kind != OP_LINK_ADD)
			continue;
		add_there(save, &op->link_add.end);
		add_there(save, &op->link_add.peer);
	}
	set_add_all(&save->there, &save->there_names);
	save->there_known = true;
}

/* Whether it is one of the links that were saved: a cable into nowhere is not. */
static bool is_there(struct save *save, const struct ns *ns, const char *name)
{
	const struct link *link = ns_link(ns, name);
	cleanup_free char *key = NULL;

	if (!save->there_known)
		find_there(save);
	if (link && (link->flags & IFF_LOOPBACK))
		return strcmp(link->name, "lo") == 0;
	key = xasprintf("%s/%s", ns->name, name);
	return set_has(&save->there, key);
}

static void save_addrs(struct save *save, struct ns *ns)
{
	const struct link *lo = ns_link(ns, "lo");
	char text[CIDR_TEXT];

	if (lo && (!is_host(ns) || save->host_too))
		restore_no_loopback(save->world, ns, lo, save->plan);
	for (size_t i = 0; i < ns->addrs.n; i++) {
		struct addr addr = ns->addrs.v[addr_nth_to_add(ns, i)];
		const struct link *link = ns_link(ns, addr.link);

		if (!link || is_kernels_addr(&addr, link) ||
		    !is_there(save, ns, addr.link))
			continue;
		if (is_host(ns) && !save->host_too && (link->flags & IFF_LOOPBACK) &&
		    addr.proto != NSH_PROTO)
			continue;
		if (!can_restore_addr(&addr) || addr.label[0])
			leave_out(save->left_out,
				  "%s:%s: what is special about %s (a label, a lifetime, "
				  "a scope, a far end)",
				  ns->name, addr.link, cidr_text(&addr.cidr, text));
		addr.label[0] = '\0';
		restore_addr(ns, &addr, save->plan);
	}
}

/* Whether the route is the lab's, and can be there where the lab is made again. */
static bool is_saved_route(struct save *save, const struct ns *ns,
			   const struct route *route)
{
	if (route->link[0])
		return is_there(save, ns, route->link);
	/* The kernel's own answer to what has no route. */
	if (route->metric == 0xffffffffu)
		return false;
	return !is_host(ns) || save->host_too || route->protocol == NSH_PROTO;
}

static void save_route(struct save *save, struct ns *ns, struct route *route)
{
	char text[CIDR_TEXT];
	const char *dest = route->dest.prefix ? cidr_text(&route->dest, text) : "default";

	if (!can_restore_route(route)) {
		leave_out(save->left_out,
			  "%s: the route to %s: it has several next hops or other special "
			  "things",
			  ns->name, dest);
		return;
	}
	if (route->place == ROUTE_FIRST && route->dest.ip.family == AF_INET6) {
		leave_out(save->left_out,
			  "%s: that the route to %s with metric %u stands before the address's "
			  "own",
			  ns->name, dest, route->metric);
		route->place = ROUTE_LAST;
	}
	restore_route(ns, route, save->plan);
}

static void save_routes(struct save *save, struct ns *ns)
{
	route_list routes = { 0 };

	routes_to_add(ns, false, &routes);
	for (size_t i = 0; i < routes.n; i++)
		if (is_saved_route(save, ns, &routes.v[i]))
			save_route(save, ns, &routes.v[i]);
	vector_free(&routes);
}

static void save_neighs(struct save *save, struct ns *ns)
{
	char text[IP_TEXT];

	for (size_t i = 0; i < ns->neighs.n; i++) {
		const struct neigh *neigh = &ns->neighs.v[i];
		const struct link *link = ns_link(ns, neigh->link);

		if (!(neigh->state & NUD_PERMANENT) || !neigh->has_mac ||
		    !is_there(save, ns, neigh->link))
			continue;
		if (!link || !(link->flags & IFF_LOOPBACK))
			plan_neigh_add(save->plan, ns->name, neigh, -1);
		else if (!is_host(ns) || save->host_too)
			leave_out(save->left_out,
				  "%s:%s: the neighbour %s, to which it does not lead", ns->name,
				  link->name, ip_text(&neigh->ip, text));
	}
}

/* --- settings and rules --- */

/* In more namespaces nsh does not read all that holds for them. */
#define CONF_MAX 100

static bool reads_conf(const struct save *save, const struct ns *ns)
{
	return save->names.n <= CONF_MAX && (!is_host(ns) || save->host_too);
}

/* Before the links, which take theirs from it. */
static void save_first_settings(struct save *save, struct ns *ns)
{
	struct extra_usual *usual = vector_add(&save->usual);

	*usual = save->born;
	if (is_host(ns) && !save->host_too)
		save_usual_of_host(save->world, usual);
	else if (reads_conf(save, ns))
		save_conf(save->world, ns, usual, save->plan, save->left_out);
}

/* Whether anything of the lab is in host. */
static bool host_has_part(const struct save *save, const struct ns *host)
{
	for (size_t i = 0; i < host->routes.n; i++)
		if (host->routes.v[i].protocol == NSH_PROTO)
			return true;
	return save->host_too || save->host_links.n > 0 || host->nft.exists;
}

static void save_sysctls(struct save *save, struct ns *ns)
{
	if (!is_host(ns) || host_has_part(save, ns))
		save_forwarding(save->world, ns, reads_conf(save, ns), save->plan);
}

static void save_rules(struct save *save, struct ns *ns)
{
	size_t foreign = 0;

	for (size_t i = 0; i < ns->nft.rules.n; i++) {
		if (ns->nft.rules.v[i].foreign)
			foreign++;
		else
			plan_nft_add(save->plan, ns->name, &ns->nft.rules.v[i], -1);
	}
	if (foreign)
		leave_out(save->left_out,
			  "%s: %zu %s of table inet " NFT_TABLE " that nsh did not make",
			  ns->name, foreign, foreign == 1 ? "rule" : "rules");
}

/* The links whose settings and whatever else is on them are the lab's. */
static void saved_links(struct save *save, const struct ns *ns, struct set *links)
{
	for (size_t i = 0; i < ns->links.n; i++) {
		const struct link *link = &ns->links.v[i];

		if (is_there(save, ns, link->name) &&
		    (!is_host(ns) || save->host_too || !(link->flags & IFF_LOOPBACK)))
			set_add(links, link->name);
	}
}

/* In more namespaces the settings of neighbour tables are not looked for. */
#define NEIGH_SETTINGS_MAX 500

/* After what is the namespace's, which changes its links'. */
static void save_others(struct save *save, struct ns *ns)
{
	const struct extra_usual *usual = &save->usual.v[save->at];
	struct set links cleanup_set = { 0 };

	saved_links(save, ns, &links);
	save_link_settings(save->world, ns, &links, usual,
			   is_host(ns) && !save->host_too ? usual : &save->born,
			   save->names.n <= NEIGH_SETTINGS_MAX, save->plan);
	save_local_routes(save->world, ns, &links, save->plan, save->left_out);
	tell_link_extras(save->world, ns, &links, save->left_out);
}

static void tell_others(struct save *save, struct ns *ns)
{
	if (!is_host(ns) || host_has_part(save, ns))
		tell_ns_extras(save->world, ns, save->left_out);
}

/* --- all of it --- */

/* The name that the namespace has been SEEN under before, or NULL. */
static const char *other_name(struct save *save, const char *name, struct same_ns *seen)
{
	struct error ignored cleanup_error = ERROR_INIT;
	dev_t dev;
	ino_t ino;

	if (!world_kernel(save->world) ||
	    kernel_netns_id(world_kernel(save->world), name, &dev, &ino, &ignored) < 0)
		return NULL;
	return same_ns_seen(seen, dev, ino, name);
}

static int take_names(struct save *save, struct error *err)
{
	const struct strings *names;
	struct same_ns seen = { 0 };

	if (world_names(save->world, &names, err) < 0)
		return -1;
	strings_add(&save->names, HOST);
	other_name(save, HOST, &seen);
	for (size_t i = 0; i < names->n; i++) {
		const char *same = other_name(save, names->v[i], &seen);

		if (!can_say(names->v[i]))
			leave_out(save->left_out, "namespace %s: nsh cannot say such a name",
				  names->v[i]);
		else if (same)
			leave_out(save->left_out, "namespace %s: it is another name of %s", names->v[i],
				  same);
		else
			strings_add(&save->names, names->v[i]);
	}
	same_ns_free(&seen);
	if (save->names.n > NEIGH_SETTINGS_MAX)
		leave_out(save->left_out, "settings of neighbour tables (net/ipv4/neigh, net/ipv6/neigh): in so "
				"many namespaces nsh does not look for them");
	if (save->names.n > CONF_MAX)
		leave_out(save->left_out,
			  "settings below net/ipv4/conf and net/ipv6/conf, all and default, but "
			  "for forwarding, disable_ipv6, rp_filter and proxy_arp of all: in so "
			  "many namespaces nsh does not look for them");
	return 0;
}

static void save_netns(struct save *save, struct ns *ns)
{
	if (!is_host(ns))
		restore_netns(ns, save->plan);
}

static void save_singles(struct save *save, struct ns *ns)
{
	save_links(save, ns, false);
}

static void save_cables(struct save *save, struct ns *ns)
{
	save_links(save, ns, true);
}

static int save_all(struct save *save, struct error *err)
{
	/* Each over all namespaces before the next: a cable needs both. */
	static void (*const steps[])(struct save * save, struct ns * ns) = {
		save_netns, save_first_settings, save_singles, save_cables, save_mtus,
		save_lo_own, save_addrs, save_routes, save_neighs, save_rules,
		save_sysctls, save_others, tell_others,
	};
	struct ns *host;

	if (take_names(save, err) < 0)
		return -1;
	host = loaded(save, HOST, err);
	if (!host)
		return -1;
	if (!save->host_too)
		choose_host_links(save, host);
	save_usual_of_new(save->world, &save->born);
	for (size_t step = 0; step < sizeof(steps) / sizeof(steps[0]); step++) {
		for (size_t i = 0; i < save->names.n; i++) {
			struct ns *ns = loaded(save, save->names.v[i], err);

			if (!ns)
				return -1;
			save->at = i;
			steps[step](save, ns);
		}
	}
	return 0;
}

int save_plan(struct world *world, bool host_too, struct plan *plan,
	      struct strings *left_out, struct error *err)
{
	struct save save = {
		.world = world,
		.plan = plan,
		.left_out = left_out,
		.host_too = host_too,
	};
	int result = save_all(&save, err);

	strings_free(&save.names);
	strings_free(&save.there_names);
	set_free(&save.there);
	vector_free(&save.usual);
	strings_free(&save.host_links);
	return result;
}
