/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/iptables.h"

#include <linux/icmp.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* What iptables calls the states of a connection, and what it rejects with. */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* In the order that iptables lists them in. */
static const struct {
	const char *name;
	uint8_t bit;
} states[] = {
	{ "INVALID", NF_CT_STATE_INVALID_BIT },
	{ "NEW", NF_CT_STATE_BIT(IP_CT_NEW) },
	{ "RELATED", NF_CT_STATE_BIT(IP_CT_RELATED) },
	{ "ESTABLISHED", NF_CT_STATE_BIT(IP_CT_ESTABLISHED) },
	{ "UNTRACKED", NF_CT_STATE_UNTRACKED_BIT },
};

uint8_t iptables_states(const char *text, bool not)
{
	cleanup_free char *copy = xstrdup(text);
	char *rest = copy, *name;
	uint8_t bits = 0;

	while ((name = strsep(&rest, ",")))
		for (size_t i = 0; i < COUNT(states); i++)
			if (strcmp(states[i].name, name) == 0)
				bits |= states[i].bit;
	/* A packet is in one of them: not in some is in one of the others. */
	return not ? bits ^ NFT_STATES : bits;
}

void iptables_states_text(uint8_t bits, struct buf *text)
{
	const char *comma = "";

	for (size_t i = 0; i < COUNT(states); i++) {
		if (!(bits & states[i].bit))
			continue;
		buf_addf(text, "%s%s", comma, states[i].name);
		comma = ",";
	}
}

static const struct {
	const char *name;
	uint8_t code;
} unreachable[] = {
	{ "icmp-net-unreachable", ICMP_NET_UNREACH },
	{ "icmp-host-unreachable", ICMP_HOST_UNREACH },
	{ "icmp-proto-unreachable", ICMP_PROT_UNREACH },
	{ "icmp-port-unreachable", ICMP_PORT_UNREACH },
	{ "icmp-net-prohibited", ICMP_NET_ANO },
	{ "icmp-host-prohibited", ICMP_HOST_ANO },
	{ "icmp-admin-prohibited", ICMP_PKT_FILTERED },
};

void iptables_reject(const char *text, struct nft_rule *rule)
{
	rule->reset = strcmp(text, "tcp-reset") == 0;
	for (size_t i = 0; i < COUNT(unreachable); i++)
		if (strcmp(unreachable[i].name, text) == 0)
			rule->code = unreachable[i].code;
}

const char *iptables_reject_name(const struct nft_rule *rule)
{
	for (size_t i = 0; i < COUNT(unreachable) && !rule->reset; i++)
		if (unreachable[i].code == rule->code)
			return unreachable[i].name;
	return "tcp-reset";
}
