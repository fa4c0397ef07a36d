/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernel layer without a kernel: messages made by hand, rules there and back. */
#include "unit/tap.h"

#include <netinet/in.h> /* before linux/netfilter.h */

#include <errno.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "kernel/nft.h"
#include "kernel/rtnl.h"
#include "unit/rules.h"

/* --- messages --- */

struct message {
	union {
		struct nlmsghdr header;
		char bytes[2048];
	};
};

static void *start(struct message *message, uint16_t type, size_t header)
{
	memset(message, 0, sizeof(*message));
	mnl_nlmsg_put_header(message->bytes)->nlmsg_type = type;
	return mnl_nlmsg_put_extra_header(&message->header, header);
}

typedef int (*parse_function)(const struct nlmsghdr *message);

static int parse_link(const struct nlmsghdr *message)
{
	struct link link;
	int result = rtnl_parse_link(message, &link);

	link_clear(&link);
	return result;
}

static int parse_addr(const struct nlmsghdr *message)
{
	struct addr addr;

	return rtnl_parse_addr(message, &addr);
}

static int parse_route(const struct nlmsghdr *message)
{
	struct route route;
	int oif;

	return rtnl_parse_route(message, &route, &oif);
}

static int parse_neigh(const struct nlmsghdr *message)
{
	struct neigh neigh;
	int index;

	return rtnl_parse_neigh(message, &neigh, &index);
}

/* A copy of just LENGTH bytes, so that a sanitizer sees each read beyond. */
static void parse_cut(parse_function parse, const struct message *message, size_t length)
{
	cleanup_free struct nlmsghdr *copy = malloc(length);

	if (!copy)
		abort();
	memcpy(copy, message->bytes, length);
	copy->nlmsg_len = (uint32_t)length;
	parse(copy);
}

/* Cuts the message at each byte, and turns each byte into several others. */
static void torture(parse_function parse, const struct message *message, const char *name)
{
	static const uint8_t values[] = { 0, 1, 3, 4, 5, 0x7f, 0x80, 0xff };
	size_t length = message->header.nlmsg_len;

	for (size_t cut = sizeof(struct nlmsghdr); cut <= length; cut++)
		parse_cut(parse, message, cut);
	for (size_t at = sizeof(struct nlmsghdr); at < length; at++) {
		for (size_t i = 0; i < sizeof(values); i++) {
			struct message changed = *message;

			changed.bytes[at] = (char)values[i];
			parse_cut(parse, &changed, length);
		}
	}
	tap_ok(true, "%s: cut and changed at each of %zu bytes", name, length);
}

static void put_link(struct message *m)
{
	struct ifinfomsg *info = start(m, RTM_NEWLINK, sizeof(*info));
	static const uint8_t mac[6] = { 2, 0, 0, 0, 0, 7 };
	struct nlattr *nest, *data;

	info->ifi_index = 7;
	info->ifi_flags = IFF_UP | IFF_RUNNING;
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
	mnl_attr_put_strz(&m->header, IFLA_ALT_IFNAME, "a-name-longer-than-fifteen-bytes");
	mnl_attr_put_strz(&m->header, IFLA_ALT_IFNAME, "another");
	mnl_attr_nest_end(&m->header, nest);
}

