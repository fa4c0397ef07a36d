/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/addr_order.h"

#include <linux/if_addr.h>
#include <string.h>

static bool same_list(const struct addr *a, const struct addr *b)
{
	return a->cidr.ip.family == b->cidr.ip.family && strcmp(a->link, b->link) == 0;
}

bool addr_shares_network(const struct addr *a, const struct addr *b)
{
	struct cidr a_net = cidr_network(&a->cidr), b_net = cidr_network(&b->cidr);

	return same_list(a, b) && a->cidr.ip.family == AF_INET && cidr_equal(&a_net, &b_net);
}

static bool is_secondary(const struct addr *addr)
{
	return addr->cidr.ip.family == AF_INET && (addr->flags & IFA_F_SECONDARY);
}

/* Where the first address of a link goes: IPv4 before IPv6, each by the number of the link. */
static size_t new_list(const struct ns *ns, const struct addr *addr)
{
	size_t at = 0;

	while (at < ns->addrs.n) {
		const struct addr *other = &ns->addrs.v[at];

		if (addr->cidr.ip.family == other->cidr.ip.family ?
			    addr->index < other->index :
			    addr->cidr.ip.family == AF_INET)
			break;
		at++;
	}
	return at;
}

static size_t place_of(const struct ns *ns, const struct addr *addr)
{
	size_t first = 0, end, at;

	while (first < ns->addrs.n && !same_list(&ns->addrs.v[first], addr))
		first++;
	if (first == ns->addrs.n)
		return new_list(ns, addr);
	for (end = first; end < ns->addrs.n && same_list(&ns->addrs.v[end], addr); end++)
		;
	if (is_secondary(addr))
		return end;
	at = first;
	if (addr->cidr.ip.family == AF_INET6) {
		while (at < end && ns->addrs.v[at].scope < addr->scope)
			at++;
		return at;
	}
	for (size_t i = first; i < end && !is_secondary(&ns->addrs.v[i]); i++)
		if (addr->scope <= ns->addrs.v[i].scope)
			at = i + 1;
	return at;
}

struct addr *addr_place(struct ns *ns, const struct addr *addr)
{
	struct addr new = *addr;
	size_t at;

	for (size_t i = 0; i < ns->addrs.n; i++)
		if (addr_shares_network(&ns->addrs.v[i], addr))
			new.flags |= IFA_F_SECONDARY;
	at = place_of(ns, &new);
	vector_add(&ns->addrs);
	memmove(&ns->addrs.v[at + 1], &ns->addrs.v[at],
		(ns->addrs.n - 1 - at) * sizeof(*ns->addrs.v));
	ns->addrs.v[at] = new;
	return &ns->addrs.v[at];
}

size_t addr_nth_to_add(const struct ns *ns, size_t n)
{
	const struct addr *addr = &ns->addrs.v[n];
	size_t first = n, last = n;

	if (addr->cidr.ip.family != AF_INET6)
		return n;
	while (first > 0 && same_list(&ns->addrs.v[first - 1], addr))
		first--;
	while (last + 1 < ns->addrs.n && same_list(&ns->addrs.v[last + 1], addr))
		last++;
	return first + last - n;
}

/* Whether the primary one of an IPv4 address moves, which stands at AT or behind it. */
static bool primary_moves(const struct ns *ns, size_t at, size_t i)
{
	for (size_t j = at; j < i && !is_secondary(&ns->addrs.v[j]); j++)
		if (addr_shares_network(&ns->addrs.v[j], &ns->addrs.v[i]))
			return true;
	return false;
}

static void ip6_moving(const struct ns *ns, size_t at, bool *moves)
{
	const struct addr *addr = &ns->addrs.v[at];

	for (size_t i = 0; i < at; i++)
		moves[i] = same_list(&ns->addrs.v[i], addr) &&
			   ns->addrs.v[i].scope == addr->scope;
}

void addr_moving(const struct ns *ns, size_t at, bool *moves)
{
	const struct addr *addr = &ns->addrs.v[at];
	bool seconds = is_secondary(addr);

	memset(moves, 0, ns->addrs.n * sizeof(*moves));
	moves[at] = true;
	if (addr->cidr.ip.family == AF_INET6) {
		ip6_moving(ns, at, moves);
		return;
	}
	/* Primary ones behind it; secondary ones from the first on that comes back later. */
	for (size_t i = at + 1; i < ns->addrs.n && same_list(&ns->addrs.v[i], addr); i++) {
		seconds |= is_secondary(&ns->addrs.v[i]) && primary_moves(ns, at, i);
		moves[i] = seconds || !is_secondary(&ns->addrs.v[i]);
	}
}
