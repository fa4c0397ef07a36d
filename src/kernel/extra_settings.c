/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/extra.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "kernel/rtnl-internal.h"

/*
 * /proc/sys/net/ipv?/conf/LINK/ comes whole with a link's message,
 * /proc/sys/net/ipv?/neigh/LINK/ in a dump of its own: a file for each value of each
 * interface would be thousands.
 */

/* As in net/ipv4/devinet.c and net/ipv6/addrconf.c, without what a router's advertisement or the
 * kernel itself changes (mtu, mc_forwarding). */
const struct extra_conf extra_conf4[] = {
	{ IPV4_DEVCONF_FORWARDING, "forwarding", 0, 0, "net/ipv4/ip_forward" },
	{ IPV4_DEVCONF_PROXY_ARP, "proxy_arp", 0, 0, NULL },
	{ IPV4_DEVCONF_ACCEPT_REDIRECTS, "accept_redirects", 1, 1, NULL },
	{ IPV4_DEVCONF_SECURE_REDIRECTS, "secure_redirects", 1, 1, NULL },
	{ IPV4_DEVCONF_SEND_REDIRECTS, "send_redirects", 1, 1, NULL },
	{ IPV4_DEVCONF_SHARED_MEDIA, "shared_media", 1, 1, NULL },
	{ IPV4_DEVCONF_RP_FILTER, "rp_filter", 0, 0, NULL },
	{ IPV4_DEVCONF_ACCEPT_SOURCE_ROUTE, "accept_source_route", 1, 1, NULL },
	{ IPV4_DEVCONF_BOOTP_RELAY, "bootp_relay", 0, 0, NULL },
	{ IPV4_DEVCONF_LOG_MARTIANS, "log_martians", 0, 0, NULL },
	{ IPV4_DEVCONF_TAG, "tag", 0, 0, NULL },
	{ IPV4_DEVCONF_ARPFILTER, "arp_filter", 0, 0, NULL },
	{ IPV4_DEVCONF_MEDIUM_ID, "medium_id", 0, 0, NULL },
	{ IPV4_DEVCONF_NOXFRM, "disable_xfrm", 0, 1, NULL },
	{ IPV4_DEVCONF_NOPOLICY, "disable_policy", 0, 1, NULL },
	{ IPV4_DEVCONF_FORCE_IGMP_VERSION, "force_igmp_version", 0, 0, NULL },
	{ IPV4_DEVCONF_ARP_ANNOUNCE, "arp_announce", 0, 0, NULL },
	{ IPV4_DEVCONF_ARP_IGNORE, "arp_ignore", 0, 0, NULL },
	{ IPV4_DEVCONF_PROMOTE_SECONDARIES, "promote_secondaries", 0, 0, NULL },
	{ IPV4_DEVCONF_ARP_ACCEPT, "arp_accept", 0, 0, NULL },
	{ IPV4_DEVCONF_ARP_NOTIFY, "arp_notify", 0, 0, NULL },
	{ IPV4_DEVCONF_ACCEPT_LOCAL, "accept_local", 0, 0, NULL },
	{ IPV4_DEVCONF_SRC_VMARK, "src_valid_mark", 0, 0, NULL },
	{ IPV4_DEVCONF_PROXY_ARP_PVLAN, "proxy_arp_pvlan", 0, 0, NULL },
	{ IPV4_DEVCONF_ROUTE_LOCALNET, "route_localnet", 0, 0, NULL },
	{ IPV4_DEVCONF_IGNORE_ROUTES_WITH_LINKDOWN, "ignore_routes_with_linkdown", 0, 0,
	  NULL },
	{ IPV4_DEVCONF_DROP_UNICAST_IN_L2_MULTICAST, "drop_unicast_in_l2_multicast", 0, 0,
	  NULL },
	{ IPV4_DEVCONF_DROP_GRATUITOUS_ARP, "drop_gratuitous_arp", 0, 0, NULL },
	{ IPV4_DEVCONF_BC_FORWARDING, "bc_forwarding", 0, 0, NULL },
	{ 0 },
};

