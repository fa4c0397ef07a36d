/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_COMMANDS_TABLES_H
#define NSH_COMMANDS_TABLES_H

#include "commands/command.h"

/* The commands of each noun, each ended by an entry without grammar. table.c lists them. */
extern const struct command commands_ns[];
extern const struct command commands_exec[];
extern const struct command commands_cable[];
extern const struct command commands_bridge[];
extern const struct command commands_addr[];
extern const struct command commands_link[];
extern const struct command commands_route[];
extern const struct command commands_arp[];
extern const struct command commands_forwarding[];
extern const struct command commands_nat[];
extern const struct command commands_publish[];
extern const struct command commands_traffic[];
extern const struct command commands_map[];
extern const struct command commands_look[]; /* src/shell/look.c */
extern const struct command commands_why[];
extern const struct command commands_plan[];
extern const struct command commands_record[];
extern const struct command commands_save[];
extern const struct command commands_nft[];
extern const struct command commands_lab[];
extern const struct command commands_reset[];
extern const struct command commands_doctor[];
extern const struct command commands_foreign[]; /* src/shell/foreign.c */
extern const struct command commands_ip_netns[];
extern const struct command commands_ip_link[];
extern const struct command commands_ip_addr[];
extern const struct command commands_ip_route[];
extern const struct command commands_ip_neigh[];
extern const struct command commands_iptables[];
extern const struct command commands_net_tools[];
extern const struct command commands_bridge_tools[];
extern const struct command commands_sysctl[];
extern const struct command commands_traffic_tools[];
extern const struct command commands_shell[]; /* src/shell/builtins.c */

#endif
