/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/foreign_types.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "shell/type_parts.h"

/* --- ip --- */

static int check_broadcast(const char *text, int word, struct error *err)
{
	struct ip ip;

	if (strcmp(text, "+") == 0 || strcmp(text, "-") == 0)
		return 0;
	return ip_parse(text, &ip, word, err);
}

static int check_metric(const char *text, int word, struct error *err)
{
	return check_range(text, word, 0, 0xffffffffu, "a metric", err);
}

static int check_table(const char *text, int word, struct error *err)
{
	if (strcmp(text, "main") == 0)
		return 0;
	return check_range(text, word, 1, 0xffffffffu, "a routing table", err);
}

static const char *const ip_kinds[] = {
	"veth",   "bridge", "dummy", "ifb", "vlan", "vxlan",     "macvlan",
	"ipvlan", "bond",   "vrf",   "gre", "tun",  "wireguard", NULL,
};

static int check_ip_kind(const char *text, int word, struct error *err)
{
	return check_names(text, ip_kinds, "", " is no kind of interface", NULL, word, err);
}

static void complete_ip_kind(struct session *session, const struct args *so_far,
			     struct candidates *candidates)
{
	(void)session;
	(void)so_far;
	candidates_add_names(candidates, ip_kinds);
}

/* --- ping, curl --- */

static int check_seconds(const char *text, int word, struct error *err)
{
	cleanup_free char *seen = str_visible(text);
	char *end;
	double value = strtod(text, &end);

	if (isdigit((unsigned char)text[0]) && !*end && value > 0 && value <= 86400)
		return 0;
	return error_set(err, STATUS_USAGE, word, "%s is not a number of seconds", seen);
}

static int check_source(const char *text, int word, struct error *err)
{
	struct error ignored cleanup_error = ERROR_INIT;
	struct ip ip;

	return ip_parse(text, &ip, word, &ignored) == 0 ? 0 : check_link(text, word, err);
}

static int check_size(const char *text, int word, struct error *err)
{
	return check_range(text, word, 0, 65507, "a size", err);
}

static int check_ttl(const char *text, int word, struct error *err)
{
	return check_range(text, word, 1, 255, "a number of hops", err);
}

static int check_page(const char *text, int word, struct error *err)
{
	cleanup_free char *seen = str_visible(text);

	if (text[0] != '-')
		return 0;
	return error_set(err, STATUS_USAGE, word,
			 "nsh's curl does not know the option %s", seen);
}

/* --- sysctl, echo, cat --- */

static int check_key(const char *text, int word, struct error *err)
{
	cleanup_free char *seen = str_visible(text);

	if (*text && !strpbrk(text, "= \t") && text[0] != '-' && strpbrk(text, "./") &&
	    !strstr(text, ".."))
		return 0;
	error_set(err, STATUS_USAGE, word, "%s is not the name of a setting", seen);
	return error_hint(err, "net.ipv4.ip_forward is one");
}

static int check_setting(const char *text, int word, struct error *err)
{
	const char *equals = strchr(text, '=');
	cleanup_free char *key = equals ? xstrndup(text, (size_t)(equals - text)) : NULL;

	if (equals && equals[1] && check_key(key, word, err) == 0)
		return 0;
	if (text[0] == '-')
		return error_set(err, STATUS_USAGE, word,
				 "nsh's sysctl does not know the option %s", text);
	error_set(err, STATUS_USAGE, word, "%s sets nothing", text);
	return error_hint(err, "net.ipv4.ip_forward=1 does");
}

#define PROC_SYS "/proc/sys/"

static int check_proc_file(const char *text, int word, struct error *err)
{
	cleanup_free char *seen = str_visible(text);

	if (str_starts(text, PROC_SYS) && text[strlen(PROC_SYS)] && !strstr(text, ".."))
		return 0;
	error_set(err, STATUS_USAGE, word, "%s is not a file below /proc/sys", seen);
	return error_hint(err,
			  "nsh reads and writes settings of the kernel, no other files");
}

static void complete_proc_file(struct session *session, const struct args *so_far,
			       struct candidates *candidates)
{
	const char *prefix = candidates->prefix ? candidates->prefix : "";

	if (str_starts(prefix, PROC_SYS))
		complete_file(session, so_far, candidates);
	else
		candidates_add_partial(candidates, PROC_SYS, "settings of the kernel");
}

static void complete_key(struct session *session, const struct args *so_far,
			 struct candidates *candidates)
{
	(void)session;
	(void)so_far;
	candidates_add(candidates, "net.ipv4.ip_forward", "whether IPv4 is forwarded");
	candidates_add(candidates, "net.ipv6.conf.all.forwarding",
		       "whether IPv6 is forwarded");
}

