/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/tables.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/set.h"
#include "base/table.h"
#include "commands/names.h"
#include "commands/ns.h"
#include "view/lists.h"

/* Rooms: network namespaces. */

int ns_list(struct session *session, const struct args *args, struct error *err)
{
	static const struct column columns[] = { { "NAME", "name", COLUMN_NS }, { 0 } };
	const struct strings *names;
	struct table *table;

	(void)args;
	if (world_names(session->world, &names, err) < 0)
		return -1;
	if (session->format == FORMAT_TEXT) {
		/* A bare list, as `ip netns` prints it: what scripts read. */
		for (size_t i = 0; i < names->n; i++) {
			cleanup_free char *seen = str_visible(names->v[i]);

			fprintf(session->out, "%s\n", seen);
		}
		return 0;
	}
	table = table_new("namespaces", columns);
	for (size_t i = 0; i < names->n; i++) {
		table_row(table);
		table_cell(table, names->v[i]);
	}
	table_print(table, true, session->out);
	table_free(table);
	return 0;
}

static int list_all(struct session *session, const struct args *args, struct error *err)
{
	static const struct column columns[] = {
		{ "NAME", "name", COLUMN_NS },
		{ "PROCESSES", "processes", COLUMN_NUMBER },
		{ "PID", "pid", COLUMN_NUMBER },
		{ "COMMAND", "command", COLUMN_TEXT },
		{ "", "inode", COLUMN_NUMBER },
		{ 0 },
	};
	netns_found_list found = { 0 };
	struct table *table;

	(void)args;
	if (kernel_netns_all(session->kernel, &found, err) < 0)
		return -1;
	table = table_new("namespaces", columns);
	for (size_t i = 0; i < found.n; i++) {
		table_row(table);
		table_cell(table, found.v[i].name);
		table_cellf(table, "%u", found.v[i].processes);
		if (found.v[i].pid)
			table_cellf(table, "%d", (int)found.v[i].pid);
		else
			table_cell(table, NULL);
		table_cell(table, found.v[i].command[0] ? found.v[i].command : NULL);
		table_cellf(table, "%llu", (unsigned long long)found.v[i].ino);
	}
	session_print(session, table);
	netns_found_free(&found);
	return 0;
}

static int check_new(struct session *session, const struct arg *arg, struct error *err)
{
	if (!world_has_ns(session->world, arg->text))
		return 0;
	error_set(err, STATUS_FAILED, arg->word, "there is a namespace %s already", arg->text);
	return error_hint(err, "\"show %s\" shows what is in it", arg->text);
}

int ns_plan_add(struct session *session, const struct args *args, struct plan *plan,
		    struct error *err)
{
	const struct arg *arg;

	for (size_t i = 0; (arg = arg_nth(args, "NEWNS", i)); i++) {
		if (check_new(session, arg, err) < 0)
			return -1;
		for (size_t j = 0; j < i; j++)
			if (strcmp(arg_nth(args, "NEWNS", j)->text, arg->text) == 0)
				return error_set(err, STATUS_FAILED, arg->word,
						 "%s stands here twice", arg->text);
		plan_netns_add(plan, arg->text, arg->word);
	}
	return 0;
}

/*
 * A cable of a namespace that goes is deleted by the end that stays, where that is not alone: those
 * of a switch then go together. One between two that go is deleted once.
 */
static void del_cable(struct session *session, struct ns *ns, const struct link *link,
		      struct set *rooms, struct set *planned, struct plan *plan, int word)
{
	struct ns *peer_ns;
	struct link *peer;

	if (!world_peer(session->world, ns, link, &peer_ns, &peer)) {
		plan_link_del(plan, ns->name, link->name, word);
		return;
	}
	if (set_has(planned, peer_ns->name) || (peer_ns == ns && peer->index < link->index))
		return;
	/* Of many at a time from where the other ends are together. */
	if ((rooms->strings.n > 1 || session->row) && !set_has(rooms, peer_ns->name))
		plan_cable_del(plan, peer_ns->name, peer->name, ns->name, word);
	else
		plan_cable_del(plan, ns->name, link->name, peer_ns->name, word);
}

static int del_room(struct session *session, const struct arg *arg, struct set *rooms,
		    struct set *planned, struct plan *plan, struct error *err)
{
	struct ns *ns;

	/* A file without a namespace: there is nothing in it. */
	if (!session->kernel || !kernel_netns_left_behind(session->kernel, arg->text)) {
		ns = world_ns(session->world, arg->text, WORLD_LINKS, arg->word, err);
		if (!ns)
			return -1;
		/*
		 * The kernel clears a dead namespace away when it finds time. Its cables go first,
		 * so that their other ends are gone when the line is done.
		 */
		for (size_t i = 0; i < ns->links.n; i++)
			if (strcmp(ns->links.v[i].kind, "veth") == 0)
				del_cable(session, ns, &ns->links.v[i], rooms, planned, plan,
					  arg->word);
	}
	plan_netns_del(plan, arg->text, arg->word);
	return 0;
}

