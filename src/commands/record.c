/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/descriptors.h"
#include "base/table.h"
#include "commands/tables.h"

/* What was done, in nsh's own words, in a file that does it again. */

/* A line in the record that is in the journal too: where it begins, and its number there.
 */
struct recorded {
	off_t at;
	size_t entry;
};

struct recording {
	char *name;
	int fd;
	bool plain; /* a plain file: lines can be taken out again */
	size_t entries; /* of the journal when it began */
	VECTOR(struct recorded) lines;
};

void record_line(struct session *session, const char *line)
{
	struct recording *recording = session->recording;
	cleanup_free char *text = NULL;

	if (!recording)
		return;
	text = xasprintf("%s\n", line);
	if (write_all(recording->fd, text, strlen(text)) == 0)
		return;
	/* The line is done; only its record is lost. */
	session_note(session, "cannot go on recording in %s: %s", recording->name,
		     strerror(errno));
	record_stop(session);
}

void record_planned(struct session *session, const char *line)
{
	struct recording *recording = session->recording;
	struct recorded *recorded;

	if (!recording)
		return;
	recorded = vector_add(&recording->lines);
	recorded->at = lseek(recording->fd, 0, SEEK_END);
	recorded->entry = session->journal.entries.n;
	record_line(session, line);
}

void record_undone(struct session *session, size_t left)
{
	struct recording *recording = session->recording;
	size_t kept;

	if (!recording)
		return;
	kept = recording->lines.n;
	while (kept > 0 && recording->lines.v[kept - 1].entry >= left)
		kept--;
	if (kept < recording->lines.n && recording->plain &&
	    ftruncate(recording->fd, recording->lines.v[kept].at) < 0)
		session_note(session, "cannot take the lines out of %s again: %s",
			     recording->name, strerror(errno));
	recording->lines.n = kept;
	if (left >= recording->entries)
		return;
	record_line(session,
		    "# here lines were taken back that are older than this record");
	recording->entries = left;
}

void record_stop(struct session *session)
{
	struct recording *recording = session->recording;

	if (!recording)
		return;
	close(recording->fd);
	vector_free(&recording->lines);
	free(recording->name);
	free(recording);
	session->recording = NULL;
}

static int start(struct session *session, const struct args *args, struct error *err)
{
	const struct arg *file = arg_get(args, "FILE");
	cleanup_close int fd = -1;
	struct stat status;

	if (session->dry_run)
		return 0;
	/* A record is added to what is there, like a history: nothing is ever
	 * overwritten. */
	fd = open(file->text, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (fd < 0)
		return error_errno(err, STATUS_FAILED, file->word, errno,
				   "cannot write %s", file->text);
	if (fstat(fd, &status) < 0)
		return error_errno(err, STATUS_FAILED, file->word, errno, "%s",
				   file->text);
	record_stop(session);
	session->recording = xcalloc(1, sizeof(*session->recording));
	session->recording->name = xstrdup(file->text);
	session->recording->fd = steal_fd(&fd);
	session->recording->plain = S_ISREG(status.st_mode);
	session->recording->entries = session->journal.entries.n;
	if (session->recording->plain && status.st_size > 0)
		session_note(session, "note: %s goes on where it ended", file->text);
	return 0;
}

static int stop(struct session *session, const struct args *args, struct error *err)
{
	(void)args;
	if (!session->recording && !session->dry_run)
		return error_set(err, STATUS_FAILED, -1, "nothing is being recorded");
	record_stop(session);
	return 0;
}

static int tell(struct session *session, const struct args *args, struct error *err)
{
	cleanup_free char *seen = NULL;

	(void)args;
	(void)err;
	if (session->format == FORMAT_JSON) {
		struct buf json cleanup_buf = { 0 };

		buf_add(&json, "{\"file\":");
		if (session->recording)
			buf_add_json(&json, session->recording->name);
		else
			buf_add(&json, "null");
		fprintf(session->out, "%s}\n", buf_str(&json));
		return 0;
	}
	if (!session->recording) {
		fputs("nothing is being recorded\n", session->out);
		return 0;
	}
	seen = str_visible(session->recording->name);
	fprintf(session->out, "recording in %s\n", seen);
	return 0;
}

const struct command commands_record[] = {
	{
		.grammar = "record",
		.about = "write the lines that are typed into a script: begin, end, tell",
		.help = "tell whether lines are being recorded, and where",
		.example = "record",
		.run = tell,
		.flags = COMMAND_LOOKS,
	},
	{
		.grammar = "record FILE",
		.help = "from now on add the lines that change something to a file, as "
			"they succeed",
		.example = "record /dev/null",
		.run = start,
		.flags = COMMAND_SHELL,
	},
	{
		.grammar = "record off",
		.help = "stop recording",
		.example = "record off",
		.setup = "record /dev/null",
		.run = stop,
		.flags = COMMAND_SHELL,
	},
	{ 0 },
};
