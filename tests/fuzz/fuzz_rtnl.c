/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A datagram of rtnetlink messages, as the kernel sends them or as it never would. */
#include "fuzz/fuzz.h"

#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/rtnl.h"

/* --- what to start from --- */

struct message {
	union {
		struct nlmsghdr header;
		char bytes[1024];
	};
};

static void *start(struct message *message, uint16_t type, size_t header)
{
	memset(message, 0, sizeof(*message));
	mnl_nlmsg_put_header(message->bytes)->nlmsg_type = type;
	return mnl_nlmsg_put_extra_header(&message->header, header);
}

static void put_link(struct message *m)
{
	static const uint8_t mac[6] = { 2, 0, 0, 0, 0, 7 };
	struct ifinfomsg *info = start(m, RTM_NEWLINK, sizeof(*info));
	struct nlattr *nest, *data;

	info->ifi_index = 7;
	info->ifi_flags = IFF_UP;
	mnl_attr_put_strz(&m->header, IFLA_IFNAME, "veth-red-br");
	mnl_attr_put_u32(&m->header, IFLA_MTU, 1400);
	mnl_attr_put_u32(&m->header, IFLA_GROUP, NSH_GROUP);
	mnl_attr_put_u32(&m->header, IFLA_MASTER, 3);
	mnl_attr_put_u32(&m->header, IFLA_LINK, 2);
	mnl_attr_put_u32(&m->header, IFLA_LINK_NETNSID, 4);
	mnl_attr_put_u8(&m->header, IFLA_CARRIER, 1);
	mnl_attr_put_u8(&m->header, IFLA_OPERSTATE, 6);
	mnl_attr_put(&m->header, IFLA_ADDRESS, sizeof(mac), mac);
	nest = mnl_attr_nest_start(&m->header, IFLA_LINKINFO);
	mnl_attr_put_strz(&m->header, IFLA_INFO_KIND, "veth");
	mnl_attr_put_strz(&m->header, IFLA_INFO_SLAVE_KIND, "bridge");
	data = mnl_attr_nest_start(&m->header, IFLA_INFO_SLAVE_DATA);
	mnl_attr_put_u8(&m->header, IFLA_BRPORT_STATE, BR_STATE_FORWARDING);
	mnl_attr_nest_end(&m->header, data);
	mnl_attr_nest_end(&m->header, nest);
	nest = mnl_attr_nest_start(&m->header, IFLA_PROP_LIST);
	mnl_attr_put_strz(&m->header, IFLA_ALT_IFNAME,
			  "a-name-longer-than-fifteen-bytes");
	mnl_attr_put_strz(&m->header, IFLA_ALT_IFNAME, "another");
	mnl_attr_nest_end(&m->header, nest);
}

static void put_addr(struct message *m, uint8_t family)
{
	static const uint8_t ip[16] = { 0xfd, 1, 2, 3, [15] = 1 };
	struct ifaddrmsg *header = start(m, RTM_NEWADDR, sizeof(*header));

	header->ifa_family = family;
	header->ifa_prefixlen = 24;
	header->ifa_index = 5;
	mnl_attr_put(&m->header, IFA_ADDRESS, ip_bytes(family), ip);
	mnl_attr_put(&m->header, IFA_LOCAL, ip_bytes(family), ip);
	mnl_attr_put_u32(&m->header, IFA_FLAGS, IFA_F_PERMANENT);
	mnl_attr_put_u8(&m->header, IFA_PROTO, NSH_PROTO);
}

static void put_route(struct message *m, uint8_t family)
{
	static const uint8_t ip[16] = { 0xfd, 1, 2, 3, [15] = 1 };
	struct rtmsg *header = start(m, RTM_NEWROUTE, sizeof(*header));

	header->rtm_family = family;
	header->rtm_dst_len = 16;
	header->rtm_table = RT_TABLE_MAIN;
	header->rtm_type = RTN_UNICAST;
	mnl_attr_put(&m->header, RTA_DST, ip_bytes(family), ip);
	mnl_attr_put(&m->header, RTA_GATEWAY, ip_bytes(family), ip);
	mnl_attr_put(&m->header, RTA_PREFSRC, ip_bytes(family), ip);
	mnl_attr_put_u32(&m->header, RTA_OIF, 9);
	mnl_attr_put_u32(&m->header, RTA_TABLE, 1000);
	mnl_attr_put_u32(&m->header, RTA_PRIORITY, 50);
}

