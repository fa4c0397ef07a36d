/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_KERNEL_NFT_INTERNAL_H
#define NSH_KERNEL_NFT_INTERNAL_H

#include "kernel/nft.h"

struct nftnl_rule;

/* What the files of nf_tables share; nobody else includes this. */

/* --- messages --- */

struct nft_request {
	union {
		struct nlmsghdr header;
		char bytes[512];
	};
};
/* TYPE: NFT_MSG_*; FAMILY: NFPROTO_*. Attributes may follow. */
void nft_request_init(struct nft_request *request, unsigned type, uint8_t family);
/* Whether a message is a whole one of TYPE. */
bool nft_is(const struct nlmsghdr *message, unsigned type);
/* The number that each change of any table in the namespace makes higher. */
int nft_read_generation(struct nlsock *sock, uint32_t *generation, struct nl_error *answer);
/* Makes ANSWER an error of nsh's own. Returns -1. */
int nft_fail(struct nl_error *answer, int number, const char *text);
/* For cleanup_with(). */
void nft_free_nftnl_rule(struct nftnl_rule **rule);

/* --- the three forms of a rule --- */

/* Offsets in the headers of IPv4 (RFC 791) and IPv6 (RFC 8200), and of any ports. */
#define IP4_SADDR 12
#define IP4_DADDR 16
#define IP6_SADDR 8
#define IP6_DADDR 24
#define TH_SPORT  0
#define TH_DPORT  2

/* The last port of a range; one port alone may leave it zero. */
static inline uint16_t nft_last_port(const struct nft_ports *ports)
{
	return ports->last > ports->first ? ports->last : ports->first;
}

/* nft has no way to write a quote within quotes: a comment has none in any of its forms. */
static inline void nft_clean_comment(const struct nft_rule *rule,
				     char clean[sizeof(rule->comment)])
{
	str_copy(clean, sizeof(rule->comment), rule->comment);
	for (; *clean; clean++)
		if (*clean == '"')
			*clean = '\'';
}

#endif
