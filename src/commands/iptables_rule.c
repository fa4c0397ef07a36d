/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/iptables.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* A rule in iptables' words, read and written. */

static const struct {
	const char *name;
	enum iptables_table table;
} chains[NFT_CHAIN_COUNT] = {
	[NFT_CHAIN_PREROUTING] = { "PREROUTING", IPTABLES_NAT },
	[NFT_CHAIN_OUTPUT] = { "OUTPUT", IPTABLES_NAT },
	[NFT_CHAIN_POSTROUTING] = { "POSTROUTING", IPTABLES_NAT },
	[NFT_CHAIN_INPUT] = { "INPUT", IPTABLES_FILTER },
	[NFT_CHAIN_FORWARD] = { "FORWARD", IPTABLES_FILTER },
	[NFT_CHAIN_OUTPUT_FILTER] = { "OUTPUT", IPTABLES_FILTER },
};

static const struct {
	const char *name;
	enum nft_verdict verdict;
} jumps[] = {
	{ "MASQUERADE", NFT_VERDICT_MASQUERADE },
	{ "SNAT", NFT_VERDICT_SNAT },
	{ "DNAT", NFT_VERDICT_DNAT },
	{ "REDIRECT", NFT_VERDICT_REDIRECT },
	{ "ACCEPT", NFT_VERDICT_ACCEPT },
	{ "DROP", NFT_VERDICT_DROP },
	{ "REJECT", NFT_VERDICT_REJECT },
};