/* An IPv4 route by way of an IPv6 gateway, then one with two next hops. */
static void put_strange_route(struct message *m, bool hops)
{
	static const struct {
		uint16_t family;
		uint8_t bytes[16];
	} via = { .family = AF_INET6, .bytes = { 0xfe, 0x80, [15] = 2 } };
	struct rtmsg *header = start(m, RTM_NEWROUTE, sizeof(*header));
	struct rtnexthop *hop;
	struct nlattr *nest;

	header->rtm_family = hops ? AF_INET6 : AF_INET;
	if (!hops) {
		mnl_attr_put(&m->header, RTA_VIA, sizeof(via), &via);
		return;
	}
	nest = mnl_attr_nest_start(&m->header, RTA_MULTIPATH);
	hop = mnl_nlmsg_put_extra_header(&m->header, sizeof(*hop));
	hop->rtnh_len = sizeof(*hop) + 20;
	hop->rtnh_ifindex = 4;
	mnl_attr_put(&m->header, RTA_GATEWAY, 16, via.bytes);
	hop = mnl_nlmsg_put_extra_header(&m->header, sizeof(*hop));
	hop->rtnh_len = sizeof(*hop);
	hop->rtnh_ifindex = 5;
	mnl_attr_nest_end(&m->header, nest);
}

static void put_neigh(struct message *m)
{
	static const uint8_t ip[4] = { 10, 0, 0, 7 }, mac[6] = { 2, 3, 4, 5, 6, 7 };
	struct ndmsg *header = start(m, RTM_NEWNEIGH, sizeof(*header));

	header->ndm_family = AF_INET;
	header->ndm_ifindex = 3;
	header->ndm_state = NUD_REACHABLE;
	mnl_attr_put(&m->header, NDA_DST, sizeof(ip), ip);
	mnl_attr_put(&m->header, NDA_LLADDR, sizeof(mac), mac);
}

void fuzz_seeds(void (*add)(const void *bytes, size_t length))
{
	struct message m[8];
	char all[sizeof(m)];
	size_t length = 0;

	put_link(&m[0]);
	put_addr(&m[1], AF_INET);
	put_addr(&m[2], AF_INET6);
	put_route(&m[3], AF_INET);
	put_route(&m[4], AF_INET6);
	put_strange_route(&m[5], false);
	put_strange_route(&m[6], true);
	put_neigh(&m[7]);
	for (size_t i = 0; i < sizeof(m) / sizeof(m[0]); i++) {
		add(m[i].bytes, m[i].header.nlmsg_len);
		memcpy(all + length, m[i].bytes, NLMSG_ALIGN(m[i].header.nlmsg_len));
		length += NLMSG_ALIGN(m[i].header.nlmsg_len);
	}
	add(all, length);
}

/* --- what the parsers make of it --- */

static bool is_string(const char *text, size_t size)
{
	return strnlen(text, size) < size;
}

static void check_ip(const struct ip *ip)
{
	CHECK(ip->family == 0 || ip->family == AF_INET || ip->family == AF_INET6);
}

static void check_cidr(const struct cidr *cidr)
{
	CHECK(cidr->ip.family == AF_INET || cidr->ip.family == AF_INET6);
	CHECK(cidr->prefix <= ip_bits(cidr->ip.family));
}

/*
 * Each parser twice, into memory that holds other bytes before: what it leaves there is
 * all its own, and the same.
 */
