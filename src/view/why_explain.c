/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/why_parts.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* What is behind a "no" of the kernel. */

const struct addr *find_network(const struct ns *ns, const struct link *link,
				     const struct ip *ip)
{
	for (size_t i = 0; i < ns->addrs.n; i++) {
		const struct addr *addr = &ns->addrs.v[i];
		struct cidr network = cidr_network(&addr->cidr);

		if ((!link || addr->index == link->index) && cidr_contains(&network, ip))
			return addr;
	}
	return NULL;
}

/* An address of LINK that others can send to: none of IPv6's own. */
const struct addr *find_address(const struct ns *ns, const struct link *link,
				      uint8_t family)
{
	for (size_t i = 0; i < ns->addrs.n; i++) {
		const struct addr *addr = &ns->addrs.v[i];

		if (addr->index == link->index && addr->cidr.ip.family == family &&
		    !ip_is_link_local(&addr->cidr.ip))
			return addr;
	}
	return NULL;
}

bool link_is_station(const struct link *link)
{
	return !(link->flags & IFF_LOOPBACK) && !link->master;
}

/* --- routes that say no --- */

/* The blackhole, prohibit or unreachable route that is the best match, if one is. */
static const struct route *refusing_route(struct walk *walk, struct ns *ns, const struct ip *to)
{
	const struct route *best = best_route(walk, ns, to, 0);

	if (!best || (best->type != RTN_BLACKHOLE && best->type != RTN_UNREACHABLE &&
		      best->type != RTN_PROHIBIT))
		return NULL;
	return best;
}

static char *rules_hint(const struct ns *ns, const struct ip *to)
{
	return xasprintf("; \"exec %s ip%s rule\" lists such rules", ns->name,
			 to->family == AF_INET ? "" : " -6");
}

static bool end_refusing(struct walk *walk, struct ns *ns, const struct ip *to,
			 const struct link *in, int error)
{
	const struct route *route = refusing_route(walk, ns, to);
	enum why_code code = WHY_UNREACHABLE_ROUTE;
	cleanup_free char *mend = NULL;
	const char *what = "says that it is unreachable";
	/* Without such a route it is one of "ip rule", none of which is read. */
	const char *who = route ? "a route" : "a rule of routing (ip rule)";
	cleanup_free char *list = route ? xstrdup("") : rules_hint(ns, to);
	char text[IP_TEXT], dest[CIDR_TEXT];

	if (error == EACCES || (route && route->type == RTN_PROHIBIT)) {
		code = WHY_PROHIBITED;
		what = "prohibits it";
	} else if (error == EINVAL || (route && route->type == RTN_BLACKHOLE)) {
		code = WHY_BLACKHOLE;
		what = "drops all for it";
	}
	if (route)
		mend = xasprintf("route del %s %s", ns->name,
				 route->dest.prefix ? cidr_text(&route->dest, dest) : "default");
	return why_end(walk, code, WHY_OBSERVED, ns, in, mend, "%s of %s to %s %s%s", who,
		       ns->name, ip_text(to, text), what, list);
}

/* The kernel answers EINVAL to a source too that it sends nothing from, wherever it were to go. */
static bool end_bad_source(struct walk *walk, struct ns *ns, const struct packet *packet)
{
	struct route_question question = { .to = packet->to, .mark = packet->mark };
	struct route_answer answer;
	char from[IP_TEXT], to[IP_TEXT];

	if (!packet->from.family || refusing_route(walk, ns, &packet->to))
		return false;
	if (!why_route(walk, ns, &question, &answer))
		return true; /* a failure to read */
	if (answer.error == EINVAL)
		return false;
	ip_text(&packet->from, from);
	ip_text(&packet->to, to);
	if (ip_is_loopback(&packet->from))
		return why_end(walk, WHY_MARTIAN, WHY_OBSERVED, ns,
			       ns_link_by_index(ns, answer.out), NULL,
			       "%s sends nothing from %s to %s: a loopback address stays within "
			       "its namespace", ns->name, from, to);
	return why_end(walk, WHY_MARTIAN, WHY_OBSERVED, ns, ns_link_by_index(ns, answer.out), NULL,
		       "%s sends nothing from %s, which is no address of its own", ns->name, from);
}

/* --- no route --- */

