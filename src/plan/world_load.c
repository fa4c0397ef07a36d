/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/world_parts.h"

#include <string.h>

#include "kernel/nft.h"
#include "kernel/rtnl.h"
#include "plan/link_index.h"

/* What is in a namespace, read from the kernel. */

/* One part from the kernel. Links come first: the others name them. */
static int load_part(struct world *world, struct ns *ns, unsigned part, struct error *err)
{
	struct nl_error answer = { 0 };
	struct nlsock *sock;
	int result = -1;

	if (part == WORLD_NFT)
		sock = kernel_netfilter(world_kernel(world), ns->name, err);
	else if (part == WORLD_ADDRS)
		/* A switch has those that it was given, whether it is up or not. */
		sock = kernel_rtnl_early(world_kernel(world), ns->name, err);
	else
		sock = kernel_rtnl(world_kernel(world), ns->name, err);
	if (!sock)
		return -1;
	switch ((enum world_part)part) {
	case WORLD_LINKS:
		result = rtnl_links(sock, &ns->links, &answer);
		break;
	case WORLD_ADDRS:
		result = rtnl_addrs(sock, &ns->links, &ns->addrs, &answer);
		break;
	case WORLD_ROUTES:
		result = rtnl_routes(sock, &ns->links, &ns->routes, &answer);
		break;
	case WORLD_NEIGHS:
		result = rtnl_neighs(sock, &ns->links, &ns->neighs, &answer);
		break;
	case WORLD_NFT:
		result = nft_read(sock, &ns->nft, &answer);
		break;
	case WORLD_ALL:
		break;
	}
	if (result < 0) {
		ns_forget(ns, part);
		nl_error_set(err, &answer, ns->name);
		return error_prefix(err, "cannot read namespace ");
	}
	ns->loaded |= part;
	if (part == WORLD_LINKS)
		ns_links_came(ns);
	return 0;
}

/* The number that the kernel has given to a link made since the links were read: up or not. */
static void settle_link(struct nlsock *sock, struct ns *ns, struct link *link)
{
	struct nl_error answer = { 0 };
	struct link now = { 0 };
	int planned = link->index;

	if (rtnl_link(sock, link->name, &now, &answer) < 0) {
		link_clear(&now);
		return;
	}
	link->index = now.index;
	link->has_mac = now.has_mac;
	memcpy(link->mac, now.mac, sizeof(link->mac));
	link->peer = now.peer;
	link->peer_nsid = now.peer_nsid;
	link_clear(&now);
	/* An end of a cable has no ports. */
	for (size_t i = 0; strcmp(link->kind, "veth") != 0 && i < ns->links.n; i++)
		if (ns->links.v[i].master == planned)
			ns->links.v[i].master = link->index;
	for (size_t i = 0; i < ns->addrs.n; i++)
		if (ns->addrs.v[i].index == planned)
			ns->addrs.v[i].index = link->index;
}

/*
 * What is read next names links by number. In place: links are lent to those who plan. One that
 * is not there any more needs no number.
 */
static int settle_links(struct world *world, struct ns *ns, struct error *err)
{
	struct nlsock *sock = NULL;

	for (size_t i = 0; i < ns->links.n; i++) {
		if (ns->links.v[i].index < PLANNED_INDEX)
			continue;
		if (!sock && !(sock = kernel_rtnl_early(world_kernel(world), ns->name, err)))
			return -1;
		settle_link(sock, ns, &ns->links.v[i]);
		/* Its ports are those of another number now. */
		link_index_drop(ns->index);
	}
	return 0;
}

int ns_load(struct world *world, struct ns *ns, unsigned parts, int word, struct error *err)
{
	if (parts & (WORLD_ADDRS | WORLD_ROUTES | WORLD_NEIGHS))
		parts |= WORLD_LINKS;
	for (unsigned part = 1; part <= WORLD_NFT; part <<= 1) {
		if (!(parts & part) || (ns->loaded & part))
			continue;
		if (part != WORLD_LINKS && part != WORLD_NFT &&
		    settle_links(world, ns, err) < 0)
			return -1;
		if (load_part(world, ns, part, err) < 0) {
			err->word = word;
			return -1;
		}
	}
	return 0;
}
