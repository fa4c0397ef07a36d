/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/ruleset.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <libnftnl/chain.h>
#include <libnftnl/table.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/nft-internal.h"

/* How often the ruleset is read again before nsh gives up on one that never holds still. */
#define READ_TRIES 20

/* A table that is switched off; older headers lack the name. */
#define TABLE_DORMANT 0x1

static uint8_t family_of(const struct nlmsghdr *message)
{
	const struct nfgenmsg *header = mnl_nlmsg_get_payload(message);

	return header->nfgen_family;
}

/* The string of attribute TYPE, or NULL. */
static const char *string_of(const struct nlmsghdr *message, uint16_t type)
{
	struct nlattr *attr;

	mnl_attr_for_each(attr, message, sizeof(struct nfgenmsg))
		if (mnl_attr_get_type(attr) == type &&
		    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0)
			return mnl_attr_get_str(attr);
	return NULL;
}

/* --- what came in --- */

void ruleset_take_chain(struct ruleset *rules, const struct nlmsghdr *message)
{
	struct nftnl_chain *from = nftnl_chain_alloc();
	struct ruleset_chain *chain;
	const char *const *devices;
	const char *type, *device;

	if (!from)
		abort();
	if (!nft_is(message, NFT_MSG_NEWCHAIN) || nftnl_chain_nlmsg_parse(message, from) < 0 ||
	    !nftnl_chain_is_set(from, NFTNL_CHAIN_TABLE) ||
	    !nftnl_chain_is_set(from, NFTNL_CHAIN_NAME)) {
		nftnl_chain_free(from);
		return;
	}
	chain = vector_add(&rules->chains);
	chain->family = family_of(message);
	chain->table = xstrdup(nftnl_chain_get_str(from, NFTNL_CHAIN_TABLE));
	chain->name = xstrdup(nftnl_chain_get_str(from, NFTNL_CHAIN_NAME));
	chain->base = nftnl_chain_is_set(from, NFTNL_CHAIN_HOOKNUM);
	chain->policy = NF_ACCEPT;
	if (chain->base) {
		chain->hook = nftnl_chain_get_u32(from, NFTNL_CHAIN_HOOKNUM);
		chain->priority = nftnl_chain_get_s32(from, NFTNL_CHAIN_PRIO);
		if (nftnl_chain_is_set(from, NFTNL_CHAIN_POLICY))
			chain->policy = nftnl_chain_get_u32(from, NFTNL_CHAIN_POLICY);
		type = nftnl_chain_get_str(from, NFTNL_CHAIN_TYPE);
		chain->type = xstrdup(type ? type : "");
		device = nftnl_chain_get_str(from, NFTNL_CHAIN_DEV);
		if (device)
			strings_add(&chain->devices, device);
		devices = nftnl_chain_is_set(from, NFTNL_CHAIN_DEVICES) ?
				  nftnl_chain_get(from, NFTNL_CHAIN_DEVICES) : NULL;
		for (size_t i = 0; devices && devices[i]; i++)
			strings_add(&chain->devices, devices[i]);
	}
	nftnl_chain_free(from);
}

static struct ruleset_chain *find_chain(const struct ruleset *rules, uint8_t family,
					const char *table, const char *name)
{
	for (size_t i = 0; table && name && i < rules->chains.n; i++) {
		struct ruleset_chain *chain = &rules->chains.v[i];

		if (chain->family == family && !strcmp(chain->name, name) &&
		    !strcmp(chain->table, table))
			return chain;
	}
	return NULL;
}

const struct ruleset_chain *ruleset_chain(const struct ruleset *rules, uint8_t family,
					  const char *table, const char *name)
{
	return find_chain(rules, family, table, name);
}

/* libnftnl takes it for granted that each expression has a name, and one that ends. */
static bool names_expressions(const struct nlmsghdr *message)
{
	struct nlattr *attr, *expr, *part;

	mnl_attr_for_each(attr, message, sizeof(struct nfgenmsg)) {
		if (mnl_attr_get_type(attr) != NFTA_RULE_EXPRESSIONS)
			continue;
		mnl_attr_for_each_nested(expr, attr) {
			bool named = false;

			mnl_attr_for_each_nested(part, expr)
				named |= mnl_attr_get_type(part) == NFTA_EXPR_NAME &&
					 mnl_attr_validate(part, MNL_TYPE_NUL_STRING) >= 0;
			if (!named)
				return false;
		}
	}
	return true;
}