const struct extra_conf extra_conf6[] = {
	{ DEVCONF_FORWARDING, "forwarding", 0, 0, "net/ipv6/conf/all/forwarding" },
	{ DEVCONF_DISABLE_IPV6, "disable_ipv6", 0, 0, "net/ipv6/conf/all/disable_ipv6" },
	{ DEVCONF_HOPLIMIT, "hop_limit", 64, 64, NULL },
	{ DEVCONF_ACCEPT_RA, "accept_ra", 1, 1, NULL },
	{ DEVCONF_ACCEPT_REDIRECTS, "accept_redirects", 1, 1, NULL },
	{ DEVCONF_AUTOCONF, "autoconf", 1, 1, NULL },
	{ DEVCONF_DAD_TRANSMITS, "dad_transmits", 1, 1, NULL },
	{ DEVCONF_USE_TEMPADDR, "use_tempaddr", 0, -1, NULL },
	{ DEVCONF_ACCEPT_RA_DEFRTR, "accept_ra_defrtr", 1, 1, NULL },
	{ DEVCONF_ACCEPT_RA_PINFO, "accept_ra_pinfo", 1, 1, NULL },
	{ DEVCONF_PROXY_NDP, "proxy_ndp", 0, 0, NULL },
	{ DEVCONF_OPTIMISTIC_DAD, "optimistic_dad", 0, 0, NULL },
	{ DEVCONF_ACCEPT_SOURCE_ROUTE, "accept_source_route", 0, 0, NULL },
	{ DEVCONF_ACCEPT_DAD, "accept_dad", 1, -1, NULL },
	{ DEVCONF_FORCE_TLLAO, "force_tllao", 0, 0, NULL },
	{ DEVCONF_NDISC_NOTIFY, "ndisc_notify", 0, 0, NULL },
	{ DEVCONF_ACCEPT_RA_FROM_LOCAL, "accept_ra_from_local", 0, 0, NULL },
	{ DEVCONF_USE_OPTIMISTIC, "use_optimistic", 0, 0, NULL },
	{ DEVCONF_ACCEPT_RA_MTU, "accept_ra_mtu", 1, 1, NULL },
	{ DEVCONF_USE_OIF_ADDRS_ONLY, "use_oif_addrs_only", 0, 0, NULL },
	{ DEVCONF_IGNORE_ROUTES_WITH_LINKDOWN, "ignore_routes_with_linkdown", 0, 0,
	  NULL },
	{ DEVCONF_DROP_UNICAST_IN_L2_MULTICAST, "drop_unicast_in_l2_multicast", 0, 0,
	  NULL },
	{ DEVCONF_DROP_UNSOLICITED_NA, "drop_unsolicited_na", 0, 0, NULL },
	{ DEVCONF_KEEP_ADDR_ON_DOWN, "keep_addr_on_down", 0, 0, NULL },
	{ DEVCONF_SEG6_ENABLED, "seg6_enabled", 0, 0, NULL },
	{ DEVCONF_ENHANCED_DAD, "enhanced_dad", 1, 1, NULL },
	{ DEVCONF_ADDR_GEN_MODE, "addr_gen_mode", 0, 0, NULL },
	{ DEVCONF_DISABLE_POLICY, "disable_policy", 0, 0, NULL },
	{ DEVCONF_NDISC_TCLASS, "ndisc_tclass", 0, 0, NULL },
	{ 0 },
};

_Static_assert(sizeof(extra_conf4) / sizeof(extra_conf4[0]) <= EXTRA_CONFS &&
		       sizeof(extra_conf6) / sizeof(extra_conf6[0]) <= EXTRA_CONFS,
	       "struct extra_usual holds them");

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct gather {
	const link_list *links;
	const struct extra_usual *usual, *born;
	extra_setting_list *settings;
	size_t kept;
};

static void start(void *data)
{
	struct gather *gather = data;

	gather->settings->n = gather->kept;
}

/* --- conf --- */

static bool is_usual(const struct extra_conf *conf, int usual, bool lo, int value)
{
	if (conf->follows)
		return false;
	if (conf->of_lo != conf->usual && (lo || value < 0))
		return value == conf->of_lo;
	return value == usual;
}

