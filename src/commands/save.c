/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/save.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/descriptors.h"
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

static int make_text(struct session *session, bool shell, struct buf *text,
		     struct error *err)
{
	struct strings left_out cleanup_strings = { 0 };
	struct plan plan cleanup_plan = PLAN_INIT;

	if (save_plan(session->world, session->sandbox, &plan, &left_out, err) < 0)
		return -1;
	add_head(session, shell, text);
	if (shell)
		save_shell(&plan, text);
	else
		save_words(session, &plan, text);
	add_left_out(session, &left_out, text);
	return 0;
}

/* --- the file --- */

/* Whether FILE was written by "save", so that nobody's work is lost with it. */
static bool is_saved(const char *name)
{
	cleanup_file FILE *file = fopen(name, "re");
	char line[128];

	for (int i = 0; file && i < 2 && fgets(line, sizeof(line), file); i++)
		if (str_starts(line, MARK))
			return true;
	return false;
}

static bool may_write(const char *name)
{
	struct stat status;

	return stat(name, &status) < 0 || status.st_size == 0 || is_saved(name);
}

/* To a pipe or a device: it holds nothing that could be lost. */
static int write_other(const struct arg *file, const struct buf *text, struct error *err)
{
	cleanup_close int fd = open(file->text, O_WRONLY | O_CLOEXEC);

	if (fd >= 0 && write_all(fd, buf_str(text), text->length) == 0)
		return 0;
	return error_errno(err, STATUS_FAILED, file->word, errno, "cannot write %s",
			   file->text);
}

/* Whole or not at all: under another name first. */
static int write_file(const struct arg *file, bool shell, const struct buf *text,
		      struct error *err)
{
	cleanup_free char *new = xasprintf("%s.%d.new", file->text, (int)getpid());
	cleanup_close int fd = -1;
	struct stat status;
	int number;

	if (stat(file->text, &status) == 0 && !S_ISREG(status.st_mode))
		return write_other(file, text, err);
	if (!may_write(file->text)) {
		error_set(err, STATUS_FAILED, file->word,
			  "%s is there already, and was not saved by nsh", file->text);
		return error_hint(err, "another name, or delete it first");
	}
	fd = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, shell ? 0777 : 0666);
	if (fd < 0)
		return error_errno(err, STATUS_FAILED, file->word, errno,
				   "cannot write %s", file->text);
	if (write_all(fd, buf_str(text), text->length) == 0 && fsync(fd) == 0 &&
	    rename(new, file->text) == 0)
		return 0;
	number = errno;
	unlink(new);
	return error_errno(err, STATUS_FAILED, file->word, number, "cannot write %s",
			   file->text);
}

static int save(struct session *session, const struct args *args, struct error *err)
{
	const struct arg *file = arg_get(args, "FILE");
	struct buf text cleanup_buf = { 0 };
	bool shell = arg_has(args, "sh");

	if (make_text(session, shell, &text, err) < 0)
		return -1;
	if (file)
		return write_file(file, shell, &text, err);
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
