/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/fuse_lines.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "commands/record.h"
#include "plan/fuse.h"
#include "plan/tear.h"

/* Of a line that was planned: what is to be told, recorded and taken back when it is done. */
struct line_done {
	char *line, *words, *words_key;
	struct plan undo;
};
typedef VECTOR(struct line_done) line_list;

static void take_words(struct session *session, char **words, char **key)
{
	*words = steal_pointer(&session->words);
	*key = steal_pointer(&session->words_key);
}

static void give_words(struct session *session, char **words, char **key)
{
	session_forget_words(session);
	session->words = steal_pointer(words);
	session->words_key = steal_pointer(key);
}

static struct line_done *add_line(struct session *session, line_list *lines,
				  const struct args *args)
{
	struct buf text cleanup_buf = { 0 };
	struct line_done *line = vector_add(lines);

	args_line(args, session->ns, &text);
	line->line = buf_steal(&text);
	take_words(session, &line->words, &line->words_key);
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

		give_words(session, &line->words, &line->words_key);
		record_planned(session, line->line);
		journal_add(&session->journal, line->line, &line->undo);
		/* The last one's are told by who has asked for it. */
		if (i + 1 < lines->n)
			session_tell_words(session);
	}
	session->ahead_done = lines->n - 1;
}

bool may_fuse(const struct session *session)
{
	const char *fuse = session_variable(session, "fuse");

	return session->ahead && session->kernel && !session->interactive &&
	       session->verbose == 0 && !session->explains && !(fuse && !strcmp(fuse, "off"));
}

/* --- cables that are made in place --- */

/* A cable has two ends that may move. */
#define MOVES_MAX 2

/* Puts what one more line does to the cable into FUSED, and applies it to the world. */
static bool fuse_next(struct session *session, const struct args *args, const char *home,
		      struct plan *fused, line_list *lines)
{
	cleanup_free char *where = xstrdup(fused->ops.v[0].ns);
	struct error ignored cleanup_error = ERROR_INIT;
	struct plan plan cleanup_plan = PLAN_INIT, undo = PLAN_INIT;
	char name[IFNAMSIZ];

	str_copy(name, sizeof(name), fused->ops.v[0].link_add.end.name);
	if (args->command->plan(session, args, &plan, &ignored) < 0 || plan.notes.n > 0 ||
	    !fuse_move(&plan, home, fused, &undo)) {
		session_forget_words(session);
		return false;
	}
	world_unmake_link(session->world, where, name);
	op_apply(&fused->ops.v[0], session->world);
	add_line(session, lines, args)->undo = undo;
	return true;
}

static void fuse_following(struct session *session, struct plan *fused, line_list *lines)
{
	cleanup_free char *home = xstrdup(fused->ops.v[0].ns);
	const struct args *args;

	while (lines->n <= MOVES_MAX && session->ahead(session, lines->n, &args) &&
	       args->command->plan)
		if (!fuse_next(session, args, home, fused, lines))
			return;
}

/* Plans the lines on a world in which the cable is there, and leaves it as it was. */
static void gather(struct session *session, const struct args *args, struct plan *fused,
		   line_list *lines)
{
	const struct op *cable = &fused->ops.v[0];

	op_apply(cable, session->world);
	plan_link_del(&add_line(session, lines, args)->undo, cable->ns,
		      cable->link_add.end.name, cable->word);
	fuse_following(session, fused, lines);
	cable = &fused->ops.v[0];
	world_unmake_link(session->world, cable->ns, cable->link_add.end.name);
}

static bool fuse_moves(struct session *session, const struct args *args,
		       const struct plan *plan, line_list *lines)
{
	struct plan fused cleanup_plan = PLAN_INIT, undo cleanup_plan = PLAN_INIT;
	struct error refused cleanup_error = ERROR_INIT;

	if (!fuse_cable(plan, &fused))
		return false;
	gather(session, args, &fused, lines);
	return lines->n > 1 && plan_run(&fused, session->world, &undo, &refused) == 0;
}

/* --- deletions that wait for the same --- */

/* Whether the line has something deleted that waits, and is to say nothing but that it was done. */
static bool is_quiet_deletion(const struct plan *plan)
{
	return !plan->one_way && plan->notes.n == 0 && plan->warnings.n == 0 && tear_waits(plan);
}

/* Whether it pays to do them at once, and all of them can be taken back. */
static bool is_worth_it(struct session *session, const struct plan *all)
{
	struct strings lost cleanup_strings = { 0 };

	if (tear_count(all->ops.v, all->ops.n) != all->ops.n)
		return false;
	plan_lost(all, session->world, &lost);
	return lost.n == 0;
}