/* An interface that is down and would lead there. */
static bool end_link_down(struct walk *walk, struct ns *ns, const struct ip *to, bool any)
{
	cleanup_free char *mend = NULL;

	for (size_t i = 0; i < ns->links.n; i++) {
		const struct link *link = &ns->links.v[i];
		bool bridge = !strcmp(link->kind, "bridge");

		if ((link->flags & IFF_UP) || !link_is_station(link) ||
		    !(any || find_network(ns, link, to)))
			continue;
		mend = mend_link_up(walk, ns, link, to);
		return why_end(walk, bridge ? WHY_BRIDGE_DOWN : WHY_LINK_DOWN, WHY_OBSERVED, ns,
			       link, mend, "the %s %s of %s is down, and its %s are gone with it",
			       bridge ? "switch" : "interface", link->name, ns->name,
			       to->family == AF_INET ? "routes" : "IPv6 addresses and routes");
	}
	return false;
}

/* An interface that has IPv6 switched off, and so lost its addresses. */
bool end_ipv6_off(struct walk *walk, struct ns *ns, const struct link *link)
{
	cleanup_free char *mend = NULL;

	if (!why_sysctl_on(walk, ns, "net/ipv6/conf/%s/disable_ipv6", link->name))
		return false;
	mend = xasprintf("in %s sysctl -w net.ipv6.conf.%s.disable_ipv6=0", ns->name, link->name);
	return why_end(walk, WHY_IPV6_OFF, WHY_PREDICTED, ns, link, mend,
		       "IPv6 is switched off on %s of %s: its addresses are gone with it",
		       link->name, ns->name);
}

/* The routes that lead over LINK, as lines, for when its address goes. */
static void keep_routes(struct walk *walk, struct ns *ns, const struct link *link,
			struct buf *lines)
{
	struct error err cleanup_error = ERROR_INIT;
	char dest[CIDR_TEXT], via[IP_TEXT];

	if (!world_ns(walk->world, ns->name, WORLD_ROUTES, -1, &err))
		return;
	for (size_t i = 0; i < ns->routes.n; i++) {
		const struct route *route = &ns->routes.v[i];

		if (route->gateway.family != AF_INET || strcmp(route->link, link->name) != 0 ||
		    route->table != RT_TABLE_MAIN)
			continue;
		buf_addf(lines, "; route %s %s via %s", ns->name,
			 route->dest.prefix ? cidr_text(&route->dest, dest) : "default",
			 ip_text(&route->gateway, via));
	}
}

bool end_wrong_prefix(struct walk *walk, struct ns *ns, const struct link *link,
			     const struct addr *own, unsigned prefix, const struct ip *to)
{
	struct buf mend cleanup_buf = { 0 };
	struct cidr better = { own->cidr.ip, (uint8_t)prefix };
	char old[CIDR_TEXT], new[CIDR_TEXT], text[IP_TEXT];
	bool narrow = own->cidr.prefix > prefix;

	cidr_text(&own->cidr, old);
	cidr_text(&better, new);
	buf_addf(&mend, "addr del %s:%s %s; addr %s:%s %s", ns->name, link->name, old, ns->name,
		 link->name, new);
	keep_routes(walk, ns, link, &mend);
	return why_end(walk, WHY_WRONG_PREFIX, WHY_PREDICTED, ns, link, buf_str(&mend),
		       narrow ? "%s has the address %s, whose prefix length leaves out %s, which "
				"is on the same link" :
				"%s has the address %s, whose prefix length takes in %s, which is "
				"on another link", ns->name, old, ip_text(to, text));
}

/* An address that is alone in its network, for want of a prefix length: no gateway is near. */
static bool end_lonely(struct walk *walk, struct ns *ns, const struct ip *to)
{
	station_list stations = { 0 };
	bool ended = false;

	for (size_t i = 0; i < ns->links.n && !ended; i++) {
		const struct link *link = &ns->links.v[i];
		const struct addr *own = find_address(ns, link, to->family);

		if (!link_is_station(link) || !(link->flags & IFF_UP) || !own ||
		    own->cidr.prefix != ip_bits(to->family))
			continue;
		find_stations(walk, ns, link, &stations);
		for (size_t j = 0; j < stations.n && !ended; j++) {
			const struct addr *other = find_address(stations.v[j].ns,
							       stations.v[j].link, to->family);
			struct cidr network = other ? cidr_network(&other->cidr) : own->cidr;
			struct buf mend cleanup_buf = { 0 };
			char old[CIDR_TEXT], new[CIDR_TEXT], text[IP_TEXT];
			struct cidr better = own->cidr;

			if (network.prefix >= own->cidr.prefix ||
			    !cidr_contains(&network, &own->cidr.ip) ||
			    !is_gateway(walk, &stations.v[j], to))
				continue;
			better.prefix = network.prefix;
			cidr_text(&own->cidr, old);
			cidr_text(&better, new);
			buf_addf(&mend, "addr del %s:%s %s; addr %s:%s %s; route %s default via %s",
				 ns->name, link->name, old, ns->name, link->name, new, ns->name,
				 ip_text(&other->cidr.ip, text));
			ended = why_end(walk, WHY_WRONG_PREFIX, WHY_PREDICTED, ns, link,
					buf_str(&mend), "%s has the address %s, whose prefix length "
					"leaves it alone in its network: no gateway is in reach",
					ns->name, old);
		}
	}
	vector_free(&stations);
	return ended;
}