static void complete_setting(struct session *session, const struct args *so_far,
			     struct candidates *candidates)
{
	(void)session;
	(void)so_far;
	candidates_add(candidates, "net.ipv4.ip_forward=1", "IPv4 is forwarded");
	candidates_add(candidates, "net.ipv6.conf.all.forwarding=1", "IPv6 is forwarded");
}

static int check_pipe(const char *text, int word, struct error *err)
{
	if (strcmp(text, "|") == 0)
		return 0;
	return error_set(err, STATUS_USAGE, word, "%s is not understood here", text);
}

/* --- iptables --- */

static const char *const chains[] = { "PREROUTING", "OUTPUT", "POSTROUTING", "INPUT", "FORWARD",
				      NULL };
static const char *const nat_chains[] = { "PREROUTING", "OUTPUT", "POSTROUTING", NULL };
static const char *const filter_chains[] = { "INPUT", "FORWARD", "OUTPUT", NULL };
static const char *const jumps[] = { "MASQUERADE", "SNAT", "DNAT", "REDIRECT",
				     "ACCEPT",     "DROP", "REJECT", NULL };
static const char *const rejects[] = {
	"icmp-port-unreachable",  "icmp-host-unreachable", "icmp-net-unreachable",
	"icmp-proto-unreachable", "icmp-net-prohibited",   "icmp-host-prohibited",
	"icmp-admin-prohibited",  "tcp-reset",		   NULL,
};
static const char *const policies[] = { "ACCEPT", "DROP", NULL };
static const char *const protocols[] = { "tcp",  "udp",     "icmp", "sctp",
					 "dccp", "udplite", "all",  NULL };
static const char *const types[] = { "LOCAL", NULL };
static const char *const states[] = { "RELATED",   "ESTABLISHED", "NEW", "INVALID",
				      "UNTRACKED", "DNAT",	  NULL };

#define NAMES_TYPE(what, before, behind)                                                 \
	static int check_##what(const char *text, int word, struct error *err)           \
	{                                                                                \
		return check_names(text, what, before, behind, NULL, word, err);         \
	}                                                                                \
	static void complete_##what(struct session *session, const struct args *so_far,  \
				    struct candidates *candidates)                       \
	{                                                                                \
		(void)session;                                                           \
		(void)so_far;                                                            \
		candidates_add_names(candidates, what);                                             \
	}

static int check_chains(const char *text, int word, struct error *err)
{
	return check_names(text, chains, "nsh's iptables has no chain ", "", NULL, word, err);
}

/* "-t" may still come, but what was said holds. */
static void complete_chains(struct session *session, const struct args *so_far,
			    struct candidates *candidates)
{
	(void)session;
	candidates_add_names(candidates, arg_has(so_far, "nat")      ? nat_chains :
					 arg_has(so_far, "filter") ? filter_chains :
								       chains);
}

NAMES_TYPE(jumps, "nsh's iptables does not know the target ", "")
NAMES_TYPE(rejects, "nsh's rules do not reject with ", "")
NAMES_TYPE(policies, "", " is no policy")
NAMES_TYPE(types, "nsh's rules do not know the address type ", "")

/* "RELATED,ESTABLISHED" */
static int check_states(const char *text, int word, struct error *err)
{
	cleanup_free char *copy = xstrdup(text);
	char *rest = copy, *name;

	while ((name = strsep(&rest, ","))) {
		if (check_names(name, states, "nsh's rules do not match on the state ", "",
				NULL, word, err) < 0)
			return error_part(err, (size_t)(name - copy), strlen(name));
		if (strcmp(name, "DNAT") == 0 && strcmp(text, name) != 0) {
			error_set(err, STATUS_USAGE, word, "DNAT is no state among others");
			return error_hint(err, "a rule of its own says it");
		}
	}
	return 0;
}

static void complete_states(struct session *session, const struct args *so_far,
			    struct candidates *candidates)
{
	(void)session;
	(void)so_far;
	candidates_add(candidates, "RELATED,ESTABLISHED", "of a connection that is known");
	candidates_add_names(candidates, states);
}

static int check_protocol(const char *text, int word, struct error *err)
{
	unsigned long long number;

	if (str_number(text, 1, 255, &number))
		return 0;
	return check_names(text, protocols, "nsh's iptables does not know the protocol ",
			   "", NULL, word, err);
}

