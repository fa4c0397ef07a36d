/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/command.h"

#include <string.h>

#include "base/cleanup.h"
#include "commands/record.h"
#include "plan/fuse.h"

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

/* --- lines of a script that are done at once --- */

struct line_done {
	char *line, *words, *words_key;
	struct plan undo;
};
typedef VECTOR(struct line_done) line_list;

/* Of a line that was planned: what is to be told, recorded and taken back when it is done. */
static struct line_done *add_line(struct session *session, line_list *lines,
				  const struct args *args)
{
	struct buf text cleanup_buf = { 0 };
	struct line_done *line = vector_add(lines);

	args_line(args, session->ns, &text);
	line->line = buf_steal(&text);
	line->words = steal_pointer(&session->words);
	line->words_key = steal_pointer(&session->words_key);
	return line;
}

static void lines_free(line_list *lines)
{
	for (size_t i = 0; i < lines->n; i++) {
		free(lines->v[i].line);
		free(lines->v[i].words);
		free(lines->v[i].words_key);
		plan_clear(&lines->v[i].undo);
	}
	vector_free(lines);
}

static void lines_done(struct session *session, line_list *lines)
{
	for (size_t i = 0; i < lines->n; i++) {
		struct line_done *line = &lines->v[i];

		session->words = steal_pointer(&line->words);
		session->words_key = steal_pointer(&line->words_key);
		record_planned(session, line->line);
		journal_add(&session->journal, line->line, &line->undo);
		/* The last one's are told by who has asked for it. */
		if (i + 1 < lines->n)
			tell_words(session);
	}
	session->ahead_done = lines->n - 1;
}

static bool may_fuse(const struct session *session)
{
	const char *fuse = session_variable(session, "fuse");

	return session->ahead && session->kernel && !session->interactive &&
	       session->verbose == 0 && !session->explains && !(fuse && !strcmp(fuse, "off"));
}

/* Puts what the following lines do to the cable into FUSED, and applies it to the world. */
static void fuse_following(struct session *session, struct plan *fused, line_list *lines)
{
	cleanup_free char *home = xstrdup(fused->ops.v[0].ns);
	const struct args *args;

	while (session->ahead(session, lines->n, &args) && args->command->plan) {
		struct error ignored cleanup_error = ERROR_INIT;
		struct plan plan cleanup_plan = PLAN_INIT, undo = PLAN_INIT;
		char name[IFNAMSIZ];
		bool fits;

		str_copy(name, sizeof(name), fused->ops.v[0].link_add.end.name);
		cleanup_free char *where = xstrdup(fused->ops.v[0].ns);
		fits = args->command->plan(session, args, &plan, &ignored) == 0 &&
		       plan.notes.n == 0 && fuse_move(&plan, home, fused, &undo);
		if (!fits) {
			forget_words(session);
			return;
		}
		world_unmake_link(session->world, where, name);
		op_apply(&fused->ops.v[0], session->world);
		add_line(session, lines, args)->undo = undo;
	}
}

/*
 * Does the line that PLAN is of and the following ones at once where that comes to the same.
 * Returns whether it was done; if not, nothing was, and the world is as before.
 */
static bool do_fused(struct session *session, const struct args *args, const struct plan *plan)
{
	struct error refused cleanup_error = ERROR_INIT;
	cleanup_free char *words = NULL, *words_key = NULL;
	struct plan fused cleanup_plan = PLAN_INIT, undo cleanup_plan = PLAN_INIT;
	line_list lines = { 0 };
	const struct op *op;
	bool done = false;

	if (!may_fuse(session) || !fuse_cable(plan, &fused))
		return false;
	words = session->words ? xstrdup(session->words) : NULL;
	words_key = session->words_key ? xstrdup(session->words_key) : NULL;
	op = &fused.ops.v[0];
	op_apply(op, session->world);
	plan_link_del(&add_line(session, &lines, args)->undo, op->ns,
		      op->link_add.end.name, op->word);
	fuse_following(session, &fused, &lines);
	world_unmake_link(session->world, fused.ops.v[0].ns, fused.ops.v[0].link_add.end.name);
	if (lines.n > 1)
		done = plan_run(&fused, session->world, &undo, &refused) == 0;
	if (done) {
		say_all(session, &plan->notes);
		lines_done(session, &lines);
	} else {
		/* Whatever the reason is: line by line it is told, and where. */
		session->words = steal_pointer(&words);
		session->words_key = steal_pointer(&words_key);
	}
	lines_free(&lines);
	return done;
}

static int do_it(struct session *session, const struct args *args, struct error *err)
{
	const struct command *command = args->command;
	struct plan plan cleanup_plan = PLAN_INIT;
	struct buf line cleanup_buf = { 0 };

	if (command->run) {
		/* It may do lines of its own, elsewhere: they have nothing to do with what follows. */
		session->ahead = NULL;
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
	if (do_fused(session, args, &plan))
		return 0;
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