static void parse_link(const struct nlmsghdr *message)
{
	struct link one, two;
	int result;

	memset(&one, 0x55, sizeof(one));
	memset(&two, 0xaa, sizeof(two));
	result = rtnl_parse_link(message, &one);
	CHECK(result == 0 || result == -1);
	CHECK(rtnl_parse_link(message, &two) == result);
	if (result < 0) {
		CHECK(!one.altnames.v && !one.peer_ns);
		return;
	}
	CHECK(message->nlmsg_type == RTM_NEWLINK);
	CHECK(one.index > 0 && one.name[0]);
	CHECK(is_string(one.name, sizeof(one.name)) &&
	      is_string(one.kind, sizeof(one.kind)));
	CHECK(!one.master_name[0] && !one.peer_name[0] && !one.peer_ns);
	CHECK(one.altnames.n == two.altnames.n);
	for (size_t i = 0; i < one.altnames.n; i++)
		CHECK(strcmp(one.altnames.v[i], two.altnames.v[i]) == 0);
	strings_free(&two.altnames);
	two.altnames = one.altnames;
	CHECK(memcmp(&one, &two, sizeof(one)) == 0);
	link_clear(&one);
}

static void parse_addr(const struct nlmsghdr *message)
{
	struct addr one, two;
	int result;

	memset(&one, 0x55, sizeof(one));
	memset(&two, 0xaa, sizeof(two));
	result = rtnl_parse_addr(message, &one);
	CHECK(rtnl_parse_addr(message, &two) == result);
	if (result < 0)
		return;
	CHECK(message->nlmsg_type == RTM_NEWADDR);
	CHECK(one.index > 0 && !one.link[0]);
	check_cidr(&one.cidr);
	CHECK(memcmp(&one, &two, sizeof(one)) == 0);
}

static void parse_route(const struct nlmsghdr *message)
{
	struct route one, two;
	int oif_one = 0x55, oif_two = 0xaa, result;

	memset(&one, 0x55, sizeof(one));
	memset(&two, 0xaa, sizeof(two));
	result = rtnl_parse_route(message, &one, &oif_one);
	CHECK(rtnl_parse_route(message, &two, &oif_two) == result);
	if (result < 0)
		return;
	CHECK(message->nlmsg_type == RTM_NEWROUTE);
	check_cidr(&one.dest);
	check_ip(&one.gateway);
	check_ip(&one.source);
	CHECK(!one.link[0] && oif_one == oif_two);
	CHECK(memcmp(&one, &two, sizeof(one)) == 0);
}

static void parse_neigh(const struct nlmsghdr *message)
{
	struct neigh one, two;
	int index_one = 0x55, index_two = 0xaa, result;

	memset(&one, 0x55, sizeof(one));
	memset(&two, 0xaa, sizeof(two));
	result = rtnl_parse_neigh(message, &one, &index_one);
	CHECK(rtnl_parse_neigh(message, &two, &index_two) == result);
	if (result < 0)
		return;
	CHECK(message->nlmsg_type == RTM_NEWNEIGH);
	check_ip(&one.ip);
	CHECK(one.ip.family && index_one > 0 && index_one == index_two && !one.link[0]);
	CHECK(memcmp(&one, &two, sizeof(one)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/*
	 * As nlsock walks over a datagram: each message is whole before anybody sees it.
	 */
	while (size >= sizeof(struct nlmsghdr)) {
		cleanup_free struct nlmsghdr *message = NULL;
		struct nlmsghdr header;
		size_t step;

		memcpy(&header, data, sizeof(header));
		if (header.nlmsg_len < sizeof(header) || header.nlmsg_len > size)
			return 0;
		/* Just its bytes, so that a sanitizer sees each read beyond. */
		message = xcalloc(header.nlmsg_len, 1);
		memcpy(message, data, header.nlmsg_len);
		parse_link(message);
		parse_addr(message);
		parse_route(message);
		parse_neigh(message);
		step = NLMSG_ALIGN((size_t)header.nlmsg_len);
		if (step > size)
			step = size;
		data += step;
		size -= step;
	}
	return 0;
}