static void test_links(void)
{
	struct message m;
	struct link link;
	char long_name[200];

	put_link(&m);
	tap_ok(rtnl_parse_link(&m.header, &link) == 0, "a link");
	tap_is_str(link.name, "veth-red-br", "link: name");
	tap_is_str(link.kind, "veth", "link: kind");
	tap_ok(link.altnames.n == 2 &&
		       !strcmp(link.altnames.v[0], "a-name-longer-than-fifteen-bytes") &&
		       !strcmp(link.altnames.v[1], "another"),
	       "link: its alternative names");
	tap_ok(link.index == 7 && link.flags == (IFF_UP | IFF_RUNNING) && link.mtu == 1400 &&
		       link.group == NSH_GROUP && link.master == 3,
	       "link: number, flags, MTU, group, master");
	tap_ok(link.peer == 2 && link.peer_nsid == 4 && link.carrier && link.operstate == 6,
	       "link: peer, carrier, state");
	tap_ok(link.has_mac && link.mac[5] == 7 && link.port_state == BR_STATE_FORWARDING,
	       "link: MAC, state of the bridge port");
	link_clear(&link);
	torture(parse_link, &m, "link");

	start(&m, RTM_NEWLINK, sizeof(struct ifinfomsg));
	((struct ifinfomsg *)mnl_nlmsg_get_payload(&m.header))->ifi_index = 1;
	tap_ok(rtnl_parse_link(&m.header, &link) < 0, "a link without a name is refused");
	mnl_attr_put_strz(&m.header, IFLA_IFNAME, "lo");
	tap_ok(rtnl_parse_link(&m.header, &link) == 0 && link.peer_nsid == -1 && !link.peer &&
		       !link.kind[0] && !link.altnames.n,
	       "a link with nothing but a name");
	mnl_attr_put(&m.header, IFLA_ADDRESS, 20, long_name);
	tap_ok(rtnl_parse_link(&m.header, &link) == 0 && !link.has_mac,
	       "an address of 20 bytes is none that nsh shows");
	mnl_attr_put_u16(&m.header, IFLA_MTU, 5);
	tap_ok(rtnl_parse_link(&m.header, &link) < 0, "an MTU of two bytes is refused");

	start(&m, RTM_NEWLINK, sizeof(struct ifinfomsg));
	((struct ifinfomsg *)mnl_nlmsg_get_payload(&m.header))->ifi_index = 1;
	mnl_attr_put(&m.header, IFLA_IFNAME, 4, "eth0");
	tap_ok(rtnl_parse_link(&m.header, &link) < 0, "a name without its NUL is refused");
	start(&m, RTM_NEWLINK, sizeof(struct ifinfomsg));
	((struct ifinfomsg *)mnl_nlmsg_get_payload(&m.header))->ifi_index = 1;
	mnl_attr_put_strz(&m.header, IFLA_IFNAME, "sixteen-bytes-xx");
	tap_ok(rtnl_parse_link(&m.header, &link) < 0, "a name of 16 bytes is refused");

	put_link(&m);
	m.header.nlmsg_type = RTM_DELLINK;
	tap_ok(rtnl_parse_link(&m.header, &link) < 0, "another type of message is refused");
	start(&m, RTM_NEWLINK, 4);
	tap_ok(rtnl_parse_link(&m.header, &link) < 0, "a header cut short is refused");

	memset(long_name, 'x', sizeof(long_name));
	long_name[150] = '\0';
	start(&m, RTM_NEWLINK, sizeof(struct ifinfomsg));
	((struct ifinfomsg *)mnl_nlmsg_get_payload(&m.header))->ifi_index = 1;
	mnl_attr_put_strz(&m.header, IFLA_IFNAME, "x");
	struct nlattr *nest = mnl_attr_nest_start(&m.header, IFLA_PROP_LIST);
	mnl_attr_put_strz(&m.header, IFLA_ALT_IFNAME, "good");
	mnl_attr_nest_end(&m.header, nest);
	nest = mnl_attr_nest_start(&m.header, IFLA_LINKINFO);
	mnl_attr_put_strz(&m.header, IFLA_INFO_KIND, long_name);
	mnl_attr_nest_end(&m.header, nest);
	tap_ok(rtnl_parse_link(&m.header, &link) < 0 && !link.altnames.v,
	       "a failure leaves nothing to free");
}

