/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/types.h"

#include <string.h>

#include "lab/lab.h"
#include "shell/foreign_types.h"
#include "shell/type_parts.h"

/* The parameters of the grammar: each with what it is, its form and what there is of it. */

const struct param_type param_types[] = {
	{ "NS", "a namespace", check_ns, complete_ns },
	{ "ROOM", "a namespace other than host", check_ns, complete_room },
	{ "NEWNS", "a name for a namespace", check_new_ns, NULL },
	{ "FROM", "a namespace", check_from, complete_ns },
	{ "END", "an interface, as NS, NS:IF or IF", check_end, complete_end },
	{ "NEWEND", "an interface to be made, as NS:IF", check_new_end, complete_new_end },
	{ "A", "a namespace, or NS:IF to name the end", check_new_end, complete_ns },
	{ "B", "a namespace, or NS:IF to name the end", check_new_end, complete_ns },
	{ "BR", "a switch", check_bridge, complete_bridge },
	{ "MEMBER", "a namespace, or an interface of this one", check_end, complete_member },
	{ "LINK", "an interface", check_link, complete_link },
	{ "NEWIF", "a name for an interface", check_new_link, NULL },
	{ "ALTNAME", "a further, longer name for an interface", check_link, NULL },
	{ "KIND", "a kind of interface", check_kind, complete_kind },
	{ "CIDR", "an address with its prefix length, as 192.168.15.1/24", check_cidr,
	  complete_cidr },
	{ "ADDR", "an address that the interface has", check_addr, complete_addr },
	{ "IP", "an address", check_ip, complete_neigh },
	{ "NET", "a network, as 192.168.15.0/24", check_net, complete_net },
	{ "DEST", "a network, an address or \"default\"", check_dest, complete_dest },
	{ "GW", "a gateway: an address, or a name that stands for one", check_host,
	  complete_gw },
	{ "TO", "an address, or a name that stands for one", check_to, complete_end },
	{ "MAC", "a MAC address, as 02:00:00:00:00:01", check_mac, NULL },
	{ "MTU", "a size in bytes, 1500 as usual", check_mtu, NULL },
	{ "QUEUE", "a number of packets, 1000 as usual", check_queue, NULL },
	{ "PORT", "a port", check_port, NULL },
	{ "LISTEN", "a port, or ADDRESS:PORT", check_listen, complete_listen },
	{ "TARGET", "a namespace or address, with :PORT where that differs", check_target,
	  complete_room },
	{ "URL", "a page, as http://192.168.15.2/", NULL, complete_ns },
	{ "N", "a number", check_count, NULL },
	{ "PID", "the number of a process", check_pid, complete_pid },
	{ "PATH", "a file", NULL, complete_file },
	{ "FILE", "a file", NULL, complete_file },
	{ "PROGRAM", "a program", NULL, complete_program },
	{ "ARG", "an argument of the program", NULL, complete_file },
	{ "JOB", "the number of a job", check_job, complete_job },
	{ "LAB", "a named lab", lab_check_name, complete_lab },
	{ "TEXT", "some text", NULL, NULL },
	{ "WORD", "a word", NULL, NULL },
	{ "TOPIC", "a command or another topic", NULL, complete_topic },
	{ "KEYWORD", "a word of that command", NULL, complete_keyword },
	{ "NAME", "a variable", check_variable, complete_variable },
	{ "VALUE", "its value", NULL, NULL },
	{ "DURATION", "a time, as 5s or 200ms", check_duration, NULL },
	{ "LINE", "a command", NULL, NULL },
	{ 0 },
};

const struct param_type *param_type(const char *name)
{
	for (const struct param_type *type = param_types; type->name; type++)
		if (strcmp(type->name, name) == 0)
			return type;
	for (const struct param_type *type = foreign_types; type->name; type++)
		if (strcmp(type->name, name) == 0)
			return type;
	return NULL;
}

bool param_types_apart(const struct param_type *a, const struct param_type *b)
{
	/* One of them has an = in each word, the other in none. */
	return (strcmp(a->name, "KEY") == 0 && strcmp(b->name, "SETTING") == 0) ||
	       (strcmp(a->name, "SETTING") == 0 && strcmp(b->name, "KEY") == 0);
}

const struct shared_grammar *shared_grammar(const char *name)
{
	for (const struct shared_grammar *shared = shared_grammars; shared->name; shared++)
		if (strcmp(shared->name, name) == 0)
			return shared;
	return NULL;
}
