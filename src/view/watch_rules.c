/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/watch_parts.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <string.h>

#include "base/cleanup.h"

/* Rules: nsh's own by what they are for, those of others by the table and chain they stand in. */

/* Kinds of messages of others, and where the names are: attributes, 0: none. */
static const struct {
	uint8_t type;
	const char *what;
	bool gone;
	uint16_t table, name;
} kinds[] = {
	{ NFT_MSG_NEWTABLE, "table", false, NFTA_TABLE_NAME, 0 },
	{ NFT_MSG_DELTABLE, "table", true, NFTA_TABLE_NAME, 0 },
	{ NFT_MSG_NEWCHAIN, "chain", false, NFTA_CHAIN_TABLE, NFTA_CHAIN_NAME },
	{ NFT_MSG_DELCHAIN, "chain", true, NFTA_CHAIN_TABLE, NFTA_CHAIN_NAME },
	{ NFT_MSG_NEWRULE, "rule", false, NFTA_RULE_TABLE, NFTA_RULE_CHAIN },
	{ NFT_MSG_DELRULE, "rule", true, NFTA_RULE_TABLE, NFTA_RULE_CHAIN },
	{ NFT_MSG_NEWSET, "set", false, NFTA_SET_TABLE, NFTA_SET_NAME },
	{ NFT_MSG_DELSET, "set", true, NFTA_SET_TABLE, NFTA_SET_NAME },
};

struct named {
	uint16_t wanted;
	const char *text;
};

static int find_text(const struct nlattr *attr, void *data)
{
	struct named *named = data;

	if (mnl_attr_get_type(attr) == named->wanted &&
	    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0)
		named->text = mnl_attr_get_str(attr);
	return MNL_CB_OK;
}

/* The text of the attribute WANTED, NULL: there is none. Borrowed from the message. */
static const char *text_of(const struct nlmsghdr *message, uint16_t wanted)
{
	struct named named = { .wanted = wanted };

	if (wanted)
		mnl_attr_parse(message, sizeof(struct nfgenmsg), find_text, &named);
	return named.text;
}

void watch_rule_message(struct watch *watch, struct watch_room *room,
			const struct nlmsghdr *message)
{
	const struct nfgenmsg *header = mnl_nlmsg_get_payload(message);
	uint8_t type = message->nlmsg_type & 0xff;
	const char *table, *name;

	if (message->nlmsg_type >> 8 != NFNL_SUBSYS_NFTABLES ||
	    mnl_nlmsg_get_payload_len(message) < sizeof(*header))
		return;
	/* Ends each transaction. */
	if (type == NFT_MSG_NEWGEN) {
		room->stale_rules = true;
		return;
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kinds[i].type != type)
			continue;
		table = text_of(message, kinds[i].table);
		name = text_of(message, kinds[i].name);
		if (!table || (header->nfgen_family == NFPROTO_INET &&
			       strcmp(table, NFT_TABLE) == 0))
			return;
		if (strcmp(kinds[i].what, "rule") == 0)
			watch_say(watch, room, "rule", "rule %s %s %s %s",
				  kinds[i].gone ? "removed from" : "added to",
				  nft_family_name(header->nfgen_family), table, name ? name : "?");
		else
			watch_say(watch, room, "rule", "%s %s %s%s%s %s", kinds[i].what,
				  nft_family_name(header->nfgen_family), table, name ? " " : "",
				  name ? name : "", kinds[i].gone ? "removed" : "added");
	}
}

static bool has_rule(const struct nft_table *table, const struct nft_rule *rule)
{
	for (size_t i = 0; i < table->rules.n; i++)
		if (table->rules.v[i].handle == rule->handle &&
		    nft_rule_equal(&table->rules.v[i], rule))
			return true;
	return false;
}

static void say_rule(struct watch *watch, struct watch_room *room, const struct nft_rule *rule,
		     const char *what)
{
	struct buf text cleanup_buf = { 0 };

	nft_rule_text(rule, &text);
	watch_say(watch, room, "rule", "rule %s: %s: %s", what, nft_chain_name(rule->chain),
		  buf_str(&text));
}

void watch_rules(struct watch *watch, struct watch_room *room)
{
	struct error ignored cleanup_error = ERROR_INIT;
	struct nlsock *sock = kernel_netfilter(watch->kernel, room->name, &ignored);
	struct nl_error answer = { 0 };
	struct nft_table now = { 0 };

	if (!sock || nft_read(sock, &now, &answer) < 0) {
		nft_table_free(&now);
		return;
	}
	for (size_t i = 0; i < room->nft.rules.n; i++)
		if (!has_rule(&now, &room->nft.rules.v[i]))
			say_rule(watch, room, &room->nft.rules.v[i], "removed");
	for (size_t i = 0; i < now.rules.n; i++)
		if (!has_rule(&room->nft, &now.rules.v[i]))
			say_rule(watch, room, &now.rules.v[i], "added");
	nft_table_free(&room->nft);
	room->nft = now;
}
