/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/trace.h"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <libnftnl/chain.h>
#include <libnftnl/rule.h>
#include <libnftnl/table.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <stdbool.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/ip.h"

enum form {
	FORM_BYTES, /* hexadecimal: what is not known better */
	FORM_TEXT,
	FORM_U8,
	FORM_U32,
	FORM_IP, /* by its length */
	FORM_MAC,
	FORM_NEST,
};

struct attr {
	uint16_t type;
	enum form form;
	const char *name;
	const struct attr *inside; /* of a nest; ended by one without a name */
	size_t header; /* bytes before the attributes within a nest */
};

#define ATTR(type, form)                                                                 \
	{                                                                                \
		type, FORM_##form, #type, NULL, 0                                        \
	}
#define NEST(type, inside, header)                                                       \
	{                                                                                \
		type, FORM_NEST, #type, inside, header                                   \
	}

static const struct attr link_attrs[];

static const struct attr veth_attrs[] = {
	NEST(VETH_INFO_PEER, link_attrs, sizeof(struct ifinfomsg)),
	{ 0 },
};
static const struct attr info_attrs[] = {
	ATTR(IFLA_INFO_KIND, TEXT),
	NEST(IFLA_INFO_DATA, veth_attrs, 0),
	{ 0 },
};
static const struct attr name_attrs[] = {
	ATTR(IFLA_ALT_IFNAME, TEXT),
	{ 0 },
};
static const struct attr link_attrs[] = {
	ATTR(IFLA_IFNAME, TEXT),
	ATTR(IFLA_MTU, U32),
	ATTR(IFLA_TXQLEN, U32),
	ATTR(IFLA_ADDRESS, MAC),
	ATTR(IFLA_GROUP, U32),
	ATTR(IFLA_MASTER, U32),
	ATTR(IFLA_NET_NS_FD, U32),
	NEST(IFLA_LINKINFO, info_attrs, 0),
	NEST(IFLA_PROP_LIST, name_attrs, 0),
	{ 0 },
};
static const struct attr addr_attrs[] = {
	ATTR(IFA_LOCAL, IP),  ATTR(IFA_ADDRESS, IP), ATTR(IFA_BROADCAST, IP),
	ATTR(IFA_FLAGS, U32), ATTR(IFA_PROTO, U8),   { 0 },
};
static const struct attr route_attrs[] = {
	ATTR(RTA_DST, IP),       ATTR(RTA_GATEWAY, IP),
	ATTR(RTA_VIA, BYTES),    ATTR(RTA_OIF, U32),
	ATTR(RTA_PRIORITY, U32), ATTR(RTA_PREFSRC, IP),
	ATTR(RTA_TABLE, U32),    { 0 },
};
static const struct attr neigh_attrs[] = {
	ATTR(NDA_DST, IP),
	ATTR(NDA_LLADDR, MAC),
	ATTR(NDA_PROTOCOL, U8),
	{ 0 },
};

/* --- attributes --- */

static const struct attr *find(const struct attr *known, uint16_t type)
{
	for (; known && known->name; known++)
		if (known->type == type)
			return known;
	return NULL;
}

static void add_bytes(struct buf *text, const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length && i < 32; i++)
		buf_addf(text, "%s%02x", i ? " " : "", bytes[i]);
	if (length > 32)
		buf_addf(text, " ... (%zu bytes)", length);
}

static void add_value(struct buf *text, enum form form, const uint8_t *bytes,
		      size_t length)
{
	char string[IP_TEXT];
	struct ip ip = { 0 };
	uint32_t number;

	if (form == FORM_TEXT && memchr(bytes, 0, length)) {
		buf_addc(text, '"');
		buf_add_visible(text, (const char *)bytes);
		buf_addc(text, '"');
	} else if (form == FORM_U8 && length == 1) {
		buf_addf(text, "%u", bytes[0]);
	} else if (form == FORM_U32 && length == sizeof(number)) {
		memcpy(&number, bytes, sizeof(number));
		buf_addf(text, "%u", number);
	} else if (form == FORM_MAC && length == 6) {
		buf_add(text, mac_text(bytes, string));
	} else if (form == FORM_IP && (length == 4 || length == 16)) {
		ip.family = length == 4 ? AF_INET : AF_INET6;
		memcpy(ip.bytes, bytes, length);
		buf_add(text, ip_text(&ip, string));
	} else {
		add_bytes(text, bytes, length);
	}
}