void ruleset_take_rule(struct ruleset *rules, const struct nlmsghdr *message)
{
	struct ruleset_chain *chain;
	struct ruleset_rule *rule;
	struct nftnl_rule *from;
	struct nlattr *attr;

	if (!nft_is(message, NFT_MSG_NEWRULE))
		return;
	chain = find_chain(rules, family_of(message), string_of(message, NFTA_RULE_TABLE),
			   string_of(message, NFTA_RULE_CHAIN));
	if (!chain)
		return;
	rule = vector_add(&chain->rules);
	rule->number = (unsigned)chain->rules.n;
	mnl_attr_for_each(attr, message, sizeof(struct nfgenmsg)) {
		uint64_t handle;

		if (mnl_attr_get_type(attr) != NFTA_RULE_HANDLE ||
		    mnl_attr_get_payload_len(attr) != sizeof(handle))
			continue;
		memcpy(&handle, mnl_attr_get_payload(attr), sizeof(handle));
		rule->handle = be64toh(handle);
	}
	from = nftnl_rule_alloc();
	if (!from)
		abort();
	/* libnftnl gives up on a rule with an expression that it does not know. */
	if (!names_expressions(message) || nftnl_rule_nlmsg_parse(message, from) < 0)
		nftnl_rule_free(from);
	else
		rule->rule = from;
}

/* libnftnl keeps the lengths of a concatenation's parts behind this attribute. */
static void read_fields(const struct nftnl_set *from, struct ruleset_set *set)
{
	uint32_t length = 0;
	const uint8_t *fields;

	if (!nftnl_set_is_set(from, NFTNL_SET_DESC_CONCAT))
		return;
	fields = nftnl_set_get_data(from, NFTNL_SET_DESC_CONCAT, &length);
	if (!fields || length >= sizeof(set->fields))
		return;
	memcpy(set->fields, fields, length);
}

void ruleset_take_set(struct ruleset *rules, const struct nlmsghdr *message)
{
	struct nftnl_set *from = nftnl_set_alloc();
	struct ruleset_set *set;

	if (!from)
		abort();
	if (!nft_is(message, NFT_MSG_NEWSET) || nftnl_set_nlmsg_parse(message, from) < 0 ||
	    !nftnl_set_is_set(from, NFTNL_SET_TABLE) ||
	    !nftnl_set_is_set(from, NFTNL_SET_NAME)) {
		nftnl_set_free(from);
		return;
	}
	set = vector_add(&rules->sets);
	set->family = family_of(message);
	set->table = xstrdup(nftnl_set_get_str(from, NFTNL_SET_TABLE));
	set->name = xstrdup(nftnl_set_get_str(from, NFTNL_SET_NAME));
	set->flags = nftnl_set_is_set(from, NFTNL_SET_FLAGS) ?
			     nftnl_set_get_u32(from, NFTNL_SET_FLAGS) : 0;
	set->key_length = nftnl_set_get_u32(from, NFTNL_SET_KEY_LEN);
	read_fields(from, set);
	set->set = from;
}

const struct ruleset_set *ruleset_set(const struct ruleset *rules, uint8_t family,
				      const char *table, const char *name)
{
	for (size_t i = 0; name && i < rules->sets.n; i++) {
		const struct ruleset_set *set = &rules->sets.v[i];

		if (set->family == family && !strcmp(set->name, name) &&
		    !strcmp(set->table, table))
			return set;
	}
	return NULL;
}

/* --- reading --- */

static void chains_free(struct ruleset *rules)
{
	for (size_t i = 0; i < rules->chains.n; i++) {
		struct ruleset_chain *chain = &rules->chains.v[i];

		for (size_t j = 0; j < chain->rules.n; j++)
			if (chain->rules.v[j].rule)
				nftnl_rule_free(chain->rules.v[j].rule);
		vector_free(&chain->rules);
		strings_free(&chain->devices);
		free(chain->table);
		free(chain->name);
		free(chain->type);
	}
	vector_free(&rules->chains);
}

static void sets_free(struct ruleset *rules)
{
	for (size_t i = 0; i < rules->sets.n; i++) {
		nftnl_set_free(rules->sets.v[i].set);
		free(rules->sets.v[i].table);
		free(rules->sets.v[i].name);
	}
	vector_free(&rules->sets);
}

static void chains_start(void *data)
{
	chains_free(data);
}

static int chains_add(const struct nlmsghdr *message, void *data)
{
	ruleset_take_chain(data, message);
	return MNL_CB_OK;
}

static void rules_start(void *data)
{
	struct ruleset *rules = data;

	for (size_t i = 0; i < rules->chains.n; i++) {
		struct ruleset_chain *chain = &rules->chains.v[i];

		for (size_t j = 0; j < chain->rules.n; j++)
			if (chain->rules.v[j].rule)
				nftnl_rule_free(chain->rules.v[j].rule);
		chain->rules.n = 0;
	}
}