/* IFLA_INET_CONF and IFLA_INET6_CONF: an array, as long as the kernel knows; IPv4 counts
 * from 1. */
static void take_conf(struct gather *gather, const char *link, bool lo,
		      const struct nlattr *attr, bool six)
{
	const struct extra_conf *conf = six ? extra_conf6 : extra_conf4;
	const int *usual = six ? gather->usual->six : gather->usual->four;
	const int *born = six ? gather->born->six : gather->born->four;
	size_t known = mnl_attr_get_payload_len(attr) / sizeof(int);
	const char *values = mnl_attr_get_payload(attr);

	for (size_t i = 0; conf[i].key; i++) {
		size_t at = conf[i].number - (six ? 0u : 1u);
		struct extra_setting *setting;
		int value;

		if (at >= known)
			continue;
		memcpy(&value, values + at * sizeof(value), sizeof(value));
		/* IPv4: with a new default the kernel may have changed lo, or not. */
		if ((!lo || six || usual[i] == born[i]) &&
		    is_usual(&conf[i], lo ? born[i] : usual[i], lo, value))
			continue;
		setting = vector_add(gather->settings);
		*setting = (struct extra_setting){
			.dir = six ? "net/ipv6/conf" : "net/ipv4/conf",
			.key = conf[i].key,
			.value = value,
			.follows = conf[i].follows,
		};
		str_copy(setting->link, IFNAMSIZ, link);
	}
}

static void take_families(struct gather *gather, const char *link, bool lo,
			  const struct nlattr *nest)
{
	struct nlattr *family, *attr;

	mnl_attr_for_each_nested(family, nest)
	{
		mnl_attr_for_each_nested(attr, family)
		{
			unsigned which = mnl_attr_get_type(attr);

			if (mnl_attr_get_type(family) == AF_INET &&
			    which == IFLA_INET_CONF)
				take_conf(gather, link, lo, attr, false);
			if (mnl_attr_get_type(family) == AF_INET6 &&
			    which == IFLA_INET6_CONF)
				take_conf(gather, link, lo, attr, true);
		}
	}
}

static int conf_add(const struct nlmsghdr *message, void *data)
{
	const struct ifinfomsg *header = mnl_nlmsg_get_payload(message);
	struct gather *gather = data;
	char link[IFNAMSIZ];
	struct nlattr *attr;

	if (message->nlmsg_type != RTM_NEWLINK)
		return MNL_CB_OK;
	if (mnl_nlmsg_get_payload_len(message) < sizeof(*header))
		return malformed();
	name_of(gather->links, header->ifi_index, link);
	mnl_attr_for_each(attr, message, sizeof(*header))
		if (mnl_attr_get_type(attr) == IFLA_AF_SPEC)
			take_families(gather, link, header->ifi_flags & IFF_LOOPBACK, attr);
	return MNL_CB_OK;
}

