/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/tables.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/interrupt.h"
#include "commands/names.h"
#include "shell/builtins.h"
#include "shell/script.h"
#include "view/sniff.h"
#include "view/trace.h"
#include "view/watch.h"

/* Looking at what passes and what happens: sniff, trace, watch. */

#define LINGER 100 /* ms in which packets that a line has caused may still come */

static int add_end(struct session *session, const struct arg *arg, struct sniff_options *options,
		   struct error *err)
{
	struct sniff_end *end;
	struct link *link = NULL;
	struct ns *ns;

	if (!strchr(arg->text, ':') && world_has_ns(session->world, arg->text))
		ns = world_ns(session->world, arg->text, 0, arg->word, err);
	else if (name_end(session, arg, 0, &ns, &link, err) < 0)
		return -1;
	if (!ns)
		return -1;
	end = vector_add(&options->ends);
	end->ns = xstrdup(ns->name);
	if (link)
		str_copy(end->link, sizeof(end->link), link->name);
	return 0;
}

static int read_ends(struct session *session, const struct args *args,
		     struct sniff_options *options, struct error *err)
{
	const struct arg *arg;

	for (size_t i = 0; (arg = arg_nth(args, "END", i)); i++)
		if (add_end(session, arg, options, err) < 0)
			return -1;
	/* "in red sniff" means red. */
	if (options->ends.n == 0 && strcmp(session->ns, HOST) != 0) {
		struct sniff_end *end = vector_add(&options->ends);

		end->ns = xstrdup(session->ns);
	}
	return 0;
}

/* FILTER holds the text of the filter, as OPTIONS borrows it. */
static int read_options(struct session *session, const struct args *args,
			struct sniff_options *options, struct buf *filter, struct error *err)
{
	const struct arg *file = arg_get(args, "FILE"), *arg;

	for (size_t i = 0; (arg = arg_nth(args, "TEXT", i)); i++) {
		if (i == 0)
			options->filter_word = arg->word;
		buf_addf(filter, "%s%s", i ? " " : "", arg->text);
	}
	if (filter->length > 0)
		options->filter = buf_str(filter);
	if (arg_get(args, "N"))
		options->count = arg_number(arg_get(args, "N"));
	if (arg_get(args, "DURATION"))
		options->ms = duration_ms(arg_text(args, "DURATION"));
	if (options->ms == 0 && arg_get(args, "DURATION"))
		options->ms = 1;
	if (file) {
		options->file = file->text;
		options->file_word = file->word;
	}
	return read_ends(session, args, options, err);
}

static int sniff(struct session *session, const struct args *args, struct error *err)
{
	struct sniff_options options cleanup_sniff = SNIFF_INIT;
	const struct view view = session_view(session);
	struct buf filter cleanup_buf = { 0 };

	if (read_options(session, args, &options, &filter, err) < 0)
		return -1;
	return sniff_run(&view, &options, err);
}

/* --- sniff while a line runs --- */

/* A process that sniffs: it tells a zero byte when it is ready, and what goes wrong as text. */
struct sniffer {
	pid_t pid;
	int stop;   /* closed, it ends */
	int tells;
	int answer; /* where its lines are, where nobody else can see them; -1: they are out */
};

static void be_sniffer(const struct session *session, const struct sniff_options *options,
		       int out)
{
	struct error err = ERROR_INIT;
	struct view own = session_view(session);
	FILE *to = out >= 0 ? fdopen(out, "w") : session->out;

	/* Ctrl-C is for the line; this one ends when that does. */
	signal(SIGINT, SIG_IGN);
	own.out = to ? to : stdout;
	/* Its netlink sockets are its own, so that no answers get mixed up. */
	own.kernel = kernel_open(&err);
	if (!own.kernel || sniff_run(&own, options, &err) < 0) {
		const char *text = err.message ? err.message : "it failed";

		if (write(options->ready_fd, text, strlen(text)) < 0)
			_exit(2);
		_exit(1);
	}
	fflush(own.out);
	_exit(0);
}

