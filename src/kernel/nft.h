/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_KERNEL_NFT_H
#define NSH_KERNEL_NFT_H

#include "kernel/model.h"
#include "kernel/netlink.h"

/*
 * nf_tables by way of libnftnl: one table, "inet nsh", and nothing else is ever written.
 */
#define NFT_TABLE "nsh"

/*
 * Reads the table with its chains and rules, taken again where the ruleset changed meanwhile. No
 * table is "exists = false", not an error. Rules of chains that are not nsh's are left out; TABLE
 * is replaced, and empty after a failure. EOPNOTSUPP: a kernel without nf_tables.
 */
int nft_read(struct nlsock *sock, struct nft_table *table, struct nl_error *answer);
void nft_table_free(struct nft_table *table);

/* The tables of somebody else's in the namespace, each as "inet filter". None where there is no
 * nf_tables. */
int nft_other_tables(struct nlsock *sock, struct strings *tables, struct nl_error *answer);

/*
 * One batch, all or nothing: DELETE (by handle), then ADD (in order, each behind the rules that
 * its chain has). What an added rule needs, the table and its chain, is made first. Where
 * DROP_CHAINS is set the chains that have no rule left after the batch are deleted too, and the
 * table with its last chain: BEFORE, the table as it was read, tells which (NULL: none). What
 * turns out to hold something of somebody else's by then stays. The handles of the rules in
 * ADD are filled in, from the kernel's echo of each (NLM_F_ECHO: one round trip) or, where a
 * batch is too long for echoes, by reading again; 0 where that failed. With CHECK_ONLY the
 * kernel validates and nothing is committed. EOPNOTSUPP: no nf_tables, or no family inet; ENOENT:
 * a rule to delete is gone.
 */
struct nft_change {
	const struct nft_table *before;
	const struct nft_rule *const *delete;
	size_t deletes;
	struct nft_rule *const *add;
	size_t adds;
	bool drop_chains;
	bool drop_table; /* the whole table, whatever is in it, and nothing else in the batch */
	bool check_only;
};
int nft_change(struct nlsock *sock, const struct nft_change *change, struct nl_error *answer);

/* Adds the rule in nft's language without "add rule inet nsh CHAIN": `ip saddr ... masquerade`. A
 * quote in a comment becomes an apostrophe, here and in the kernel: nft has no way to write it. */
void nft_rule_text(const struct nft_rule *rule, struct buf *text);
/* The bit of a connection's state that nft calls so; 0: none. */
uint8_t nft_state(const char *name);
/* What nft calls a code of ICMP's "destination unreachable" that it rejects with; NULL: none. */
const char *nft_unreachable(uint8_t code);
/* The words that make the chain: `{ type nat hook prerouting priority dstnat; ... }`. */
const char *nft_chain_name(enum nft_chain chain);
/* What nft(8) calls the family of a table, NFPROTO_*; "?" where it has none such. */
const char *nft_family_name(uint8_t family);
const char *nft_chain_spec(enum nft_chain chain);
/* Whether they say the same, whatever their handles. A foreign rule equals itself alone, by its
 * handle. */
bool nft_rule_equal(const struct nft_rule *a, const struct nft_rule *b);

struct nftnl_rule;
/* The rule as libnftnl's expressions, and back: tests go round. Encode returns a rule that the
 * caller frees with nftnl_rule_free(); decode sets FOREIGN for what it cannot hold, and CHAIN to
 * NFT_CHAIN_COUNT for a chain that is not nsh's. A foreign rule has chain, handle and comment. */
struct nftnl_rule *nft_encode(const struct nft_rule *rule);
void nft_decode(const struct nftnl_rule *from, struct nft_rule *rule);

#endif