static void complete_protocol(struct session *session, const struct args *so_far,
			      struct candidates *candidates)
{
	(void)session;
	(void)so_far;
	candidates_add_names(candidates, protocols);
}

static int check_if(const char *text, int word, struct error *err)
{
	cleanup_free char *seen = str_visible(text);

	if (*text && text[0] != '-' && !strpbrk(text, "/ \t") && strcmp(seen, text) == 0)
		return 0;
	return error_set(err, STATUS_USAGE, word, "%s is no name for an interface", seen);
}

static int check_ports(const char *text, int word, struct error *err)
{
	const char *colon = strchr(text, ':');
	cleanup_free char *one =
		colon ? xstrndup(text, (size_t)(colon - text)) : xstrdup(text);

	if (check_range(one, word, 1, 65535, "a port", err) < 0)
		return -1;
	return colon ? check_range(colon + 1, word, 1, 65535, "a port", err) : 0;
}

static int check_nat_to(const char *text, int word, struct error *err)
{
	cleanup_free char *seen = str_visible(text);

	if (*text && text[0] != '-' && !strpbrk(text, "/, \t"))
		return 0;
	error_set(err, STATUS_USAGE, word, "%s is no address and port", seen);
	return error_hint(err, "192.168.15.2:80 is both");
}

static int check_group(const char *text, int word, struct error *err)
{
	cleanup_free char *seen = str_visible(text);
	char *end;
	unsigned long number = strtoul(text, &end, 0);

	if (isdigit((unsigned char)text[0]) && !*end && number > 0 &&
	    number <= 0xffffffffu)
		return 0;
	return error_set(err, STATUS_USAGE, word, "%s is no group of interfaces", seen);
}

/* What nsh makes is known by its group and its protocol: it gives away neither. */
static int check_mark(const char *text, unsigned long mark, const char *what, int word,
		      struct error *err)
{
	char *end;

	if (isdigit((unsigned char)text[0]) && strtoul(text, &end, 0) == mark && !*end)
		return 0;
	error_set(err, STATUS_USAGE, word, "nsh knows what it makes by the %s %lu, and sets no other",
		  what, mark);
	return error_hint(err, "leave it out: nsh puts that there by itself");
}

static int check_own_group(const char *text, int word, struct error *err)
{
	return check_mark(text, NSH_GROUP, "group", word, err);
}

static int check_own_protocol(const char *text, int word, struct error *err)
{
	return check_mark(text, NSH_PROTO, "protocol", word, err);
}

/* A command of nft's as one word. */
static int check_nft_line(const char *text, int word, struct error *err)
{
	if (strpbrk(text, " \t"))
		return 0;
	error_set(err, STATUS_USAGE, word,
		  "nsh knows only those of nft's commands that add to its own table");
	return error_hint(err, "\"nat\" and \"publish\" list what is in it");
}

/* --- shell scripts --- */

static int check_shell_option(const char *text, int word, struct error *err)
{
	cleanup_free char *seen = str_visible(text);

	if (text[0] == '-' && text[1] && !text[1 + strspn(text + 1, "eux")])
		return 0;
	return error_set(err, STATUS_USAGE, word,
			 "%s is no option of a script that nsh knows", seen);
}