/* Adds a line to ALL, and what it does to the world, which simulates. */
static bool add_deletion(struct session *session, const struct args *args, struct plan *all,
			 line_list *lines)
{
	struct plan plan cleanup_plan = PLAN_INIT, undo cleanup_plan = PLAN_INIT;
	struct error ignored cleanup_error = ERROR_INIT;

	if (args->command->plan(session, args, &plan, &ignored) < 0 ||
	    !is_quiet_deletion(&plan) ||
	    plan_imagine(&plan, session->world, &undo, &ignored) < 0) {
		session_forget_words(session);
		return false;
	}
	add_line(session, lines, args)->undo = undo;
	undo = (struct plan)PLAN_INIT;
	for (size_t i = 0; i < plan.ops.n; i++)
		*vector_add(&all->ops) = plan.ops.v[i];
	vector_free(&plan.ops);
	return true;
}

static void add_deletions(struct session *session, const struct args *args, struct plan *all,
			  line_list *lines)
{
	session->row = true;
	world_forget(session->world);
	world_simulate(session->world, true);
	session_forget_words(session);
	while (add_deletion(session, args, all, lines) &&
	       session->ahead(session, lines->n, &args) && args->command->plan)
		continue;
	world_simulate(session->world, false);
	session->row = false;
}

/* Plans END away, where it is there still and the namespace that its cable led to is not. */
static void drop_rest(struct session *session, const struct op_end *end,
		      const struct op_end *other, struct plan *plan)
{
	struct error ignored cleanup_error = ERROR_INIT;
	struct ns *ns;

	if (!world_has_ns(session->world, end->ns) || world_has_ns(session->world, other->ns))
		return;
	ns = world_ns(session->world, end->ns, WORLD_LINKS, -1, &ignored);
	if (ns && ns_link(ns, end->name))
		plan_link_del(plan, end->ns, end->name, -1);
}

/*
 * A namespace that lost its name lasts until the kernel has time for it, or as long as somebody
 * holds it, and so do the other ends of its cables in one that could not be deleted: they would be
 * taken for cables that need not be made again, and vanish later.
 */
static void drop_rests(struct session *session, const line_list *lines)
{
	struct error ignored cleanup_error = ERROR_INIT;
	struct plan plan cleanup_plan = PLAN_INIT;

	world_forget(session->world);
	for (size_t i = 0; i < lines->n; i++) {
		const struct plan *undo = &lines->v[i].undo;

		for (size_t j = 0; j < undo->ops.n; j++) {
			const struct op *op = &undo->ops.v[j];

			if (op->kind != OP_LINK_ADD || !op->link_add.peer.ns)
				continue;
			drop_rest(session, &op->link_add.end, &op->link_add.peer, &plan);
			drop_rest(session, &op->link_add.peer, &op->link_add.end, &plan);
		}
	}
	undo_run(&plan, session->world, NULL, &ignored);
}

/* One of them has failed: what the others did is taken back, the last first. */
static void put_back(struct session *session, const line_list *lines)
{
	drop_rests(session, lines);
	for (size_t i = lines->n; i-- > 0;) {
		struct error failed cleanup_error = ERROR_INIT;

		if (undo_run(&lines->v[i].undo, session->world, NULL, &failed) < 0)
			session_note(session, "could not take all of \"%s\" back: %s",
				     lines->v[i].line, failed.message);
	}
}

static bool fuse_deletions(struct session *session, const struct args *args,
			   const struct plan *plan, line_list *lines)
{
	struct error refused cleanup_error = ERROR_INIT;
	struct plan all cleanup_plan = PLAN_INIT;

	if (!is_quiet_deletion(plan)) {
		session->row_refused = 0;
		return false;
	}
	if (session->row_refused > 0) {
		session->row_refused--;
		return false;
	}
	add_deletions(session, args, &all, lines);
	if (lines->n < 2 || !is_worth_it(session, &all)) {
		session->row_refused = lines->n > 0 ? lines->n - 1 : 0;
		return false;
	}
	if (plan_run(&all, session->world, NULL, &refused) == 0)
		return true;
	put_back(session, lines);
	session->row_refused = lines->n - 1;
	return false;
}

bool fuse_lines(struct session *session, const struct args *args, const struct plan *plan)
{
	cleanup_free char *words = NULL, *words_key = NULL;
	line_list lines = { 0 };
	bool done;

	if (!may_fuse(session))
		return false;
	words = session->words ? xstrdup(session->words) : NULL;
	words_key = session->words_key ? xstrdup(session->words_key) : NULL;
	done = fuse_moves(session, args, plan, &lines) ||
	       (lines.n == 0 && fuse_deletions(session, args, plan, &lines));
	if (done) {
		session_note_all(session, &plan->notes);
		lines_done(session, &lines);
	} else {
		/* Whatever the reason is: line by line it is told, and where. */
		give_words(session, &words, &words_key);
	}
	lines_free(&lines);
	return done;
}
