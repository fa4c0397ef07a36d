/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/rtnl.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "kernel/rtnl-internal.h"

/* Reading where packets go: routes, neighbours, rules of policy routing. */

/* --- routes --- */

struct routes_gather {
	const link_list *links;
	route_list *routes;
	uint8_t family; /* the one asked for */
	bool local;	/* those of table local, but the kernel's own; else of all other tables */
	int index;	/* only those that lead out of this link; 0: all */
	size_t kept;	/* entries of an earlier dump, which a new try leaves alone */
};

static void routes_start(void *data)
{
	struct routes_gather *gather = data;

	gather->routes->n = gather->kept;
}

static bool is_kernels(const struct rtmsg *header)
{
	return header->rtm_protocol == RTPROT_KERNEL || header->rtm_protocol == RTPROT_UNSPEC;
}

static int routes_add(const struct nlmsghdr *message, void *data)
{
	struct routes_gather *gather = data;
	const struct rtmsg *header = mnl_nlmsg_get_payload(message);
	struct route route;
	int oif;

	if (message->nlmsg_type != RTM_NEWROUTE)
		return MNL_CB_OK;
	if (mnl_nlmsg_get_payload_len(message) < sizeof(*header))
		return malformed();
	/* A kernel without IPv6 answers a question about it with all that it has. */
	if (header->rtm_family != gather->family || (header->rtm_flags & RTM_F_CLONED) ||
	    (gather->local && is_kernels(header)))
		return MNL_CB_OK;
	if (rtnl_parse_route(message, &route, &oif) < 0)
		return malformed();
	/* Kernels before 4.20 send what was not asked for as well. */
	if ((route.table == RT_TABLE_LOCAL) != gather->local ||
	    (gather->index && oif != gather->index))
		return MNL_CB_OK;
	name_of(gather->links, oif, route.link);
	*vector_add(gather->routes) = route;
	return MNL_CB_OK;
}

static int dump_routes(struct nlsock *sock, struct routes_gather *gather, uint8_t family,
		       struct nl_error *answer)
{
	struct request request;
	struct rtmsg *header = request_init(&request, RTM_GETROUTE, sizeof(*header));

	header->rtm_family = family;
	if (gather->local)
		header->rtm_table = RT_TABLE_LOCAL;
	if (gather->index)
		mnl_attr_put_u32(&request.header, RTA_OIF, (uint32_t)gather->index);
	gather->family = family;
	gather->kept = gather->routes->n;
	return nlsock_dump(sock, &request.header, routes_add, gather, routes_start, answer);
}

int rtnl_routes(struct nlsock *sock, const link_list *links, route_list *routes,
		struct nl_error *answer)
{
	struct routes_gather gather = { .links = links, .routes = routes };

	routes->n = 0;
	if (dump_routes(sock, &gather, AF_INET, answer) == 0 &&
	    dump_routes(sock, &gather, AF_INET6, answer) == 0)
		return 0;
	vector_free(routes);
	return -1;
}

int rtnl_link_routes(struct nlsock *sock, int index, uint8_t family, size_t *count,
		     struct nl_error *answer)
{
	link_list unnamed = { 0 };
	route_list routes = { 0 };
	struct routes_gather gather = { .links = &unnamed, .routes = &routes, .index = index };
	int result = dump_routes(sock, &gather, family, answer);

	*count = result == 0 ? routes.n : 0;
	vector_free(&routes);
	return result;
}

int rtnl_local_routes(struct nlsock *sock, const link_list *links, route_list *routes,
		      struct nl_error *answer)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };
	struct routes_gather gather = { .links = links, .routes = routes, .local = true };

	routes->n = 0;
	for (size_t i = 0; i < 2; i++) {
		if (dump_routes(sock, &gather, families[i], answer) == 0)
			continue;
		routes->n = gather.kept;
		/* A namespace that never had an address has no such table; some have no IPv6. */
		if (answer->number != ENOENT && answer->number != EOPNOTSUPP)
			return -1;
	}
	return 0;
}

/* --- neighbours --- */

struct neighs_gather {
	const link_list *links;
	neigh_list *neighs;
	uint8_t flags; /* NTF_PROXY: those, else the others */
};

static void neighs_start(void *data)
{
	struct neighs_gather *gather = data;

	gather->neighs->n = 0;
}

static int neighs_add(const struct nlmsghdr *message, void *data)
{
	struct neighs_gather *gather = data;
	const struct ndmsg *header = mnl_nlmsg_get_payload(message);
	bool proxies = gather->flags & NTF_PROXY;
	struct neigh neigh;
	int index;

	if (message->nlmsg_type != RTM_NEWNEIGH)
		return MNL_CB_OK;
	if (mnl_nlmsg_get_payload_len(message) < sizeof(*header))
		return malformed();
	if (header->ndm_family != AF_INET && header->ndm_family != AF_INET6)
		return MNL_CB_OK;
	if (proxies ? !(header->ndm_flags & NTF_PROXY) :
		      header->ndm_state == NUD_NONE || (header->ndm_state & NUD_NOARP))
		return MNL_CB_OK;
	/* A proxy for all interfaces is nothing that ip(8) makes. */
	if (rtnl_parse_neigh(message, &neigh, &index) < 0)
		return proxies ? MNL_CB_OK : malformed();
	name_of(gather->links, index, neigh.link);
	*vector_add(gather->neighs) = neigh;
	return MNL_CB_OK;
}

