/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/rtnl.h"

#include <linux/if_addr.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

/*
 * Messages may come from a fuzzer: an attribute is read only where its length is right, and
 * one that is not makes the message malformed. Attributes that nsh does not know, or whose
 * length depends on hardware that it does not know, are passed over.
 */

struct attrs {
	const char *at;
	size_t left;
	bool bad; /* came upon one that claims more than there is */
};

/* Those of MESSAGE behind its header of SIZE bytes. libmnl's own walk rounds the length of a
 * message up and may read past its end. */
static struct attrs attrs_of(const struct nlmsghdr *message, size_t size)
{
	return (struct attrs){
		.at = (const char *)mnl_nlmsg_get_payload(message) + NLMSG_ALIGN(size),
		.left = mnl_nlmsg_get_payload_len(message) - size,
	};
}

static struct attrs attrs_within(const struct nlattr *nest)
{
	return (struct attrs){
		.at = mnl_attr_get_payload(nest),
		.left = mnl_attr_get_payload_len(nest),
	};
}

static const struct nlattr *next_attr(struct attrs *attrs)
{
	const struct nlattr *attr = (const void *)attrs->at;
	size_t step;

	if (attrs->left < sizeof(*attr))
		return NULL;
	if (attr->nla_len < sizeof(*attr) || attr->nla_len > attrs->left) {
		attrs->bad = true;
		return NULL;
	}
	step = NLMSG_ALIGN((size_t)attr->nla_len);
	if (step > attrs->left)
		step = attrs->left;
	attrs->at += step;
	attrs->left -= step;
	return attr;
}

static bool get_bytes(const struct nlattr *attr, void *to, size_t size)
{
	if (mnl_attr_get_payload_len(attr) != size)
		return false;
	memcpy(to, mnl_attr_get_payload(attr), size);
	return true;
}

static bool get_int(const struct nlattr *attr, int *to)
{
	return get_bytes(attr, to, sizeof(*to));
}

static bool get_u32(const struct nlattr *attr, uint32_t *to)
{
	return get_bytes(attr, to, sizeof(*to));
}

/* A string that ends within the attribute and fits. */
static bool get_string(const struct nlattr *attr, char *to, size_t size)
{
	const char *from = mnl_attr_get_payload(attr);
	size_t length = strnlen(from, mnl_attr_get_payload_len(attr));

	if (length == mnl_attr_get_payload_len(attr) || length >= size)
		return false;
	memcpy(to, from, length + 1);
	return true;
}

static bool get_ip(const struct nlattr *attr, uint8_t family, struct ip *to)
{
	struct ip ip = { .family = family };

	if (!get_bytes(attr, ip.bytes, family == AF_INET ? 4 : 16))
		return false;
	*to = ip;
	return true;
}

/* RTA_VIA: a gateway of another family than the route's. */
static bool get_via(const struct nlattr *attr, struct ip *to)
{
	struct rtvia via;
	size_t length = mnl_attr_get_payload_len(attr);
	const uint8_t *from = mnl_attr_get_payload(attr);
	struct ip ip = { 0 };

	if (length < sizeof(via))
		return false;
	memcpy(&via, from, sizeof(via));
	if (via.rtvia_family != AF_INET && via.rtvia_family != AF_INET6)
		return false;
	ip.family = (uint8_t)via.rtvia_family;
	if (length - sizeof(via) != (ip.family == AF_INET ? 4 : 16))
		return false;
	memcpy(ip.bytes, from + sizeof(via), length - sizeof(via));
	*to = ip;
	return true;
}

static bool known_family(uint8_t family)
{
	return family == AF_INET || family == AF_INET6;
}

static unsigned bits(uint8_t family)
{
	return family == AF_INET ? 32 : 128;
}

/* Copies the fixed header of a message of TYPE. */
static bool get_header(const struct nlmsghdr *message, uint16_t type, void *to, size_t size)
{
	if (message->nlmsg_type != type || mnl_nlmsg_get_payload_len(message) < size)
		return false;
	memcpy(to, mnl_nlmsg_get_payload(message), size);
	return true;
}

