/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/rtnl.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <string.h>
#include <sys/socket.h>

#include "kernel/link_number.h"

struct request {
	union {
		struct nlmsghdr header;
		char bytes[1024]; /* all that a request holds is bounded, names are checked */
	};
};

static void *request_init(struct request *request, uint16_t type, uint16_t flags, size_t header)
{
	memset(request, 0, sizeof(*request));
	mnl_nlmsg_put_header(request->bytes);
	request->header.nlmsg_type = type;
	request->header.nlmsg_flags = flags;
	return mnl_nlmsg_put_extra_header(&request->header, header);
}

static int send_request(struct nlsock *sock, struct request *request, struct nl_error *answer)
{
	return nlsock_request(sock, &request->header, NULL, NULL, answer);
}

static int refuse(struct nl_error *answer, int number, const char *text)
{
	memset(answer, 0, sizeof(*answer));
	answer->number = number;
	str_copy(answer->text, sizeof(answer->text), text);
	return -1;
}

static bool name_fits(const char *name, struct nl_error *answer)
{
	if (name && *name && strlen(name) < IFNAMSIZ)
		return true;
	refuse(answer, EINVAL, "the name of an interface has 1 to 15 bytes");
	return false;
}

static void put_ip(struct request *request, uint16_t type, const struct ip *ip)
{
	mnl_attr_put(&request->header, type, ip_bytes(ip->family), ip->bytes);
}

/* --- links --- */

/* What both ends of a veth can be given in the message that makes them. */
static void put_spec(struct request *request, const struct link_spec *spec)
{
	mnl_attr_put_strz(&request->header, IFLA_IFNAME, spec->name);
	if (spec->mtu)
		mnl_attr_put_u32(&request->header, IFLA_MTU, spec->mtu);
	if (spec->mac)
		mnl_attr_put(&request->header, IFLA_ADDRESS, 6, spec->mac);
	if (spec->group)
		mnl_attr_put_u32(&request->header, IFLA_GROUP, spec->group);
}

static void put_peer(struct request *request, const struct link_spec *peer)
{
	struct nlattr *data, *nest;
	struct ifinfomsg *info;

	data = mnl_attr_nest_start(&request->header, IFLA_INFO_DATA);
	nest = mnl_attr_nest_start(&request->header, VETH_INFO_PEER);
	info = mnl_nlmsg_put_extra_header(&request->header, sizeof(*info));
	info->ifi_index = peer->index;
	put_spec(request, peer);
	if (peer->netns_fd > 0)
		mnl_attr_put_u32(&request->header, IFLA_NET_NS_FD, (uint32_t)peer->netns_fd);
	mnl_attr_nest_end(&request->header, nest);
	mnl_attr_nest_end(&request->header, data);
}

int rtnl_link_add(struct nlsock *sock, const struct link_spec *spec, struct nl_error *answer)
{
	struct request request;
	struct ifinfomsg *info;
	struct nlattr *nest;

	if (!name_fits(spec->name, answer) ||
	    (spec->peer && !name_fits(spec->peer->name, answer)))
		return -1;
	if (strlen(spec->kind) >= IFNAMSIZ)
		return refuse(answer, EOPNOTSUPP, "Unknown device type");
	info = request_init(&request, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, sizeof(*info));
	info->ifi_index = spec->index;
	if (spec->up)
		info->ifi_flags = info->ifi_change = IFF_UP;
	put_spec(&request, spec);
	if (spec->master)
		mnl_attr_put_u32(&request.header, IFLA_MASTER, (uint32_t)spec->master);
	nest = mnl_attr_nest_start(&request.header, IFLA_LINKINFO);
	mnl_attr_put_strz(&request.header, IFLA_INFO_KIND, spec->kind);
	if (spec->peer)
		put_peer(&request, spec->peer);
	mnl_attr_nest_end(&request.header, nest);
	return send_request(sock, &request, answer);
}

