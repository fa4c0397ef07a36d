/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/rtnl.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "kernel/rtnl-internal.h"

void *request_init(struct request *request, uint16_t type, size_t header)
{
	memset(request, 0, sizeof(*request));
	mnl_nlmsg_put_header(request->bytes)->nlmsg_type = type;
	return mnl_nlmsg_put_extra_header(&request->header, header);
}

int malformed(void)
{
	errno = EBADMSG;
	return MNL_CB_ERROR;
}

/* --- links --- */

static void put_link_header(struct request *request, int index)
{
	struct ifinfomsg *info = request_init(request, RTM_GETLINK, sizeof(*info));

	info->ifi_family = AF_UNSPEC;
	info->ifi_index = index;
}

/* Counters, which nobody asked for, are half of a link's message. */
static void put_link_filter(struct request *request)
{
	mnl_attr_put_u32(&request->header, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
}

static void links_start(void *data)
{
	link_list_free(data);
}

static int links_add(const struct nlmsghdr *message, void *data)
{
	link_list *links = data;
	struct link link;

	if (message->nlmsg_type != RTM_NEWLINK)
		return MNL_CB_OK;
	if (rtnl_parse_link(message, &link) < 0)
		return malformed();
	*vector_add(links) = link;
	return MNL_CB_OK;
}

static int by_index(const void *a, const void *b)
{
	const struct link *one = a, *other = b;

	return (one->index > other->index) - (one->index < other->index);
}

/*
 * The link of that number. The list is in order as rtnl_links() leaves it; whoever appends to
 * it out of order costs himself time only.
 */
static const struct link *find_link(const link_list *links, int index)
{
	const struct link key = { .index = index };
	const struct link *found;

	if (!links || !links->n)
		return NULL;
	found = bsearch(&key, links->v, links->n, sizeof(key), by_index);
	for (size_t i = 0; !found && i < links->n; i++)
		if (links->v[i].index == index)
			found = &links->v[i];
	return found;
}

void name_of(const link_list *links, int index, char name[IFNAMSIZ])
{
	const struct link *link = find_link(links, index);

	if (link)
		str_copy(name, IFNAMSIZ, link->name);
	else if (index > 0)
		snprintf(name, IFNAMSIZ, "if%d", index);
	else
		name[0] = '\0';
}

int rtnl_links(struct nlsock *sock, link_list *links, struct nl_error *answer)
{
	struct request request;

	put_link_header(&request, 0);
	put_link_filter(&request);
	if (nlsock_dump(sock, &request.header, links_add, links, links_start, answer) < 0) {
		link_list_free(links);
		return -1;
	}
	if (links->n)
		qsort(links->v, links->n, sizeof(*links->v), by_index);
	for (size_t i = 0; i < links->n; i++) {
		struct link *link = &links->v[i];
		const struct link *master =
			link->master ? find_link(links, link->master) : NULL;

		if (master)
			str_copy(link->master_name, IFNAMSIZ, master->name);
	}
	return 0;
}

static int link_take(const struct nlmsghdr *message, void *data)
{
	struct link *link = data;

	if (message->nlmsg_type != RTM_NEWLINK)
		return MNL_CB_OK;
	link_clear(link);
	return rtnl_parse_link(message, link) < 0 ? malformed() : MNL_CB_OK;
}

static int get_link(struct nlsock *sock, struct request *request, struct link *link,
		    struct nl_error *answer)
{
	memset(link, 0, sizeof(*link));
	if (nlsock_ask(sock, &request->header, link_take, link, answer) == 0 &&
	    link->index)
		return 0;
	if (!answer->number)
		answer->number = ENODEV;
	link_clear(link);
	return -1;
}

int rtnl_link_there(struct nlsock *sock, int nsid, int index, struct link *link,
		    struct nl_error *answer)
{
	struct request request;

	memset(answer, 0, sizeof(*answer));
	put_link_header(&request, index);
	mnl_attr_put_u32(&request.header, IFLA_TARGET_NETNSID, (uint32_t)nsid);
	put_link_filter(&request);
	return get_link(sock, &request, link, answer);
}

/* A question about one link; false: nothing has such a name. */
static bool put_link_name(struct request *request, const char *name)
{
	size_t length = strlen(name);

	if (!length || length > 127)
		return false;
	put_link_header(request, 0);
	/* IFLA_IFNAME finds alternative names too, but takes no more than 15 bytes. */
	mnl_attr_put_strz(&request->header, length < IFNAMSIZ ? IFLA_IFNAME : IFLA_ALT_IFNAME,
			  name);
	put_link_filter(request);
	return true;
}

int rtnl_link_alone(struct nlsock *sock, const char *name, struct link *link,
		    struct nl_error *answer)
{
	struct request request;

	memset(link, 0, sizeof(*link));
	memset(answer, 0, sizeof(*answer));
	if (put_link_name(&request, name))
		return get_link(sock, &request, link, answer);
	answer->number = ENODEV;
	return -1;
}

void rtnl_link_settle(struct nlsock *sock, const char *name)
{
	struct nl_error ignored = { 0 };
	struct request request;

	if (put_link_name(&request, name))
		nlsock_ask(sock, &request.header, NULL, NULL, &ignored);
}

void rtnl_pair_settle(struct nlsock *sock, const char *name)
{
	struct nl_error ignored = { 0 };
	struct request request;
	struct link link;

	if (rtnl_link_alone(sock, name, &link, &ignored) == 0 && link.peer) {
		put_link_header(&request, link.peer);
		if (link.peer_nsid >= 0)
			mnl_attr_put_u32(&request.header, IFLA_TARGET_NETNSID,
					 (uint32_t)link.peer_nsid);
		put_link_filter(&request);
		nlsock_ask(sock, &request.header, NULL, NULL, &ignored);
	}
	link_clear(&link);
}

int rtnl_link(struct nlsock *sock, const char *name, struct link *link,
	      struct nl_error *answer)
{
	struct request request;
	struct link master;

	if (rtnl_link_alone(sock, name, link, answer) < 0)
		return -1;
	if (!link->master)
		return 0;
	put_link_header(&request, link->master);
	put_link_filter(&request);
	if (get_link(sock, &request, &master, answer) == 0)
		str_copy(link->master_name, IFNAMSIZ, master.name);
	link_clear(&master);
	/* A master that has gone meanwhile is none. */
	memset(answer, 0, sizeof(*answer));
	return 0;
}

/* --- addresses, routes, neighbours --- */

struct gather {
	const link_list *links;
	union {
		addr_list *addrs;
		route_list *routes;
		neigh_list *neighs;
	};
	uint8_t family; /* of routes: the one asked for */
	size_t kept;	/* entries of an earlier dump, which a new try leaves alone */
};

static void addrs_start(void *data)
{
	struct gather *gather = data;

	gather->addrs->n = 0;
}

static int addrs_add(const struct nlmsghdr *message, void *data)
{
	struct gather *gather = data;
	const struct ifaddrmsg *header = mnl_nlmsg_get_payload(message);
	struct addr addr;

	if (message->nlmsg_type != RTM_NEWADDR)
		return MNL_CB_OK;
	if (mnl_nlmsg_get_payload_len(message) < sizeof(*header))
		return malformed();
	/* Other families have addresses too: MCTP, Phonet. */
	if (header->ifa_family != AF_INET && header->ifa_family != AF_INET6)
		return MNL_CB_OK;
	if (rtnl_parse_addr(message, &addr) < 0)
		return malformed();
	name_of(gather->links, addr.index, addr.link);
	*vector_add(gather->addrs) = addr;
	return MNL_CB_OK;
}

int rtnl_addrs(struct nlsock *sock, const link_list *links, addr_list *addrs,
	       struct nl_error *answer)
{
	struct gather gather = { .links = links, .addrs = addrs };
	struct request request;
	struct ifaddrmsg *header = request_init(&request, RTM_GETADDR, sizeof(*header));

	header->ifa_family = AF_UNSPEC;
	if (nlsock_dump(sock, &request.header, addrs_add, &gather, addrs_start, answer) == 0)
		return 0;
	vector_free(addrs);
	return -1;
}

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
	/* A kernel without IPv6 answers a question about it with all that it has. */
	if (header->rtm_family != gather->family || (header->rtm_flags & RTM_F_CLONED))
		return MNL_CB_OK;
	if (rtnl_parse_route(message, &route, &oif) < 0)
		return malformed();
	if (route.table == RT_TABLE_LOCAL)
		return MNL_CB_OK;
	name_of(gather->links, oif, route.link);
	*vector_add(gather->routes) = route;
	return MNL_CB_OK;
}