/* Somebody on a link of NS has the address, and NS has no route for want of an address. */
static bool end_by_station(struct walk *walk, struct ns *ns, const struct ip *to)
{
	struct ns *owner;
	const struct addr *addr, *own;
	station_list stations = { 0 };
	bool ended = false;

	if (!find_owner(walk, to, &owner, &addr))
		return false;
	for (size_t i = 0; i < ns->links.n && !ended; i++) {
		const struct link *link = &ns->links.v[i];
		cleanup_free char *mend = NULL;

		if (!link_is_station(link) || !(link->flags & IFF_UP))
			continue;
		find_stations(walk, ns, link, &stations);
		for (size_t j = 0; j < stations.n && !ended; j++) {
			if (stations.v[j].ns != owner || stations.v[j].link->index != addr->index)
				continue;
			own = find_address(ns, link, to->family);
			if (own && addr->cidr.prefix < own->cidr.prefix) {
				ended = end_wrong_prefix(walk, ns, link, own, addr->cidr.prefix, to);
			} else if (!own) {
				mend = mend_address(walk, ns, link, to->family);
				ended = why_end(walk, WHY_NO_ADDRESS, WHY_OBSERVED, ns, link, mend,
						"%s has no address on %s, and so no route",
						ns->name, link->name);
			}
		}
	}
	vector_free(&stations);
	return ended;
}

static bool has_any_address(const struct ns *ns, uint8_t family)
{
	for (size_t i = 0; i < ns->links.n; i++)
		if (link_is_station(&ns->links.v[i]) && find_address(ns, &ns->links.v[i], family))
			return true;
	return false;
}

static bool end_no_address(struct walk *walk, struct ns *ns, uint8_t family)
{
	cleanup_free char *mend = NULL;
	const struct link *found = NULL;

	for (size_t i = 0; i < ns->links.n && !mend; i++) {
		if (!link_is_station(&ns->links.v[i]))
			continue;
		found = &ns->links.v[i];
		mend = mend_address(walk, ns, found, family);
	}
	if (!found)
		return why_end(walk, WHY_NO_ROUTE, WHY_OBSERVED, ns, NULL, NULL,
			       "%s has no interface besides lo: it is connected to nothing",
			       ns->name);
	return why_end(walk, WHY_NO_ADDRESS, WHY_OBSERVED, ns, found, mend,
		       "%s has no IPv%c address, and so no route", ns->name,
		       family == AF_INET ? '4' : '6');
}

/* --- no way back --- */

static bool is_private(const struct ip *ip)
{
	const uint8_t *b = ip->bytes;

	if (ip->family == AF_INET6)
		return (b[0] & 0xfe) == 0xfc;
	return b[0] == 10 || (b[0] == 172 && (b[1] & 0xf0) == 16) || (b[0] == 192 && b[1] == 168);
}

/* Whether the last router leads out of a private network: there NAT belongs. */
static bool nat_belongs(struct walk *walk)
{
	struct ns *router = walk->last_router;
	struct error err cleanup_error = ERROR_INIT;
	const struct packet *first = walk->first;
	struct link *out;

	if (!router)
		return false;
	if (walk->was_dnat)
		return false; /* it came in by a published port */
	if (is_private(&first->from) && !is_private(&first->to))
		return true;
	out = ns_link_by_index(router, walk->last_router_out);
	if (!out || !world_ns(walk->world, router->name, WORLD_ROUTES, -1, &err))
		return false;
	for (size_t i = 0; i < router->routes.n; i++)
		if (!router->routes.v[i].dest.prefix &&
		    router->routes.v[i].dest.ip.family == first->from.family &&
		    !strcmp(router->routes.v[i].link, out->name))
			return true;
	return false;
}

