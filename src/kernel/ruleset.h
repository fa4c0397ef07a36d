/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_KERNEL_RULESET_H
#define NSH_KERNEL_RULESET_H

#include <libnftnl/rule.h>
#include <libnftnl/set.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "kernel/netlink.h"

/*
 * All that nf_tables holds in one namespace, whoever made it, as it is evaluated: tables, chains
 * with their hooks, rules with their expressions, sets with their elements. Only read.
 */
struct ruleset_rule {
	struct nftnl_rule *rule; /* NULL: has an expression that libnftnl does not know */
	uint64_t handle;
	unsigned number;	 /* within its chain, from 1 */
};

struct ruleset_chain {
	uint8_t family; /* NFPROTO_* */
	char *table, *name;
	bool base;	/* the rest holds for a base chain alone */
	bool dormant;	/* its table is: no packet sees it */
	char *type;	/* "filter", "nat", "route" */
	uint32_t hook;	/* NF_INET_*, NF_BR_*, ...: those of its family */
	int32_t priority;
	uint32_t policy; /* NF_ACCEPT or NF_DROP */
	struct strings devices; /* of a chain of family netdev */
	VECTOR(struct ruleset_rule) rules;
};

struct ruleset_set {
	uint8_t family;
	char *table, *name;
	uint32_t flags; /* NFT_SET_* */
	uint32_t key_length;
	uint8_t fields[16]; /* lengths of a concatenation's parts, in bytes; ended by 0 */
	struct nftnl_set *set; /* with its elements */
	bool partial;	       /* elements that libnftnl cannot hold */
};

struct ruleset {
	VECTOR(struct ruleset_chain) chains; /* in the order they were made in */
	VECTOR(struct ruleset_set) sets;
	bool legacy4, legacy6; /* tables of the old iptables besides, which netlink does not show */
};

/*
 * Reads it, again where it changed meanwhile. RULES is replaced, and empty after a failure. A
 * kernel without nf_tables has an empty one. The legacy flags are not touched.
 */
int ruleset_read(struct nlsock *sock, struct ruleset *rules, struct nl_error *answer);
void ruleset_free(struct ruleset *rules);

/* NULL where there is none. */
const struct ruleset_chain *ruleset_chain(const struct ruleset *rules, uint8_t family,
					  const char *table, const char *name);
const struct ruleset_set *ruleset_set(const struct ruleset *rules, uint8_t family,
				      const char *table, const char *name);

/* The readers' inner halves, for tests and fuzzers: one whole message in. What does not belong
 * or is malformed is left out. */
void ruleset_take_chain(struct ruleset *rules, const struct nlmsghdr *message);
void ruleset_take_rule(struct ruleset *rules, const struct nlmsghdr *message);
void ruleset_take_set(struct ruleset *rules, const struct nlmsghdr *message);
void ruleset_take_elements(struct ruleset_set *set, const struct nlmsghdr *message);

#endif
