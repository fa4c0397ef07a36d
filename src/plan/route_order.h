/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_PLAN_ROUTE_ORDER_H
#define NSH_PLAN_ROUTE_ORDER_H

#include "plan/world.h"

/*
 * Routes to the same network in the same table with the same metric stand behind one another, and
 * the first counts. The kernel adds the one that an address brings behind those that are there, but
 * refuses a second one from anybody who does not say where it is to stand (fib_table_insert() of
 * net/ipv4/fib_trie.c, fib6_add_rt2node() of net/ipv6/ip6_fib.c). In IPv6 none can be put first.
 */

/*
 * Copies of the routes that the kernel has not made itself, in an order in which they can be added
 * once the addresses are there, each with its place among those like it: first those that need no
 * gateway, as the others need them to reach theirs. OTHERS_STAY: some of them may be there still.
 */
void routes_to_add(const struct ns *ns, bool others_stay, route_list *routes);

/* The place that the route numbered AT of NS->routes has among those like it, which stay. */
enum route_place route_place(const struct ns *ns, size_t at);

#endif