const struct param_type foreign_types[] = {
	{ "IFKIND", "a kind of interface", check_ip_kind, complete_ip_kind },
	{ "NEWADDR", "an address with its prefix length, as 192.168.15.1/24", check_addr,
	  complete_cidr },
	{ "BRD", "+, - or a broadcast address", check_broadcast, NULL },
	{ "SRC", "an address of the namespace's own", check_ip, NULL },
	{ "METRIC", "the lower, the better", check_metric, NULL },
	{ "TABLE", "a routing table, its number or main", check_table, NULL },
	{ "MASK", "a netmask, as 255.255.255.0", check_ip, NULL },
	{ "PAGE", "a page, as http://192.168.15.2/", check_page, NULL },
	{ "SECONDS", "a number of seconds, as 1 or 0.2", check_seconds, NULL },
	{ "SOURCE", "an interface, or an address of the namespace's own", check_source,
	  complete_link },
	{ "BYTES", "a size in bytes", check_size, NULL },
	{ "TTL", "a number of hops", check_ttl, NULL },
	{ "KEY", "a setting, as net.ipv4.ip_forward", check_key, complete_key },
	{ "SETTING", "a setting and its value, as net.ipv4.ip_forward=1", check_setting,
	  complete_setting },
	{ "PROCFILE", "a file below /proc/sys", check_proc_file, complete_proc_file },
	{ "PIPE", "the sign |", check_pipe, NULL },
	{ "CHAIN", "a chain of iptables'", check_chains, complete_chains },
	{ "JUMP", "what is done with a packet", check_jumps, complete_jumps },
	{ "REJECTWITH", "what a packet is refused with", check_rejects, complete_rejects },
	{ "POLICY", "what is done with a packet that no rule matches", check_policies,
	  complete_policies },
	{ "NETW", "a network or an address", check_addr, complete_net },
	{ "IFNAME", "an interface, there or not yet", check_if, complete_link },
	{ "PROTO", "a protocol", check_protocol, complete_protocol },
	{ "PORTS", "a port, or a range, as 8000:8080", check_ports, NULL },
	{ "NATTO", "an address, a port or both, as 192.168.15.2:80", check_nat_to, NULL },
	{ "COMMENT", "some text", NULL, NULL },
	{ "ADDRTYPE", "LOCAL, an address of the namespace's own", check_types,
	  complete_types },
	{ "CTSTATE", "states of a connection, as RELATED,ESTABLISHED; or DNAT", check_states,
	  complete_states },
	{ "IFGROUP", "a group of interfaces, by its number", check_group, NULL },
	{ "OWNGROUP", "the group that nsh's interfaces are in, by its number", check_own_group, NULL },
	{ "OWNPROTO", "the protocol of what nsh makes, by its number", check_own_protocol, NULL },
	{ "NFTLINE", "a command of nft's in quotes, as explain and save write it", check_nft_line,
	  NULL },
	{ "SHELLOPT", "-e, -u or -x, as in a shell script", check_shell_option, NULL },
	{ 0 },
};

const struct shared_grammar shared_grammars[] = {
	{ "IPOPTS", "ip's options, of which nsh knows these",
	  "(-n NS|-netns NS|-4|-6|-o|-oneline|-br|-brief|-c|-color)..." },
	{ "NEWIFOPT", "what ip says of an interface to be made",
	  "mtu MTU|txqueuelen QUEUE|txqlen QUEUE|qlen QUEUE|address MAC|netns NS|up" },
	{ "IFCHANGE", "what ip changes of an interface",
	  "up|down|mtu MTU|txqueuelen QUEUE|txqlen QUEUE|qlen QUEUE|name NEWIF|address MAC|master BR|nomaster|netns NS|group OWNGROUP" },
	{ "ADDROPT", "what ip says of an address", "brd BRD|broadcast BRD|nodad" },
	{ "ROUTEOPT", "what ip says of a route",
	  "via [inet6] GW|dev LINK|src SRC|metric METRIC|table TABLE|onlink|(proto|protocol) OWNPROTO" },
	{ "PINGOPTS", "ping's options, of which nsh knows these",
	  "(-c N|-W SECONDS|-w SECONDS|-i SECONDS|-I SOURCE|-s BYTES|-t TTL|-n|-q|-4|-6)..." },
	{ "CURLOPTS", "curl's options, of which nsh knows these",
	  "(-s|-S|-f|--silent|--show-error|--fail|-m SECONDS|--max-time SECONDS)..." },
	{ "XOPTS", "iptables' options, of which nsh knows these",
	  "(-t (nat|filter)|--table (nat|filter)|-w|--wait)..." },
	{ "XLIST", "iptables' options for a list",
	  "(-t (nat|filter)|--table "
	  "(nat|filter)|-w|--wait|-n|--numeric|-v|--verbose|"
	  "--line-numbers)..." },
	{ "XRULE", "a rule in iptables' words",
	  "(!|-t (nat|filter)|--table (nat|filter)|-w|--wait|"
	  "-s NETW|--source NETW|--src NETW|-d NETW|--destination NETW|--dst NETW|"
	  "-i IFNAME|--in-interface IFNAME|-o IFNAME|--out-interface IFNAME|"
	  "-p PROTO|--protocol PROTO|--sport PORTS|--source-port PORTS|--dport PORTS|"
	  "--destination-port PORTS|"
	  "-m (tcp|udp|comment|addrtype|devgroup|conntrack|state)|"
	  "--match (tcp|udp|comment|addrtype|devgroup|conntrack|state)|"
	  "--comment COMMENT|--dst-type ADDRTYPE|--ctstate CTSTATE|--state CTSTATE|--src-group IFGROUP|"
	  "--dst-group IFGROUP|-j JUMP|--jump JUMP|--reject-with REJECTWITH|--to-destination NATTO|--to-source "
	  "NATTO|"
	  "--to-ports NATTO|--to NATTO)..." },
	{ 0 },
};