/* All that there is to read, up to the end. */
static void read_rest(int fd, struct buf *text)
{
	char bytes[4096];
	ssize_t got;

	while ((got = read(fd, bytes, sizeof(bytes))) > 0 || (got < 0 && errno == EINTR))
		if (got > 0)
			buf_addn(text, bytes, (size_t)got);
}

static int start_sniffer(struct session *session, struct sniff_options *options,
			 struct sniffer *sniffer, struct error *err)
{
	int stop[2], tells[2], answer = -1;

	fflush(NULL);
	if (fileno(session->out) < 0)
		answer = memfd_create("nsh-sniff", MFD_CLOEXEC);
	if (pipe2(stop, O_CLOEXEC) < 0)
		return error_errno(err, STATUS_FAILED, -1, errno, "cannot sniff");
	if (pipe2(tells, O_CLOEXEC) < 0) {
		close(stop[0]);
		close(stop[1]);
		return error_errno(err, STATUS_FAILED, -1, errno, "cannot sniff");
	}
	options->stop_fd = stop[0];
	options->ready_fd = tells[1];
	sniffer->pid = fork();
	if (sniffer->pid == 0) {
		close(stop[1]);
		close(tells[0]);
		be_sniffer(session, options, answer);
	}
	close(stop[0]);
	close(tells[1]);
	sniffer->stop = stop[1];
	sniffer->tells = tells[0];
	sniffer->answer = answer;
	return sniffer->pid < 0 ?
		       error_errno(err, STATUS_FAILED, -1, errno, "cannot sniff") : 0;
}