static int dump_routes(struct nlsock *sock, struct gather *gather, uint8_t family,
		       struct nl_error *answer)
{
	struct request request;
	struct rtmsg *header = request_init(&request, RTM_GETROUTE, sizeof(*header));

	header->rtm_family = family;
	gather->family = family;
	gather->kept = gather->routes->n;
	return nlsock_dump(sock, &request.header, routes_add, gather, routes_start, answer);
}

int rtnl_routes(struct nlsock *sock, const link_list *links, route_list *routes,
		struct nl_error *answer)
{
	struct gather gather = { .links = links, .routes = routes };

	routes->n = 0;
	if (dump_routes(sock, &gather, AF_INET, answer) == 0 &&
	    dump_routes(sock, &gather, AF_INET6, answer) == 0)
		return 0;
	vector_free(routes);
	return -1;
}

/* --- routes on one link --- */

struct on_link {
	uint8_t family;
	int index;
	size_t routes;
};

static void on_link_start(void *data)
{
	struct on_link *on_link = data;

	on_link->routes = 0;
}

/* Kernels before 4.20 do not pass over the others. */
static int on_link_add(const struct nlmsghdr *message, void *data)
{
	const struct rtmsg *header = mnl_nlmsg_get_payload(message);
	struct on_link *on_link = data;
	struct route route;
	int oif;

	if (message->nlmsg_type != RTM_NEWROUTE)
		return MNL_CB_OK;
	if (mnl_nlmsg_get_payload_len(message) < sizeof(*header) ||
	    rtnl_parse_route(message, &route, &oif) < 0)
		return malformed();
	if (header->rtm_family == on_link->family && oif == on_link->index &&
	    !(header->rtm_flags & RTM_F_CLONED) && route.table != RT_TABLE_LOCAL)
		on_link->routes++;
	return MNL_CB_OK;
}

