/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/command.h"

#include <string.h>

#include "base/cleanup.h"
#include "commands/record.h"

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

void args_line(const struct args *args, const char *ns, struct buf *line)
{
	if (strcmp(ns, HOST) != 0)
		buf_addf(line, "in %s ", ns);
	for (size_t i = 0; i < args->n; i++) {
		const struct arg *arg = &args->v[i];
		const char *text = arg->literal ? arg->name : arg->text;
		/* What was quoted stays so: without, it might be read as a keyword. */
		bool plain = *text && (arg->literal || !args->words[arg->word].quoted) &&
			     !strpbrk(text, " \t\r\n\"'\\;#${}");

		if (i)
			buf_addc(line, ' ');
		if (!plain)
			buf_addc(line, '"');
		for (; *text; text++) {
			if (!plain && strchr("\"\\$", *text))
				buf_addc(line, '\\');
			buf_addc(line, *text);
		}
		if (!plain)
			buf_addc(line, '"');
	}
}

static void say_all(struct session *session, const struct strings *notes)
{
	for (size_t i = 0; i < notes->n; i++)
		session_note(session, "%s", notes->v[i]);
}

static int carry_out(struct session *session, const struct args *args,
		     const struct plan *plan, struct error *err)
{
	struct error back cleanup_error = ERROR_INIT;
	struct plan undo cleanup_plan = PLAN_INIT;
	struct strings lost cleanup_strings = { 0 };
	struct buf line cleanup_buf = { 0 };

	say_all(session, &plan->warnings);
	plan_lost(plan, session->world, &lost);
	say_all(session, &lost);
	if (plan_run(plan, session->world, &undo, err) < 0) {
		if (undo_run(&undo, session->world, &back) < 0)
			session_note(session, "could not take all of it back: %s",
				     back.message);
		return -1;
	}
	say_all(session, &plan->notes);
	args_line(args, session->ns, &line);
	if (undo.ops.n > 0)
		record_planned(session, buf_str(&line));
	else if (plan->ops.n > 0)
		record_line(session, buf_str(&line));
	if (undo.ops.n > 0)
		journal_add(&session->journal, buf_str(&line), &undo);
	return 0;
}

static void print_explained(struct session *session, const struct plan *plan, FILE *to)
{
	struct buf text cleanup_buf = { 0 };

	plan_explain(plan, session->world, &text);
	fflush(session->out);
	fputs(buf_str(&text), to);
}

static void forget_words(struct session *session)
{
	free(session->words);
	free(session->words_key);
	session->words = session->words_key = NULL;
}

static void tell_words(struct session *session)
{
	if (session->words && !strings_has(&session->words_told, session->words_key)) {
		cleanup_free char *seen = str_visible(session->words);

		session_note(session, "in nsh's words: %s", seen);
		strings_add(&session->words_told, session->words_key);
	}
	forget_words(session);
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
	forget_words(session);
	world_forget(session->world);
	return args->command->plan(session, args, plan, err);
}

static int do_it(struct session *session, const struct args *args, struct error *err)
{
	const struct command *command = args->command;
	struct plan plan cleanup_plan = PLAN_INIT;
	struct buf line cleanup_buf = { 0 };

	if (command->run) {
		if (session->dry_run && !(command->flags & COMMAND_SHELL))
			return 0;
		/* What people look at is what is, not what was planned on. */
		if (command->flags & (COMMAND_LOOKS | COMMAND_FORGETS))
			world_forget(session->world);
		if (command->run(session, args, err) < 0)
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
		print_explained(session, &plan, session->out);
		say_all(session, &plan.warnings);
		return 0;
	}
	if (session->verbose > 0 || session->explains) {
		world_simulate(session->world, true);
		print_explained(session, &plan, stderr);
		world_simulate(session->world, false);
	}
	return carry_out(session, args, &plan, err);
}

int command_do(struct session *session, const struct args *args, struct error *err)
{
	forget_words(session);
	if (do_it(session, args, err) < 0)
		return -1;
	tell_words(session);
	return 0;
}
