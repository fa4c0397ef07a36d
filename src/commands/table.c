/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/tables.h"

/* In the order in which help and the manual tell of them. */
const struct command *const command_table[] = {
	commands_ns,	  commands_exec,  commands_cable,	commands_bridge,
	commands_addr,	  commands_link,  commands_route,	commands_arp,
	commands_forwarding, commands_nat, commands_publish,	commands_traffic,
	commands_map,	  commands_why,	commands_look,
	commands_undo,	  commands_lab,	  commands_reset,	  commands_record,	commands_save,	  commands_shell, commands_doctor,
	/* In other programs' words. */
	commands_ip_netns, commands_foreign, commands_ip_link, commands_ip_addr,
	commands_ip_route, commands_ip_neigh, commands_net_tools, commands_bridge_tools,
	commands_iptables, commands_nft, commands_sysctl, commands_traffic_tools, NULL,
};
