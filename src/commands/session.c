/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/session.h"

#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/style.h"
#include "base/table.h"
#include "lab/servers.h"
#include "commands/record.h"
#include "commands/rooms.h"

void session_init(struct session *session)
{
	*session = (struct session){ 0 };
	session->ns = xstrdup(HOST);
	session->out = stdout;
	session->root = geteuid() == 0;
}

static void job_clear(struct job *job)
{
	free(job->what);
	free(job->line);
	free(job->ns);
}

static void jobs_clear(job_list *jobs)
{
	for (size_t i = 0; i < jobs->n; i++)
		job_clear(&jobs->v[i]);
	jobs->n = 0;
}

void session_end(struct session *session)
{
	record_stop(session);
	if (!session->lab)
		session_stop_jobs(session, 0, NULL);
}

void session_free(struct session *session)
{
	session_end(session);
	jobs_clear(&session->jobs);
	jobs_clear(&session->lab_jobs);
	vector_free(&session->jobs);
	vector_free(&session->lab_jobs);
	free(session->lab);
	for (size_t i = 0; i < session->variables.n; i++) {
		free(session->variables.v[i].name);
		free(session->variables.v[i].value);
	}
	vector_free(&session->variables);
	session_forget_words(session);
	strings_free(&session->words_told);
	rooms_free(session->rooms);
	journal_free(&session->journal);
	world_free(session->world);
	if (session->kernel)
		kernel_close(session->kernel);
	free(session->ns);
}

struct view session_view(const struct session *session)
{
	return (struct view){
		.kernel = session->kernel,
		.world = session->world,
		.out = session->out,
		.json = session->format == FORMAT_JSON,
		.notes = !session->quiet,
		.sandbox = session->sandbox,
	};
}

void session_note(struct session *session, const char *format, ...)
{
	cleanup_free char *text = NULL;
	va_list ap;

	if (session->quiet)
		return;
	fflush(session->out);
	va_start(ap, format);
	text = xvasprintf(format, ap);
	va_end(ap);
	print_wrapped(stderr, text, 2);
}

void session_note_all(struct session *session, const struct strings *notes)
{
	for (size_t i = 0; i < notes->n; i++)
		session_note(session, "%s", notes->v[i]);
}

void session_forget_words(struct session *session)
{
	free(session->words);
	free(session->words_key);
	session->words = session->words_key = NULL;
}

void session_tell_words(struct session *session)
{
	if (session->words && !strings_has(&session->words_told, session->words_key)) {
		cleanup_free char *seen = str_visible(session->words);

		session_note(session, "in nsh's words: %s", seen);
		strings_add(&session->words_told, session->words_key);
	}
	session_forget_words(session);
}

void session_print(struct session *session, struct table *table)
{
	table_print(table, session->format == FORMAT_JSON, session->out);
	table_free(table);
}

void session_print_all(struct session *session, struct table *const *tables, size_t count)
{
	tables_print(tables, count, session->format == FORMAT_JSON, session->out);
	for (size_t i = 0; i < count; i++)
		table_free(tables[i]);
}

const char *session_variable(const struct session *session, const char *name)
{
	for (size_t i = 0; i < session->variables.n; i++)
		if (strcmp(session->variables.v[i].name, name) == 0)
			return session->variables.v[i].value;
	return NULL;
}

void session_set_variable(struct session *session, const char *name, const char *value)
{
	struct variable *variable;

	for (size_t i = 0; i < session->variables.n; i++) {
		if (strcmp(session->variables.v[i].name, name) != 0)
			continue;
		free(session->variables.v[i].value);
		session->variables.v[i].value = xstrdup(value);
		return;
	}
	variable = vector_add(&session->variables);
	variable->name = xstrdup(name);
	variable->value = xstrdup(value);
}

void session_reap_jobs(struct session *session, bool say)
{
	for (size_t i = session->jobs.n; i-- > 0;) {
		struct job *job = &session->jobs.v[i];

		if (waitpid(job->pid, NULL, WNOHANG) != job->pid)
			continue;
		if (say)
			session_note(session, "[%u] %s has ended", job->number, job->what);
		job_clear(job);
		vector_remove(&session->jobs, i);
	}
}

void session_forget_job(struct session *session, pid_t pid)
{
	for (size_t i = session->jobs.n; i-- > 0;) {
		if (session->jobs.v[i].pid != pid)
			continue;
		job_clear(&session->jobs.v[i]);
		vector_remove(&session->jobs, i);
	}
}

/* The namespace of a server, where it still has a name. */
static const char *server_ns(struct session *session, const struct strings *names,
			     const struct server_found *server)
{
	for (size_t i = 0; i <= names->n; i++) {
		struct error ignored cleanup_error = ERROR_INIT;
		const char *name = i < names->n ? names->v[i] : HOST;
		dev_t dev;
		ino_t ino;

		if (kernel_netns_id(session->kernel, name, &dev, &ino, &ignored) == 0 &&
		    dev == server->dev && ino == server->ino)
			return name;
	}
	return NULL;
}

const job_list *session_jobs(struct session *session)
{
	struct error ignored cleanup_error = ERROR_INIT;
	struct strings names cleanup_strings = { 0 };
	server_found_list servers = { 0 };

	session_reap_jobs(session, false);
	if (!session->lab || !session->kernel || !servers_find(&servers))
		return &session->jobs;
	kernel_netns_names(session->kernel, &names, &ignored);
	jobs_clear(&session->lab_jobs);
	for (size_t i = 0; i < servers.n; i++) {
		const char *ns = server_ns(session, &names, &servers.v[i]);
		struct job *job = vector_add(&session->lab_jobs);

		job->number = (unsigned)servers.v[i].pid;
		job->pid = servers.v[i].pid;
		job->ns = xstrdup(ns ? ns : "");
		job->what = xasprintf("serve %s %u", ns ? ns : "?", servers.v[i].port);
	}
	vector_free(&servers);
	return &session->lab_jobs;
}

static bool is_meant(const struct job *job, unsigned number, const char *ns)
{
	return (!number || job->number == number) && (!ns || strcmp(job->ns, ns) == 0);
}

size_t session_stop_jobs(struct session *session, unsigned number, const char *ns)
{
	const job_list *found;
	size_t stopped = 0;

	for (size_t i = session->jobs.n; i-- > 0;) {
		struct job *job = &session->jobs.v[i];

		if (!is_meant(job, number, ns))
			continue;
		process_end(job->pid);
		job_clear(job);
		vector_remove(&session->jobs, i);
		stopped++;
	}
	/* Those that other shells of the lab have started. */
	found = session->lab ? session_jobs(session) : NULL;
	for (size_t i = 0; found && i < found->n; i++) {
		if (!is_meant(&found->v[i], number, ns))
			continue;
		process_end(found->v[i].pid);
		stopped++;
	}
	return stopped;
}
