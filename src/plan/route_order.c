/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/route_order.h"

#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "plan/op.h"

static int compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* The same where they are alike: to the same network, in the same table, with the same metric. */
static int compare_kinds(const struct route *a, const struct route *b)
{
	int order = compare(a->dest.ip.family, b->dest.ip.family);

	if (!order)
		order = compare(a->dest.prefix, b->dest.prefix);
	if (!order)
		order = memcmp(a->dest.ip.bytes, b->dest.ip.bytes, ip_bytes(a->dest.ip.family));
	if (!order)
		order = compare(a->table, b->table);
	return order ? order : compare(a->metric, b->metric);
}

/* A route with what decides when its turn comes. */
struct turn {
	const struct route *route; /* in the namespace's list, whose order is the kernel's */
	const struct route *first; /* of those alike */
	enum route_place place;
	bool gateway; /* one of those alike has one */
};

static int by_kind(const void *a, const void *b)
{
	const struct turn *one = a, *other = b;
	int order = compare_kinds(one->route, other->route);

	return order ? order : (one->route > other->route) - (one->route < other->route);
}

static int by_turn(const void *a, const void *b)
{
	const struct turn *one = a, *other = b;

	if (one->gateway != other->gateway)
		return one->gateway ? 1 : -1;
	if (one->first != other->first)
		return one->first > other->first ? 1 : -1;
	/* Each goes in front of what is there: the last of them comes first. */
	if (one->place == ROUTE_FIRST && other->place == ROUTE_FIRST)
		return one->route < other->route ? 1 : -1;
	if ((one->place == ROUTE_FIRST) != (other->place == ROUTE_FIRST))
		return one->place == ROUTE_FIRST ? -1 : 1;
	return (one->route > other->route) - (one->route < other->route);
}

/* COUNT routes that are alike. */
static void place_alike(struct turn *turns, size_t count, bool others_stay)
{
	size_t kernels = 0;
	bool gateway = false;

	while (kernels < count && !is_kernels_route(turns[kernels].route))
		kernels++;
	for (size_t i = 0; i < count; i++)
		gateway |= turns[i].route->gateway.family != 0;
	for (size_t i = 0; i < count; i++) {
		turns[i].first = turns[0].route;
		turns[i].gateway = gateway;
		if (kernels < count)
			turns[i].place = i < kernels ? ROUTE_FIRST : ROUTE_LAST;
		else if (i > 0)
			turns[i].place = ROUTE_LAST;
		else
			turns[i].place = others_stay && count > 1 ? ROUTE_FIRST : ROUTE_ALONE;
	}
}

void routes_to_add(const struct ns *ns, bool others_stay, route_list *routes)
{
	cleanup_free struct turn *turns = xcalloc(ns->routes.n + 1, sizeof(*turns));
	size_t count;

	for (size_t i = 0; i < ns->routes.n; i++)
		turns[i].route = &ns->routes.v[i];
	qsort(turns, ns->routes.n, sizeof(*turns), by_kind);
	for (size_t i = 0; i < ns->routes.n; i += count) {
		count = 1;
		while (i + count < ns->routes.n &&
		       compare_kinds(turns[i].route, turns[i + count].route) == 0)
			count++;
		place_alike(&turns[i], count, others_stay);
	}
	qsort(turns, ns->routes.n, sizeof(*turns), by_turn);
	routes->n = 0;
	for (size_t i = 0; i < ns->routes.n; i++) {
		struct route *route;

		if (is_kernels_route(turns[i].route))
			continue;
		route = vector_add(routes);
		*route = *turns[i].route;
		route->place = turns[i].place;
	}
}

enum route_place route_place(const struct ns *ns, size_t at)
{
	enum route_place place = ROUTE_ALONE;

	for (size_t i = 0; i < ns->routes.n; i++) {
		if (i == at || compare_kinds(&ns->routes.v[i], &ns->routes.v[at]) != 0)
			continue;
		if (i < at)
			place = ROUTE_LAST;
		else if (place == ROUTE_ALONE || is_kernels_route(&ns->routes.v[i]))
			return ROUTE_FIRST;
	}
	return place;
}
