/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/rtnl.h"

#include <errno.h>
#include <linux/if_link.h>
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

/* --- addresses --- */

struct gather {
	const link_list *links;
	addr_list *addrs;
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

/* --- namespaces --- */

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
