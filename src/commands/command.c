/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/command.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/style.h"
#include "commands/fuse_lines.h"
#include "commands/pager.h"
#include "commands/record.h"
#include "commands/servers.h"
#include "plan/limits.h"

const struct arg *arg_nth(const struct args *args, const char *name, size_t nth)
{
	for (size_t i = 0; i < args->n; i++)
		if (!args->v[i].literal && strcmp(args->v[i].name, name) == 0 && nth-- == 0)
			return &args->v[i];
	return NULL;
}

const struct arg *arg_get(const struct args *args, const char *name)
{
	return arg_nth(args, name, 0);
}

size_t arg_count(const struct args *args, const char *name)
{
	size_t count = 0;

	while (arg_nth(args, name, count))
		count++;
	return count;
}

const char *arg_text(const struct args *args, const char *name)
{
	const struct arg *arg = arg_get(args, name);

	return arg ? arg->text : NULL;
}

unsigned long long arg_number(const struct arg *arg)
{
	return strtoull(arg->text, NULL, 10);
}

bool arg_has(const struct args *args, const char *keyword)
{
	for (size_t i = 0; i < args->n; i++)
		if (args->v[i].literal && strcmp(args->v[i].name, keyword) == 0)
			return true;
	return false;
}

const struct arg *arg_after(const struct args *args, const char *keyword, const char *name)
{
	size_t i = 0;

	while (i < args->n && !(args->v[i].literal && strcmp(args->v[i].name, keyword) == 0))
		i++;
	for (i++; i < args->n && !args->v[i].literal; i++)
		if (strcmp(args->v[i].name, name) == 0)
			return &args->v[i];
	return NULL;
}

bool word_is_plain(const char *text)
{
	return *text && !strpbrk(text, " \t\r\n\"'\\;#${}");
}

void line_add_word(struct buf *line, const char *text, bool quoted)
{
	quoted |= !word_is_plain(text);
	if (line->length)
		buf_addc(line, ' ');
	if (quoted)
		buf_addc(line, '"');
	while (*text) {
		size_t length = quoted ? strcspn(text, "\"\\$") : strlen(text);

		buf_addn(line, text, length);
		text += length;
		if (!*text)
			break;
		buf_addc(line, '\\');
		buf_addc(line, *text++);
	}
	if (quoted)
		buf_addc(line, '"');
}

bool word_is_sign(const struct word *word)
{
	const char *text = word->text, *sign;

	/* Most words begin with a letter, which is quickly told. */
	if (word->quoted || (*text > '>' && *text != '|'))
		return false;
	sign = text + strspn(text, "0123456789");
	return *sign && strchr(sign == text ? "<>|&" : "<>", *sign);
}

#define SHOWN_BYTES 60

char *words_line(const struct word *words, size_t count)
{
	struct buf line cleanup_buf = { 0 };

	for (size_t i = 0; i < count; i++) {
		if (line.length > SHOWN_BYTES) {
			buf_add(&line, " ...");
			break;
		}
		line_add_word(&line, words[i].text, words[i].quoted);
	}
	return str_visible(buf_str(&line));
}

void args_line(const struct args *args, const char *ns, struct buf *line)
{
	if (strcmp(ns, HOST) != 0)
		buf_addf(line, "in %s", ns);
	for (size_t i = 0; i < args->n; i++) {
		const struct arg *arg = &args->v[i];

		/* What was quoted stays so: without, it might be read as a keyword. */
		line_add_word(line, arg->literal ? arg->name : arg->text,
			      !arg->literal && args->words[arg->word].quoted);
	}
}

/* Of many at a time, as on one long line; a few more or less the kernel itself refuses. */
static int check_limits(struct session *session, const struct plan *plan, struct error *err)
{
	struct demand demand cleanup_demand = DEMAND_INIT;
	struct strings warnings cleanup_strings = { 0 };

	if (plan->ops.n < DEMAND_MANY)
		return 0;
	demand_add(&demand, plan);
	if (demand_check(&demand, 1, session->world, plan->ops.v[0].word, err) < 0)
		return -1;
	demand_warn(&demand, 1, session->world, &warnings);
	session_note_all(session, &warnings);
	return 0;
}

static int carry_out(struct session *session, const struct args *args,
		     const struct plan *plan, struct error *err)
{
	struct error back cleanup_error = ERROR_INIT;
	struct plan undo cleanup_plan = PLAN_INIT;
	struct strings lost cleanup_strings = { 0 };
	struct buf line cleanup_buf = { 0 };
	room_server_list servers = { 0 };
	int result;

	if (check_limits(session, plan, err) < 0)
		return -1;
	session_note_all(session, &plan->warnings);
	if (!plan->one_way)
		plan_lost(plan, session->world, &lost);
	session_note_all(session, &lost);
	if (servers_may_end(plan))
		servers_before(session, &servers);
	result = plan_run(plan, session->world, plan->one_way ? NULL : &undo, err);
	if (result == 0 || plan->one_way)
		servers_after(session, &servers);
	else
		servers_free(&servers);
	if (result < 0) {
		if (undo_run(&undo, session->world, NULL, &back) < 0)
			session_note(session, "could not take all of it back: %s",
				     back.message);
		if (plan->one_way)
			session_note(session, "note: what is removed by now stays removed; the "
					      "same line goes on from there");
		return -1;
	}
	session_note_all(session, &plan->notes);
	args_line(args, session->ns, &line);
	if (undo.ops.n > 0)
		record_planned(session, buf_str(&line));
	else if (plan->ops.n > 0)
		record_line(session, buf_str(&line));
	if (undo.ops.n > 0)
		journal_add(&session->journal, buf_str(&line), &undo);
	else if (plan->ops.n > 0)
		journal_pass(&session->journal, buf_str(&line));
	return 0;
}

