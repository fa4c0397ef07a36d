/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/extra.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "kernel/rtnl-internal.h"
#include "kernel/rtnl.h"

struct gather {
	const link_list *links;
	union {
		extra_qdisc_list *qdiscs;
		neigh_list *proxies;
		route_list *routes;
	};
	size_t kept; /* what is to stay when a dump is taken again */
};

/* --- queueing disciplines --- */

static void qdiscs_start(void *data)
{
	struct gather *gather = data;

	gather->qdiscs->n = 0;
}

static int qdiscs_add(const struct nlmsghdr *message, void *data)
{
	struct gather *gather = data;
	const struct tcmsg *header = mnl_nlmsg_get_payload(message);
	struct extra_qdisc qdisc = { 0 };
	struct nlattr *attr;

	if (message->nlmsg_type != RTM_NEWQDISC)
		return MNL_CB_OK;
	if (mnl_nlmsg_get_payload_len(message) < sizeof(*header))
		return malformed();
	if (header->tcm_handle == 0)
		return MNL_CB_OK;
	mnl_attr_for_each(attr, message, sizeof(*header))
	{
		if (mnl_attr_get_type(attr) != TCA_KIND)
			continue;
		if (mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) < 0)
			return malformed();
		str_copy(qdisc.kind, sizeof(qdisc.kind), mnl_attr_get_str(attr));
	}
	name_of(gather->links, header->tcm_ifindex, qdisc.link);
	*vector_add(gather->qdiscs) = qdisc;
	return MNL_CB_OK;
}

int extra_qdiscs(struct nlsock *sock, const link_list *links, extra_qdisc_list *qdiscs,
		 struct nl_error *answer)
{
	struct gather gather = { .links = links, .qdiscs = qdiscs };
	struct request request;

	request_init(&request, RTM_GETQDISC, sizeof(struct tcmsg));
	if (nlsock_dump(sock, &request.header, qdiscs_add, &gather, qdiscs_start,
			answer) == 0)
		return 0;
	qdiscs->n = 0;
	return answer->number == EOPNOTSUPP ? 0 : -1; /* a kernel without any */
}

/* --- proxy neighbours --- */

static void proxies_start(void *data)
{
	struct gather *gather = data;

	gather->proxies->n = 0;
}

static int proxies_add(const struct nlmsghdr *message, void *data)
{
	struct gather *gather = data;
	const struct ndmsg *header = mnl_nlmsg_get_payload(message);
	struct neigh neigh;
	int index;

	if (message->nlmsg_type != RTM_NEWNEIGH)
		return MNL_CB_OK;
	if (mnl_nlmsg_get_payload_len(message) < sizeof(*header))
		return malformed();
	if (!(header->ndm_flags & NTF_PROXY) ||
	    (header->ndm_family != AF_INET && header->ndm_family != AF_INET6))
		return MNL_CB_OK;
	if (rtnl_parse_neigh(message, &neigh, &index) < 0)
		return MNL_CB_OK; /* for all interfaces: nothing that ip(8) makes */
	name_of(gather->links, index, neigh.link);
	*vector_add(gather->proxies) = neigh;
	return MNL_CB_OK;
}

int extra_proxies(struct nlsock *sock, const link_list *links, neigh_list *proxies,
		  struct nl_error *answer)
{
	struct gather gather = { .links = links, .proxies = proxies };
	struct request request;
	struct ndmsg *header = request_init(&request, RTM_GETNEIGH, sizeof(*header));

	header->ndm_family = AF_UNSPEC;
	header->ndm_flags = NTF_PROXY;
	if (nlsock_dump(sock, &request.header, proxies_add, &gather, proxies_start,
			answer) == 0)
		return 0;
	proxies->n = 0;
	return -1;
}

/* --- routes of table local --- */

static void routes_start(void *data)
{
	struct gather *gather = data;

	gather->routes->n = gather->kept;
}

static int routes_add(const struct nlmsghdr *message, void *data)
{
	struct gather *gather = data;
	const struct rtmsg *header = mnl_nlmsg_get_payload(message);
	struct route route;
	int oif;

	if (message->nlmsg_type != RTM_NEWROUTE)
		return MNL_CB_OK;
	if (mnl_nlmsg_get_payload_len(message) < sizeof(*header))
		return malformed();
	if (header->rtm_table != RT_TABLE_LOCAL ||
	    header->rtm_protocol == RTPROT_KERNEL ||
	    header->rtm_protocol == RTPROT_UNSPEC || (header->rtm_flags & RTM_F_CLONED))
		return MNL_CB_OK;
	if (rtnl_parse_route(message, &route, &oif) < 0)
		return malformed();
	name_of(gather->links, oif, route.link);
	*vector_add(gather->routes) = route;
	return MNL_CB_OK;
}

int extra_local_routes(struct nlsock *sock, const link_list *links, route_list *routes,
		       struct nl_error *answer)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };
	struct gather gather = { .links = links, .routes = routes };

	routes->n = 0;
	for (size_t i = 0; i < 2; i++) {
		struct request request;
		struct rtmsg *header =
			request_init(&request, RTM_GETROUTE, sizeof(*header));

		header->rtm_family = families[i];
		header->rtm_table = RT_TABLE_LOCAL;
		gather.kept = routes->n;
		if (nlsock_dump(sock, &request.header, routes_add, &gather, routes_start,
				answer) == 0)
			continue;
		routes->n = gather.kept;
		/* A namespace that never had an address has no such table; some have no
		 * IPv6. */
		if (answer->number != ENOENT && answer->number != EOPNOTSUPP)
			return -1;
	}
	return 0;
}
