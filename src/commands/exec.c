/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/tables.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "commands/await.h"
#include "commands/exec.h"
#include "commands/names.h"
#include "commands/rooms.h"
#include "lab/exec.h"

/* Programs inside namespaces, with the names of the lab in their /etc/hosts. */

int exec_status(int status)
{
	if (WIFSIGNALED(status))
		return 128 + WTERMSIG(status);
	return WEXITSTATUS(status);
}

static int ended_by_signal(const struct session *session, const char *program, int number,
			   int word, struct error *err)
{
	/* The terminal has shown ^C or ^\ and left it at that. */
	if (session->interactive && (number == SIGINT || number == SIGQUIT))
		fputc('\n', stderr);
	return error_set(err, STATUS_FAILED, word, "%s was ended by signal %d", program, number);
}

char *exec_shell_line(const char *ns, const struct word *words, size_t count)
{
	cleanup_free char *line = words_line(words, count);
	bool typed = !strchr(line, '\'') && !strstr(line, " ...");

	return xasprintf("exec %s sh -c '%s'", ns, typed ? line : "...");
}

int exec_check_signs(const struct args *args, const char *ns, size_t first, struct error *err)
{
	cleanup_free char *line = NULL;

	for (size_t i = first + 1; i < args->word_count; i++) {
		if (!word_is_sign(&args->words[i]))
			continue;
		line = exec_shell_line(ns, args->words + first, args->word_count - first);
		error_set(err, STATUS_USAGE, (int)i,
			  "nsh has no pipes and redirections, and passes no %s on to %s",
			  args->words[i].text, args->words[first].text);
		return error_hint(err, "%s has a shell do it there; in quotes it is a word like any "
				       "other", line);
	}
	return 0;
}

int exec_words(struct session *session, const char *ns, const struct word *words,
	       size_t count, int word, struct error *err)
{
	cleanup_free char *hosts = NULL;
	VECTOR(char *) argv = { 0 };
	int status;
	pid_t pid;

	await_routers(session);
	hosts = rooms_hosts(session);
	for (size_t i = 0; i < count; i++)
		*vector_add(&argv) = words[i].text;
	*vector_add(&argv) = NULL;
	fflush(session->out);
	status = exec_start(session->kernel, ns, argv.v, hosts, true, &pid, err);
	vector_free(&argv);
	if (status < 0) {
		err->word = word;
		return -1;
	}
	status = exec_wait(pid);
	rooms_ran(session, ns);
	if (WIFSIGNALED(status))
		return ended_by_signal(session, words[0].text, WTERMSIG(status), word, err);
	if (WEXITSTATUS(status) == 0)
		return 0;
	return error_set(err, STATUS_FAILED, word, "%s ended with status %d", words[0].text,
			 WEXITSTATUS(status));
}

static int run(struct session *session, const struct args *args, struct error *err)
{
	const struct arg *ns = arg_get(args, "NS");
	int first = arg_get(args, "PROGRAM")->word;

	if (!world_ns(session->world, ns->text, 0, ns->word, err) ||
	    exec_check_signs(args, ns->text, (size_t)first, err) < 0)
		return -1;
	return exec_words(session, ns->text, args->words + first,
			  args->word_count - (size_t)first, first, err);
}

const struct command commands_exec[] = {
	{
		.grammar = "exec NS PROGRAM [ARG...]",
		.help = "run a program inside a namespace",
		.example = "exec red true",
		.setup = "ns add red",
		.run = run,
		.flags = COMMAND_FORGETS,
	},
	{ 0 },
};
