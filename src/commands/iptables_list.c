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
		if (!text->length && iptables_protocol_name(rule->proto))
			buf_add(text, iptables_protocol_name(rule->proto));
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
	if (rule->states) {
		buf_addf(text, "%sctstate ", text->length ? " " : "");
		iptables_states_text(rule->states, text);
	}
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
	if (rule->verdict == NFT_VERDICT_REJECT && !rule->foreign)
		buf_addf(text, "%sreject-with %s", text->length ? " " : "",
			 iptables_reject_name(rule));
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
	case NFT_VERDICT_REJECT:
		return "REJECT";
	}
	return "";
}

#define IF_CELL (4 * IFNAMSIZ + 2) /* each byte may show as \xNN */

/* What one rule shows, column by column, in text and in JSON. */
struct row {
	char number[16], protocol[16], in[IF_CELL], out[IF_CELL];
	char from[CIDR_TEXT + 1], to[CIDR_TEXT + 1];
	const char *target;
	struct buf details;
};

static void net_cell(char *cell, size_t size, const struct nft_net *net, uint8_t family)
{
	char text[CIDR_TEXT];

	if (!net->cidr.ip.family)
		str_copy(cell, size, family == AF_INET6 ? "::/0" : "0.0.0.0/0");
	else if (net->cidr.prefix == ip_bits(net->cidr.ip.family))
		snprintf(cell, size, "%s%s", net->not ? "!" : "",
			 ip_text(&net->cidr.ip, text));
	else
		snprintf(cell, size, "%s%s", net->not ? "!" : "",
			 cidr_text(&net->cidr, text));
}

static void if_cell(char cell[IF_CELL], const struct nft_if *match)
{
	cleanup_free char *seen = str_visible(match->name);

	if (match->name[0])
		snprintf(cell, IF_CELL, "%s%s", match->not ? "!" : "", seen);
	else
		str_copy(cell, IF_CELL, "*");
}

static void fill_row(struct row *row, const struct nft_rule *rule, unsigned number)
{
	uint8_t family = rule->from.cidr.ip.family ? rule->from.cidr.ip.family
						   : rule->to.cidr.ip.family;
	const char *name = iptables_protocol_name(rule->proto);

	*row = (struct row){ .target = rule->foreign ? "?" : target(rule) };
	snprintf(row->number, sizeof(row->number), "%u", number);
	if (!rule->proto)
		str_copy(row->protocol, sizeof(row->protocol), "all");
	else if (name)
		snprintf(row->protocol, sizeof(row->protocol), "%s%s",
			 rule->proto_not ? "!" : "", name);
	else
		snprintf(row->protocol, sizeof(row->protocol), "%s%u",
			 rule->proto_not ? "!" : "", rule->proto);
	if_cell(row->in, &rule->in);
	if_cell(row->out, &rule->out);
	net_cell(row->from, sizeof(row->from), &rule->from, family);
	net_cell(row->to, sizeof(row->to), &rule->to, family);
	details(rule, &row->details);
}

/* What the line wants to see, of iptables' form. nsh's rules do not count packets. */
struct form {
	bool numbers, interfaces;
};

static void print_head(FILE *out, const struct form *form, enum nft_chain chain)
{
	fprintf(out, "Chain %s (policy ACCEPT)\n%s%-10s %-4s %-3s %s%-20s %s\n",
		iptables_chain_name(chain), form->numbers ? "num  " : "", "target",
		"prot", "opt", form->interfaces ? "in     out    " : "", "source",
		"destination");
}

static void print_row(FILE *out, const struct form *form, const struct row *row)
{
	if (form->numbers)
		fprintf(out, "%-4s ", row->number);
	fprintf(out, "%-10s %-4s --  ", row->target, row->protocol);
	if (form->interfaces)
		fprintf(out, "%-6s %-6s ", row->in, row->out);
	fprintf(out, "%-20s ", row->from);
	if (row->details.length)
		fprintf(out, "%-20s %s\n", row->to, buf_str(&row->details));
	else
		fprintf(out, "%s\n", row->to);
}

static void add_row(struct table *table, const struct row *row)
{
	table_row(table);
	table_cell(table, row->number);
	table_cell(table, row->target);
	table_cell(table, row->protocol);
	table_cell(table, row->in);
	table_cell(table, row->out);
	table_cell(table, row->from);
	table_cell(table, row->to);
	table_cell(table, buf_str(&row->details));
}

/* One chain: to TABLE for JSON, else as text. */
static void list_chain(struct session *session, const struct ns *ns, enum nft_chain chain,
		       const struct form *form, struct table *table)
{
	unsigned number = 0;

	if (!table)
		print_head(session->out, form, chain);
	for (size_t i = 0; i < ns->nft.rules.n; i++) {
		struct row row;

		if (ns->nft.rules.v[i].chain != chain)
			continue;
		fill_row(&row, &ns->nft.rules.v[i], ++number);
		if (table)
			add_row(table, &row);
		else
			print_row(session->out, form, &row);
		buf_free(&row.details);
	}
}

int iptables_list(struct session *session, const struct args *args, struct error *err)
{
	static const struct column columns[] = {
		{ "", "number", COLUMN_NUMBER },
		{ "", "target", COLUMN_TEXT },
		{ "", "protocol", COLUMN_TEXT },
		{ "", "in", COLUMN_TEXT },
		{ "", "out", COLUMN_TEXT },
		{ "", "source", COLUMN_TEXT },
		{ "", "destination", COLUMN_TEXT },
		{ "", "details", COLUMN_TEXT },
		{ 0 },
	};
	struct ns *ns = world_ns(session->world, session->ns, WORLD_NFT, -1, err);
	bool json = session->format == FORMAT_JSON;
	struct table *tables[NFT_CHAIN_COUNT];
	bool shown[NFT_CHAIN_COUNT];
	struct form form = { .numbers = arg_has(args, "--line-numbers") };
	size_t count = 0;

	if (!ns || read_chains(args, shown, err) < 0)
		return -1;
	form.interfaces = arg_has(args, "-v") || arg_has(args, "--verbose");
	for (enum nft_chain chain = 0; chain < NFT_CHAIN_COUNT; chain++) {
		if (!shown[chain])
			continue;
		tables[count] =
			json ? table_new(iptables_chain_name(chain), columns) : NULL;
		if (!json && count)
			fputc('\n', session->out);
		list_chain(session, ns, chain, &form, tables[count++]);
	}
	if (json)
		tables_print(tables, count, true, session->out);
	while (json && count > 0)
		table_free(tables[--count]);
	in_nsh_words(session, "iptables -L", "nat; publish; show %s", ns->name);
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
	in_nsh_words(session, "iptables -S", "nat; publish; show %s", ns->name);
	return 0;
}
