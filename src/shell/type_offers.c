/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/type_parts.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "lab/lab.h"
#include "shell/builtins.h"

/* What there is of each type: names, files, jobs. */

static bool is_typed(const struct args *so_far, const char *name)
{
	for (size_t i = 0; i < so_far->n; i++)
		if (!so_far->v[i].literal && strcmp(so_far->v[i].text, name) == 0)
			return true;
	return false;
}

/* Namespaces that the line does not name yet. */
static void add_names(struct session *session, const struct args *so_far,
		      struct candidates *candidates, bool host)
{
	struct error ignored cleanup_error = ERROR_INIT;
	const struct strings *names;

	if (host && !is_typed(so_far, HOST))
		candidates_add(candidates, HOST, "the namespace that nsh lives in");
	if (world_names(session->world, &names, &ignored) < 0)
		return;
	for (size_t i = 0; i < names->n; i++)
		if (!is_typed(so_far, names->v[i]))
			candidates_add(candidates, names->v[i], "a namespace");
}

struct ns *ns_there(struct session *session, const char *name, unsigned parts)
{
	struct error ignored cleanup_error = ERROR_INIT;

	return world_ns(session->world, name, parts, -1, &ignored);
}

void complete_ns(struct session *session, const struct args *so_far,
		 struct candidates *candidates)
{
	add_names(session, so_far, candidates, true);
}

void complete_room(struct session *session, const struct args *so_far,
		   struct candidates *candidates)
{
	add_names(session, so_far, candidates, false);
}

/* "red:", behind which comes the name of what is to be made. */
void complete_new_end(struct session *session, const struct args *so_far,
		      struct candidates *candidates)
{
	struct candidates names = { 0 };

	if (candidates->prefix && strchr(candidates->prefix, ':'))
		return;
	complete_ns(session, so_far, &names);
	for (size_t i = 0; i < names.list.n; i++) {
		cleanup_free char *text = xasprintf("%s:", names.list.v[i].text);

		candidates_add_partial(candidates, text, names.list.v[i].help);
	}
	candidates_free(&names);
}

static const char *link_help(const struct link *link)
{
	return link->kind[0] ? link->kind : "interface";
}

/* "red", and once there is a colon "red:veth-red"; bare interfaces of the current namespace. */
void complete_end(struct session *session, const struct args *so_far,
		  struct candidates *candidates)
{
	const char *prefix = candidates->prefix ? candidates->prefix : "";
	const char *colon = strchr(prefix, ':');
	struct ns *ns;

	if (colon) {
		cleanup_free char *name = colon == prefix ?
						  xstrdup(session->ns) :
						  xstrndup(prefix, (size_t)(colon - prefix));

		ns = ns_there(session, name, WORLD_LINKS);
		for (size_t i = 0; ns && i < ns->links.n; i++) {
			cleanup_free char *text = xasprintf("%.*s:%s", (int)(colon - prefix),
							    prefix, ns->links.v[i].name);

			candidates_add(candidates, text, link_help(&ns->links.v[i]));
		}
		return;
	}
	add_names(session, so_far, candidates, true);
	ns = ns_there(session, session->ns, WORLD_LINKS);
	for (size_t i = 0; ns && i < ns->links.n; i++)
		if (!(ns->links.v[i].flags & IFF_LOOPBACK) && !ns->links.v[i].master)
			candidates_add(candidates, ns->links.v[i].name, link_help(&ns->links.v[i]));
}

void complete_bridge(struct session *session, const struct args *so_far,
		     struct candidates *candidates)
{
	struct ns *ns = ns_there(session, session->ns, WORLD_LINKS);

	(void)so_far;
	for (size_t i = 0; ns && i < ns->links.n; i++)
		if (strcmp(ns->links.v[i].kind, "bridge") == 0)
			candidates_add(candidates, ns->links.v[i].name, "a switch");
}

/* Namespaces that are attached to a switch; of a large one only the first. */
static void find_attached(struct session *session, const char *bridge,
			  struct strings *attached)
{
	const char *colon = strchr(bridge, ':');
	cleanup_free char *name = colon && colon > bridge ?
					  xstrndup(bridge, (size_t)(colon - bridge)) :
					  xstrdup(session->ns);
	struct ns *ns = ns_there(session, name, WORLD_LINKS);
	size_t ports = 0;

