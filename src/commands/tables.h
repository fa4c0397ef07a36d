/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_COMMANDS_TABLES_H
#define NSH_COMMANDS_TABLES_H

#include "commands/command.h"

/*
 * The commands of each noun, each ended by an entry without grammar; behind each the file that it
 * is in. table.c lists them.
 */
extern const struct command commands_ns[];		/* ns.c */
extern const struct command commands_exec[];		/* exec.c */
extern const struct command commands_cable[];		/* cable.c */
extern const struct command commands_bridge[];		/* bridge.c */
extern const struct command commands_addr[];		/* addr.c */
extern const struct command commands_link[];		/* link.c */
extern const struct command commands_route[];		/* route.c */
extern const struct command commands_arp[];		/* arp.c */
extern const struct command commands_forwarding[];	/* forwarding.c */
extern const struct command commands_nat[];		/* nat.c */
extern const struct command commands_publish[];		/* publish.c */
extern const struct command commands_traffic[];		/* traffic.c */
extern const struct command commands_map[];		/* map.c */
extern const struct command commands_look[];		/* src/shell/look.c */
extern const struct command commands_why[];		/* why.c */
extern const struct command commands_undo[];		/* undo.c */
extern const struct command commands_record[];		/* record.c */
extern const struct command commands_save[];		/* save.c */
extern const struct command commands_nft[];		/* nft_words.c */
extern const struct command commands_lab[];		/* lab.c */
extern const struct command commands_reset[];		/* reset.c */
extern const struct command commands_doctor[];		/* doctor.c */
extern const struct command commands_foreign[];		/* src/shell/foreign.c */
extern const struct command commands_ip_netns[];	/* ip_netns.c */
extern const struct command commands_ip_link[];		/* ip_link.c */
extern const struct command commands_ip_addr[];		/* ip_addr.c */
extern const struct command commands_ip_route[];	/* ip_route.c */
extern const struct command commands_ip_neigh[];	/* ip_neigh.c */
extern const struct command commands_iptables[];	/* iptables.c */
extern const struct command commands_net_tools[];	/* net_tools.c */
extern const struct command commands_bridge_tools[];	/* bridge_tools.c */
extern const struct command commands_sysctl[];		/* sysctl.c */
extern const struct command commands_traffic_tools[];	/* traffic_tools.c */
extern const struct command commands_shell[];		/* src/shell/builtins.c */

#endif