static void explain_first(struct session *session, const struct plan *plan)
{
	struct buf text cleanup_buf = { 0 };

	world_simulate(session->world, true);
	plan_explain(plan, session->world, &text);
	world_simulate(session->world, false);
	fflush(session->out);
	fputs(buf_str(&text), stderr);
}

static void explain_only(struct session *session, const struct plan *plan)
{
	struct buf text cleanup_buf = { 0 };

	plan_explain(plan, session->world, &text);
	fflush(session->out);
	if (pager_wanted(session))
		pager_show(session, buf_str(&text));
	else
		fputs(buf_str(&text), session->out);
}

/* What it answers is held back until it is whole, where it may be longer than the screen. */
static int run_paged(struct session *session, const struct args *args, struct error *err)
{
	unsigned flags = args->command->flags;
	FILE *out = session->out, *held;
	char *text = NULL;
	size_t length;
	int result;

	if (!(flags & (COMMAND_LOOKS | COMMAND_TELLS)) || (flags & COMMAND_LIVE) ||
	    !pager_wanted(session) || !(held = open_memstream(&text, &length)))
		return args->command->run(session, args, err);
	session->out = held;
	terminal_keep(held, out);
	result = args->command->run(session, args, err);
	terminal_keep(NULL, NULL);
	session->out = out;
	fclose(held);
	pager_show(session, text);
	free(text);
	return result;
}

/*
 * What nsh has made a moment ago is planned on as it should be. Where that does not do it may be
 * otherwise, such as by an address that the kernel gave: planned anew on what is.
 */
static int plan_line(struct session *session, const struct args *args, struct plan *plan,
		     struct error *err)
{
	if (args->command->plan(session, args, plan, err) == 0)
		return 0;
	if (!world_is_guessed(session->world))
		return -1;
	error_clear(err);
	plan_clear(plan);
	*plan = (struct plan)PLAN_INIT;
	session_forget_words(session);
	world_forget(session->world);
	return args->command->plan(session, args, plan, err);
}

/* Why "explain" of a line shows nothing. */
static void explain_nothing(struct session *session, const struct args *args,
			    const struct plan *plan)
{
	if (!session->explaining)
		return;
	if (plan && plan->notes.n > 0)
		session_note_all(session, &plan->notes);
	else if (plan)
		session_note(session, "nothing to do: it is so already");
	else if (args->command->flags & (COMMAND_LOOKS | COMMAND_TELLS))
		session_note(session, "nothing to show: that only looks");
	else
		session_note(session, "nothing to show: that is done without a plan");
}

static int do_it(struct session *session, const struct args *args, struct error *err)
{
	const struct command *command = args->command;
	struct plan plan cleanup_plan = PLAN_INIT;
	struct buf line cleanup_buf = { 0 };
	int result;

	if (command->run) {
		/* It may do lines of its own, elsewhere: they have nothing to do with what follows. */
		session->ahead = NULL;
		if (session->dry_run && !(command->flags & COMMAND_SHELL)) {
			explain_nothing(session, args, NULL);
			return 0;
		}
		if (session->kernel) {
			if (kernel_settle(session->kernel, err) < 0)
				return -1;
			kernel_forget_names(session->kernel);
		}
		/* What people look at is what is, not what was planned on. */
		if (command->flags & (COMMAND_LOOKS | COMMAND_FORGETS))
			world_forget(session->world);
		result = run_paged(session, args, err);
		if (session->kernel)
			kernel_forget_names(session->kernel);
		if (result < 0)
			return -1;
		if (command->flags & COMMAND_FORGETS)
			world_forget(session->world);
		if (command->flags & (COMMAND_FORGETS | COMMAND_CHANGES)) {
			args_line(args, session->ns, &line);
			record_line(session, buf_str(&line));
		}
		return 0;
	}
	if (plan_line(session, args, &plan, err) < 0)
		return -1;
	if (session->dry_run) {
		if (plan_check(&plan, session->world, err) < 0)
			return -1;
		explain_only(session, &plan);
		session_note_all(session, &plan.warnings);
		if (plan.ops.n == 0)
			explain_nothing(session, args, &plan);
		return 0;
	}
	if (session->verbose > 0 || session->explains)
		explain_first(session, &plan);
	if (session->kernel)
		kernel_set_lazy(session->kernel, may_fuse(session));
	if (fuse_lines(session, args, &plan))
		return 0;
	return carry_out(session, args, &plan, err);
}

int command_foresee(struct session *session, const struct args *args, struct plan *plan,
		    struct error *err)
{
	int result = args->command->plan ? args->command->plan(session, args, plan, err) : -1;

	session_forget_words(session);
	return result;
}

int command_do(struct session *session, const struct args *args, struct error *err)
{
	session_forget_words(session);
	if (do_it(session, args, err) < 0)
		return -1;
	session_tell_words(session);
	return 0;
}
