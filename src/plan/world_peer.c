/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/world_parts.h"

#include <string.h>

#include "kernel/rtnl.h"

/* Where the other end of a link is. */

/* Whether the namespace NAME is the one that NS knows by the number NSID. */
static bool has_nsid(struct world *world, const struct ns *ns, const char *name, int nsid)
{
	struct error err cleanup_error = ERROR_INIT;
	struct nl_error answer = { 0 };
	struct nlsock *sock = kernel_rtnl(world_kernel(world), ns->name, &err);
	int fd, found;

	if (!sock)
		return false;
	fd = kernel_netns_fd(world_kernel(world), name, &err);
	if (fd < 0 || rtnl_nsid_of(sock, fd, &found, &answer) < 0)
		return false;
	return found == nsid;
}

/* Whether a link like FAR is in the namespace NAME. */
static bool has_alike(struct world *world, const char *name, const struct link *far)
{
	struct error ignored cleanup_error = ERROR_INIT;
	const struct ns *ns = world_ns(world, name, WORLD_LINKS, -1, &ignored);
	const struct link *link = ns ? ns_link_by_index(ns, far->index) : NULL;

	return link && link_is_alike(link, far);
}

/* What is at the other end of LINK: what it is called is not known yet. */
static bool far_link(struct world *world, const struct ns *ns, const struct link *link,
		     struct link *far)
{
	struct error ignored cleanup_error = ERROR_INIT;
	struct nl_error answer = { 0 };
	struct nlsock *sock = kernel_rtnl(world_kernel(world), ns->name, &ignored);

	*far = (struct link){ 0 };
	return sock && rtnl_link_there(sock, link->peer_nsid, link->peer, far, &answer) == 0;
}

/*
 * The name of the namespace that NS knows by NSID. Host is the likeliest, then one whose name
 * is part of the link's (veth-red-br leads to red), then those with a link that looks like the
 * one there, then each in turn.
 */
static const char *name_of_nsid(struct world *world, const struct ns *ns,
				const struct link *link)
{
	struct error err cleanup_error = ERROR_INIT;
	const struct strings *names;
	const char *found = NULL;
	struct link far;

	if (link->peer_nsid < 0)
		return ns->name;
	if (strcmp(ns->name, HOST) != 0 && has_nsid(world, ns, HOST, link->peer_nsid))
		return HOST;
	if (world_names(world, &names, &err) < 0)
		return NULL;
	for (size_t i = 0; i < names->n; i++)
		if (strstr(link->name, names->v[i]) &&
		    has_nsid(world, ns, names->v[i], link->peer_nsid))
			return names->v[i];
	if (far_link(world, ns, link, &far))
		for (size_t i = 0; !found && i < names->n; i++)
			if (has_alike(world, names->v[i], &far) &&
			    has_nsid(world, ns, names->v[i], link->peer_nsid))
				found = names->v[i];
	link_clear(&far);
	for (size_t i = 0; !found && i < names->n; i++)
		if (has_nsid(world, ns, names->v[i], link->peer_nsid))
			found = names->v[i];
	return found;
}

static struct link *find_peer(const struct ns *ns, const struct link *link)
{
	return link->peer_name[0] ? ns_link(ns, link->peer_name) :
				    ns_link_by_index(ns, link->peer);
}

bool world_peer(struct world *world, struct ns *ns, const struct link *link,
		struct ns **peer_ns, struct link **peer)
{
	struct error err cleanup_error = ERROR_INIT;
	const char *name = link->peer_ns;

	if (!name && world_kernel(world) && link->peer)
		name = name_of_nsid(world, ns, link);
	if (!name || !world_has_ns(world, name))
		return false;
	*peer_ns = world_ns(world, name, WORLD_LINKS, -1, &err);
	if (!*peer_ns)
		return false;
	*peer = find_peer(*peer_ns, link);
	if (*peer || world_simulates(world) || *peer_ns == ns)
		return *peer != NULL;
	/* Made since its namespace was read: known by its name there, not by its number. */
	world_stale(world, *peer_ns, WORLD_LINKS);
	*peer_ns = world_ns(world, name, WORLD_LINKS, -1, &err);
	*peer = *peer_ns ? find_peer(*peer_ns, link) : NULL;
	return *peer != NULL;
}
