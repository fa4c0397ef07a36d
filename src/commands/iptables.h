/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_COMMANDS_IPTABLES_H
#define NSH_COMMANDS_IPTABLES_H

#include "commands/command.h"
#include "kernel/model.h"
#include "kernel/nft.h"

/*
 * iptables(8)'s words for the rules of nsh's own table; the rules of others, also those
 * of iptables itself, are neither shown nor changed.
 */

/* One of iptables' tables, of which nsh's chains are. */
enum iptables_table { IPTABLES_FILTER, IPTABLES_NAT };

const char *iptables_chain_name(enum nft_chain chain); /* "POSTROUTING" */
enum iptables_table iptables_table_of(enum nft_chain chain);
const char *iptables_protocol_name(uint8_t protocol); /* "tcp"; NULL: a number alone */

/* The table that "-t" names; filter where it is left out, as iptables has it. */
int iptables_read_table(const struct args *args, enum iptables_table *table,
			struct error *err);
/* The chain of argument CHAIN in that table. */
int iptables_read_chain(const struct args *args, enum nft_chain *chain,
			struct error *err);
/* The rule that the words behind the chain describe. */
int iptables_read_rule(const struct args *args, struct nft_rule *rule, struct error *err);

/* "RELATED,ESTABLISHED", which the type has checked, as bits of NFT_STATES; NOT: all others. */
uint8_t iptables_states(const char *text, bool not);
void iptables_states_text(uint8_t bits, struct buf *text);

/* "icmp-port-unreachable", "tcp-reset", which the type has checked. */
void iptables_reject(const char *text, struct nft_rule *rule);
const char *iptables_reject_name(const struct nft_rule *rule);

/* The rule in iptables' words, without the chain: "-s 192.168.15.0/24 -j MASQUERADE". */
void iptables_rule_text(const struct nft_rule *rule, struct buf *text);

/* Prints the rules of nsh's table: -L and -S. */
int iptables_list(struct session *session, const struct args *args, struct error *err);
int iptables_save(struct session *session, const struct args *args, struct error *err);

#endif
