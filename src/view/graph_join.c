/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/rtnl.h"
#include "view/graph_parts.h"

/*
 * Who is at the other end? A link knows the interface number of its peer and, where that
 * is in another namespace, a number (nsid) that its own namespace has given to that one.
 * So the peer of link 5 with peer 2 is some link 2 with peer 5. Where there are several
 * of these the kernel is asked which nsid each one's namespace has here, and where there are
 * many, first what the peer looks like. The busiest
 * namespaces come first: what they find out settles the other side of each cable too.
 */

/* Both ends have the other one's number. */
static bool is_pair(const struct link *link)
{
	return strcmp(link->kind, "veth") == 0 || strcmp(link->kind, "netkit") == 0;
}

struct end {
	int index, peer;
	size_t iface;
};

static int compare_ends(const void *a, const void *b)
{
	const struct end *x = a, *y = b;

	if (x->index != y->index)
		return x->index < y->index ? -1 : 1;
	if (x->peer != y->peer)
		return x->peer < y->peer ? -1 : 1;
	return x->iface < y->iface ? -1 : x->iface > y->iface;
}

struct joining {
	struct world *world;
	struct graph *graph;
	struct end *ends; /* those of pairs that lead into another namespace, sorted */
	size_t count;
	int *nsids; /* by node: what the namespace at hand calls it; UNASKED */
	const char *home; /* the namespace at hand */
};

#define UNASKED (-2)
#define NEAR 2 /* ends to either side that are asked of before anything else */

static void join_ends(struct graph *graph, size_t a, size_t b)
{
	graph->ifs.v[a].peer = b;
	graph->ifs.v[b].peer = a;
}

/* Within one namespace, and where this process has planned the cable itself, names will
 * do. */
static void join_known(struct graph *graph, size_t iface)
{
	const struct link *link = graph->ifs.v[iface].link;
	size_t peer;

	if (graph->ifs.v[iface].peer != GRAPH_NONE || link->peer_nsid >= 0 || !link->peer)
		return;
	peer = graph_by_index(graph, graph->ifs.v[iface].node, link->peer);
	if (peer != GRAPH_NONE && peer != iface)
		join_ends(graph, iface, peer);
}

/* The socket of the namespace at hand, asked for each time: between two times many others may have
 * been, and not as many can be open. */
static struct nlsock *sock_of(struct joining *j)
{
	struct error gone cleanup_error = ERROR_INIT;

	return kernel_rtnl(world_kernel(j->world), j->home, &gone);
}

static int nsid_of(struct joining *j, size_t asked)
{
	struct error gone cleanup_error = ERROR_INIT;
	struct nl_error answer = { 0 };
	struct nlsock *sock;
	int fd;

	if (j->nsids[asked] != UNASKED)
		return j->nsids[asked];
	fd = kernel_netns_fd(world_kernel(j->world), j->graph->nodes.v[asked].name, &gone);
	sock = fd < 0 ? NULL : sock_of(j);
	if (!sock || rtnl_nsid_of(sock, fd, &j->nsids[asked], &answer) < 0)
		j->nsids[asked] = -1;
	return j->nsids[asked];
}

/* Whether the interface is the other end of IFACE. */
static bool is_peer(struct joining *j, size_t iface, size_t other)
{
	const struct graph_if *here = &j->graph->ifs.v[iface];
	const struct graph_if *there = &j->graph->ifs.v[other];

	return there->peer == GRAPH_NONE && there->node != here->node &&
	       nsid_of(j, there->node) == here->link->peer_nsid;
}

