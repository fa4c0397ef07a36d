/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/type_parts.h"

#include <string.h>

#include "base/cleanup.h"

/* What there is of each type: addresses, networks, gateways. */

void complete_addr(struct session *session, const struct args *so_far,
		   struct candidates *candidates)
{
	const char *link;
	struct ns *ns = line_subject(session, so_far, WORLD_ADDRS, &link);
	char text[CIDR_TEXT];

	for (size_t i = 0; ns && i < ns->addrs.n; i++)
		if (!link || strcmp(ns->addrs.v[i].link, link) == 0)
			candidates_add(candidates, cidr_text(&ns->addrs.v[i].cidr, text),
			    ns->addrs.v[i].link);
}

/* Addresses that are in use around a subnet, as far as they can be found without a search. */
struct used {
	addr_list list;
	bool found;
	struct cidr network;
};

static void use_addrs(struct used *used, const struct ns *ns, const char *link)
{
	for (size_t i = 0; ns && i < ns->addrs.n; i++) {
		const struct addr *addr = &ns->addrs.v[i];

		if ((link && strcmp(addr->link, link) != 0) ||
		    ip_is_loopback(&addr->cidr.ip) || ip_is_link_local(&addr->cidr.ip))
			continue;
		*vector_add(&used->list) = *addr;
		if (!used->found)
			used->network = cidr_network(&addr->cidr);
		used->found = true;
	}
}

/* Those on a switch: its own, and of what is attached to it; of large ones only the first. */
static void use_bridge(struct session *session, struct used *used, const char *ns_name,
		       const char *bridge)
{
	struct ns *ns = ns_there(session, ns_name, WORLD_ADDRS);
	size_t ports = 0;

	use_addrs(used, ns, bridge);
	for (size_t i = 0; ns && i < ns->links.n && ports < 64; i++) {
		struct link *peer;
		struct ns *peer_ns;

		if (strcmp(ns->links.v[i].master_name, bridge) != 0)
			continue;
		ports++;
		if (!world_peer(session->world, ns, &ns->links.v[i], &peer_ns, &peer))
			continue;
		peer_ns = ns_there(session, peer_ns->name, WORLD_ADDRS);
		if (peer_ns)
			use_addrs(used, peer_ns, peer->name);
	}
}

/* Those at the other end of a link: of its peer, or of the switch that is attached to. */
static void use_link(struct session *session, struct used *used, struct ns *ns,
		     struct link *link)
{
	cleanup_free char *name = xstrdup(link->name);
	struct ns *peer_ns;
	struct link *peer;

	if (strcmp(link->kind, "bridge") == 0) {
		use_bridge(session, used, ns->name, name);
		return;
	}
	use_addrs(used, ns_there(session, ns->name, WORLD_ADDRS), name);
	if (!world_peer(session->world, ns, link, &peer_ns, &peer))
		return;
	if (peer->master_name[0]) {
		cleanup_free char *master = xstrdup(peer->master_name);

		use_bridge(session, used, peer_ns->name, master);
	} else {
		cleanup_free char *peer_name = xstrdup(peer->name);

		use_addrs(used, ns_there(session, peer_ns->name, WORLD_ADDRS), peer_name);
	}
}

static bool is_used(const struct used *used, const struct args *so_far, const struct ip *ip)
{
	for (size_t i = 0; i < used->list.n; i++)
		if (ip_equal(&used->list.v[i].cidr.ip, ip))
			return true;
	for (size_t i = 0; i < so_far->n; i++) {
		struct error ignored cleanup_error = ERROR_INIT;
		struct cidr cidr;

		if (cidr_parse(so_far->v[i].text, &cidr, -1, &ignored) == 0 &&
		    ip_equal(&cidr.ip, ip))
			return true;
	}
	return false;
}

/* The first few free addresses of the subnet that the line is about. */
void complete_cidr(struct session *session, const struct args *so_far,
		   struct candidates *candidates)
{
	const struct arg *br = arg_get(so_far, "BR"), *typed = arg_get(so_far, "CIDR");
	struct used used = { 0 };
	const char *link_name;
	char text[CIDR_TEXT];
	struct ip ip;
	struct ns *ns;