static int dump_neighs(struct nlsock *sock, struct neighs_gather *gather,
		       struct nl_error *answer)
{
	struct request request;
	struct ndmsg *header = request_init(&request, RTM_GETNEIGH, sizeof(*header));

	header->ndm_family = AF_UNSPEC;
	header->ndm_flags = gather->flags;
	if (nlsock_dump(sock, &request.header, neighs_add, gather, neighs_start, answer) == 0)
		return 0;
	vector_free(gather->neighs);
	return -1;
}

int rtnl_neighs(struct nlsock *sock, const link_list *links, neigh_list *neighs,
		struct nl_error *answer)
{
	struct neighs_gather gather = { .links = links, .neighs = neighs };

	return dump_neighs(sock, &gather, answer);
}

int rtnl_proxies(struct nlsock *sock, const link_list *links, neigh_list *proxies,
		 struct nl_error *answer)
{
	struct neighs_gather gather = { .links = links, .neighs = proxies, .flags = NTF_PROXY };

	return dump_neighs(sock, &gather, answer);
}

/* --- policy rules --- */

static void rules_start(void *data)
{
	*(unsigned *)data = 0;
}

static int rules_count(const struct nlmsghdr *message, void *data)
{
	const struct fib_rule_hdr *header = mnl_nlmsg_get_payload(message);
	uint32_t priority = 0;
	struct nlattr *attr;

	if (message->nlmsg_type != RTM_NEWRULE)
		return MNL_CB_OK;
	if (mnl_nlmsg_get_payload_len(message) < sizeof(*header))
		return malformed();
	if (header->family != AF_INET && header->family != AF_INET6)
		return MNL_CB_OK;
	mnl_attr_for_each(attr, message, sizeof(*header))
		if (mnl_attr_get_type(attr) == FRA_PRIORITY &&
		    mnl_attr_get_payload_len(attr) == sizeof(priority))
			priority = mnl_attr_get_u32(attr);
	/* Those of the tables local, main and default. */
	if (priority != 0 && priority != 32766 && priority != 32767)
		++*(unsigned *)data;
	return MNL_CB_OK;
}

int rtnl_extra_rules(struct nlsock *sock, unsigned *count, struct nl_error *answer)
{
	struct request request;
	struct fib_rule_hdr *header = request_init(&request, RTM_GETRULE, sizeof(*header));

	header->family = AF_UNSPEC;
	return nlsock_dump(sock, &request.header, rules_count, count, rules_start, answer);
}

/* --- one question --- */

struct one_route {
	struct route *route;
	int oif;
	bool came;
};

static int route_take(const struct nlmsghdr *message, void *data)
{
	struct one_route *one = data;

	if (message->nlmsg_type != RTM_NEWROUTE)
		return MNL_CB_OK;
	if (rtnl_parse_route(message, one->route, &one->oif) < 0)
		return malformed();
	one->came = true;
	return MNL_CB_OK;
}

int rtnl_route_get(struct nlsock *sock, const link_list *links, const struct ip *to,
		   const struct ip *from, const char *in_link, struct route *route,
		   struct nl_error *answer)
{
	struct one_route one = { .route = route };
	struct request request;
	struct rtmsg *header = request_init(&request, RTM_GETROUTE, sizeof(*header));

	memset(route, 0, sizeof(*route));
	memset(answer, 0, sizeof(*answer));
	header->rtm_family = to->family;
	header->rtm_dst_len = (uint8_t)ip_bits(to->family);
	/* IPv4 tells the table only when asked; IPv6 always does, and refuses the question. */
	if (to->family == AF_INET)
		header->rtm_flags = RTM_F_LOOKUP_TABLE;
	mnl_attr_put(&request.header, RTA_DST, ip_bytes(to->family), to->bytes);
	if (from && from->family) {
		if (from->family != to->family) {
			answer->number = EINVAL;
			str_copy(answer->text, sizeof(answer->text),
				 "the addresses are of two families");
			return -1;
		}
		header->rtm_src_len = (uint8_t)ip_bits(from->family);
		mnl_attr_put(&request.header, RTA_SRC, ip_bytes(from->family), from->bytes);
	}
	if (in_link && *in_link) {
		uint32_t index = 0;

		for (size_t i = 0; links && i < links->n && !index; i++)
			if (!strcmp(links->v[i].name, in_link))
				index = (uint32_t)links->v[i].index;
		if (!index) {
			answer->number = ENODEV;
			return -1;
		}
		mnl_attr_put_u32(&request.header, RTA_IIF, index);
	}
	if (nlsock_request(sock, &request.header, route_take, &one, answer) < 0)
		return -1;
	if (!one.came) {
		answer->number = ENETUNREACH;
		return -1;
	}
	name_of(links, one.oif, route->link);
	return 0;
}
