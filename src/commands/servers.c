/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/servers.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "kernel/traffic.h"
#include "lab/servers.h"

static void server_clear(room_server_list *servers, size_t at)
{
	free(servers->v[at].what);
	vector_remove(servers, at);
}

static void add_jobs(const struct session *session, room_server_list *servers)
{
	for (size_t i = 0; i < session->jobs.n; i++) {
		const struct job *job = &session->jobs.v[i];

		*vector_add(servers) = (struct room_server){
			.pid = job->pid,
			.what = xstrdup(job->what),
			.dev = job->dev,
			.ino = job->ino,
		};
	}
}

static bool has_server(const room_server_list *servers, pid_t pid)
{
	for (size_t i = 0; i < servers->n; i++)
		if (servers->v[i].pid == pid)
			return true;
	return false;
}

/* What they are to be called is known when the names are. */
static void add_found(const struct session *session, room_server_list *servers)
{
	server_found_list found = { 0 };

	servers_find(&found);
	for (size_t i = 0; i < found.n; i++) {
		const struct server_found *one = &found.v[i];

		if ((!one->own && !session->lab) || has_server(servers, one->pid))
			continue;
		*vector_add(servers) = (struct room_server){
			.pid = one->pid,
			.what = xasprintf("%u", one->port),
			.dev = one->dev,
			.ino = one->ino,
		};
	}
	vector_free(&found);
}

/* Says which of the servers from number FROM on are in a namespace with a name. */
static void find_names(struct session *session, room_server_list *servers, size_t from)
{
	struct error ignored cleanup_error = ERROR_INIT;
	struct strings names cleanup_strings = { 0 };

	if (servers->n == 0)
		return;
	for (size_t i = 0; i < servers->n; i++)
		servers->v[i].named = false;
	kernel_netns_names(session->kernel, &names, &ignored);
	strings_add(&names, HOST);
	for (size_t i = 0; i < names.n; i++) {
		struct error gone cleanup_error = ERROR_INIT;
		dev_t dev;
		ino_t ino;

		if (kernel_netns_id(session->kernel, names.v[i], &dev, &ino, &gone) < 0)
			continue;
		for (size_t j = 0; j < servers->n; j++) {
			struct room_server *server = &servers->v[j];
			cleanup_free char *port = NULL;

			if (server->named || server->dev != dev || server->ino != ino)
				continue;
			server->named = true;
			if (j < from)
				continue;
			port = server->what;
			server->what = xasprintf("serve %s %s", names.v[i], port);
		}
	}
}

bool servers_may_end(const struct plan *plan)
{
	for (size_t i = 0; i < plan->ops.n; i++)
		if (plan->ops.v[i].kind == OP_NETNS_DEL)
			return true;
	return false;
}

void servers_before(struct session *session, room_server_list *servers)
{
	size_t jobs;

	if (!session->kernel)
		return;
	add_jobs(session, servers);
	jobs = servers->n;
	add_found(session, servers);
	find_names(session, servers, jobs);
	for (size_t i = servers->n; i-- > 0;)
		if (!servers->v[i].named)
			server_clear(servers, i);
}

/* Its number may be another process's by now, unless it is a child of this one. */
static bool is_there(const struct session *session, const struct room_server *server)
{
	char path[64];
	struct stat st;
	uint16_t port;

	for (size_t i = 0; i < session->jobs.n; i++)
		if (session->jobs.v[i].pid == server->pid)
			return true;
	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)server->pid);
	return serve_is_server(server->pid, session->lab != NULL, &port) &&
	       stat(path, &st) == 0 && st.st_dev == server->dev && st.st_ino == server->ino;
}

void servers_free(room_server_list *servers)
{
	while (servers->n > 0)
		server_clear(servers, servers->n - 1);
	vector_free(servers);
}

void servers_after(struct session *session, room_server_list *servers)
{
	find_names(session, servers, servers->n);
	for (size_t i = 0; i < servers->n; i++) {
		const struct room_server *server = &servers->v[i];
		cleanup_free char *seen = NULL;

		if (server->named || !is_there(session, server))
			continue;
		process_end(server->pid);
		session_forget_job(session, server->pid);
		seen = str_visible(server->what);
		session_note(session, "stopped %s", seen);
	}
	servers_free(servers);
}