static int read_conf(struct nlsock *sock, struct gather *gather, struct nl_error *answer)
{
	struct request request;

	request_init(&request, RTM_GETLINK, sizeof(struct ifinfomsg));
	mnl_attr_put_u32(&request.header, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	return nlsock_dump(sock, &request.header, conf_add, gather, start, answer);
}

/* --- neigh --- */

static const struct parm {
	uint16_t attr; /* milliseconds, or a number */
	const char *key;
	unsigned unit; /* how many of those are one of the file's */
} parms[] = {
	{ NDTPA_UCAST_PROBES, "ucast_solicit", 1 },
	{ NDTPA_APP_PROBES, "app_solicit", 1 },
	{ NDTPA_MCAST_PROBES, "mcast_solicit", 1 },
	{ NDTPA_MCAST_REPROBES, "mcast_resolicit", 1 },
	{ NDTPA_PROXY_QLEN, "proxy_qlen", 1 },
	{ NDTPA_QUEUE_LENBYTES, "unres_qlen_bytes", 1 },
	{ NDTPA_BASE_REACHABLE_TIME, "base_reachable_time_ms", 1 },
	{ NDTPA_RETRANS_TIME, "retrans_time_ms", 1 },
	{ NDTPA_GC_STALETIME, "gc_stale_time", 1000 },
	{ NDTPA_DELAY_PROBE_TIME, "delay_first_probe_time", 1000 },
	/* USER_HZ is 100 everywhere. */
	{ NDTPA_ANYCAST_DELAY, "anycast_delay", 10 },
	{ NDTPA_PROXY_DELAY, "proxy_delay", 10 },
	{ NDTPA_LOCKTIME, "locktime", 10 },
};

struct neigh_gather {
	struct gather gather;
	const char *dir; /* of the table at hand */
	uint64_t usual[COUNT(parms)];
};

static void neigh_start(void *data)
{
	struct neigh_gather *gather = data;

	gather->dir = NULL;
	start(&gather->gather);
}

static bool get_number(const struct nlattr *attr, uint64_t *value)
{
	uint32_t small;

	switch (mnl_attr_get_payload_len(attr)) {
	case sizeof(small):
		memcpy(&small, mnl_attr_get_payload(attr), sizeof(small));
		*value = small;
		return true;
	case sizeof(*value):
		memcpy(value, mnl_attr_get_payload(attr), sizeof(*value));
		return true;
	}
	return false;
}

/* Those of an interface, or, without its number, those that a new one gets; they come
 * first. */
static void take_parms(struct neigh_gather *gather, const struct nlattr *nest)
{
	uint64_t values[COUNT(parms)], index = 0, value;
	struct nlattr *attr;

	memcpy(values, gather->usual, sizeof(values));
	mnl_attr_for_each_nested(attr, nest)
	{
		if (!get_number(attr, &value))
			continue;
		if (mnl_attr_get_type(attr) == NDTPA_IFINDEX)
			index = value;
		for (size_t i = 0; i < COUNT(parms); i++)
			if (parms[i].attr == mnl_attr_get_type(attr))
				values[i] = value;
	}
	if (!index)
		memcpy(gather->usual, values, sizeof(values));
	for (size_t i = 0; index && i < COUNT(parms); i++) {
		struct extra_setting *setting;

		if (values[i] == gather->usual[i])
			continue;
		setting = vector_add(gather->gather.settings);
		*setting = (struct extra_setting){
			.dir = gather->dir,
			.key = parms[i].key,
			.value = (long long)((values[i] + parms[i].unit / 2) /
					     parms[i].unit),
		};
		name_of(gather->gather.links, (int)index, setting->link);
	}
}

static int neigh_add(const struct nlmsghdr *message, void *data)
{
	struct neigh_gather *gather = data;
	const struct ndtmsg *header = mnl_nlmsg_get_payload(message);
	struct nlattr *attr;

	if (message->nlmsg_type != RTM_NEWNEIGHTBL)
		return MNL_CB_OK;
	if (mnl_nlmsg_get_payload_len(message) < sizeof(*header))
		return malformed();
	if (header->ndtm_family != AF_INET && header->ndtm_family != AF_INET6)
		return MNL_CB_OK;
	gather->dir =
		header->ndtm_family == AF_INET ? "net/ipv4/neigh" : "net/ipv6/neigh";
	mnl_attr_for_each(attr, message, sizeof(*header))
		if (mnl_attr_get_type(attr) == NDTA_PARMS)
			take_parms(gather, attr);
	return MNL_CB_OK;
}

static int read_neigh(struct nlsock *sock, struct gather *gather, struct nl_error *answer)
{
	struct neigh_gather neigh = { .gather = *gather };
	struct request request;

	request_init(&request, RTM_GETNEIGHTBL, sizeof(struct ndtmsg));
	return nlsock_dump(sock, &request.header, neigh_add, &neigh, neigh_start, answer);
}

int extra_settings(struct nlsock *sock, const link_list *links,
		   const struct extra_usual *usual, const struct extra_usual *born, bool neigh,
		   extra_setting_list *settings, struct nl_error *answer)
{
	struct gather gather = {
		.links = links, .usual = usual, .born = born, .settings = settings
	};

	settings->n = 0;
	if (read_conf(sock, &gather, answer) == 0) {
		gather.kept = settings->n;
		if (!neigh || read_neigh(sock, &gather, answer) == 0)
			return 0;
	}
	settings->n = 0;
	return -1;
}