static void add_attrs(struct buf *text, const struct attr *known, const char *at,
		      size_t left, unsigned depth)
{
	while (left >= sizeof(struct nlattr)) {
		struct nlattr attr;
		const struct attr *what;
		size_t size, step;

		memcpy(&attr, at, sizeof(attr));
		if (attr.nla_len < sizeof(attr) || attr.nla_len > left) {
			buf_addf(text, "%*s(a broken attribute)\n", (int)(2 * depth), "");
			return;
		}
		size = attr.nla_len - sizeof(attr);
		what = find(known, attr.nla_type & NLA_TYPE_MASK);
		buf_addf(text, "%*s", (int)(2 * depth), "");
		if (what)
			buf_add(text, what->name);
		else
			buf_addf(text, "attribute %u", attr.nla_type & NLA_TYPE_MASK);
		if (what && what->form == FORM_NEST && size >= what->header &&
		    depth < 8) {
			buf_addc(text, '\n');
			add_attrs(text, what->inside, at + sizeof(attr) + what->header,
				  size - what->header, depth + 1);
		} else {
			if (size)
				buf_addc(text, ' ');
			add_value(text, what ? what->form : FORM_BYTES,
				  (const uint8_t *)at + sizeof(attr), size);
			buf_addc(text, '\n');
		}
		step = NLMSG_ALIGN((size_t)attr.nla_len);
		if (step >= left)
			return;
		at += step;
		left -= step;
	}
}

/* --- messages of rtnetlink --- */

static const struct {
	uint16_t type;
	const char *name;
	const struct attr *attrs;
	size_t header;
} routes[] = {
	{ RTM_NEWLINK, "RTM_NEWLINK", link_attrs, sizeof(struct ifinfomsg) },
	{ RTM_DELLINK, "RTM_DELLINK", link_attrs, sizeof(struct ifinfomsg) },
	{ RTM_SETLINK, "RTM_SETLINK", link_attrs, sizeof(struct ifinfomsg) },
	{ RTM_NEWLINKPROP, "RTM_NEWLINKPROP", link_attrs, sizeof(struct ifinfomsg) },
	{ RTM_DELLINKPROP, "RTM_DELLINKPROP", link_attrs, sizeof(struct ifinfomsg) },
	{ RTM_NEWADDR, "RTM_NEWADDR", addr_attrs, sizeof(struct ifaddrmsg) },
	{ RTM_DELADDR, "RTM_DELADDR", addr_attrs, sizeof(struct ifaddrmsg) },
	{ RTM_NEWROUTE, "RTM_NEWROUTE", route_attrs, sizeof(struct rtmsg) },
	{ RTM_DELROUTE, "RTM_DELROUTE", route_attrs, sizeof(struct rtmsg) },
	{ RTM_NEWNEIGH, "RTM_NEWNEIGH", neigh_attrs, sizeof(struct ndmsg) },
	{ RTM_DELNEIGH, "RTM_DELNEIGH", neigh_attrs, sizeof(struct ndmsg) },
};

static const char *family_name(uint8_t family)
{
	return family == AF_INET ? "inet" : family == AF_INET6 ? "inet6" : "any";
}