	for (size_t i = 0; ns && i < ns->links.n && ports < 64; i++) {
		struct link *peer;
		struct ns *peer_ns;

		if (strcmp(ns->links.v[i].master_name, colon ? colon + 1 : bridge) != 0)
			continue;
		ports++;
		if (world_peer(session->world, ns, &ns->links.v[i], &peer_ns, &peer))
			strings_add(attached, peer_ns->name);
	}
}

/* Of namespaces those that can be attached, or detached. */
void complete_member(struct session *session, const struct args *so_far,
		     struct candidates *candidates)
{
	struct strings attached cleanup_strings = { 0 };
	bool detach = arg_has(so_far, "detach");
	const struct strings *names;
	struct error ignored cleanup_error = ERROR_INIT;

	/* A name behind the colon is that of an end to be made. */
	if (!arg_get(so_far, "BR") || world_names(session->world, &names, &ignored) < 0)
		return;
	find_attached(session, arg_text(so_far, "BR"), &attached);
	for (size_t i = 0; i < names->n; i++)
		if (!is_typed(so_far, names->v[i]) &&
		    strings_has(&attached, names->v[i]) == detach)
			candidates_add(candidates, names->v[i], "a namespace");
}

/* The namespace that the line is about: its NS, or that of its END, or the current one. */
struct ns *line_subject(struct session *session, const struct args *so_far, unsigned parts,
		   const char **link)
{
	const struct arg *ns = arg_get(so_far, "NS"), *end = arg_get(so_far, "END");
	const char *colon;

	*link = NULL;
	if (!end) {
		/* What is typed first of two ends. */
		end = arg_get(so_far, "A");
	}
	if (ns)
		return ns_there(session, ns->text, parts);
	if (!end)
		return ns_there(session, session->ns, parts);
	colon = strchr(end->text, ':');
	if (colon) {
		cleanup_free char *name = colon == end->text ?
						  xstrdup(session->ns) :
						  xstrndup(end->text, (size_t)(colon - end->text));

		*link = colon + 1;
		return ns_there(session, name, parts);
	}
	if (world_has_ns(session->world, end->text))
		return ns_there(session, end->text, parts);
	*link = end->text;
	return ns_there(session, session->ns, parts);
}

void complete_link(struct session *session, const struct args *so_far,
		   struct candidates *candidates)
{
	const char *link;
	struct ns *ns = line_subject(session, so_far, WORLD_LINKS, &link);

	for (size_t i = 0; ns && i < ns->links.n; i++)
		if (!(ns->links.v[i].flags & IFF_LOOPBACK))
			candidates_add(candidates, ns->links.v[i].name, link_help(&ns->links.v[i]));
}

void complete_neigh(struct session *session, const struct args *so_far,
		    struct candidates *candidates)
{
	const struct arg *ns_arg = arg_get(so_far, "NS");
	struct ns *ns = ns_there(session, ns_arg ? ns_arg->text : session->ns, WORLD_NEIGHS);
	char text[IP_TEXT];

	for (size_t i = 0; ns && i < ns->neighs.n; i++)
		candidates_add(candidates, ip_text(&ns->neighs.v[i].ip, text),
			       ns->neighs.v[i].link);
}

void complete_kind(struct session *session, const struct args *so_far,
		   struct candidates *candidates)
{
	(void)session;
	(void)so_far;
	candidates_add_names(candidates, link_kinds);
}

void complete_job(struct session *session, const struct args *so_far,
		  struct candidates *candidates)
{
	const job_list *jobs = session_jobs(session);

	(void)so_far;
	for (size_t i = 0; i < jobs->n; i++) {
		cleanup_free char *text = xasprintf("%u", jobs->v[i].number);

		candidates_add(candidates, text, jobs->v[i].what);
	}
}

void complete_lab(struct session *session, const struct args *so_far,
		  struct candidates *candidates)
{
	struct error ignored cleanup_error = ERROR_INIT;
	lab_list labs = { 0 };

	(void)session;
	(void)so_far;
	if (lab_read(&labs, &ignored) == 0)
		for (size_t i = 0; i < labs.n; i++)
			candidates_add(candidates, labs.v[i].name, NULL);
	lab_list_free(&labs);
}

void complete_listen(struct session *session, const struct args *so_far,
		     struct candidates *candidates)
{
	struct ns *ns = NULL;