static void test_addrs(void)
{
	struct message m;
	struct addr addr;
	struct ifaddrmsg *header = start(&m, RTM_NEWADDR, sizeof(*header));
	char text[CIDR_TEXT];
	static const uint8_t near[4] = { 192, 168, 15, 1 }, far[4] = { 192, 168, 15, 9 };

	header->ifa_family = AF_INET;
	header->ifa_prefixlen = 24;
	header->ifa_index = 5;
	header->ifa_scope = RT_SCOPE_LINK;
	header->ifa_flags = IFA_F_PERMANENT;
	mnl_attr_put(&m.header, IFA_ADDRESS, 4, far);
	mnl_attr_put(&m.header, IFA_LOCAL, 4, near);
	mnl_attr_put_u32(&m.header, IFA_FLAGS, IFA_F_PERMANENT | IFA_F_NOPREFIXROUTE);
	mnl_attr_put_u8(&m.header, IFA_PROTO, NSH_PROTO);
	tap_ok(rtnl_parse_addr(&m.header, &addr) == 0, "an address");
	tap_is_str(cidr_text(&addr.cidr, text), "192.168.15.1/24", "address: the near end");
	tap_ok(addr.index == 5 && addr.scope == RT_SCOPE_LINK && addr.proto == NSH_PROTO &&
		       addr.flags == (IFA_F_PERMANENT | IFA_F_NOPREFIXROUTE),
	       "address: link, scope, protocol, flags");
	torture(parse_addr, &m, "address");
	header->ifa_prefixlen = 33;
	tap_ok(rtnl_parse_addr(&m.header, &addr) < 0, "a prefix of 33 bits is refused");
	header->ifa_prefixlen = 24;
	header->ifa_family = AF_INET6;
	tap_ok(rtnl_parse_addr(&m.header, &addr) < 0, "4 bytes for IPv6 are refused");
	header->ifa_family = AF_PACKET;
	tap_ok(rtnl_parse_addr(&m.header, &addr) < 0, "an unknown family is refused");

	header = start(&m, RTM_NEWADDR, sizeof(*header));
	header->ifa_family = AF_INET;
	header->ifa_index = 1;
	tap_ok(rtnl_parse_addr(&m.header, &addr) < 0, "an address without one is refused");
}

static void test_routes(void)
{
	struct message m;
	struct route route;
	struct rtmsg *header = start(&m, RTM_NEWROUTE, sizeof(*header));
	char text[CIDR_TEXT];
	static const uint8_t dest[4] = { 10, 1, 0, 0 }, gateway[4] = { 10, 0, 0, 1 };
	static const uint8_t six[16] = { 0xfd, [15] = 1 };
	struct {
		uint16_t family;
		uint8_t bytes[16];
	} via = { .family = AF_INET6, .bytes = { 0xfe, 0x80, [15] = 2 } };
	struct rtnexthop *hop;
	struct nlattr *nest;
	int oif;

	header->rtm_family = AF_INET;
	header->rtm_dst_len = 16;
	header->rtm_table = RT_TABLE_COMPAT;
	header->rtm_protocol = NSH_PROTO;
	header->rtm_type = RTN_UNICAST;
	header->rtm_flags = RTNH_F_ONLINK;
	mnl_attr_put(&m.header, RTA_DST, 4, dest);
	mnl_attr_put(&m.header, RTA_GATEWAY, 4, gateway);
	mnl_attr_put(&m.header, RTA_PREFSRC, 4, gateway);
	mnl_attr_put_u32(&m.header, RTA_OIF, 9);
	mnl_attr_put_u32(&m.header, RTA_TABLE, 1000);
	mnl_attr_put_u32(&m.header, RTA_PRIORITY, 50);
	tap_ok(rtnl_parse_route(&m.header, &route, &oif) == 0, "a route");
	tap_is_str(cidr_text(&route.dest, text), "10.1.0.0/16", "route: destination");
	tap_is_str(ip_text(&route.gateway, text), "10.0.0.1", "route: gateway");
	tap_ok(oif == 9 && route.table == 1000 && route.metric == 50 &&
		       route.protocol == NSH_PROTO && route.flags == RTNH_F_ONLINK &&
		       route.source.family == AF_INET,
	       "route: link, table, metric, protocol, flags, source");
	torture(parse_route, &m, "route");

	header = start(&m, RTM_NEWROUTE, sizeof(*header));
	header->rtm_family = AF_INET6;
	header->rtm_table = RT_TABLE_MAIN;
	nest = mnl_attr_nest_start(&m.header, RTA_MULTIPATH);
	hop = mnl_nlmsg_put_extra_header(&m.header, sizeof(*hop));
	hop->rtnh_len = sizeof(*hop) + 20;
	hop->rtnh_ifindex = 4;
	mnl_attr_put(&m.header, RTA_GATEWAY, 16, six);
	hop = mnl_nlmsg_put_extra_header(&m.header, sizeof(*hop));
	hop->rtnh_len = sizeof(*hop);
	hop->rtnh_ifindex = 5;
	mnl_attr_nest_end(&m.header, nest);
	tap_ok(rtnl_parse_route(&m.header, &route, &oif) == 0 && oif == 4,
	       "a route of two next hops: the first");
	tap_is_str(ip_text(&route.gateway, text), "fd00::1", "its gateway");
	tap_is_str(cidr_text(&route.dest, text), "::/0", "no destination is the default");
	torture(parse_route, &m, "route of two next hops");
	((struct rtnexthop *)mnl_attr_get_payload(nest))->rtnh_len = 4;
	tap_ok(rtnl_parse_route(&m.header, &route, &oif) < 0,
	       "a next hop shorter than its header is refused");

	header = start(&m, RTM_NEWROUTE, sizeof(*header));
	header->rtm_family = AF_INET;
	mnl_attr_put(&m.header, RTA_VIA, 18, &via);
	tap_ok(rtnl_parse_route(&m.header, &route, &oif) == 0 &&
		       route.gateway.family == AF_INET6 && route.dest.ip.family == AF_INET,
	       "an IPv4 route by way of an IPv6 gateway");
	torture(parse_route, &m, "route with RTA_VIA");
	header->rtm_dst_len = 8;
	tap_ok(rtnl_parse_route(&m.header, &route, &oif) < 0,
	       "a prefix without a destination is refused");
}

