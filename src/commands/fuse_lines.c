/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/fuse_lines.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "commands/record.h"
#include "plan/fuse.h"

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

static bool may_fuse(const struct session *session)
{
	const char *fuse = session_variable(session, "fuse");

	return session->ahead && session->kernel && !session->interactive &&
	       session->verbose == 0 && !session->explains && !(fuse && !strcmp(fuse, "off"));
}

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

	while (session->ahead(session, lines->n, &args) && args->command->plan)
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

bool fuse_lines(struct session *session, const struct args *args, const struct plan *plan)
{
	struct plan fused cleanup_plan = PLAN_INIT, undo cleanup_plan = PLAN_INIT;
	cleanup_free char *words = NULL, *words_key = NULL;
	struct error refused cleanup_error = ERROR_INIT;
	line_list lines = { 0 };
	bool done;

	if (!may_fuse(session) || !fuse_cable(plan, &fused))
		return false;
	words = session->words ? xstrdup(session->words) : NULL;
	words_key = session->words_key ? xstrdup(session->words_key) : NULL;
	gather(session, args, &fused, &lines);
	done = lines.n > 1 && plan_run(&fused, session->world, &undo, &refused) == 0;
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