static bool is_room(const struct arg *arg)
{
	return !arg->literal && strcmp(arg->name, "ROOM") == 0;
}

int ns_plan_del(struct session *session, const struct args *args, struct plan *plan,
		    struct error *err)
{
	struct set rooms cleanup_set = { 0 }, planned cleanup_set = { 0 };

	for (size_t i = 0; i < args->n; i++)
		if (is_room(&args->v[i]))
			set_add(&rooms, args->v[i].text);
	for (size_t i = 0; i < args->n; i++) {
		const struct arg *arg = &args->v[i];

		if (!is_room(arg))
			continue;
		if (strcmp(arg->text, HOST) == 0)
			return error_set(err, STATUS_FAILED, arg->word,
					 "host is where nsh lives: it cannot be deleted");
		if (set_has(&planned, arg->text))
			return error_set(err, STATUS_FAILED, arg->word,
					 "%s stands here twice", arg->text);
		if (del_room(session, arg, &rooms, &planned, plan, err) < 0)
			return -1;
		set_add(&planned, arg->text);
	}
	return 0;
}

static int show(struct session *session, const struct args *args, struct error *err)
{
	struct ns *ns = name_ns(session, args, "NS", WORLD_ALL & ~WORLD_NFT, err);
	struct error ignored cleanup_error = ERROR_INIT;
	struct table *tables[5];
	size_t count = 0;

	if (!ns)
		return -1;
	tables[count++] = list_links(session->world, ns, NULL);
	tables[count++] = list_addrs(ns, NULL, 0);
	tables[count++] = list_routes(ns, NULL, 0, false);
	tables[count++] = list_neighs(ns, NULL, 0);
	/* A kernel without nf_tables has no rules to show. */
	if (world_ns(session->world, ns->name, WORLD_NFT, -1, &ignored))
		tables[count++] = list_rules(ns);
	session_print_all(session, tables, count);
	return 0;
}

int ns_plan_adopt(struct session *session, const struct args *args, struct plan *plan,
		      struct error *err)
{
	const struct arg *name = arg_get(args, "NEWNS"), *pid = arg_get(args, "PID");
	const struct arg *path = arg_get(args, "PATH");
	cleanup_free char *file = NULL;
	const struct arg *which = pid ? pid : path;

	if (check_new(session, name, err) < 0)
		return -1;
	file = pid ? xasprintf("/proc/%s/ns/net", pid->text) : xstrdup(path->text);
	if (session->kernel && access(file, F_OK) < 0) {
		if (pid && errno == ENOENT)
			return error_set(err, STATUS_FAILED, pid->word,
					 "there is no process %s", pid->text);
		return error_errno(err, STATUS_FAILED, which->word, errno, "%s", file);
	}
	plan_netns_adopt(plan, name->text, file, which->word);
	return 0;
}

const struct command commands_ns[] = {
	{
		.grammar = "ns [list]",
		.about = "namespaces: make, delete, list, show, adopt those of containers",
		.help = "list the namespaces",
		.example = "ns",
		.run = ns_list,
		.flags = COMMAND_LOOKS,
	},
	{
		.grammar = "ns list all",
		.help = "list all namespaces, also those without a name, by their processes",
		.example = "ns list all",
		.run = list_all,
		.flags = COMMAND_LOOKS,
	},
	{
		.grammar = "ns add NEWNS...",
		.help = "make namespaces, with lo up",
		.example = "ns add red blue",
		.plan = ns_plan_add,
	},
	{
		.grammar = "ns del ROOM...",
		.help = "delete namespaces with all that is in them",
		.example = "ns del red",
		.setup = "ns add red blue; cable red blue",
		.plan = ns_plan_del,
	},
	{
		.grammar = "ns show NS",
		.help = "show what is in a namespace",
		.example = "ns show red",
		.setup = "ns add red",
		.run = show,
		.flags = COMMAND_LOOKS,
	},
	{
		.grammar = "ns adopt NEWNS pid PID",
		.help = "give the namespace of a process a name",
		.example = "ns adopt me pid 1",
		.plan = ns_plan_adopt,
	},
	{
		.grammar = "ns adopt NEWNS path PATH",
		.help = "give the namespace that a file stands for a name",
		.example = "ns adopt me path /proc/self/ns/net",
		.plan = ns_plan_adopt,
	},
	{
		.grammar = "show [NS]",
		.help = "show what is in a namespace: interfaces, addresses, routes, neighbours, rules",
		.example = "show red",
		.setup = "ns add red",
		.run = show,
		.flags = COMMAND_LOOKS,
	},
	{ 0 },
};