static bool end_no_return(struct walk *walk, struct why_ns *space, const struct packet *packet)
{
	char text[IP_TEXT], net_text[CIDR_TEXT];
	cleanup_free char *mend = NULL;
	const struct addr *addr;
	struct cidr network;
	struct ns *owner;

	ip_text(&packet->to, text);
	if (ip_equal(&packet->to, &walk->first->from) && nat_belongs(walk)) {
		if (find_owner(walk, &packet->to, &owner, &addr)) {
			network = cidr_network(&addr->cidr);
			mend = xasprintf("nat on %s for %s", walk->last_router->name,
					 cidr_text(&network, net_text));
		}
		return why_end(walk, WHY_NO_NAT, WHY_OBSERVED, space->ns, NULL, mend,
			       "the packet arrives, but %s has no route back to %s, and no NAT on "
			       "%s hides that address", space->ns->name, text,
			       walk->last_router->name);
	}
	mend = mend_route(walk, space, &packet->to);
	return why_end(walk, WHY_NO_RETURN_ROUTE, WHY_OBSERVED, space->ns, NULL, mend,
		       "the packet arrives, but %s has no route back to %s", space->ns->name,
		       text);
}

/*
 * Whether IPv6 is switched off where it is needed: on the link that the owner of the address is
 * on or, where ANY, on one that may lead there.
 */
static bool end_own_ipv6_off(struct walk *walk, struct ns *ns, const struct ip *to, bool any)
{
	const struct addr *addr;
	struct ns *owner = NULL;
	bool known = find_owner(walk, to, &owner, &addr);

	for (size_t i = 0; to->family == AF_INET6 && i < ns->links.n; i++) {
		const struct link *link = &ns->links.v[i];

		if (link_is_station(link) &&
		    (any || (known && link_reaches(walk, ns, link, owner, addr->index))) &&
		    end_ipv6_off(walk, ns, link))
			return true;
	}
	return false;
}

/* There is a route, in a table that the rules of routing do not come to. */
static bool end_not_asked(struct walk *walk, struct ns *ns, const struct ip *to,
			  const struct link *in)
{
	const struct route *route = best_route(walk, ns, to, RT_TABLE_MAIN);
	const struct link *link = route ? ns_link(ns, route->link) : NULL;
	cleanup_free char *list = rules_hint(ns, to);
	char text[IP_TEXT], dest[CIDR_TEXT];

	if (!link || route->type != RTN_UNICAST || !(link->flags & IFF_UP) || !link->carrier)
		return false;
	return why_end(walk, walk->back ? WHY_NO_RETURN_ROUTE : WHY_NO_ROUTE, WHY_PREDICTED, ns, in,
		       NULL, "%s has the route %s, but its rules of routing (ip rule) do not take "
		       "it for %s%s", ns->name,
		       route->dest.prefix ? cidr_text(&route->dest, dest) : "default",
		       ip_text(to, text), list);
}

bool explain_no_route(struct walk *walk, struct why_ns *space, const struct packet *packet,
		      const struct link *in, int error)
{
	const struct ip *to = &packet->to;
	struct ns *ns = space->ns;
	cleanup_free char *mend = NULL;
	char text[IP_TEXT];

	if (error == EINVAL && !in && end_bad_source(walk, ns, packet))
		return true;
	if (error != ENETUNREACH && (error != EHOSTUNREACH || refusing_route(walk, ns, to)))
		return end_refusing(walk, ns, to, in, error);
	if (end_link_down(walk, ns, to, false) ||
	    end_own_ipv6_off(walk, ns, to, !has_any_address(ns, to->family)) ||
	    end_by_station(walk, ns, to) ||
	    end_lonely(walk, ns, to))
		return true;
	if (!has_any_address(ns, to->family))
		return end_link_down(walk, ns, to, true) || end_no_address(walk, ns, to->family);
	if (end_not_asked(walk, ns, to, in))
		return true;
	if (walk->back)
		return end_no_return(walk, space, packet);
	mend = mend_route(walk, space, to);
	if (!mend && (end_link_down(walk, ns, to, true) || end_own_ipv6_off(walk, ns, to, true)))
		return true;
	return why_end(walk, WHY_NO_ROUTE, WHY_OBSERVED, ns, in, mend, "%s has no route to %s",
		       ns->name, ip_text(to, text));
}