static bool parse_slave_data(const struct nlattr *nest, struct link *link)
{
	struct attrs attrs = attrs_within(nest);
	const struct nlattr *attr;

	while ((attr = next_attr(&attrs)) != NULL)
		if (mnl_attr_get_type(attr) == IFLA_BRPORT_STATE &&
		    !get_bytes(attr, &link->port_state, sizeof(link->port_state)))
			return false;
	return !attrs.bad;
}

/* Whether a bridge is set to do what nsh knows nothing of. */
static void parse_bridge(const struct nlattr *nest, struct link *link)
{
	struct attrs attrs = attrs_within(nest);
	const struct nlattr *attr;
	uint32_t stp = 0;
	uint8_t vlans = 0;

	while ((attr = next_attr(&attrs)) != NULL) {
		if (mnl_attr_get_type(attr) == IFLA_BR_STP_STATE)
			get_u32(attr, &stp);
		if (mnl_attr_get_type(attr) == IFLA_BR_VLAN_FILTERING)
			get_bytes(attr, &vlans, sizeof(vlans));
	}
	link->more |= stp || vlans;
}

static bool parse_link_info(const struct nlattr *nest, struct link *link)
{
	struct attrs attrs = attrs_within(nest);
	const struct nlattr *attr, *slave_data = NULL, *data = NULL;
	char slave_kind[IFNAMSIZ] = "";
	/* A kind longer than what a link can hold is cut, not wrong: modules choose them. */
	char kind[64];

	while ((attr = next_attr(&attrs)) != NULL) {
		switch (mnl_attr_get_type(attr)) {
		case IFLA_INFO_KIND:
			if (!get_string(attr, kind, sizeof(kind)))
				return false;
			str_copy(link->kind, sizeof(link->kind), kind);
			break;
		case IFLA_INFO_SLAVE_KIND:
			if (!get_string(attr, kind, sizeof(kind)))
				return false;
			str_copy(slave_kind, sizeof(slave_kind), kind);
			break;
		case IFLA_INFO_SLAVE_DATA:
			slave_data = attr;
			break;
		case IFLA_INFO_DATA:
			data = attr;
			break;
		}
	}
	if (attrs.bad)
		return false;
	if (data && !strcmp(link->kind, "bridge"))
		parse_bridge(data, link);
	if (slave_data && !strcmp(slave_kind, "bridge"))
		return parse_slave_data(slave_data, link);
	return true;
}

static bool parse_alt_names(const struct nlattr *nest, struct link *link)
{
	struct attrs attrs = attrs_within(nest);
	const struct nlattr *attr;
	char name[128]; /* ALTIFNAMSIZ */

	while ((attr = next_attr(&attrs)) != NULL) {
		if (mnl_attr_get_type(attr) != IFLA_ALT_IFNAME)
			continue;
		if (!get_string(attr, name, sizeof(name)))
			return false;
		strings_add(&link->altnames, name);
	}
	return !attrs.bad;
}

static bool parse_setting(const struct nlattr *attr, struct link *link)
{
	int which = link_setting_of_attr(mnl_attr_get_type(attr));
	uint32_t value;

	if (which < 0)
		return true;
	if (!get_u32(attr, &value))
		return false;
	link_set_setting(link, which, value);
	return true;
}

static bool parse_link_attr(const struct nlattr *attr, struct link *link)
{
	uint8_t byte;

	switch (mnl_attr_get_type(attr)) {
	case IFLA_IFNAME:
		return get_string(attr, link->name, sizeof(link->name));
	case IFLA_GROUP:
		return get_u32(attr, &link->group);
	case IFLA_MASTER:
		return get_int(attr, &link->master);
	case IFLA_LINK:
		return get_int(attr, &link->peer);
	case IFLA_LINK_NETNSID:
		return get_int(attr, &link->peer_nsid);
	case IFLA_OPERSTATE:
		return get_bytes(attr, &link->operstate, sizeof(link->operstate));
	case IFLA_CARRIER:
		if (!get_bytes(attr, &byte, sizeof(byte)))
			return false;
		link->carrier = byte != 0;
		return true;
	case IFLA_ADDRESS:
		/* Tunnels and InfiniBand have addresses of other lengths. */
		link->has_mac = get_bytes(attr, link->mac, sizeof(link->mac));
		return true;
	case IFLA_LINKINFO:
		return parse_link_info(attr, link);
	case IFLA_PROP_LIST:
		return parse_alt_names(attr, link);
	}
	return parse_setting(attr, link);
}

