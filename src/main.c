/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/interrupt.h"
#include "base/style.h"
#include "commands/exec.h"
#include "commands/rooms.h"
#include "lab/exec.h"
#include "lab/lab.h"
#include "lab/sandbox.h"
#include "shell/builtins.h"
#include "shell/complete_args.h"
#include "shell/prompt.h"
#include "shell/script.h"

/* Arguments, where nsh acts, and what it ends with. */

struct options {
	bool words;	/* the only one of COMMANDS came as words of its own */
	bool only_labs; /* the words are about named labs, not about what is in one */
	const char *lab; /* --lab */
	bool sandbox, host, dry_run, keep_going, json, quiet, tap;
	int verbose;
	struct strings commands; /* -c */
	VECTOR(char *) files;
	char **program; /* behind "--"; NULL: none */
	char **complete; /* behind --complete INDEX */
	int complete_index, complete_count;
};

static const char usage[] =
	"usage: nsh [OPTION...] [FILE...] [-- PROGRAM ARG...]\n"
	"       nsh [OPTION...] -c COMMANDS [-c COMMANDS]...\n"
	"       nsh [OPTION...] WORD...\n"
	"\n"
	"A shell for Linux network namespaces. Without FILE or -c it reads commands from\n"
	"the terminal; FILE may be - for standard input. With -- it builds the lab, runs\n"
	"PROGRAM in it, tears the lab down and ends with PROGRAM's status. WORDs that are a\n"
	"command (and no FILE) are done as one.\n"
	"\n"
	"  -c COMMANDS     do these commands, separated by ; or newlines\n"
	"  -S, --sandbox   work in a private sandbox, gone when nsh ends (as an ordinary\n"
	"                  user nsh always does)\n"
	"      --host      work on the machine itself (root always does)\n"
	"  -l, --lab NAME  work in the named lab, made if need be, which stays until\n"
	"                  \"nsh lab del NAME\"\n"
	"  -n              parse and plan only: print the ip and nft lines that do the same\n"
	"  -k              keep going after a failure, and keep what was done\n"
	"      --json      print answers as JSON\n"
	"      --tap       print expectations as TAP\n"
	"  -q              no notes\n"
	"  -v              print the ip and nft lines that do the same before each command\n"
	"  -vv             and the netlink messages as they are sent\n"
	"  -h, --help      print this\n"
	"      --version   print nsh's version\n"
	"\n"
	"Exit status: 0 done; 1 a command failed; 2 a line could not be understood; 3 an\n"
	"expectation did not hold; 4 this kernel or machine cannot do it.\n"
	"\"nsh -c help\" lists the commands; nsh(1) tells all of it.\n";

enum long_option { OPTION_HOST = 256, OPTION_JSON, OPTION_TAP, OPTION_VERSION,
		   OPTION_COMPLETE, OPTION_MAN, OPTION_EXAMPLES };

static const struct option long_options[] = {
	{ "sandbox", no_argument, NULL, 'S' },
	{ "host", no_argument, NULL, OPTION_HOST },
	{ "lab", required_argument, NULL, 'l' },
	{ "json", no_argument, NULL, OPTION_JSON },
	{ "tap", no_argument, NULL, OPTION_TAP },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ "complete", required_argument, NULL, OPTION_COMPLETE }, /* for completions/ */
	{ "man-commands", no_argument, NULL, OPTION_MAN },	  /* for doc/nsh.1 */
	{ "examples", no_argument, NULL, OPTION_EXAMPLES },	  /* for tests */
	{ 0 },
};

/* The words as one line that means them. */
static char *join_words(char *const *words, int count)
{
	struct buf line cleanup_buf = { 0 };

	for (int i = 0; i < count; i++)
		line_add_word(&line, words[i], false);
	return buf_steal(&line);
}

/*
 * As getopt_long(), with options and files in any order, up to "--" and its program or to a word
 * that begins a command: what follows that is the command's, options and all.
 */
static int next_option(int argc, char **argv, struct options *o)
{
	for (;;) {
		int at = optind;
		int option = getopt_long(argc, argv, "+c:l:Snkqvh", long_options, NULL);

		if (option != -1)
			return option;
		if (at < argc && strcmp(argv[at], "--") == 0) {
			o->program = argv + optind;
			return -1;
		}
		if (optind >= argc)
			return -1;
		if (o->files.n == 0 && begins_command(argv[optind])) {
			o->words = true;
			o->only_labs = strcmp(argv[optind], "lab") == 0;
			strings_take(&o->commands, join_words(argv + optind, argc - optind));
			return -1;
		}
		*vector_add(&o->files) = argv[optind++];
	}
}