bool explain_loop(struct walk *walk, const struct ip *to)
{
	for (size_t i = 0; i < walk->visits.n; i++) {
		struct ns *ns = walk->visits.v[i].space->ns;

		/* IPv6 addresses go with their interface, so that any may be it. */
		if (end_link_down(walk, ns, to, to->family == AF_INET6))
			return true;
		for (size_t j = 0; j < ns->links.n && to->family == AF_INET6; j++)
			if (link_is_station(&ns->links.v[j]) &&
			    end_ipv6_off(walk, ns, &ns->links.v[j]))
				return true;
	}
	return false;
}

/* --- packets that the kernel does not believe --- */

bool rp_filtered(struct walk *walk, struct why_ns *space, const struct link *link,
		 const struct packet *packet)
{
	struct route_question question = { .to = packet->from };
	struct route_answer answer;
	int all = atoi(why_sysctl(walk, space->ns, "net/ipv4/conf/all/rp_filter"));
	int own = atoi(why_sysctl(walk, space->ns, "net/ipv4/conf/%s/rp_filter", link->name));
	int how = own > all ? own : all;

	if (how == 0 || packet->from.family != AF_INET ||
	    !why_route(walk, space->ns, &question, &answer))
		return false;
	if (answer.error || answer.type != RTN_UNICAST)
		return true;
	return how == 1 && answer.out != link->index;
}

bool explain_stray_loopback(struct walk *walk, struct ns *ns, const struct link *link,
			    const struct packet *packet)
{
	bool from = ip_is_loopback(&packet->from);
	const struct ip *ip = from ? &packet->from : &packet->to;
	cleanup_free char *mend = NULL;
	char text[IP_TEXT];

	if (!ip_is_loopback(ip))
		return false;
	/* With the switch on an answer to such a source would stay here all the same. */
	if (!from && ip->family == AF_INET)
		mend = xasprintf("in %s sysctl -w net.ipv4.conf.%s.route_localnet=1", ns->name,
				 link->name);
	return why_end(walk, WHY_MARTIAN, WHY_PREDICTED, ns, link, mend,
		       "%s does not take a packet %s %s on %s: a loopback address is good within "
		       "a namespace only", ns->name, from ? "from" : "for", ip_text(ip, text),
		       link->name);
}

/* Whether an address is one that a packet may come from: what is refused then is where it goes. */
static bool is_of_station(struct walk *walk, struct ns *ns, const struct ip *from)
{
	struct route_question question = { .to = *from };
	struct route_answer answer;

	return why_route(walk, ns, &question, &answer) && !answer.error &&
	       answer.type == RTN_UNICAST;
}

bool explain_refused(struct walk *walk, struct why_ns *space, const struct link *link,
		     const struct packet *packet, int error)
{
	struct ns *ns = space->ns;
	cleanup_free char *mend = NULL;
	char text[IP_TEXT];

	ip_text(&packet->from, text);
	if (refusing_route(walk, ns, &packet->to))
		return end_refusing(walk, ns, &packet->to, link, error);
	if (explain_stray_loopback(walk, ns, link, packet))
		return true;
	if (ns_addr_by_ip(ns, &packet->from))
		return why_end(walk, WHY_ADDRESS_TWICE, WHY_PREDICTED, ns, link, NULL,
			       "%s gets a packet from %s, which is its own address, and "
			       "drops it", ns->name, text);
	if (!rp_filtered(walk, space, link, packet) && error == EINVAL &&
	    is_of_station(walk, ns, &packet->from))
		return end_refusing(walk, ns, &packet->to, link, error);
	if (!rp_filtered(walk, space, link, packet))
		return why_end(walk, WHY_MARTIAN, WHY_OBSERVED, ns, link, NULL,
			       "%s does not take a packet from %s on %s", ns->name, text,
			       link->name);
	mend = xasprintf("in %s sysctl -w net.ipv4.conf.%s.rp_filter=0 "
			 "net.ipv4.conf.all.rp_filter=0", ns->name, link->name);
	return why_end(walk, WHY_RP_FILTER, WHY_OBSERVED, ns, link, mend,
		       "%s drops the %s from %s on %s: its own way to that address is another "
		       "one (rp_filter)", ns->name, walk->back ? "answer" : "packet", text,
		       link->name);
}
