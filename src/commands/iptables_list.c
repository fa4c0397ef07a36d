/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/iptables.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/table.h"
#include "commands/foreign.h"

/* iptables -L and -S: the rules of nsh's own table. */

/* Which chains the line is about; their order is iptables' own. */
static int read_chains(const struct args *args, bool shown[NFT_CHAIN_COUNT],
		       struct error *err)
{
	enum iptables_table table;
	enum nft_chain chain;

	if (iptables_read_table(args, &table, err) < 0)
		return -1;
	for (chain = 0; chain < NFT_CHAIN_COUNT; chain++)
		shown[chain] = iptables_table_of(chain) == table;
	if (!arg_get(args, "CHAIN"))
		return 0;
	if (iptables_read_chain(args, &chain, err) < 0)
		return -1;
	for (int i = 0; i < NFT_CHAIN_COUNT; i++)
		shown[i] = i == (int)chain;
	return 0;
}

/* What stands behind the columns: "tcp dpt:80 to:192.168.15.2:80". */
static void details(const struct nft_rule *rule, struct buf *text)
{
	char ip[IP_TEXT];
	struct {
		const char *name;
		const struct nft_ports *ports;
	} ports[] = { { "spt", &rule->sport }, { "dpt", &rule->dport } };

	for (int i = 0; i < 2; i++) {
		const struct nft_ports *p = ports[i].ports;
		bool range = p->last && p->last != p->first;

		if (!p->first)
			continue;
		buf_addf(text, "%s%s%s:%s%u", text->length ? " " : "", ports[i].name,
			 range ? "s" : "", p->not ? "!" : "", p->first);
		if (range)
			buf_addf(text, ":%u", p->last);
	}
	if (rule->to_local)
		buf_addf(text, "%sADDRTYPE match dst-type LOCAL",
			 text->length ? " " : "");
	if (rule->dnated)
		buf_addf(text, "%sctstate DNAT", text->length ? " " : "");
	if (rule->in_group.group)
		buf_addf(text, "%s%ssrc-group 0x%x", text->length ? " " : "",
			 rule->in_group.not ? "! " : "", rule->in_group.group);
	if (rule->out_group.group)
		buf_addf(text, "%s%sdst-group 0x%x", text->length ? " " : "",
			 rule->out_group.not ? "! " : "", rule->out_group.group);
	if (rule->comment[0]) {
		buf_addf(text, "%s/* ", text->length ? " " : "");
		buf_add_visible(text, rule->comment);
		buf_add(text, " */");
	}
	if (rule->verdict == NFT_VERDICT_REDIRECT && rule->nat_port)
		buf_addf(text, "%sredir ports %u", text->length ? " " : "",
			 rule->nat_port);
	if (rule->nat_ip.family) {
		buf_addf(text, "%sto:%s", text->length ? " " : "",
			 ip_text(&rule->nat_ip, ip));
		if (rule->nat_port)
			buf_addf(text, ":%u", rule->nat_port);
	}
}

static const char *target(const struct nft_rule *rule)
{
	switch (rule->verdict) {
	case NFT_VERDICT_ACCEPT:
		return "ACCEPT";
	case NFT_VERDICT_DROP:
		return "DROP";
	case NFT_VERDICT_MASQUERADE:
		return "MASQUERADE";
	case NFT_VERDICT_SNAT:
		return "SNAT";
	case NFT_VERDICT_DNAT:
		return "DNAT";
	case NFT_VERDICT_REDIRECT:
		return "REDIRECT";
	}
	return "";
}

static void put_proto(struct table *table, const struct nft_rule *rule)
{
	const char *not = rule->proto_not ? "!" : "";

	switch (rule->proto) {
	case 0:
		table_cell(table, "all");
		break;
	case IPPROTO_TCP:
		table_cellf(table, "%stcp", not );
		break;
	case IPPROTO_UDP:
		table_cellf(table, "%sudp", not );
		break;
	case IPPROTO_ICMP:
		table_cellf(table, "%sicmp", not );
		break;
	default:
		table_cellf(table, "%s%u", not, rule->proto);
	}
}

static void put_net(struct table *table, const struct nft_net *net, uint8_t family)
{
	char text[CIDR_TEXT];

	if (!net->cidr.ip.family)
		table_cell(table, family == AF_INET6 ? "::/0" : "0.0.0.0/0");
	else
		table_cellf(table, "%s%s", net->not ? "!" : "",
			    cidr_text(&net->cidr, text));
}