int rtnl_link_routes(struct nlsock *sock, int index, uint8_t family, size_t *routes,
		     struct nl_error *answer)
{
	struct on_link on_link = { .family = family, .index = index };
	struct request request;
	struct rtmsg *header = request_init(&request, RTM_GETROUTE, sizeof(*header));

	header->rtm_family = family;
	mnl_attr_put_u32(&request.header, RTA_OIF, (uint32_t)index);
	*routes = 0;
	if (nlsock_dump(sock, &request.header, on_link_add, &on_link, on_link_start, answer) < 0)
		return -1;
	*routes = on_link.routes;
	return 0;
}

/* --- neighbours --- */

static void neighs_start(void *data)
{
	struct gather *gather = data;

	gather->neighs->n = 0;
}

static int neighs_add(const struct nlmsghdr *message, void *data)
{
	struct gather *gather = data;
	const struct ndmsg *header = mnl_nlmsg_get_payload(message);
	struct neigh neigh;
	int index;

	if (message->nlmsg_type != RTM_NEWNEIGH)
		return MNL_CB_OK;
	if (mnl_nlmsg_get_payload_len(message) < sizeof(*header))
		return malformed();
	if (header->ndm_family != AF_INET && header->ndm_family != AF_INET6)
		return MNL_CB_OK;
	if (header->ndm_state == NUD_NONE || (header->ndm_state & NUD_NOARP))
		return MNL_CB_OK;
	if (rtnl_parse_neigh(message, &neigh, &index) < 0)
		return malformed();
	name_of(gather->links, index, neigh.link);
	*vector_add(gather->neighs) = neigh;
	return MNL_CB_OK;
}

int rtnl_neighs(struct nlsock *sock, const link_list *links, neigh_list *neighs,
		struct nl_error *answer)
{
	struct gather gather = { .links = links, .neighs = neighs };
	struct request request;
	struct ndmsg *header = request_init(&request, RTM_GETNEIGH, sizeof(*header));

	header->ndm_family = AF_UNSPEC;
	if (nlsock_dump(sock, &request.header, neighs_add, &gather, neighs_start, answer) == 0)
		return 0;
	vector_free(neighs);
	return -1;
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

static int nsid_take(const struct nlmsghdr *message, void *data)
{
	struct nlattr *attr;
	int *nsid = data;

	if (message->nlmsg_type != RTM_NEWNSID)
		return MNL_CB_OK;
	mnl_attr_for_each(attr, message, sizeof(struct rtgenmsg)) {
		if (mnl_attr_get_type(attr) != NETNSA_NSID)
			continue;
		if (mnl_attr_get_payload_len(attr) != sizeof(*nsid))
			return malformed();
		memcpy(nsid, mnl_attr_get_payload(attr), sizeof(*nsid));
	}
	return MNL_CB_OK;
}

int rtnl_nsid_of(struct nlsock *sock, int netns_fd, int *nsid, struct nl_error *answer)
{
	struct request request;

	request_init(&request, RTM_GETNSID, sizeof(struct rtgenmsg));
	mnl_attr_put_u32(&request.header, NETNSA_FD, (uint32_t)netns_fd);
	*nsid = -1;
	return nlsock_request(sock, &request.header, nsid_take, nsid, answer);
}