int rtnl_link_del(struct nlsock *sock, int index, struct nl_error *answer)
{
	struct request request;
	struct ifinfomsg *info = request_init(&request, RTM_DELLINK, 0, sizeof(*info));

	info->ifi_index = index;
	link_numbers_forget();
	return send_request(sock, &request, answer);
}

int rtnl_link_del_group(struct nlsock *sock, unsigned group, struct nl_error *answer)
{
	struct request request;

	request_init(&request, RTM_DELLINK, 0, sizeof(struct ifinfomsg));
	mnl_attr_put_u32(&request.header, IFLA_GROUP, group);
	link_numbers_forget();
	return send_request(sock, &request, answer);
}

/* As many as fit a datagram, whose answers, if all were failures, fit the socket's room. */
#define GROUPS_AT_ONCE 256

int rtnl_link_groups(struct nlsock *sock, const struct link_group *groups, size_t count,
		     struct nl_error *answer)
{
	char bytes[GROUPS_AT_ONCE * 64];
	struct nl_error one;
	int result = 0;

	for (size_t done = 0; done < count;) {
		size_t used = 0, n = 0;
		uint32_t first = 0, last;

		for (; n < GROUPS_AT_ONCE && done < count; n++, done++) {
			struct request request;
			struct ifinfomsg *info;

			info = request_init(&request, RTM_NEWLINK, 0, sizeof(*info));
			info->ifi_index = groups[done].index;
			mnl_attr_put_u32(&request.header, IFLA_GROUP, groups[done].group);
			last = nlsock_next_seq(sock);
			first = n ? first : last;
			request.header.nlmsg_seq = last;
			request.header.nlmsg_flags |= NLM_F_REQUEST;
			if (n + 1 == GROUPS_AT_ONCE || done + 1 == count)
				request.header.nlmsg_flags |= NLM_F_ACK;
			memcpy(bytes + used, &request, request.header.nlmsg_len);
			used += request.header.nlmsg_len;
		}
		if (nlsock_batch(sock, bytes, used, first, (unsigned)n, NULL, NULL, &one,
				 &last) < 0 && result == 0) {
			*answer = one;
			result = -1;
		}
	}
	return result;
}

int rtnl_link_set(struct nlsock *sock, int index, const struct link_update *update,
		  struct nl_error *answer)
{
	struct request request;
	struct ifinfomsg *info = request_init(&request, RTM_NEWLINK, 0, sizeof(*info));

	info->ifi_index = index;
	if (update->set & LINK_CHANGE_UP) {
		info->ifi_change = IFF_UP;
		info->ifi_flags = update->up ? IFF_UP : 0;
	}
	for (int i = 0; i < LINK_SETTINGS; i++)
		if (update->set & LINK_CHANGE_SETTING(i))
			mnl_attr_put_u32(&request.header, link_settings[i].attr,
					 update->setting[i]);
	if (update->set & LINK_CHANGE_NAME) {
		if (!name_fits(update->name, answer))
			return -1;
		mnl_attr_put_strz(&request.header, IFLA_IFNAME, update->name);
	}
	if (update->set & LINK_CHANGE_MAC)
		mnl_attr_put(&request.header, IFLA_ADDRESS, 6, update->mac);
	if (update->set & LINK_CHANGE_MASTER)
		mnl_attr_put_u32(&request.header, IFLA_MASTER, (uint32_t)update->master);
	if (update->set & LINK_CHANGE_GROUP)
		mnl_attr_put_u32(&request.header, IFLA_GROUP, update->group);
	if (update->set & LINK_CHANGE_NETNS)
		mnl_attr_put_u32(&request.header, IFLA_NET_NS_FD, (uint32_t)update->netns_fd);
	if (update->set & (LINK_CHANGE_NAME | LINK_CHANGE_NETNS))
		link_numbers_forget();
	return send_request(sock, &request, answer);
}