/* The place of the first end that does not come before that one. */
static size_t find_end(const struct joining *j, struct end wanted)
{
	size_t from = 0, to = j->count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (compare_ends(&j->ends[middle], &wanted) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* Those that may be the other end by their numbers: ends FIRST to LAST, and AT where IFACE
 * itself would stand among them. */
struct range {
	size_t first, at, last;
};

/*
 * Asks of each whether it is: neighbours by name are the likeliest, up to STEPS of them to
 * either side. FAR: only of those that look so; NULL: of all.
 */
static bool try_range(struct joining *j, size_t iface, struct range range, size_t steps,
		      const struct link *far)
{
	for (size_t step = 0; step < steps; step++) {
		bool left = range.at > range.first + step, right = range.at + step < range.last;

		if (!left && !right)
			return false;
		for (int side = 0; side < 2; side++) {
			size_t other;

			if (!(side ? right : left))
				continue;
			other = j->ends[side ? range.at + step : range.at - 1 - step].iface;
			if (far && !link_is_alike(j->graph->ifs.v[other].link, far))
				continue;
			if (!is_peer(j, iface, other))
				continue;
			join_ends(j->graph, iface, other);
			return true;
		}
	}
	return false;
}

/*
 * In a lab of many namespaces with a cable each all ends have the same numbers. To ask of each
 * would be to ask for each pair of namespaces: so who is there says first what it looks like.
 */
static void join_far(struct joining *j, size_t iface)
{
	const struct link *link = j->graph->ifs.v[iface].link;
	struct range range = {
		.first = find_end(j, (struct end){ link->peer, link->index, 0 }),
		.at = find_end(j, (struct end){ link->peer, link->index, iface }),
		.last = find_end(j, (struct end){ link->peer, link->index, SIZE_MAX }),
	};
	struct nl_error answer = { 0 };
	struct link far = { 0 };
	struct nlsock *sock;
	bool joined;

	if (try_range(j, iface, range, NEAR, NULL))
		return;
	sock = range.last - range.first > 2 * NEAR ? sock_of(j) : NULL;
	if (sock &&
	    rtnl_link_there(sock, link->peer_nsid, link->peer, &far, &answer) == 0)
		joined = try_range(j, iface, range, SIZE_MAX, &far);
	else
		joined = try_range(j, iface, range, SIZE_MAX, NULL);
	link_clear(&far);
	if (!joined)
		j->graph->ifs.v[iface].lost = true;
}

static bool leads_away(const struct graph_if *iface)
{
	return is_pair(iface->link) && iface->link->peer && iface->link->peer_nsid >= 0 &&
	       iface->peer == GRAPH_NONE;
}

struct busy {
	size_t node, links;
};

static int compare_busy(const void *a, const void *b)
{
	const struct busy *x = a, *y = b;

	if (x->links != y->links)
		return x->links > y->links ? -1 : 1;
	return x->node < y->node ? -1 : x->node > y->node;
}

static void join_node(struct joining *j, size_t number)
{
	const struct graph_node *node = &j->graph->nodes.v[number];
	bool fresh = true;

	for (size_t i = node->first; i < node->first + node->count; i++) {
		if (!leads_away(&j->graph->ifs.v[i]))
			continue;
		for (size_t n = 0; fresh && n < j->graph->nodes.n; n++)
			j->nsids[n] = UNASKED;
		j->home = node->name;
		fresh = false;
		join_far(j, i);
	}
}

static void join_pairs(struct joining *j)
{
	struct graph *graph = j->graph;
	cleanup_free struct busy *busy = xcalloc(graph->nodes.n, sizeof(*busy));
	cleanup_free struct end *ends = xcalloc(graph->ifs.n + 1, sizeof(*ends));
	cleanup_free int *nsids = xcalloc(graph->nodes.n, sizeof(*nsids));

	j->ends = ends;
	j->nsids = nsids;
	for (size_t i = 0; i < graph->nodes.n; i++)
		busy[i].node = i;
	for (size_t i = 0; i < graph->ifs.n; i++) {
		const struct graph_if *iface = &graph->ifs.v[i];

		if (!leads_away(iface))
			continue;
		busy[iface->node].links++;
		ends[j->count++] =
			(struct end){ iface->link->index, iface->link->peer, i };
	}
	qsort(ends, j->count, sizeof(*ends), compare_ends);
	qsort(busy, graph->nodes.n, sizeof(*busy), compare_busy);
	for (size_t i = 0; i < graph->nodes.n && busy[i].links; i++)
		join_node(j, busy[i].node);
}

static size_t find_iface(const struct graph *graph, const struct ns *ns, int index)
{
	for (size_t i = 0; i < graph->nodes.n; i++)
		if (graph->nodes.v[i].ns == ns)
			return graph_by_index(graph, i, index);
	return GRAPH_NONE;
}

/* A vlan, a macvlan: they know what they stand on; that does not know them. */
static void join_lower(struct joining *j, size_t number)
{
	struct graph_if *iface = &j->graph->ifs.v[number];
	struct ns *ns;
	struct link *lower;

	if (!iface->link->peer || is_pair(iface->link) ||
	    iface->link->peer == iface->link->index)
		return;
	if (world_peer(j->world, j->graph->nodes.v[iface->node].ns, iface->link, &ns,
		       &lower))
		iface->lower = find_iface(j->graph, ns, lower->index);
	else
		iface->lost = iface->link->peer_nsid >= 0;
}

void graph_join(struct world *world, struct graph *graph)
{
	struct joining j = { .world = world, .graph = graph };

	for (size_t i = 0; i < graph->ifs.n; i++)
		if (is_pair(graph->ifs.v[i].link))
			join_known(graph, i);
	if (world_kernel(world))
		join_pairs(&j);
	for (size_t i = 0; i < graph->ifs.n; i++)
		join_lower(&j, i);
}
