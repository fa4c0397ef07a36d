/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/nft.h"

#include <endian.h>
#include <errno.h>
#include <libnftnl/rule.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/nft-internal.h"

/* How often the table is read again before nsh gives up on a ruleset that never holds still. */
#define READ_TRIES 20

static int read_exists(struct nlsock *sock, bool *exists, struct nl_error *answer)
{
	struct nft_request request;

	nft_request_init(&request, NFT_MSG_GETTABLE, NFPROTO_INET);
	mnl_attr_put_strz(&request.header, NFTA_TABLE_NAME, NFT_TABLE);
	*exists = nlsock_request(sock, &request.header, NULL, NULL, answer) == 0;
	if (*exists || answer->number == ENOENT) {
		memset(answer, 0, sizeof(*answer));
		return 0;
	}
	return -1;
}

static const char *attr_string(const struct nlattr *attr)
{
	return mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) < 0 ? "" : mnl_attr_get_str(attr);
}

static void chains_start(void *data)
{
	struct nft_table *table = data;

	memset(table->chain, 0, sizeof(table->chain));
}

static int chains_add(const struct nlmsghdr *message, void *data)
{
	struct nft_table *table = data;
	struct nlattr *attr;
	bool ours = false, base = false;
	const char *name = NULL;

	if (!nft_is(message, NFT_MSG_NEWCHAIN))
		return MNL_CB_OK;
	mnl_attr_for_each(attr, message, sizeof(struct nfgenmsg)) {
		switch (mnl_attr_get_type(attr)) {
		case NFTA_CHAIN_TABLE:
			ours = !strcmp(attr_string(attr), NFT_TABLE);
			break;
		case NFTA_CHAIN_NAME:
			name = attr_string(attr);
			break;
		case NFTA_CHAIN_HOOK:
			base = true;
			break;
		}
	}
	for (enum nft_chain i = 0; ours && base && name && i < NFT_CHAIN_COUNT; i++)
		if (!strcmp(name, nft_chain_name(i)))
			table->chain[i] = true;
	return MNL_CB_OK;
}

static void rules_start(void *data)
{
	struct nft_table *table = data;

	table->rules.n = 0;
}

/* Which rule it is. Returns whether it is one of a chain of nsh's. */
static bool identify_rule(const struct nlmsghdr *message, struct nft_rule *rule)
{
	struct nlattr *attr;
	bool ours = false;

	memset(rule, 0, sizeof(*rule));
	rule->chain = NFT_CHAIN_COUNT;
	mnl_attr_for_each(attr, message, sizeof(struct nfgenmsg)) {
		switch (mnl_attr_get_type(attr)) {
		case NFTA_RULE_TABLE:
			/* A kernel before 4.9 does not filter by the table's name. */
			ours = !strcmp(attr_string(attr), NFT_TABLE);
			break;
		case NFTA_RULE_CHAIN:
			rule->chain = 0;
			while (rule->chain < NFT_CHAIN_COUNT &&
			       strcmp(attr_string(attr), nft_chain_name(rule->chain)) != 0)
				rule->chain++;
			break;
		case NFTA_RULE_HANDLE:
			if (mnl_attr_get_payload_len(attr) == sizeof(uint64_t))
				rule->handle = be64toh(mnl_attr_get_u64(attr));
			break;
		}
	}
	return ours && rule->chain != NFT_CHAIN_COUNT;
}

static int rules_add(const struct nlmsghdr *message, void *data)
{
	cleanup_with(nft_free_nftnl_rule) struct nftnl_rule *from = NULL;
	struct nft_table *table = data;
	struct nft_rule rule;

	if (!nft_is(message, NFT_MSG_NEWRULE) || !identify_rule(message, &rule))
		return MNL_CB_OK;
	from = nftnl_rule_alloc();
	if (!from)
		return MNL_CB_ERROR;
	/* libnftnl gives up on a rule with an expression that it does not know. */
	if (nftnl_rule_nlmsg_parse(message, from) < 0)
		rule.foreign = true;
	else
		nft_decode(from, &rule);
	*vector_add(&table->rules) = rule;
	return MNL_CB_OK;
}

/* The kernel gives the rules in the order that its chains were made in. */
static void sort_by_chain(nft_rule_list *rules)
{
	nft_rule_list sorted = { 0 };

	for (enum nft_chain chain = 0; chain < NFT_CHAIN_COUNT; chain++)
		for (size_t i = 0; i < rules->n; i++)
			if (rules->v[i].chain == chain)
				*vector_add(&sorted) = rules->v[i];
	vector_free(rules);
	*rules = sorted;
}

static int read_once(struct nlsock *sock, struct nft_table *table, struct nl_error *answer)
{
	struct nft_request request;

	if (read_exists(sock, &table->exists, answer) < 0)
		return -1;
	if (!table->exists)
		return 0;
	nft_request_init(&request, NFT_MSG_GETCHAIN, NFPROTO_INET);
	if (nlsock_dump(sock, &request.header, chains_add, table, chains_start, answer) < 0)
		return -1;
	nft_request_init(&request, NFT_MSG_GETRULE, NFPROTO_INET);
	mnl_attr_put_strz(&request.header, NFTA_RULE_TABLE, NFT_TABLE);
	return nlsock_dump(sock, &request.header, rules_add, table, rules_start, answer);
}

int nft_read(struct nlsock *sock, struct nft_table *table, struct nl_error *answer)
{
	for (int try = 0; try < READ_TRIES; try++) {
		uint32_t before, after;
		int result;

		nft_table_free(table);
		if (nft_read_generation(sock, &before, answer) < 0)
			return -1;
		result = read_once(sock, table, answer);
		/* A table that vanishes between two questions is a change like any other. */
		if (result < 0 && answer->number != ENOENT)
			break;
		if (result == 0 && !table->exists)
			return 0;
		if (nft_read_generation(sock, &after, answer) < 0)
			break;
		if (result == 0 && before == after) {
			sort_by_chain(&table->rules);
			return 0;
		}
		nft_fail(answer, EAGAIN, "the rules change faster than they can be read");
	}
	nft_table_free(table);
	return -1;
}

static void tables_start(void *data)
{
	strings_free(data);
}

static int tables_add(const struct nlmsghdr *message, void *data)
{
	const struct nfgenmsg *header = mnl_nlmsg_get_payload(message);
	struct nlattr *attr;

	if (!nft_is(message, NFT_MSG_NEWTABLE))
		return MNL_CB_OK;
	mnl_attr_for_each(attr, message, sizeof(*header)) {
		if (mnl_attr_get_type(attr) != NFTA_TABLE_NAME ||
		    (header->nfgen_family == NFPROTO_INET &&
		     !strcmp(attr_string(attr), NFT_TABLE)))
			continue;
		strings_take(data, xasprintf("%s %s", nft_family_name(header->nfgen_family),
					     attr_string(attr)));
	}
	return MNL_CB_OK;
}

int nft_other_tables(struct nlsock *sock, struct strings *tables, struct nl_error *answer)
{
	struct nft_request request;
	uint32_t generation;

	strings_free(tables);
	if (nft_read_generation(sock, &generation, answer) < 0)
		return answer->number == EOPNOTSUPP ? 0 : -1;
	nft_request_init(&request, NFT_MSG_GETTABLE, NFPROTO_UNSPEC);
	if (nlsock_dump(sock, &request.header, tables_add, tables, tables_start, answer) == 0)
		return 0;
	strings_free(tables);
	return -1;
}

void nft_table_free(struct nft_table *table)
{
	vector_free(&table->rules);
	memset(table, 0, sizeof(*table));
}