/* Returns -1 to go on, or the status to end with. */
static int read_options(int argc, char **argv, struct options *o)
{
	int option;

	while ((option = next_option(argc, argv, o)) != -1) {
		switch (option) {
		case 'l':
			o->lab = optarg;
			break;
		case 'c':
			strings_add(&o->commands, optarg);
			break;
		case 'S':
			o->sandbox = true;
			break;
		case 'n':
			o->dry_run = true;
			break;
		case 'k':
			o->keep_going = true;
			break;
		case 'q':
			o->quiet = true;
			break;
		case 'v':
			o->verbose++;
			break;
		case OPTION_HOST:
			o->host = true;
			break;
		case OPTION_JSON:
			o->json = true;
			break;
		case OPTION_TAP:
			o->tap = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return STATUS_OK;
		case OPTION_VERSION:
			puts(PACKAGE_STRING);
			return STATUS_OK;
		case OPTION_MAN:
			help_print_man(stdout);
			return STATUS_OK;
		case OPTION_EXAMPLES:
			help_print_examples(stdout);
			return STATUS_OK;
		case OPTION_COMPLETE:
			o->complete = argv + optind;
			o->complete_count = argc - optind;
			o->complete_index = atoi(optarg);
			o->lab = complete_lab_named(o->complete_index, o->complete,
						    o->complete_count);
			return -1;
		default:
			fputs("nsh: \"nsh --help\" tells how it is used\n", stderr);
			return STATUS_USAGE;
		}
	}
	if ((o->sandbox && o->host) || (o->lab && (o->sandbox || o->host))) {
		fputs("nsh: --sandbox, --host and --lab exclude one another\n", stderr);
		return STATUS_USAGE;
	}
	if (o->program && !*o->program) {
		fputs("nsh: a program is missing behind --\n", stderr);
		return STATUS_USAGE;
	}
	if (o->commands.n > (o->words ? 1 : 0) && (o->files.n > 0 || o->words)) {
		fputs("nsh: -c and FILE exclude each other\n", stderr);
		return STATUS_USAGE;
	}
	return -1;
}

/* Whether what is to run asks for a sandbox itself. */
static bool wants_sandbox(const struct options *o)
{
	if (o->commands.n > 0)
		return script_wants_sandbox(o->commands.v[0], strlen(o->commands.v[0]));
	if (o->files.n == 0)
		return !isatty(STDIN_FILENO) && !o->program && script_stdin_wants_sandbox();
	if (strcmp(o->files.v[0], "-") == 0)
		return script_stdin_wants_sandbox();
	return script_file_wants_sandbox(o->files.v[0]);
}

/* Goes into the named lab. A dry run, or completion, makes none: a model of a new one does. */
static int settle_in_lab(const struct options *o, struct session *session, struct error *err)
{
	bool make = !o->dry_run && !o->complete, made = false;

	session->sandbox = true;
	if (lab_enter(o->lab, make, &made, err) < 0) {
		if (make || err->number != ENOENT)
			return -1;
		error_clear(err);
		return 0;
	}
	session->lab = xstrdup(o->lab);
	if (made && !o->quiet)
		fprintf(stderr, "nsh: made lab %s, which stays until \"nsh lab del %s\"\n",
			o->lab, o->lab);
	session->kernel = kernel_open(err);
	if (!session->kernel)
		return -1;
	kernel_set_sandbox(session->kernel, true);
	kernel_set_lasting(session->kernel, true);
	return 0;
}

/* Decides where nsh acts, and goes there. */
static int settle(const struct options *o, struct session *session, struct error *err)
{
	bool allowed = machine_allowed();

	lab_remember();
	if (o->lab)
		return settle_in_lab(o, session, err);
	if (o->host && !allowed) {
		error_set(err, STATUS_UNSUPPORTED, -1,
			  "--host: working on the machine itself takes root (CAP_NET_ADMIN and "
			  "CAP_SYS_ADMIN)");
		return error_hint(err, "without --host nsh works in a private sandbox");
	}
	session->sandbox = o->sandbox || (!allowed && !o->only_labs) ||
			   (!o->host && wants_sandbox(o));
	if (o->dry_run && session->sandbox)
		return 0; /* a new sandbox is empty: a model of it does */
	if (session->sandbox) {
		if (sandbox_enter(err) < 0)
			return -1;
		if (!allowed && !o->sandbox && !o->quiet && !o->complete)
			print_wrapped(stderr, "nsh: this is a private sandbox, gone when nsh ends; "
					      "root works on the machine itself", 2);
	}
	session->kernel = kernel_open(err);
	if (!session->kernel)
		return -1;
	kernel_set_sandbox(session->kernel, session->sandbox);
	return 0;
}