int rtnl_link_altname(struct nlsock *sock, int index, const char *altname, bool add,
		      struct nl_error *answer)
{
	struct request request;
	struct ifinfomsg *info;
	struct nlattr *nest;

	if (!*altname || strlen(altname) > 127)
		return refuse(answer, EINVAL, "an alternative name has 1 to 127 bytes");
	info = request_init(&request, add ? RTM_NEWLINKPROP : RTM_DELLINKPROP,
			    add ? NLM_F_CREATE | NLM_F_EXCL | NLM_F_APPEND : 0, sizeof(*info));
	info->ifi_index = index;
	nest = mnl_attr_nest_start(&request.header, IFLA_PROP_LIST);
	mnl_attr_put_strz(&request.header, IFLA_ALT_IFNAME, altname);
	mnl_attr_nest_end(&request.header, nest);
	return send_request(sock, &request, answer);
}

/* --- addresses --- */

static void addr_init(struct request *request, uint16_t type, uint16_t flags, int index,
		      const struct cidr *cidr)
{
	struct ifaddrmsg *header = request_init(request, type, flags, sizeof(*header));

	header->ifa_family = cidr->ip.family;
	header->ifa_prefixlen = cidr->prefix;
	header->ifa_index = (uint32_t)index;
	if (cidr->ip.family == AF_INET && ip_is_loopback(&cidr->ip))
		header->ifa_scope = RT_SCOPE_HOST;
	put_ip(request, IFA_LOCAL, &cidr->ip);
	put_ip(request, IFA_ADDRESS, &cidr->ip);
}

int rtnl_addr_add_as(struct nlsock *sock, int index, const struct cidr *cidr, uint8_t proto,
		     bool plain, const char *label, struct nl_error *answer)
{
	struct request request;

	addr_init(&request, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, index, cidr);
	if (cidr->ip.family == AF_INET6 && !plain)
		mnl_attr_put_u32(&request.header, IFA_FLAGS, IFA_F_NODAD);
	/* /31 and /32 have no broadcast address (RFC 3021). */
	if (cidr->ip.family == AF_INET && cidr->prefix < 31 && !ip_is_loopback(&cidr->ip) &&
	    !plain) {
		struct ip broadcast = cidr_broadcast(cidr);

		put_ip(&request, IFA_BROADCAST, &broadcast);
	}
	if (proto)
		mnl_attr_put_u8(&request.header, IFA_PROTO, proto);
	if (*label)
		mnl_attr_put_strz(&request.header, IFA_LABEL, label);
	return send_request(sock, &request, answer);
}

int rtnl_addr_add(struct nlsock *sock, int index, const struct cidr *cidr, uint8_t proto,
		  struct nl_error *answer)
{
	return rtnl_addr_add_as(sock, index, cidr, proto, false, "", answer);
}

int rtnl_addr_del(struct nlsock *sock, int index, const struct cidr *cidr,
		  struct nl_error *answer)
{
	struct request request;

	addr_init(&request, RTM_DELADDR, 0, index, cidr);
	return send_request(sock, &request, answer);
}

/* --- routes --- */

