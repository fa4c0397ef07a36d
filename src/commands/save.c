/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/save.h"

#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "commands/tables.h"
#include "plan/save.h"

/* What there is, as a script that makes it again. */

/* The line by which nsh knows a file that it may write over. */
#define MARK "# Saved by nsh."

static void add_head(const struct session *session, bool shell, struct buf *text)
{
	buf_add(text, shell ? "#!/bin/sh -e\n" : "#!/usr/bin/env nsh\n");
	buf_add(text, MARK);
	if (shell && session->sandbox)
		buf_add(text,
			" For root, in namespaces of its own: unshare -nm sh -e FILE\n");
	else if (shell)
		buf_add(text, " For root: it needs ip(8), nft(8) and sysctl(8).\n");
	else
		buf_add(text, " \"nsh FILE\" makes it again.\n");
	if (!shell && session->sandbox)
		buf_add(text, "sandbox\n");
}

static void add_left_out(struct session *session, const struct strings *left_out,
			 struct buf *text)
{
	if (left_out->n == 0)
		return;
	buf_add(text, "\n# not in here:\n");
	for (size_t i = 0; i < left_out->n; i++) {
		buf_addf(text, "#   %s\n", left_out->v[i]);
		session_note(session, "not saved: %s", left_out->v[i]);
	}
}

/* The line that starts a server again; NULL: what it was told is not known here. */
static const char *line_of_job(const struct session *session, const struct job *job)
{
	for (size_t i = 0; i < session->jobs.n; i++)
		if (session->jobs.v[i].pid == job->pid)
			return session->jobs.v[i].line;
	return NULL;
}

/* Whether the lines make the namespace, or have it. */
static bool makes_ns(const struct plan *plan, const char *ns)
{
	if (strcmp(ns, HOST) == 0)
		return true;
	for (size_t i = 0; i < plan->ops.n; i++)
		if ((plan->ops.v[i].kind == OP_NETNS_ADD || plan->ops.v[i].kind == OP_NETNS_ADOPT) &&
		    strcmp(plan->ops.v[i].ns, ns) == 0)
			return true;
	return false;
}

/* Adds the lines of the servers that run to LINES, and those that have none to LEFT_OUT. */
static void find_servers(struct session *session, const struct plan *plan, bool shell,
			 struct strings *lines, struct strings *left_out)
{
	const job_list *jobs = session_jobs(session);

	for (size_t i = 0; i < jobs->n; i++) {
		const struct job *job = &jobs->v[i];
		const char *line = line_of_job(session, job);

		if (!world_has_ns(session->world, job->ns))
			continue;
		if (!makes_ns(plan, job->ns))
			strings_take(left_out, xasprintf("%s: %s is not in here", job->what,
							 job->ns));
		else if (line && !shell)
			strings_add(lines, line);
		else if (shell)
			strings_take(left_out, xasprintf("%s: the server is nsh's own",
							 job->what));
		else
			strings_take(left_out,
				     xasprintf("%s: another shell has started it, with a text "
					       "that is not known here", job->what));
	}
}

static void add_servers(const struct strings *lines, struct buf *text)
{
	if (lines->n > 0)
		buf_add(text, "\n# servers\n");
	for (size_t i = 0; i < lines->n; i++)
		buf_addf(text, "%s\n", lines->v[i]);
}

/* *EMPTY: there is nothing that it makes. */
static int make_text(struct session *session, bool shell, struct buf *text, bool *empty,
		     struct error *err)
{
	struct strings left_out cleanup_strings = { 0 }, servers cleanup_strings = { 0 };
	struct plan plan cleanup_plan = PLAN_INIT;

	if (save_plan(session->world, session->sandbox, &plan, &left_out, err) < 0)
		return -1;
	find_servers(session, &plan, shell, &servers, &left_out);
	*empty = plan.ops.n == 0 && servers.n == 0;
	add_head(session, shell, text);
	if (shell)
		save_shell(&plan, text);
	else
		save_words(session, &plan, text);
	add_servers(&servers, text);
	add_left_out(session, &left_out, text);
	return 0;
}

/* --- the file --- */

/* In its first line or the second: a shell's script begins with the name of the shell. */
static bool is_saved(const char *head, size_t length)
{
	const char *next = memchr(head, '\n', length);

	return str_starts(head, MARK) || (next && str_starts(next + 1, MARK));
}

/* Whether NAME is a file that "save" wrote when there was something to save. */
static bool holds_lab(const char *name)
{
	cleanup_file FILE *file = NULL;
	bool saved = false;
	struct stat status;
	char line[1024];

	/* A pipe would be waited for. */
	if (stat(name, &status) == 0 && S_ISREG(status.st_mode))
		file = fopen(name, "re");
	while (file && fgets(line, sizeof(line), file)) {
		saved |= str_starts(line, MARK);
		if (!strchr("#\n", line[0]) && strcmp(line, "sandbox\n") != 0)
			return saved;
	}
	return false;
}

static int save(struct session *session, const struct args *args, struct error *err)
{
	const struct arg *file = arg_get(args, "FILE");
	struct buf text cleanup_buf = { 0 };
	bool shell = arg_has(args, "sh"), empty, held;

	if (make_text(session, shell, &text, &empty, err) < 0)
		return -1;
	if (file) {
		held = empty && holds_lab(file->text);
		if (file_write(file->text, file->word, buf_str(&text), text.length,
			       shell ? 0777 : 0666, is_saved, err) < 0)
			return -1;
		if (empty)
			session_note(session, "nothing to save: %s makes no lab%s", file->text,
				     held ? " any more" : "");
		return 0;
	}
	fputs(buf_str(&text), session->out);
	return 0;
}

const struct command commands_save[] = {
	{
		.grammar = "save [as (nsh|sh)]",
		.about = "print or keep the lab as it is, as a script of nsh's or of a shell's",
		.help = "print the lab as it is, as a script of nsh's or of a shell's",
		.example = "save as sh",
		.setup = "ns add red blue; cable red blue addr 192.168.15.1/24 "
			 "192.168.15.2/24",
		.run = save,
		.flags = COMMAND_LOOKS,
	},
	{
		.grammar = "save FILE [as (nsh|sh)]",
		.help = "keep the lab as it is in a file, as a script that makes it "
			"again",
		.example = "save /dev/null",
		.setup = "ns add red; bridge v-net-0 attach red addr 192.168.15.1/24",
		.run = save,
		.flags = COMMAND_LOOKS,
	},
	{ 0 },
};