int rtnl_parse_link(const struct nlmsghdr *message, struct link *link)
{
	struct ifinfomsg header;
	const struct nlattr *attr;
	struct attrs attrs;

	memset(link, 0, sizeof(*link));
	link->peer_nsid = -1;
	if (!get_header(message, RTM_NEWLINK, &header, sizeof(header)))
		return -1;
	link->index = header.ifi_index;
	link->flags = header.ifi_flags;
	attrs = attrs_of(message, sizeof(header));
	while ((attr = next_attr(&attrs)) != NULL) {
		if (!parse_link_attr(attr, link)) {
			link_clear(link);
			return -1;
		}
	}
	if (attrs.bad || link->index <= 0 || !link->name[0]) {
		link_clear(link);
		return -1;
	}
	return 0;
}

int rtnl_parse_addr(const struct nlmsghdr *message, struct addr *addr)
{
	struct ifaddrmsg header;
	const struct nlattr *attr;
	struct attrs attrs;
	struct ip local = { 0 }, address = { 0 };
	struct ifa_cacheinfo life;

	memset(addr, 0, sizeof(*addr));
	if (!get_header(message, RTM_NEWADDR, &header, sizeof(header)) ||
	    !known_family(header.ifa_family) ||
	    header.ifa_prefixlen > bits(header.ifa_family))
		return -1;
	addr->index = (int)header.ifa_index;
	addr->scope = header.ifa_scope;
	addr->flags = header.ifa_flags;
	attrs = attrs_of(message, sizeof(header));
	while ((attr = next_attr(&attrs)) != NULL) {
		bool good = true;

		switch (mnl_attr_get_type(attr)) {
		case IFA_LOCAL:
			good = get_ip(attr, header.ifa_family, &local);
			break;
		case IFA_ADDRESS:
			good = get_ip(attr, header.ifa_family, &address);
			break;
		case IFA_FLAGS:
			good = get_u32(attr, &addr->flags);
			break;
		case IFA_PROTO:
			good = get_bytes(attr, &addr->proto, sizeof(addr->proto));
			break;
		case IFA_BROADCAST:
			addr->broadcast = true;
			good = get_ip(attr, header.ifa_family, &addr->odd_broadcast);
			break;
		case IFA_LABEL:
			/* A label of its own starts with the link's name and a colon. */
			good = get_string(attr, addr->label, sizeof(addr->label));
			if (!strchr(addr->label, ':'))
				addr->label[0] = '\0';
			break;
		case IFA_RT_PRIORITY:
			addr->more = true;
			break;
		case IFA_CACHEINFO:
			if (get_bytes(attr, &life, sizeof(life)))
				addr->more |= life.ifa_valid != 0xffffffffu;
			break;
		}
		if (!good)
			return -1;
	}
	/* IFA_ADDRESS is the far end where the link has one; the near end is IFA_LOCAL. */
	addr->cidr.ip = local.family ? local : address;
	if (local.family && address.family && !ip_equal(&local, &address))
		addr->more = true;
	if (addr->flags & IFA_F_NOPREFIXROUTE)
		addr->more = true;
	addr->cidr.prefix = header.ifa_prefixlen;
	address = cidr_broadcast(&addr->cidr);
	if (ip_equal(&addr->odd_broadcast, &address))
		addr->odd_broadcast.family = 0;
	return !attrs.bad && addr->cidr.ip.family && addr->index > 0 ? 0 : -1;
}

static bool parse_gateway(const struct nlattr *attr, uint8_t family, struct ip *gateway)
{
	switch (mnl_attr_get_type(attr)) {
	case RTA_GATEWAY:
		return get_ip(attr, family, gateway);
	case RTA_VIA:
		return get_via(attr, gateway);
	}
	return true;
}