static enum status run_all(const struct options *o, struct session *session)
{
	enum status status = STATUS_OK, one;

	for (size_t i = 0; i < o->commands.n && !session->quit; i++) {
		struct source source = { .text = o->commands.v[i], .first_line = 1 };

		source.length = strlen(source.text);
		session->last_source = i + 1 == o->commands.n && o->files.n == 0 && !o->program;
		one = script_run(session, &source);
		status = status == STATUS_OK ? one : status;
		if (one != STATUS_OK && !o->keep_going)
			return status;
	}
	for (size_t i = 0; i < o->files.n && !session->quit; i++) {
		/* Of standard input nobody knows which line is the last. */
		session->last_source = i + 1 == o->files.n && !o->program &&
				       strcmp(o->files.v[i], "-") != 0;
		one = script_run_file(session, o->files.v[i]);
		status = status == STATUS_OK ? one : status;
		if (one != STATUS_OK && !o->keep_going)
			return status;
	}
	return status;
}

/* The program in the finished lab; then the lab is torn down. */
static int run_program(const struct options *o, struct session *session)
{
	struct error err cleanup_error = ERROR_INIT;
	cleanup_free char *hosts = NULL;
	int status;
	pid_t pid;

	hosts = rooms_hosts(session);
	fflush(stdout);
	if (exec_start(session->kernel, HOST, o->program, hosts, true, &pid, &err) < 0) {
		print_error(NULL, NULL, 0, &err);
		status = 127;
	} else {
		status = exec_status(exec_wait(pid));
	}
	error_clear(&err);
	if (!session->lab)
		session_stop_jobs(session, 0, NULL);
	if (!session->sandbox && !o->keep_going &&
	    journal_undo(&session->journal, session->world, session->journal.entries.n, NULL,
			 &err) < 0)
		fprintf(stderr, "nsh: not all could be torn down: %s\n", err.message);
	return status;
}

static int run(const struct options *o, struct session *session)
{
	int status;

	if (o->complete) {
		complete_for_shell(session, o->complete_index, o->complete, o->complete_count);
		return STATUS_OK;
	}
	if (o->commands.n == 0 && o->files.n == 0 && !o->program) {
		if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
			return prompt_run(session);
		status = (int)script_run_file(session, "-");
	} else {
		status = (int)run_all(o, session);
	}
	if (status == STATUS_OK && o->program && !o->dry_run)
		status = run_program(o, session);
	expect_end(session);
	return terminated ? 128 + terminated : status;
}

int main(int argc, char **argv)
{
	struct error err cleanup_error = ERROR_INIT;
	struct options options = { 0 };
	static struct session session;
	int status = read_options(argc, argv, &options);

	if (status >= 0) {
		strings_free(&options.commands);
		vector_free(&options.files);
		return status;
	}
	session_init(&session);
	session.dry_run = options.dry_run;
	session.keep_going = options.keep_going;
	session.quiet = options.quiet;
	session.verbose = options.verbose;
	session.tap = options.tap;
	if (session.verbose > 1)
		nlsock_trace(stderr);
	session.format = options.json ? FORMAT_JSON : FORMAT_TEXT;
	signal(SIGPIPE, SIG_IGN);
	if (settle(&options, &session, &err) < 0) {
		print_error(NULL, NULL, 0, &err);
		status = err.status;
	} else {
		interrupt_setup();
		session.world = world_new(session.kernel);
		if (session.dry_run)
			world_simulate(session.world, true);
		status = run(&options, &session);
	}
	session_end(&session);
	strings_free(&options.commands);
	vector_free(&options.files);
	if ((fflush(stdout) != 0 || ferror(stdout)) && status == STATUS_OK) {
		if (errno != EPIPE)
			fprintf(stderr, "nsh: cannot write the answer: %s\n", strerror(errno));
		status = STATUS_FAILED;
	}
	return status;
}