static void add_flags(struct buf *text, const struct nlmsghdr *message)
{
	static const struct {
		uint16_t flag;
		const char *name;
	} flags[] = {
		{ NLM_F_REQUEST, "REQUEST" }, { NLM_F_ACK, "ACK" },
		{ NLM_F_ECHO, "ECHO" },       { NLM_F_REPLACE, "REPLACE" },
		{ NLM_F_EXCL, "EXCL" },       { NLM_F_CREATE, "CREATE" },
		{ NLM_F_APPEND, "APPEND" },
	};
	/* In a deletion, one of what is not empty fails: NLM_F_NONREC. */
	bool deletion = message->nlmsg_type >> 8 == NFNL_SUBSYS_NFTABLES &&
			((message->nlmsg_type & 0xff) == NFT_MSG_DELCHAIN ||
			 (message->nlmsg_type & 0xff) == NFT_MSG_DELTABLE);
	const char *before = " (";

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (!(message->nlmsg_flags & flags[i].flag))
			continue;
		buf_addf(text, "%s%s", before,
			 deletion && flags[i].flag == NLM_F_NONREC ? "NONREC"
								   : flags[i].name);
		before = " ";
	}
	if (*before == ' ' && !before[1])
		buf_addc(text, ')');
}

/* What the fixed header of the message says. */
static void add_header(struct buf *text, const struct nlmsghdr *message)
{
	const void *payload = mnl_nlmsg_get_payload(message);
	struct ifinfomsg link;
	struct ifaddrmsg addr;
	struct rtmsg route;
	struct ndmsg neigh;

	switch (message->nlmsg_type) {
	case RTM_NEWADDR:
	case RTM_DELADDR:
		memcpy(&addr, payload, sizeof(addr));
		buf_addf(text, " %s prefix %u link %u", family_name(addr.ifa_family),
			 addr.ifa_prefixlen, addr.ifa_index);
		break;
	case RTM_NEWROUTE:
	case RTM_DELROUTE:
		memcpy(&route, payload, sizeof(route));
		buf_addf(text, " %s prefix %u table %u protocol %u scope %u type %u",
			 family_name(route.rtm_family), route.rtm_dst_len,
			 route.rtm_table, route.rtm_protocol, route.rtm_scope,
			 route.rtm_type);
		break;
	case RTM_NEWNEIGH:
	case RTM_DELNEIGH:
		memcpy(&neigh, payload, sizeof(neigh));
		buf_addf(text, " %s link %d state 0x%x", family_name(neigh.ndm_family),
			 neigh.ndm_ifindex, neigh.ndm_state);
		break;
	default:
		memcpy(&link, payload, sizeof(link));
		if (link.ifi_index)
			buf_addf(text, " link %d", link.ifi_index);
		if (link.ifi_change & IFF_UP)
			buf_add(text, link.ifi_flags & IFF_UP ? " up" : " down");
	}
}

static void add_route_message(struct buf *text, const struct nlmsghdr *message)
{
	size_t length = mnl_nlmsg_get_payload_len(message);

	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
		if (routes[i].type != message->nlmsg_type || length < routes[i].header)
			continue;
		buf_add(text, routes[i].name);
		add_flags(text, message);
		add_header(text, message);
		buf_addc(text, '\n');
		add_attrs(text, routes[i].attrs,
			  (const char *)mnl_nlmsg_get_payload(message) +
				  NLMSG_ALIGN(routes[i].header),
			  length - NLMSG_ALIGN(routes[i].header), 1);
		return;
	}
	buf_addf(text, "message %u", message->nlmsg_type);
	add_flags(text, message);
	buf_addc(text, '\n');
}

/* --- messages of nf_tables --- */

static void add_lines(struct buf *text, const char *lines)
{
	while (*lines) {
		size_t length = strcspn(lines, "\n");

		if (length) {
			cleanup_free char *line = xstrndup(lines, length);

			buf_add(text, "  ");
			buf_add_visible(text, line);
			buf_addc(text, '\n');
		}
		lines += length + (lines[length] == '\n');
	}
}

static void add_rule(struct buf *text, const struct nlmsghdr *message)
{
	struct nftnl_rule *rule = nftnl_rule_alloc();
	char lines[8192] = "";

	if (rule && nftnl_rule_nlmsg_parse(message, rule) >= 0)
		nftnl_rule_snprintf(lines, sizeof(lines), rule, NFTNL_OUTPUT_DEFAULT, 0);
	add_lines(text, lines);
	if (rule)
		nftnl_rule_free(rule);
}