/* Ends it and takes over what it has to say. */
static int end_sniffer(struct session *session, struct sniffer *sniffer, struct error *err)
{
	struct buf text cleanup_buf = { 0 }, lines cleanup_buf = { 0 };
	int status = 0;

	close(sniffer->stop);
	read_rest(sniffer->tells, &text);
	close(sniffer->tells);
	while (sniffer->pid > 0 && waitpid(sniffer->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (sniffer->answer >= 0) {
		lseek(sniffer->answer, 0, SEEK_SET);
		read_rest(sniffer->answer, &lines);
		close(sniffer->answer);
		fputs(buf_str(&lines), session->out);
	}
	if (error_is_set(err) || (text.length == 0 && status == 0))
		return 0;
	return error_set(err, STATUS_FAILED, -1, "%s",
			 text.length ? buf_str(&text) : "cannot sniff");
}

static int sniff_while(struct session *session, const struct args *args, struct error *err)
{
	struct sniff_options options cleanup_sniff = SNIFF_INIT;
	struct buf filter cleanup_buf = { 0 };
	struct sniffer sniffer = { .stop = -1, .tells = -1, .answer = -1 };
	int result = 0, ready;
	char byte = '\0';

	if (session->dry_run)
		return run_line_of(session, args, err);
	if (read_options(session, args, &options, &filter, err) < 0 ||
	    start_sniffer(session, &options, &sniffer, err) < 0)
		return -1;
	do
		ready = (int)read(sniffer.tells, &byte, 1);
	while (ready < 0 && errno == EINTR);
	if (ready == 1 && byte == '\0') {
		session->unpaged = true;
		result = run_line_of(session, args, err);
		session->unpaged = false;
		if (!interrupted)
			interrupt_poll(NULL, 0, LINGER);
	}
	/* An error's first letter has been read already. */
	if (end_sniffer(session, &sniffer, err) < 0) {
		result = -1;
		if (byte)
			error_prefix(err, "%c", byte);
	}
	return result;
}

/* --- trace --- */

static int trace(struct session *session, const struct args *args, struct error *err)
{
	const struct arg *from = arg_get(args, "FROM"), *to = arg_get(args, "TO");
	const struct view view = session_view(session);
	struct trace_options options = {
		.from = from->text,
		.protocol = IPPROTO_ICMP,
		.word = to->word,
		.asked = to->text,
	};

	if (!world_ns(session->world, from->text, 0, from->word, err) ||
	    name_address(session, to, from->text, 0, &options.to, err) < 0)
		return -1;
	name_note_own(session, to->text, from->text, &options.to);
	if (arg_get(args, "PORT")) {
		options.protocol = arg_has(args, "udp") ? IPPROTO_UDP : IPPROTO_TCP;
		options.port = (uint16_t)arg_number(arg_get(args, "PORT"));
	}
	return trace_run(&view, &options, err);
}

/* --- watch --- */

static int watch(struct session *session, const struct args *args, struct error *err)
{
	const struct arg *count = arg_get(args, "N");
	const char *duration = arg_text(args, "DURATION");
	const struct view view = session_view(session);
	struct strings only cleanup_strings = { 0 };
	const struct arg *ns;
	long long ms = duration ? duration_ms(duration) : 0;

	for (size_t i = 0; (ns = arg_nth(args, "NS", i)); i++) {
		if (!world_ns(session->world, ns->text, 0, ns->word, err))
			return -1;
		strings_add(&only, ns->text);
	}
	if (only.n == 0 && strcmp(session->ns, HOST) != 0)
		strings_add(&only, session->ns);
	return watch_run(&view, only.n ? &only : NULL, duration && ms == 0 ? 1 : ms,
			 count ? arg_number(count) : 0, err);
}

static int watch_on(struct session *session, const struct args *args, struct error *err)
{
	(void)args;
	if (!session->interactive) {
		error_set(err, STATUS_FAILED, -1, "\"watch on\" is for the prompt");
		return error_hint(err, "\"watch\" alone tells until Ctrl-C, \"watch for 10s\" "
				       "for a time");
	}
	if (!session->watch)
		session->watch = watch_new(session->kernel, NULL, err);
	return session->watch ? 0 : -1;
}

static int watch_off(struct session *session, const struct args *args, struct error *err)
{
	(void)args;
	(void)err;
	watch_free(session->watch);
	session->watch = NULL;
	return 0;
}

const struct command commands_look[] = {
	{
		.grammar = "sniff [END...] [count N] [for DURATION] [to FILE] [filter TEXT...]",
		.about = "show packets as they pass, for a time or while a line is done",
		.help = "show packets as they pass, and keep them in a file",
		.example = "sniff red for 100ms",
		.setup = "ns add red",
		.run = sniff,
		.flags = COMMAND_LOOKS | COMMAND_LIVE,
	},
	{
		.grammar = "sniff [END...] [to FILE] [filter TEXT...] while LINE",
		.help = "show the packets that pass while a line runs",
		.example = "sniff red while ping red blue count 1",
		.setup = "ns add red blue; cable red blue addr 192.168.15.1/24 192.168.15.2/24",
		.run = sniff_while,
		.flags = COMMAND_SHELL,
	},
	{
		.grammar = "trace FROM TO [tcp PORT|udp PORT]",
		.help = "send one packet, and tell of every interface that sees it or its answer",
		.example = "trace red blue",
		.setup = "ns add red blue; cable red blue addr 192.168.15.1/24 192.168.15.2/24",
		.run = trace,
		.flags = COMMAND_LOOKS,
	},
	{
		.grammar = "watch [NS...] [count N] [for DURATION]",
		.about = "tell what happens in the namespaces, as it happens or above the prompt",
		.help = "tell what happens in the namespaces, as it happens",
		.example = "watch for 100ms",
		.run = watch,
		.flags = COMMAND_LOOKS | COMMAND_LIVE,
	},
	{
		.grammar = "watch on",
		.help = "tell what happens above the line that is being typed",
		.example = "watch on",
		.run = watch_on,
		.flags = COMMAND_LOOKS | COMMAND_ROOM,
	},
	{
		.grammar = "watch off",
		.help = "stop telling what happens",
		.example = "watch off",
		.run = watch_off,
		.flags = COMMAND_LOOKS,
	},
	{ 0 },
};