static const struct {
	const char *name;
	uint8_t number;
} protocols[] = {
	{ "tcp", IPPROTO_TCP },   { "udp", IPPROTO_UDP },
	{ "icmp", IPPROTO_ICMP }, { "sctp", IPPROTO_SCTP },
	{ "dccp", IPPROTO_DCCP }, { "udplite", IPPROTO_UDPLITE },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *iptables_chain_name(enum nft_chain chain)
{
	return chains[chain].name;
}

enum iptables_table iptables_table_of(enum nft_chain chain)
{
	return chains[chain].table;
}

int iptables_read_table(const struct args *args, enum iptables_table *table,
			struct error *err)
{
	const struct arg *found = NULL;

	*table = IPTABLES_FILTER;
	for (size_t i = 0; i + 1 < args->n; i++) {
		const struct arg *arg = &args->v[i];

		if (!arg->literal ||
		    (strcmp(arg->name, "-t") != 0 && strcmp(arg->name, "--table") != 0))
			continue;
		if (found)
			return error_set(err, STATUS_USAGE, arg->word,
					 "-t stands here twice");
		found = arg;
		if (strcmp(args->v[i + 1].name, "nat") == 0)
			*table = IPTABLES_NAT;
	}
	return 0;
}

int iptables_read_chain(const struct args *args, enum nft_chain *chain, struct error *err)
{
	const struct arg *arg = arg_get(args, "CHAIN");
	enum iptables_table table;

	if (iptables_read_table(args, &table, err) < 0)
		return -1;
	for (*chain = 0; *chain < NFT_CHAIN_COUNT; (*chain)++)
		if (strcmp(chains[*chain].name, arg->text) == 0 && chains[*chain].table == table)
			return 0;
	error_set(err, STATUS_USAGE, arg->word,
		  "nsh has no chain %s in iptables' table %s", arg->text,
		  table == IPTABLES_NAT ? "nat" : "filter");
	if (table == IPTABLES_FILTER)
		return error_hint(err, "it has INPUT, FORWARD and OUTPUT; is \"-t nat\" missing?");
	return error_hint(err, "it has PREROUTING, OUTPUT and POSTROUTING");
}

const char *iptables_protocol_name(uint8_t protocol)
{
	for (size_t i = 0; i < COUNT(protocols); i++)
		if (protocols[i].number == protocol)
			return protocols[i].name;
	return NULL;
}

/* --- reading --- */

/* Where in the words reading stands, and which argument said what: each once. */
struct reading {
	const struct args *args;
	struct nft_rule *rule;
	const struct arg *from, *to, *in, *out, *proto, *sport, *dport, *jump, *nat,
		*comment;
	const struct arg *source_group, *dest_group, *local, *dnated, *states, *reject;
	const char *nat_option;
};

static int first(const struct arg **seen, const struct arg *arg, struct error *err)
{
	if (*seen)
		return error_set(err, STATUS_USAGE, arg->word, "%s stands here twice",
				 arg->name);
	*seen = arg;
	return 0;
}

/* The word of the argument COUNT before this one: its option, and a ! before that. */
static int word_before(const struct arg *arg, int count)
{
	return arg[-count].word;
}

static int read_net(const struct arg *arg, bool not, struct nft_net *net,
		    struct error *err)
{
	if (cidr_parse_loose(arg->text, &net->cidr, arg->word, err) < 0)
		return -1;
	if (net->cidr.ip.family != AF_INET)
		return error_set(err, STATUS_USAGE, arg->word,
				 "iptables is for IPv4: %s is an IPv6 address",
				 arg->text);
	net->cidr = cidr_network(&net->cidr);
	net->not = not ;
	return 0;
}

static int read_if(const struct arg *arg, bool not, struct nft_if *match,
		   struct error *err)
{
	if (strchr(arg->text, '+'))
		return error_set(err, STATUS_USAGE, arg->word,
				 "nsh's rules name an interface whole, without +");
	if (strlen(arg->text) >= IFNAMSIZ)
		return error_set(err, STATUS_USAGE, arg->word,
				 "%s is longer than %d characters", arg->text,
				 IFNAMSIZ - 1);
	str_copy(match->name, IFNAMSIZ, arg->text);
	match->not = not ;
	return 0;
}

static void read_proto(const struct arg *arg, bool not, struct nft_rule *rule)
{
	unsigned long long number;

	if (strcmp(arg->text, "all") == 0)
		return;
	for (size_t i = 0; i < COUNT(protocols); i++)
		if (strcmp(protocols[i].name, arg->text) == 0)
			rule->proto = protocols[i].number;
	if (!rule->proto && str_number(arg->text, 1, 255, &number))
		rule->proto = (uint8_t)number;
	rule->proto_not = not ;
}

/* "80" or "80:90"; the type has checked the numbers. */
static int read_ports(const struct arg *arg, bool not, struct nft_ports *ports,
		      struct error *err)
{
	const char *colon = strchr(arg->text, ':');
	cleanup_free char *one = colon ? xstrndup(arg->text, (size_t)(colon - arg->text))
				       : xstrdup(arg->text);
	unsigned long long low = 0, high = 0;

	str_number(one, 1, 65535, &low);
	high = low;
	if (colon)
		str_number(colon + 1, 1, 65535, &high);
	if (high < low)
		return error_set(err, STATUS_USAGE, arg->word, "%s runs backwards",
				 arg->text);
	*ports = (struct nft_ports){ (uint16_t)low, (uint16_t)high, not };
	return 0;
}

/* "192.168.15.2:80", "192.168.15.2", ":80", and "80" for --to-ports. */
static int read_nat(const struct reading *r, struct error *err)
{
	const struct arg *arg = r->nat;
	bool redirect = r->rule->verdict == NFT_VERDICT_REDIRECT;
	const char *colon = strchr(arg->text, ':');
	const char *port = redirect ? arg->text : colon ? colon + 1 : NULL;
	cleanup_free char *address = NULL;
	unsigned long long number = 0;

	if (port && !str_number(port, 1, 65535, &number)) {
		error_set(err, STATUS_USAGE, arg->word,
			  "%s is not a port: a number from 1 to 65535", port);
		return error_hint(err,
				  "nsh's rules have one address and one port, no ranges");
	}
	r->rule->nat_port = (uint16_t)number;
	if (port && !r->rule->proto)
		return error_set(err, STATUS_USAGE, arg->word,
				 "a port needs -p tcp or -p udp before it");
	if (redirect)
		return 0;
	address = colon ? xstrndup(arg->text, (size_t)(colon - arg->text))
			: xstrdup(arg->text);
	if (!*address)
		return 0;
	if (ip_parse(address, &r->rule->nat_ip, arg->word, err) < 0)
		return error_hint(err,
				  "nsh's rules have one address and one port, no ranges");
	return 0;
}

/* An option with its argument; *NOT stood before it. */
static int read_option(struct reading *r, const char *option, const struct arg *arg,
		       bool not, struct error *err)
{
	const char *name = arg->name;
	bool source = strcmp(option, "-s") == 0 || strcmp(option, "--source") == 0 ||
		      strcmp(option, "--src") == 0;

	if (strcmp(name, "NETW") == 0)
		return first(source ? &r->from : &r->to, arg, err) < 0
			       ? -1
			       : read_net(arg, not,
					  source ? &r->rule->from : &r->rule->to, err);
	if (strcmp(name, "IFNAME") == 0) {
		bool in = strcmp(option, "-i") == 0 ||
			  strcmp(option, "--in-interface") == 0;

		return first(in ? &r->in : &r->out, arg, err) < 0
			       ? -1
			       : read_if(arg, not, in ? &r->rule->in : &r->rule->out,
					 err);
	}
	if (strcmp(name, "PROTO") == 0) {
		read_proto(arg, not, r->rule);
		return first(&r->proto, arg, err);
	}
	if (strcmp(name, "PORTS") == 0) {
		bool from = strcmp(option, "--sport") == 0 ||
			    strcmp(option, "--source-port") == 0;

		return first(from ? &r->sport : &r->dport, arg, err) < 0
			       ? -1
			       : read_ports(arg, not,
					    from ? &r->rule->sport : &r->rule->dport,
					    err);
	}
	if (strcmp(name, "IFGROUP") == 0) {
		bool from = strcmp(option, "--src-group") == 0;
		unsigned long number = strtoul(arg->text, NULL, 0);
		struct nft_group *group = from ? &r->rule->in_group : &r->rule->out_group;

		*group = (struct nft_group){ (uint32_t)number, not };
		return first(from ? &r->source_group : &r->dest_group, arg, err);
	}
	if (strcmp(name, "CTSTATE") == 0 && strcmp(arg->text, "DNAT") != 0) {
		r->rule->states = iptables_states(arg->text, not);
		if (!r->rule->states)
			return error_set(err, STATUS_USAGE, arg->word,
					 "every packet is in one of these states");
		return first(&r->states, arg, err);
	}
	if (not )
		return error_set(err, STATUS_USAGE, word_before(arg, 2),
				 "! does not belong before %s", option);
	if (strcmp(name, "JUMP") == 0)
		return first(&r->jump, arg, err);
	if (strcmp(name, "NATTO") == 0) {
		r->nat_option = option;
		return first(&r->nat, arg, err);
	}
	if (strcmp(name, "REJECTWITH") == 0)
		return first(&r->reject, arg, err);
	if (strcmp(name, "COMMENT") == 0) {
		str_copy(r->rule->comment, sizeof(r->rule->comment), arg->text);
		return first(&r->comment, arg, err);
	}
	if (strcmp(name, "ADDRTYPE") == 0) {
		r->rule->to_local = true;
		return first(&r->local, arg, err);
	}
	if (strcmp(name, "CTSTATE") == 0) {
		r->rule->dnated = true;
		return first(&r->dnated, arg, err);
	}
	return 0;
}

static int check_reject(const struct reading *r, struct error *err)
{
	struct nft_rule *rule = r->rule;

	if (rule->verdict != NFT_VERDICT_REJECT)
		return r->reject ? error_set(err, STATUS_USAGE, word_before(r->reject, 1),
					     "--reject-with does not go with %s", r->jump->text)
				 : 0;
	iptables_reject(r->reject ? r->reject->text : "icmp-port-unreachable", rule);
	if (rule->reset && (rule->proto != IPPROTO_TCP || rule->proto_not))
		return error_set(err, STATUS_USAGE, r->reject->word,
				 "only TCP can be reset: -p tcp is missing");
	return 0;
}

/* What must stand together, and in which chain. */
static int check_verdict(const struct reading *r, struct error *err)
{
	const struct nft_rule *rule = r->rule;
	const char *wants = NULL, *where = NULL, *table = "nat";
	int word = r->jump->word;

	switch (rule->verdict) {
	case NFT_VERDICT_MASQUERADE:
	case NFT_VERDICT_SNAT:
		if (rule->chain != NFT_CHAIN_POSTROUTING)
			where = "POSTROUTING";
		if (rule->verdict == NFT_VERDICT_SNAT)
			wants = "--to-source";
		break;
	case NFT_VERDICT_DNAT:
	case NFT_VERDICT_REDIRECT:
		if (rule->chain != NFT_CHAIN_PREROUTING &&
		    rule->chain != NFT_CHAIN_OUTPUT)
			where = "PREROUTING and OUTPUT";
		wants = rule->verdict == NFT_VERDICT_DNAT ? "--to-destination"
							  : "--to-ports";
		break;
	case NFT_VERDICT_ACCEPT:
		break;
	case NFT_VERDICT_DROP:
	case NFT_VERDICT_REJECT:
		if (chains[rule->chain].table != IPTABLES_FILTER)
			where = "INPUT, FORWARD and OUTPUT";
		table = "filter";
		break;
	}
	if (where)
		return error_set(err, STATUS_USAGE, word, "%s belongs in %s (of table %s)",
				 r->jump->text, where, table);
	if (r->nat && (!wants || (strcmp(r->nat_option, wants) != 0 &&
				  strcmp(r->nat_option, "--to") != 0))) {
		error_set(err, STATUS_USAGE, word_before(r->nat, 1), "%s does not go with %s",
			  r->nat_option, r->jump->text);
		return wants ? error_hint(err, "%s does", wants) : -1;
	}
	if (!r->nat && wants && rule->verdict != NFT_VERDICT_REDIRECT)
		return error_set(err, STATUS_USAGE, (int)r->args->word_count,
				 "%s needs %s", r->jump->text, wants);
	return r->nat ? read_nat(r, err) : 0;
}

/* A packet of this namespace's own came in nowhere, and one for it goes nowhere on. */
static int check_interfaces(const struct reading *r, struct error *err)
{
	enum nft_chain chain = r->rule->chain;

	if (r->in && (chain == NFT_CHAIN_POSTROUTING || chain == NFT_CHAIN_OUTPUT ||
		      chain == NFT_CHAIN_OUTPUT_FILTER))
		return error_set(err, STATUS_USAGE, word_before(r->in, 1),
				 "%s cannot match on where a packet came in", chains[chain].name);
	if (r->out && chain == NFT_CHAIN_PREROUTING)
		return error_set(
			err, STATUS_USAGE, word_before(r->out, 1),
			"PREROUTING cannot match on where a packet goes out: that is "
			"not decided yet");
	if (r->out && chain == NFT_CHAIN_INPUT)
		return error_set(err, STATUS_USAGE, word_before(r->out, 1),
				 "INPUT cannot match on where a packet goes out: it stays here");
	return 0;
}

static int check_rule(struct reading *r, struct error *err)
{
	struct nft_rule *rule = r->rule;
	const struct arg *port = r->dport ? r->dport : r->sport;

	if (port && (!rule->proto || rule->proto_not || rule->proto == IPPROTO_ICMP))
		return error_set(err, STATUS_USAGE, word_before(port, 1),
				 "a port needs -p tcp or -p udp");
	if (check_interfaces(r, err) < 0)
		return -1;
	if (!r->jump)
		return error_set(err, STATUS_USAGE, (int)r->args->word_count,
				 "the rule says nothing to do: -j is missing");
	for (size_t i = 0; i < COUNT(jumps); i++)
		if (strcmp(jumps[i].name, r->jump->text) == 0)
			rule->verdict = jumps[i].verdict;
	if (check_verdict(r, err) < 0 || check_reject(r, err) < 0)
		return -1;
	/* iptables is IPv4's; nsh's table is of both families. */
	if (!rule->from.cidr.ip.family && !rule->to.cidr.ip.family &&
	    rule->nat_ip.family != AF_INET)
		rule->from.cidr = cidr_any(AF_INET);
	return 0;
}

int iptables_read_rule(const struct args *args, struct nft_rule *rule, struct error *err)
{
	struct reading r = { .args = args, .rule = rule };
	const char *option = "";
	bool not = false;

	*rule = (struct nft_rule){ 0 };
	if (iptables_read_chain(args, &rule->chain, err) < 0)
		return -1;
	for (size_t i = 0; i < args->n; i++) {
		const struct arg *arg = &args->v[i];

		if (arg->literal && strcmp(arg->name, "!") == 0) {
			if (not )
				return error_set(err, STATUS_USAGE, arg->word,
						 "! stands here twice");
			not = true;
		} else if (arg->literal) {
			/* "-t nat" and "-m tcp" have words that are no arguments. */
			if (not &&i > 0 && strcmp(args->v[i - 1].name, "!") != 0)
				return error_set(err, STATUS_USAGE, args->v[i - 1].word,
						 "! does not belong before %s", option);
			option = arg->name;
		} else {
			if (read_option(&r, option, arg, not, err) < 0)
				return -1;
			not = false;
		}
	}
	if (not )
		return error_set(err, STATUS_USAGE, (int)args->word_count,
				 "something is missing behind !");
	return check_rule(&r, err);
}

/* --- writing --- */

static void put(struct buf *text, bool not, const char *option, const char *value)
{
	buf_addf(text, "%s%s%s %s", text->length ? " " : "", not ? "! " : "", option,
		 value);
}

static void put_net(struct buf *text, const char *option, const struct nft_net *net)
{
	char string[CIDR_TEXT];

	if (net->cidr.ip.family && (net->cidr.prefix || net->not))
		put(text, net->not, option, cidr_text(&net->cidr, string));
}

static void put_ports(struct buf *text, const char *option, const struct nft_ports *ports)
{
	cleanup_free char *value = NULL;

	if (!ports->first)
		return;
	value = ports->last && ports->last != ports->first
			? xasprintf("%u:%u", ports->first, ports->last)
			: xasprintf("%u", ports->first);
	put(text, ports->not, option, value);
}

static void put_group(struct buf *text, const char *option, const struct nft_group *group)
{
	cleanup_free char *value = xasprintf("0x%x", group->group);

	if (group->group)
		put(text, group->not, option, value);
}

static void put_proto(struct buf *text, const struct nft_rule *rule)
{
	cleanup_free char *number = xasprintf("%u", rule->proto);
	const char *name = iptables_protocol_name(rule->proto);

	if (!rule->proto)
		return;
	put(text, rule->proto_not, "-p", name ? name : number);
	if ((rule->sport.first || rule->dport.first) && name)
		put(text, false, "-m", name);
}

static void put_states(struct buf *text, const struct nft_rule *rule)
{
	struct buf states cleanup_buf = { 0 };

	if (!rule->states)
		return;
	iptables_states_text(rule->states, &states);
	put(text, false, "-m conntrack --ctstate", buf_str(&states));
}

static void put_jump(struct buf *text, const struct nft_rule *rule)
{
	char address[IP_TEXT] = "", port[8] = "";
	cleanup_free char *to = NULL;

	for (size_t i = 0; i < COUNT(jumps); i++)
		if (jumps[i].verdict == rule->verdict)
			put(text, false, "-j", jumps[i].name);
	if (rule->verdict == NFT_VERDICT_REJECT)
		put(text, false, "--reject-with", iptables_reject_name(rule));
	if (rule->nat_ip.family)
		ip_text(&rule->nat_ip, address);
	if (rule->nat_port)
		snprintf(port, sizeof(port), "%u", rule->nat_port);
	to = xasprintf("%s%s%s", address,
		       *port && rule->verdict != NFT_VERDICT_REDIRECT ? ":" : "", port);
	if (*to)
		put(text, false,
		    rule->verdict == NFT_VERDICT_REDIRECT ? "--to-ports"
		    : rule->verdict == NFT_VERDICT_SNAT   ? "--to-source"
							  : "--to-destination",
		    to);
}

static void put_comment(struct buf *text, const struct nft_rule *rule)
{
	struct buf quoted cleanup_buf = { 0 };

	if (!rule->comment[0])
		return;
	buf_addc(&quoted, '"');
	for (const char *c = rule->comment; *c; c++) {
		if (strchr("\"\\$", *c))
			buf_addc(&quoted, '\\');
		buf_addc(&quoted, *c);
	}
	buf_addc(&quoted, '"');
	put(text, false, "-m comment --comment", buf_str(&quoted));
}

void iptables_rule_text(const struct nft_rule *rule, struct buf *to)
{
	struct buf text cleanup_buf = { 0 };

	put_net(&text, "-s", &rule->from);
	put_net(&text, "-d", &rule->to);
	if (rule->in.name[0])
		put(&text, rule->in.not, "-i", rule->in.name);
	if (rule->out.name[0])
		put(&text, rule->out.not, "-o", rule->out.name);
	put_proto(&text, rule);
	put_ports(&text, "--sport", &rule->sport);
	put_ports(&text, "--dport", &rule->dport);
	if (rule->in_group.group || rule->out_group.group)
		put(&text, false, "-m", "devgroup");
	put_group(&text, "--src-group", &rule->in_group);
	put_group(&text, "--dst-group", &rule->out_group);
	if (rule->to_local)
		put(&text, false, "-m addrtype --dst-type", "LOCAL");
	if (rule->dnated)
		put(&text, false, "-m conntrack --ctstate", "DNAT");
	put_states(&text, rule);
	put_comment(&text, rule);
	put_jump(&text, rule);
	buf_add_visible(to, buf_str(&text));
}
