/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/builtins.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/interrupt.h"
#include "commands/why.h"
#include "shell/grammar.h"
#include "shell/script.h"

/* Checking: a line that has to succeed, or to fail, within a time, with an answer or a message
 * that holds a text. */

struct expectation {
	const struct word *words; /* of the line that is tried */
	size_t count;
	size_t first;		  /* its first word in the whole line */
	bool not;
	long long within;	  /* milliseconds, 0: one try */
	const char *because;
	const char *contains; /* in the answer of a line that succeeds */
	const char *saying;   /* in the message of a line that fails */
};

/* Cuts the options off the end of the line: "within 5s", "because TEXT", "contains TEXT",
 * "saying TEXT". */
static int read_options(const struct args *args, struct expectation *e, struct error *err)
{
	const struct arg *line = arg_get(args, "LINE");
	bool cut = true;

	e->first = (size_t)line->word;
	e->words = args->words + e->first;
	e->count = args->word_count - e->first;
	e->not = arg_has(args, "not");
	while (cut && e->count > 2) {
		const struct word *key = &e->words[e->count - 2], *value = key + 1;
		int number = (int)(e->first + e->count - 1);

		cut = false;
		if (key->quoted)
			break;
		if (strcmp(key->text, "within") == 0) {
			if (param_type("DURATION")->check(value->text, number, err) < 0)
				return -1;
			e->within = duration_ms(value->text);
			cut = true;
		} else if (strcmp(key->text, "because") == 0) {
			e->because = value->text;
			cut = true;
		} else if (strcmp(key->text, "contains") == 0) {
			e->contains = value->text;
			cut = true;
		} else if (strcmp(key->text, "saying") == 0) {
			e->saying = value->text;
			cut = true;
			if (!e->not)
				return error_set(err, STATUS_USAGE,
						 (int)(e->first + e->count - 2),
						 "\"saying\" is for what an \"expect not\" "
						 "line fails with");
		}
		if (cut)
			e->count -= 2;
	}
	return 0;
}

/*
 * What a try that RESULTed in 0, or in -1 with FOUND, means: 1 it held; 0 it did not, and FOUND
 * says what came instead; -1 with ERR: no other try will do better.
 */
static int judge(const struct expectation *e, int result, const char *answer,
		 struct error *found, struct error *err)
{
	if (found->word >= 0)
		found->word += (int)e->first;
	/*
	 * A line that makes no sense holds nothing, neither way, nor does what this kernel lacks;
	 * unless that is just what is expected to be said.
	 */
	if (result < 0 && !e->saying &&
	    (found->status == STATUS_USAGE || found->status == STATUS_UNSUPPORTED))
		return error_take(err, found);
	if (result < 0 && e->saying)
		return strstr(found->message, e->saying) != NULL;
	/* An answer that does not hold a text is still an answer. */
	if (result < 0)
		return e->not && !e->contains;
	if (e->contains && !strstr(answer, e->contains)) {
		error_set(found, STATUS_FAILED, -1, "the answer does not contain \"%s\"",
			  e->contains);
		return e->not;
	}
	if (e->contains && e->not)
		error_set(found, STATUS_FAILED, -1, "the answer contains \"%s\"", e->contains);
	else if (e->not)
		error_set(found, STATUS_FAILED, -1, "it succeeded");
	return !e->not;
}

/*
 * One try. Returns 1 where the line did what it should, 0 where not with FOUND saying what
 * came instead, -1 where it makes no sense to try again. ANSWER gets what it printed.
 */
static int attempt(struct session *session, const struct expectation *e, char **answer,
		   struct error *found, struct error *err)
{
	size_t done = session->journal.entries.n, length = 0;
	struct args args = { 0 };
	FILE *out = session->out, *captured;
	bool quiet = session->quiet;
	int result;

	free(*answer);
	*answer = NULL;
	error_clear(found);
	if (grammar_match(e->words, e->count, session->interactive, &args, found) < 0)
		return judge(e, -1, NULL, found, err);
	captured = open_memstream(answer, &length);
	session->out = captured;
	session->quiet = true;
	world_forget(session->world);
	result = command_do(session, &args, found);
	session->quiet = quiet;
	session->out = out;
	fclose(captured);
	args_free(&args);
	result = judge(e, result, *answer ? *answer : "", found, err);
	if (result == 0 && e->not) {
		struct error ignored cleanup_error = ERROR_INIT;

		/* What should not have been possible is not to stay. */
		journal_undo(&session->journal, session->world,
			     session->journal.entries.n - done, NULL, &ignored);
	}
	return result;
}