static void add_chain(struct buf *text, const struct nlmsghdr *message)
{
	struct nftnl_chain *chain = nftnl_chain_alloc();
	char lines[1024] = "";

	if (chain && nftnl_chain_nlmsg_parse(message, chain) >= 0)
		nftnl_chain_snprintf(lines, sizeof(lines), chain, NFTNL_OUTPUT_DEFAULT,
				     0);
	add_lines(text, lines);
	if (chain)
		nftnl_chain_free(chain);
}

static void add_table(struct buf *text, const struct nlmsghdr *message)
{
	struct nftnl_table *table = nftnl_table_alloc();
	char lines[1024] = "";

	if (table && nftnl_table_nlmsg_parse(message, table) >= 0)
		nftnl_table_snprintf(lines, sizeof(lines), table, NFTNL_OUTPUT_DEFAULT,
				     0);
	add_lines(text, lines);
	if (table)
		nftnl_table_free(table);
}

static void add_nft_message(struct buf *text, const struct nlmsghdr *message)
{
	static const struct {
		unsigned type;
		const char *name;
		void (*add)(struct buf *text, const struct nlmsghdr *message);
	} known[] = {
		{ NFT_MSG_NEWTABLE, "NFT_MSG_NEWTABLE", add_table },
		{ NFT_MSG_DELTABLE, "NFT_MSG_DELTABLE", add_table },
		{ NFT_MSG_NEWCHAIN, "NFT_MSG_NEWCHAIN", add_chain },
		{ NFT_MSG_DELCHAIN, "NFT_MSG_DELCHAIN", add_chain },
		{ NFT_MSG_NEWRULE, "NFT_MSG_NEWRULE", add_rule },
		{ NFT_MSG_DELRULE, "NFT_MSG_DELRULE", add_rule },
	};

	if (message->nlmsg_type == NFNL_MSG_BATCH_BEGIN ||
	    message->nlmsg_type == NFNL_MSG_BATCH_END) {
		buf_add(text, message->nlmsg_type == NFNL_MSG_BATCH_BEGIN
				      ? "NFNL_MSG_BATCH_BEGIN\n"
				      : "NFNL_MSG_BATCH_END\n");
		return;
	}
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (message->nlmsg_type != (NFNL_SUBSYS_NFTABLES << 8 | known[i].type) ||
		    mnl_nlmsg_get_payload_len(message) < sizeof(struct nfgenmsg))
			continue;
		buf_add(text, known[i].name);
		add_flags(text, message);
		buf_addc(text, '\n');
		known[i].add(text, message);
		return;
	}
	buf_addf(text, "message %u\n", message->nlmsg_type);
}

bool trace_is_change(int bus, const struct nlmsghdr *message)
{
	if (bus == NETLINK_ROUTE) {
		for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++)
			if (routes[i].type == message->nlmsg_type)
				return true;
		return false;
	}
	/* What nf_tables is asked for comes alone; changes come in batches. */
	return bus == NETLINK_NETFILTER &&
	       (message->nlmsg_type == NFNL_MSG_BATCH_BEGIN ||
		message->nlmsg_type == NFNL_MSG_BATCH_END ||
		(message->nlmsg_type & 0xff) == NFT_MSG_NEWTABLE ||
		(message->nlmsg_type & 0xff) == NFT_MSG_DELTABLE ||
		(message->nlmsg_type & 0xff) == NFT_MSG_NEWCHAIN ||
		(message->nlmsg_type & 0xff) == NFT_MSG_DELCHAIN ||
		(message->nlmsg_type & 0xff) == NFT_MSG_NEWRULE ||
		(message->nlmsg_type & 0xff) == NFT_MSG_DELRULE);
}

void trace_message(int bus, const char *ns, const struct nlmsghdr *message, size_t length,
		   struct buf *text)
{
	buf_add_visible(text, ns);
	buf_add(text, ": ");
	if (length < sizeof(*message) || message->nlmsg_len < sizeof(*message) ||
	    message->nlmsg_len > length)
		buf_add(text, "(a broken message)\n");
	else if (bus == NETLINK_NETFILTER)
		add_nft_message(text, message);
	else
		add_route_message(text, message);
}