/* RTA_MULTIPATH is an array of struct rtnexthop with attributes; the first one counts. */
static bool parse_first_hop(const struct nlattr *nest, uint8_t family, struct route *route,
			    int *oif)
{
	struct attrs attrs = attrs_within(nest);
	struct rtnexthop hop;
	const struct nlattr *attr;

	if (attrs.left < sizeof(hop))
		return false;
	memcpy(&hop, attrs.at, sizeof(hop));
	if (hop.rtnh_len < sizeof(hop) || hop.rtnh_len > attrs.left)
		return false;
	*oif = hop.rtnh_ifindex;
	route->flags |= hop.rtnh_flags;
	attrs.at += sizeof(hop);
	attrs.left = hop.rtnh_len - sizeof(hop);
	while ((attr = next_attr(&attrs)) != NULL)
		if (!parse_gateway(attr, family, &route->gateway))
			return false;
	return !attrs.bad;
}

int rtnl_parse_route(const struct nlmsghdr *message, struct route *route, int *oif)
{
	struct rtmsg header;
	const struct nlattr *attr;
	struct attrs attrs;
	struct ip dest = { 0 };

	memset(route, 0, sizeof(*route));
	*oif = 0;
	if (!get_header(message, RTM_NEWROUTE, &header, sizeof(header)) ||
	    !known_family(header.rtm_family) ||
	    header.rtm_dst_len > bits(header.rtm_family))
		return -1;
	route->table = header.rtm_table;
	route->protocol = header.rtm_protocol;
	route->scope = header.rtm_scope;
	route->type = header.rtm_type;
	route->flags = header.rtm_flags & 0xff; /* RTNH_F_*; those above are RTM_F_* */
	route->more = header.rtm_tos || header.rtm_src_len;
	attrs = attrs_of(message, sizeof(header));
	while ((attr = next_attr(&attrs)) != NULL) {
		bool good = true;

		switch (mnl_attr_get_type(attr)) {
		case RTA_DST:
			good = get_ip(attr, header.rtm_family, &dest);
			break;
		case RTA_PREFSRC:
			good = get_ip(attr, header.rtm_family, &route->source);
			break;
		case RTA_OIF:
			good = get_int(attr, oif);
			break;
		case RTA_PRIORITY:
			good = get_u32(attr, &route->metric);
			break;
		case RTA_TABLE:
			good = get_u32(attr, &route->table);
			break;
		case RTA_GATEWAY:
		case RTA_VIA:
			good = parse_gateway(attr, header.rtm_family, &route->gateway);
			break;
		case RTA_MULTIPATH:
			good = parse_first_hop(attr, header.rtm_family, route, oif);
			route->more = true;
			break;
		case RTA_METRICS:
		case RTA_ENCAP:
		case RTA_NH_ID:
		case RTA_FLOW:
			route->more = true;
			break;
		}
		if (!good)
			return -1;
	}
	if (attrs.bad || (!dest.family && header.rtm_dst_len))
		return -1;
	dest.family = header.rtm_family;
	route->dest = (struct cidr){ .ip = dest, .prefix = header.rtm_dst_len };
	return 0;
}

int rtnl_parse_neigh(const struct nlmsghdr *message, struct neigh *neigh, int *index)
{
	struct ndmsg header;
	const struct nlattr *attr;
	struct attrs attrs;

	memset(neigh, 0, sizeof(*neigh));
	*index = 0;
	if (!get_header(message, RTM_NEWNEIGH, &header, sizeof(header)) ||
	    !known_family(header.ndm_family))
		return -1;
	*index = header.ndm_ifindex;
	neigh->state = header.ndm_state;
	neigh->flags = header.ndm_flags;
	attrs = attrs_of(message, sizeof(header));
	while ((attr = next_attr(&attrs)) != NULL) {
		switch (mnl_attr_get_type(attr)) {
		case NDA_DST:
			if (!get_ip(attr, header.ndm_family, &neigh->ip))
				return -1;
			break;
		case NDA_LLADDR:
			neigh->has_mac = get_bytes(attr, neigh->mac, sizeof(neigh->mac));
			break;
		case NDA_PROTOCOL:
			get_bytes(attr, &neigh->proto, sizeof(neigh->proto));
			break;
		}
	}
	return !attrs.bad && neigh->ip.family && *index > 0 ? 0 : -1;
}