static void add_line(struct buf *text, const struct expectation *e)
{
	for (size_t i = 0; i < e->count; i++) {
		buf_addf(text, "%s%s", i ? " " : "", e->words[i].quoted ? "\"" : "");
		buf_add_visible(text, e->words[i].text);
		buf_add(text, e->words[i].quoted ? "\"" : "");
	}
	if (e->contains) {
		buf_add(text, " contains \"");
		buf_add_visible(text, e->contains);
		buf_addc(text, '"');
	}
	if (e->saying) {
		buf_add(text, " saying \"");
		buf_add_visible(text, e->saying);
		buf_addc(text, '"');
	}
	if (e->because) {
		buf_add(text, ": ");
		buf_add_visible(text, e->because);
	}
}

static void print_result(struct session *session, const struct expectation *e, bool held,
			 const char *found)
{
	struct buf line cleanup_buf = { 0 };

	add_line(&line, e);
	if (session->tap) {
		fprintf(session->out, "%sok %u - %s%s\n", held ? "" : "not ",
			++session->tap_count, e->not ? "not " : "", buf_str(&line));
		if (!held)
			fprintf(session->out, "# %s\n", found);
	} else if (held && session->format == FORMAT_TEXT && !session->quiet) {
		fprintf(session->out, "ok  %s%s\n", e->not ? "not " : "", buf_str(&line));
	}
	fflush(session->out);
}

/* What stopped a ping or a get that was to succeed, step by step, for who reads the TAP. */
static void explain_failure(struct session *session, const struct expectation *e)
{
	struct error ignored cleanup_error = ERROR_INIT;
	struct args args = { 0 };

	if (!session->tap || e->not || e->contains)
		return;
	if (grammar_match(e->words, e->count, session->interactive, &args, &ignored) < 0)
		return;
	why_explain(session, &args, "# ");
	args_free(&args);
	fflush(session->out);
}

/* Tries until it holds or the time is over, with pauses that grow from 10 to 200 ms. */
static int poll_for(struct session *session, const struct expectation *e, char **answer,
		    struct error *found, struct error *err)
{
	long long end = clock_ms() + e->within, pause = 10;
	int result;

	for (;;) {
		result = attempt(session, e, answer, found, err);
		if (result != 0 || clock_ms() >= end)
			return result;
		interrupt_poll(NULL, 0, (int)pause);
		if (interrupted || terminated)
			return error_set(err, STATUS_FAILED, -1, "interrupted");
		pause = pause * 2 < 200 ? pause * 2 : 200;
	}
}

/*
 * A dry run tries nothing: it says what would be tried, and what the line would do where it is to
 * succeed.
 */
static int foretell(struct session *session, const struct args *args,
		    const struct expectation *e, struct error *err)
{
	struct buf line cleanup_buf = { 0 };
	cleanup_free char *seen = NULL;
	struct args inner = { 0 };
	bool explaining = session->explaining;
	int result = 0;

	for (size_t i = 0; i < args->word_count; i++)
		line_add_word(&line, args->words[i].text, args->words[i].quoted);
	seen = str_visible(buf_str(&line));
	fprintf(session->out, "# %s\n", seen);
	session->explaining = false; /* there is something shown */
	if (grammar_match(e->words, e->count, session->interactive, &inner, err) < 0)
		result = -1;
	else if (!e->not)
		result = command_do(session, &inner, err);
	session->explaining = explaining;
	args_free(&inner);
	if (result == 0)
		return 0;
	/* That it makes no sense may be just what is to be said. */
	if (e->saying) {
		error_clear(err);
		return 0;
	}
	if (err->word >= 0)
		err->word += (int)e->first;
	return -1;
}

int expect_run(struct session *session, const struct args *args, struct error *err)
{
	struct error found cleanup_error = ERROR_INIT;
	cleanup_free char *answer = NULL;
	struct expectation e = { 0 };
	int result;

	if (read_options(args, &e, err) < 0)
		return -1;
	if (session->dry_run)
		return foretell(session, args, &e, err);
	result = poll_for(session, &e, &answer, &found, err);
	if (result < 0)
		return -1;
	print_result(session, &e, result == 1, found.message);
	if (result == 1)
		return 0;
	explain_failure(session, &e);
	error_set(err, STATUS_EXPECT, (int)e.first, "expected this to %s%s%s, but %s",
		  e.not ? "fail" : "succeed", e.because ? " because " : "",
		  e.because ? e.because : "", found.message);
	if (found.hint)
		error_hint(err, "%s", found.hint);
	return -1;
}

int wait_run(struct session *session, const struct args *args, struct error *err)
{
	struct error found cleanup_error = ERROR_INIT;
	cleanup_free char *answer = NULL;
	struct expectation e = { 0 };
	int result;

	if (read_options(args, &e, err) < 0)
		return -1;
	if (session->dry_run)
		return foretell(session, args, &e, err);
	if (!e.within)
		e.within = 10000;
	result = poll_for(session, &e, &answer, &found, err);
	if (result < 0)
		return -1;
	if (result == 1)
		return 0;
	return error_set(err, STATUS_FAILED, (int)e.first, "waited in vain: %s", found.message);
}

void expect_end(struct session *session)
{
	if (session->tap)
		printf("1..%u\n", session->tap_count);
}