static int rules_add(const struct nlmsghdr *message, void *data)
{
	ruleset_take_rule(data, message);
	return MNL_CB_OK;
}

static void sets_start(void *data)
{
	sets_free(data);
}

static int sets_add(const struct nlmsghdr *message, void *data)
{
	ruleset_take_set(data, message);
	return MNL_CB_OK;
}

void ruleset_take_elements(struct ruleset_set *set, const struct nlmsghdr *message)
{
	if (nft_is(message, NFT_MSG_NEWSETELEM) &&
	    nftnl_set_elems_nlmsg_parse(message, set->set) < 0)
		set->partial = true;
}

static int elements_add(const struct nlmsghdr *message, void *data)
{
	ruleset_take_elements(data, message);
	return MNL_CB_OK;
}

static int tables_add(const struct nlmsghdr *message, void *data)
{
	struct ruleset *rules = data;
	const char *name = string_of(message, NFTA_TABLE_NAME);
	struct nlattr *attr;
	bool dormant = false;

	if (!nft_is(message, NFT_MSG_NEWTABLE) || !name)
		return MNL_CB_OK;
	mnl_attr_for_each(attr, message, sizeof(struct nfgenmsg))
		if (mnl_attr_get_type(attr) == NFTA_TABLE_FLAGS &&
		    mnl_attr_get_payload_len(attr) == sizeof(uint32_t))
			dormant = ntohl(mnl_attr_get_u32(attr)) & TABLE_DORMANT;
	for (size_t i = 0; i < rules->chains.n; i++)
		if (rules->chains.v[i].family == family_of(message) &&
		    !strcmp(rules->chains.v[i].table, name))
			rules->chains.v[i].dormant = dormant;
	return MNL_CB_OK;
}

static int read_elements(struct nlsock *sock, struct ruleset_set *set, struct nl_error *answer)
{
	struct nft_request request;

	nft_request_init(&request, NFT_MSG_GETSETELEM, set->family);
	if (strlen(set->table) + strlen(set->name) > sizeof(request.bytes) / 2)
		return 0;
	mnl_attr_put_strz(&request.header, NFTA_SET_ELEM_LIST_TABLE, set->table);
	mnl_attr_put_strz(&request.header, NFTA_SET_ELEM_LIST_SET, set->name);
	/* A dump taken again would add elements twice, which changes no answer. */
	return nlsock_dump(sock, &request.header, elements_add, set, NULL, answer);
}

static int read_once(struct nlsock *sock, struct ruleset *rules, struct nl_error *answer)
{
	struct nft_request request;

	nft_request_init(&request, NFT_MSG_GETCHAIN, NFPROTO_UNSPEC);
	if (nlsock_dump(sock, &request.header, chains_add, rules, chains_start, answer) < 0)
		return -1;
	if (!rules->chains.n)
		return 0;
	nft_request_init(&request, NFT_MSG_GETTABLE, NFPROTO_UNSPEC);
	if (nlsock_dump(sock, &request.header, tables_add, rules, NULL, answer) < 0)
		return -1;
	nft_request_init(&request, NFT_MSG_GETRULE, NFPROTO_UNSPEC);
	if (nlsock_dump(sock, &request.header, rules_add, rules, rules_start, answer) < 0)
		return -1;
	nft_request_init(&request, NFT_MSG_GETSET, NFPROTO_UNSPEC);
	if (nlsock_dump(sock, &request.header, sets_add, rules, sets_start, answer) < 0)
		return -1;
	for (size_t i = 0; i < rules->sets.n; i++)
		if (read_elements(sock, &rules->sets.v[i], answer) < 0)
			return -1;
	return 0;
}

int ruleset_read(struct nlsock *sock, struct ruleset *rules, struct nl_error *answer)
{
	for (int try = 0; try < READ_TRIES; try++) {
		uint32_t before, after;
		int result;

		ruleset_free(rules);
		if (nft_read_generation(sock, &before, answer) < 0) {
			if (answer->number != EOPNOTSUPP)
				return -1;
			memset(answer, 0, sizeof(*answer));
			return 0;
		}
		result = read_once(sock, rules, answer);
		/* What vanishes between two questions is a change like any other. */
		if (result < 0 && answer->number != ENOENT)
			break;
		if (nft_read_generation(sock, &after, answer) < 0)
			break;
		if (result == 0 && before == after)
			return 0;
		nft_fail(answer, EAGAIN, "the rules change faster than they can be read");
	}
	ruleset_free(rules);
	return -1;
}

void ruleset_free(struct ruleset *rules)
{
	chains_free(rules);
	sets_free(rules);
}