	if (br) {
		use_bridge(session, &used, session->ns, br->text);
	} else {
		ns = line_subject(session, so_far, WORLD_LINKS, &link_name);
		for (size_t i = 0; ns && i < ns->links.n; i++) {
			struct link *link = &ns->links.v[i];

			if (link->flags & IFF_LOOPBACK)
				continue;
			if (!link_name || strcmp(link->name, link_name) == 0)
				use_link(session, &used, ns, link);
		}
	}
	if (!used.found && typed) {
		struct error ignored cleanup_error = ERROR_INIT;

		used.found = cidr_parse(typed->text, &used.network, -1, &ignored) == 0;
		used.network = cidr_network(&used.network);
	}
	ip = used.network.ip;
	for (int offered = 0, tries = 0; used.found && offered < 8 && tries < 1024; tries++) {
		struct cidr cidr = { ip_next(&ip), used.network.prefix };
		struct ip broadcast = cidr_broadcast(&used.network);

		ip = cidr.ip;
		if (!cidr_contains(&used.network, &ip) || ip_equal(&ip, &broadcast))
			break;
		if (is_used(&used, so_far, &ip))
			continue;
		candidates_add(candidates, cidr_text(&cidr, text), "free");
		offered++;
	}
	vector_free(&used.list);
}

void complete_net(struct session *session, const struct args *so_far,
		  struct candidates *candidates)
{
	const char *link;
	struct ns *ns = line_subject(session, so_far, WORLD_ADDRS, &link);
	char text[CIDR_TEXT];

	for (size_t i = 0; ns && i < ns->addrs.n; i++) {
		struct cidr network = cidr_network(&ns->addrs.v[i].cidr);

		if (!ip_is_loopback(&network.ip) && !ip_is_link_local(&network.ip))
			candidates_add(candidates, cidr_text(&network, text), ns->addrs.v[i].link);
	}
}

/* Gateways: whoever else is on the networks of the namespace that is routed from. */
void complete_gw(struct session *session, const struct args *so_far,
		 struct candidates *candidates)
{
	const char *ignored;
	struct ns *ns = line_subject(session, so_far, WORLD_ADDRS, &ignored), *bridge_ns = NULL;
	struct used used = { 0 };
	char text[IP_TEXT];

	for (size_t i = 0; ns && i < ns->links.n; i++) {
		struct link *link = &ns->links.v[i], *peer;
		struct ns *peer_ns;

		if (link->flags & IFF_LOOPBACK)
			continue;
		use_link(session, &used, ns, link);
		/* The switch's own address is the gateway people mean: offer it by name too. */
		if (world_peer(session->world, ns, link, &peer_ns, &peer) &&
		    peer->master_name[0] && strcmp(peer_ns->name, session->ns) == 0) {
			bridge_ns = ns_there(session, peer_ns->name, WORLD_ADDRS);
			for (size_t j = 0; bridge_ns && j < bridge_ns->addrs.n; j++)
				if (strcmp(bridge_ns->addrs.v[j].link, peer->master_name) == 0 &&
				    !ip_is_link_local(&bridge_ns->addrs.v[j].cidr.ip)) {
					candidates_add(candidates, peer->master_name, "a switch");
					break;
				}
		}
	}
	for (size_t i = 0; i < used.list.n; i++) {
		bool own = false;

		for (size_t j = 0; ns && j < ns->addrs.n; j++)
			own |= ip_equal(&ns->addrs.v[j].cidr.ip, &used.list.v[i].cidr.ip);
		if (!own)
			candidates_add(candidates, ip_text(&used.list.v[i].cidr.ip, text),
			    used.list.v[i].link);
	}
	vector_free(&used.list);
}

void complete_dest(struct session *session, const struct args *so_far,
		   struct candidates *candidates)
{
	const struct arg *ns_arg = arg_get(so_far, "NS");
	struct ns *ns = ns_there(session, ns_arg ? ns_arg->text : session->ns, WORLD_ROUTES);
	bool deleting = arg_has(so_far, "del");
	char text[CIDR_TEXT];

	if (!deleting)
		candidates_add(candidates, "default", "everything else");
	for (size_t i = 0; deleting && ns && i < ns->routes.n; i++) {
		const struct route *route = &ns->routes.v[i];

		if (ip_is_multicast(&route->dest.ip) || ip_is_link_local(&route->dest.ip))
			continue;
		candidates_add(candidates,
			       route->dest.prefix ? cidr_text(&route->dest, text) : "default",
			       route->link);
	}
	if (deleting)
		return;
	/* The networks of host, which others most often want to reach. */
	ns = ns_there(session, HOST, WORLD_ADDRS);
	for (size_t i = 0; ns && i < ns->addrs.n; i++) {
		struct cidr network = cidr_network(&ns->addrs.v[i].cidr);

		if (!ip_is_loopback(&network.ip) && !ip_is_link_local(&network.ip))
			candidates_add(candidates, cidr_text(&network, text), "a network of host");
	}
}