	/* What is published already is of use to those who end that. */
	if (arg_has(so_far, "unpublish"))
		ns = ns_there(session, session->ns, WORLD_NFT);
	for (size_t i = 0; ns && i < ns->nft.rules.n; i++) {
		const struct nft_rule *rule = &ns->nft.rules.v[i];
		cleanup_free char *text = xasprintf("%u", rule->dport.first);

		if (rule->verdict == NFT_VERDICT_DNAT && rule->chain == NFT_CHAIN_PREROUTING)
			candidates_add(candidates, text, rule->comment);
	}
}

void complete_pid(struct session *session, const struct args *so_far,
		  struct candidates *candidates)
{
	struct error ignored cleanup_error = ERROR_INIT;
	netns_found_list found = { 0 };

	(void)so_far;
	if (!session->kernel || kernel_netns_all(session->kernel, &found, &ignored) < 0)
		return;
	for (size_t i = 0; i < found.n; i++) {
		cleanup_free char *text = xasprintf("%d", (int)found.v[i].pid);

		if (found.v[i].pid && !found.v[i].name)
			candidates_add(candidates, text, found.v[i].command);
	}
	netns_found_free(&found);
}

void complete_file(struct session *session, const struct args *so_far,
		   struct candidates *candidates)
{
	const char *prefix = candidates->prefix ? candidates->prefix : "";
	const char *slash = strrchr(prefix, '/'), *name = slash ? slash + 1 : prefix;
	cleanup_free char *dir = slash ? xstrndup(prefix, (size_t)(slash - prefix) + 1) :
					 xstrdup("");
	DIR *stream = opendir(*dir ? dir : ".");
	struct dirent *entry;

	(void)session;
	(void)so_far;
	if (!stream)
		return;
	while ((entry = readdir(stream))) {
		cleanup_free char *path = NULL;
		struct stat status;

		if (!str_starts(entry->d_name, name) ||
		    (entry->d_name[0] == '.' && name[0] != '.'))
			continue;
		path = xasprintf("%s%s", dir, entry->d_name);
		if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
			cleanup_free char *inside = xasprintf("%s/", path);

			candidates_add_partial(candidates, inside, "a directory");
		} else {
			candidates_add(candidates, path, NULL);
		}
	}
	closedir(stream);
}

void complete_program(struct session *session, const struct args *so_far,
		      struct candidates *candidates)
{
	const char *prefix = candidates->prefix ? candidates->prefix : "";
	cleanup_free char *path = xstrdup(getenv("PATH") ? getenv("PATH") : "/usr/bin:/bin");
	char *rest = path, *dir;

	if (strchr(prefix, '/')) {
		complete_file(session, so_far, candidates);
		return;
	}
	if (!*prefix)
		return; /* thousands: nobody reads that */
	while ((dir = strsep(&rest, ":"))) {
		DIR *stream = opendir(dir);
		struct dirent *entry;

		while (stream && (entry = readdir(stream)))
			if (str_starts(entry->d_name, prefix))
				candidates_add(candidates, entry->d_name, NULL);
		if (stream)
			closedir(stream);
	}
}

void complete_topic(struct session *session, const struct args *so_far,
		    struct candidates *candidates)
{
	struct strings topics cleanup_strings = { 0 };

	(void)session;
	(void)so_far;
	for (size_t i = 0; command_table[i]; i++) {
		for (const struct command *c = command_table[i]; c->grammar; c++) {
			cleanup_free char *word = xstrndup(c->grammar, strcspn(c->grammar, " "));

			candidates_add(candidates, word, NULL);
		}
	}
	help_topics(&topics);
	for (size_t i = 0; i < topics.n; i++)
		candidates_add(candidates, topics.v[i], NULL);
}

void complete_keyword(struct session *session, const struct args *so_far,
		      struct candidates *candidates)
{
	struct strings keywords cleanup_strings = { 0 };

	(void)session;
	help_keywords(arg_text(so_far, "TOPIC"), &keywords);
	for (size_t i = 0; i < keywords.n; i++)
		candidates_add(candidates, keywords.v[i], NULL);
}

void complete_variable(struct session *session, const struct args *so_far,
		       struct candidates *candidates)
{
	(void)so_far;
	for (size_t i = 0; i < session->variables.n; i++)
		candidates_add(candidates, session->variables.v[i].name,
			       session->variables.v[i].value);
}