static void test_neighs(void)
{
	struct message m;
	struct neigh neigh;
	struct ndmsg *header = start(&m, RTM_NEWNEIGH, sizeof(*header));
	static const uint8_t ip[4] = { 10, 0, 0, 7 }, mac[6] = { 2, 3, 4, 5, 6, 7 };
	int index;

	header->ndm_family = AF_INET;
	header->ndm_ifindex = 3;
	header->ndm_state = NUD_REACHABLE;
	header->ndm_flags = NTF_ROUTER;
	mnl_attr_put(&m.header, NDA_DST, 4, ip);
	mnl_attr_put(&m.header, NDA_LLADDR, 6, mac);
	tap_ok(rtnl_parse_neigh(&m.header, &neigh, &index) == 0 && index == 3 &&
		       neigh.state == NUD_REACHABLE && neigh.flags == NTF_ROUTER &&
		       neigh.has_mac && neigh.mac[5] == 7 && neigh.ip.bytes[3] == 7,
	       "a neighbour");
	torture(parse_neigh, &m, "neighbour");
	header->ndm_family = AF_BRIDGE;
	tap_ok(rtnl_parse_neigh(&m.header, &neigh, &index) < 0,
	       "an entry of a bridge's table is refused");
}

/* --- rules --- */

static void test_rules(void)
{
	for (size_t i = 0; i < RULES; i++) {
		cleanup_buf struct buf text = { 0 };
		struct nftnl_rule *encoded = nft_encode(&rules[i].rule);
		struct nft_rule back;

		nft_rule_text(&rules[i].rule, &text);
		tap_is_str(buf_str(&text), rules[i].text, "text: %s", rules[i].text);
		nft_decode(encoded, &back);
		nftnl_rule_free(encoded);
		tap_ok(!back.foreign && nft_rule_equal(&back, &rules[i].rule),
		       "there and back: %s", rules[i].text);
		for (size_t j = 0; j < RULES; j++)
			if (i != j && nft_rule_equal(&rules[i].rule, &rules[j].rule))
				tap_ok(false, "rules %zu and %zu are not equal", i, j);
	}
}