static void put_if(struct table *table, const struct nft_if *match)
{
	if (match->name[0])
		table_cellf(table, "%s%s", match->not ? "!" : "", match->name);
	else
		table_cell(table, "*");
}

/* Without -v iptables does not show interfaces; a rule that names one would look too
 * wide. */
static const struct column columns[] = {
	{ "num", "number", COLUMN_NUMBER },
	{ "target", "target", COLUMN_TEXT },
	{ "prot", "protocol", COLUMN_TEXT },
	{ "in", "in", COLUMN_TEXT },
	{ "out", "out", COLUMN_TEXT },
	{ "source", "source", COLUMN_TEXT },
	{ "destination", "destination", COLUMN_TEXT },
	{ "", "details", COLUMN_TEXT },
	{ 0 },
};

static struct table *chain_table(const struct ns *ns, enum nft_chain chain)
{
	struct table *table = table_new(iptables_chain_name(chain), columns);
	unsigned number = 0;

	for (size_t i = 0; i < ns->nft.rules.n; i++) {
		const struct nft_rule *rule = &ns->nft.rules.v[i];
		struct buf more cleanup_buf = { 0 };
		uint8_t family = rule->from.cidr.ip.family ? rule->from.cidr.ip.family
							   : rule->to.cidr.ip.family;

		if (rule->chain != chain)
			continue;
		details(rule, &more);
		table_row(table);
		table_cellf(table, "%u", ++number);
		table_cell(table, rule->foreign ? "?" : target(rule));
		put_proto(table, rule);
		put_if(table, &rule->in);
		put_if(table, &rule->out);
		put_net(table, &rule->from, family);
		put_net(table, &rule->to, family);
		table_cell(table, buf_str(&more));
	}
	return table;
}

int iptables_list(struct session *session, const struct args *args, struct error *err)
{
	struct ns *ns = world_ns(session->world, session->ns, WORLD_NFT, -1, err);
	struct table *tables[NFT_CHAIN_COUNT];
	bool shown[NFT_CHAIN_COUNT];
	size_t count = 0;

	if (!ns || read_chains(args, shown, err) < 0)
		return -1;
	for (enum nft_chain chain = 0; chain < NFT_CHAIN_COUNT; chain++) {
		if (!shown[chain])
			continue;
		tables[count] = chain_table(ns, chain);
		if (session->format == FORMAT_TEXT) {
			fprintf(session->out, "%sChain %s (policy ACCEPT)\n",
				count ? "\n" : "", iptables_chain_name(chain));
			table_print(tables[count], false, session->out);
		}
		count++;
	}
	if (session->format == FORMAT_JSON)
		tables_print(tables, count, true, session->out);
	while (count > 0)
		table_free(tables[--count]);
	in_nsh_words(session, "iptables -L", "nat, publish and show %s", ns->name);
	return 0;
}

int iptables_save(struct session *session, const struct args *args, struct error *err)
{
	static const struct column line_columns[] = { { "RULE", "rule", COLUMN_TEXT },
						      { 0 } };
	struct ns *ns = world_ns(session->world, session->ns, WORLD_NFT, -1, err);
	bool shown[NFT_CHAIN_COUNT];
	struct table *table;

	if (!ns || read_chains(args, shown, err) < 0)
		return -1;
	table = table_new("rules", line_columns);
	for (int policies = 1; policies >= 0; policies--) {
		for (enum nft_chain chain = 0; chain < NFT_CHAIN_COUNT; chain++) {
			const char *name = iptables_chain_name(chain);

			if (shown[chain] && policies && session->format == FORMAT_TEXT)
				fprintf(session->out, "-P %s ACCEPT\n", name);
			for (size_t i = 0;
			     shown[chain] && !policies && i < ns->nft.rules.n; i++) {
				const struct nft_rule *rule = &ns->nft.rules.v[i];
				struct buf line cleanup_buf = { 0 };

				if (rule->chain != chain || rule->foreign)
					continue;
				buf_addf(&line, "-A %s ", name);
				iptables_rule_text(rule, &line);
				if (session->format == FORMAT_TEXT)
					fprintf(session->out, "%s\n", buf_str(&line));
				table_row(table);
				table_cell(table, buf_str(&line));
			}
		}
	}
	if (session->format == FORMAT_JSON)
		table_print(table, true, session->out);
	table_free(table);
	in_nsh_words(session, "iptables -S", "nat, publish and show %s", ns->name);
	return 0;
}
