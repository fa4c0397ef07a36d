/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_PLAN_ADDR_ORDER_H
#define NSH_PLAN_ADDR_ORDER_H

#include "plan/world.h"

/*
 * The order that the kernel keeps the addresses of a link in. It has a meaning: the first IPv4
 * address of a network is its primary one, with which the others go; and where nothing else
 * decides, a packet's source is the first. net/ipv4/devinet.c, __inet_insert_ifa(): primary
 * addresses by scope, a new one last, then the secondary ones as they came. net/ipv6/addrconf.c,
 * ipv6_link_dev_addr(): by scope, a new one first.
 */

/* Whether both are IPv4 addresses of one network of one link: one primary, the rest secondary. */
bool addr_shares_network(const struct addr *a, const struct addr *b);

/* Puts a copy of ADDR where the kernel does, as a secondary one where it is. Borrowed. */
struct addr *addr_place(struct ns *ns, const struct addr *addr);

/*
 * The number, in NS->addrs, of the one to be added as the Nth (from 0) so that, added one after the
 * other, all come to stand in the order they are in now.
 */
size_t addr_nth_to_add(const struct ns *ns, size_t n);

/*
 * The address numbered AT is to be taken away and added again. Tells in MOVES, which has room for
 * one of each of NS->addrs, which have to be taken away and added again with it, so that all come
 * to stand where they do now; true of AT itself.
 */
void addr_moving(const struct ns *ns, size_t at, bool *moves);

#endif
