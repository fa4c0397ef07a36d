/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_COMMANDS_SESSION_H
#define NSH_COMMANDS_SESSION_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/str.h"
#include "kernel/kernel.h"
#include "plan/journal.h"
#include "plan/world.h"
#include "view/view.h"

struct args;

enum format { FORMAT_TEXT, FORMAT_JSON };

/* A server in the background. In a named lab its number is that of its process. */
struct job {
	unsigned number; /* from 1, never used again */
	pid_t pid;
	char *what;	 /* "serve blue 80" */
	char *line;	 /* that starts it again; NULL: not known */
	char *ns;
	dev_t dev;	 /* of its namespace; not of those of a lab */
	ino_t ino;
};

typedef VECTOR(struct job) job_list;

struct variable {
	char *name;
	char *value;
};

/* One shell: where it acts, how it speaks, what it remembers. */
struct session {
	struct kernel *kernel; /* NULL: plan only, on a model */
	struct world *world;
	struct journal journal; /* what was done, and how to take it back */

	char *ns;	       /* the namespace that lines act in: "host" or another */
	bool ns_lent;	       /* by "in NS", for one line */
	FILE *out;	       /* where results go; standard output but while captured */
	enum format format;
	bool interactive;      /* a person at a terminal */
	bool sandbox;	       /* not the machine itself */
	bool root;	       /* who started it is root out there */
	bool unpaged;	       /* somebody else is writing on the terminal */
	char *lab;	       /* the named lab that it is in; NULL: none */
	bool quiet;	       /* no notes */
	bool explains;	       /* "explain on": the plan before each command */
	bool explaining;       /* "explain LINE": that there is nothing to show is said */
	int verbose;	       /* -v: the plan; -vv: the messages too */
	bool dry_run;	       /* -n: parse and plan only */
	bool keep_going;       /* -k */
	bool tap;	       /* expectations are printed as TAP */
	bool quit;	       /* the shell is to end after this line */
	int quit_status;

	job_list jobs;	       /* that this session has started */
	job_list lab_jobs;     /* in a named lab: that are in it, see session_jobs() */
	unsigned last_job;
	VECTOR(struct variable) variables;
	unsigned tap_count; /* of the expectations so far */

	struct rooms *rooms; /* what is known of the rooms' addresses (commands/rooms.h); NULL: nothing */
	struct recording *recording; /* NULL: nothing is recorded */

	/* How nsh says what the line said in other words, to be told when it is done; NULL:
	 * nothing. And which of these were told: each once. */
	char *words, *words_key;
	struct strings words_told;

	struct watch *watch; /* told above the line that is typed; NULL: nothing (view/watch.h) */

	/*
	 * While a script runs: what line follows, the first with NTH 1, so that lines that belong
	 * together can be done at once. False where that is not a command, or not known yet. Who
	 * does some of them says in AHEAD_DONE how many. NULL: nothing is known.
	 */
	bool (*ahead)(struct session *session, size_t nth, const struct args **args);
	void *ahead_of; /* the shell's */
	bool row; /* deletions in a row are planned, to be done at once */
	size_t row_refused; /* so many of the lines that follow are not to be tried again */
	size_t ahead_done;

	/* What runs next is the last source that there is; and the line that runs is its last:
	 * neither an undo nor the roll-back of a failure can follow. */
	bool last_source, last_line;
};

void session_init(struct session *session);
/* Ends its jobs, but in a lab, and its record: all that is to be done where the process ends. The
 * kernel lets go of the descriptors of a thousand namespaces faster at once than one by one. */
void session_end(struct session *session);
void session_free(struct session *session); /* the same, and lets go of what it holds */

/* What a view is given of it. */
struct view session_view(const struct session *session);

/* A note on standard error, unless quiet: what was done beside what was asked for. */
void session_note(struct session *session, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Each of NOTES. */
void session_note_all(struct session *session, const struct strings *notes);

/* How nsh says what the line said in other words: tells it, unless it was told before, or not. */
void session_tell_words(struct session *session);
void session_forget_words(struct session *session);

const char *session_variable(const struct session *session, const char *name); /* or NULL */
void session_set_variable(struct session *session, const char *name, const char *value);

/* Prints a table in the format that the session speaks, and frees it. */
struct table;
void session_print(struct session *session, struct table *table);
/* The same of several that are one answer. */
void session_print_all(struct session *session, struct table *const *tables, size_t count);

/*
 * What runs in the background: the session's own servers. In a named lab all of the lab's, found
 * anew each time; they go on when the session ends. Borrowed until the next call.
 */
const job_list *session_jobs(struct session *session);
/* Reaps the servers that have ended; with a note where SAY is set. */
void session_reap_jobs(struct session *session, bool say);
/* Ends one, or all of a namespace, or (both NULL/0) all. Returns how many. */
size_t session_stop_jobs(struct session *session, unsigned number, const char *ns);
/* Process PID is ended and waited for. */
void session_forget_job(struct session *session, pid_t pid);

#endif