static struct rtmsg *route_init(struct request *request, uint16_t type, uint16_t flags,
				const struct route *route, int index)
{
	struct rtmsg *header = request_init(request, type, flags, sizeof(*header));
	uint32_t table = route->table ? route->table : RT_TABLE_MAIN;
	struct cidr dest = cidr_network(&route->dest);

	header->rtm_family = route->dest.ip.family;
	header->rtm_dst_len = route->dest.prefix;
	header->rtm_type = route->type ? route->type : RTN_UNICAST;
	header->rtm_protocol = route->protocol;
	header->rtm_flags = route->flags & RTNH_F_ONLINK;
	header->rtm_table = table < 256 ? (uint8_t)table : RT_TABLE_UNSPEC;
	if (table > 255)
		mnl_attr_put_u32(&request->header, RTA_TABLE, table);
	if (route->dest.prefix)
		put_ip(request, RTA_DST, &dest.ip);
	if (route->gateway.family && route->gateway.family == route->dest.ip.family) {
		put_ip(request, RTA_GATEWAY, &route->gateway);
	} else if (route->gateway.family) {
		struct {
			uint16_t family;
			uint8_t bytes[16];
		} via = { .family = route->gateway.family };

		memcpy(via.bytes, route->gateway.bytes, sizeof(via.bytes));
		mnl_attr_put(&request->header, RTA_VIA,
			     sizeof(via.family) + ip_bytes(route->gateway.family), &via);
	}
	if (route->source.family)
		put_ip(request, RTA_PREFSRC, &route->source);
	if (route->metric)
		mnl_attr_put_u32(&request->header, RTA_PRIORITY, route->metric);
	if (index)
		mnl_attr_put_u32(&request->header, RTA_OIF, (uint32_t)index);
	return header;
}

/* What ip-route(8) chooses where no scope is given. */
static uint8_t default_scope(const struct route *route)
{
	switch (route->type) {
	case RTN_LOCAL:
	case RTN_NAT:
		return RT_SCOPE_HOST;
	case RTN_BROADCAST:
	case RTN_MULTICAST:
	case RTN_ANYCAST:
		return RT_SCOPE_LINK;
	case RTN_UNSPEC:
	case RTN_UNICAST:
		return route->gateway.family ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
	}
	return RT_SCOPE_UNIVERSE;
}

int rtnl_route_add(struct nlsock *sock, const struct route *route, int index,
		   struct nl_error *answer)
{
	static const uint16_t places[] = {
		[ROUTE_ALONE] = NLM_F_EXCL,
		[ROUTE_FIRST] = 0,
		[ROUTE_LAST] = NLM_F_APPEND,
	};
	struct request request;
	struct rtmsg *header;

	header = route_init(&request, RTM_NEWROUTE, NLM_F_CREATE | places[route->place], route,
			    index);
	header->rtm_scope = route->scope;
	/* IPv6 knows no scopes of routes. */
	if (!route->scope && route->dest.ip.family == AF_INET)
		header->rtm_scope = default_scope(route);
	if (!route->protocol)
		header->rtm_protocol = RTPROT_BOOT;
	return send_request(sock, &request, answer);
}

int rtnl_route_del(struct nlsock *sock, const struct route *route, int index,
		   struct nl_error *answer)
{
	struct request request;
	struct rtmsg *header;

	header = route_init(&request, RTM_DELROUTE, 0, route, index);
	header->rtm_scope = RT_SCOPE_NOWHERE; /* any */
	header->rtm_type = route->type;	      /* 0: any */
	return send_request(sock, &request, answer);
}

/* --- neighbours --- */

static struct ndmsg *neigh_init(struct request *request, uint16_t type, uint16_t flags,
				int index, const struct ip *ip)
{
	struct ndmsg *header = request_init(request, type, flags, sizeof(*header));

	header->ndm_family = ip->family;
	header->ndm_ifindex = index;
	put_ip(request, NDA_DST, ip);
	return header;
}

int rtnl_neigh_add(struct nlsock *sock, int index, const struct ip *ip, const uint8_t mac[6],
		   uint8_t proto, struct nl_error *answer)
{
	struct request request;
	struct ndmsg *header;

	header = neigh_init(&request, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, index, ip);
	header->ndm_state = NUD_PERMANENT;
	mnl_attr_put(&request.header, NDA_LLADDR, 6, mac);
	if (proto)
		mnl_attr_put_u8(&request.header, NDA_PROTOCOL, proto);
	return send_request(sock, &request, answer);
}

int rtnl_neigh_del(struct nlsock *sock, int index, const struct ip *ip,
		   struct nl_error *answer)
{
	struct request request;

	neigh_init(&request, RTM_DELNEIGH, 0, index, ip);
	return send_request(sock, &request, answer);
}