static void test_equality(void)
{
	struct nft_rule a = { .chain = NFT_CHAIN_FORWARD, .verdict = NFT_VERDICT_DROP };
	struct nft_rule b = a;

	b.handle = 7;
	tap_ok(nft_rule_equal(&a, &b), "the handle makes no difference");
	b.in.not = b.from.not = b.sport.not = b.proto_not = true;
	tap_ok(nft_rule_equal(&a, &b), "\"not\" of what is not matched makes no difference");
	a.from = (struct nft_net)NET4(10, 0, 0, 7, 24);
	b.from = (struct nft_net)NET4(10, 0, 0, 0, 24);
	tap_ok(nft_rule_equal(&a, &b), "host bits make no difference");
	b.from.cidr.prefix = 25;
	tap_ok(!nft_rule_equal(&a, &b), "the prefix length does");
	b = a;
	str_copy(a.comment, sizeof(a.comment), "a \"quoted\" word");
	str_copy(b.comment, sizeof(b.comment), "a 'quoted' word");
	tap_ok(nft_rule_equal(&a, &b), "a quote in a comment is an apostrophe");
	a.foreign = b.foreign = true;
	a.handle = 1;
	b.handle = 2;
	tap_ok(!nft_rule_equal(&a, &b), "foreign rules are not equal");
	b.handle = 1;
	tap_ok(nft_rule_equal(&a, &b), "a foreign rule is equal to itself");
}

static void test_foreign(void)
{
	struct nft_rule rule = { .chain = NFT_CHAIN_FORWARD,
				 .verdict = NFT_VERDICT_ACCEPT,
				 .from = NET4(10, 0, 0, 0, 24),
				 .comment = "what it is for" };
	struct nftnl_rule *encoded = nft_encode(&rule);
	struct nft_rule back;

	nftnl_rule_add_expr(encoded, nftnl_expr_alloc("counter"));
	nftnl_rule_set_u64(encoded, NFTNL_RULE_HANDLE, 12);
	nft_decode(encoded, &back);
	tap_ok(back.foreign && back.handle == 12 && back.chain == NFT_CHAIN_FORWARD,
	       "an unknown expression makes a rule foreign, with chain and handle");
	tap_is_str(back.comment, "what it is for", "and its comment");
	nftnl_rule_free(encoded);

	encoded = nft_encode(&rule);
	nftnl_rule_set_str(encoded, NFTNL_RULE_CHAIN, "other");
	nft_decode(encoded, &back);
	tap_ok(back.foreign && back.chain == NFT_CHAIN_COUNT, "so does an unknown chain");
	nftnl_rule_free(encoded);

	encoded = nftnl_rule_alloc();
	nft_decode(encoded, &back);
	tap_ok(back.foreign, "so does a rule without a verdict");
	nftnl_rule_set_data(encoded, NFTNL_RULE_USERDATA, "\0\xff" "cut", 5);
	nft_decode(encoded, &back);
	tap_ok(!back.comment[0], "a comment that ends beyond the userdata is none");
	nftnl_rule_free(encoded);
}

static void test_answers(void)
{
	cleanup_error struct error err = ERROR_INIT;
	struct nl_error answer = { .number = ENODEV };

	tap_is_str(nl_error_text(&answer), strerror(ENODEV), "an answer without a text");
	str_copy(answer.text, sizeof(answer.text), "Device is not here");
	tap_is_str(nl_error_text(&answer), "Device is not here", "an answer with one");
	tap_ok(nl_error_set(&err, &answer, "red") == -1 && err.status == STATUS_FAILED &&
		       err.number == ENODEV,
	       "an answer becomes an error");
	tap_is_str(err.message, "red: Device is not here", "with the kernel's words");
	answer.number = EOPNOTSUPP;
	nl_error_set(&err, &answer, "red");
	tap_ok(err.status == STATUS_UNSUPPORTED, "what the kernel has not is unsupported");
}

int main(void)
{
	test_links();
	test_addrs();
	test_routes();
	test_neighs();
	test_rules();
	test_equality();
	test_foreign();
	test_answers();
	return tap_done();
}
