/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/grammar_parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "shell/elsewhere.h"

/* The walk over the automaton: what a line means, and what may come next. */

/* Whether an entry begins with a keyword, and that with WORD, as far as its grammar shows. */
static bool may_begin(const struct entry *entry, const struct word *word)
{
	if (!islower((unsigned char)entry->first))
		return true;
	/* The first byte tells most of them apart. */
	return !word->quoted && (entry->first == *word->text || !*word->text) &&
	       str_starts(entry->command->grammar, word->text);
}

/* A line binds a few words, a walk many lines: what it binds is allocated by the handful. */
struct bounds {
	struct bounds *next;
	size_t n;
	struct bound v[16];
};

static struct bound *new_bound(struct walk *walk)
{
	struct bounds *bounds = walk->bounds;

	if (!bounds || bounds->n == sizeof(bounds->v) / sizeof(bounds->v[0])) {
		bounds = xcalloc(1, sizeof(*bounds));
		bounds->next = walk->bounds;
		walk->bounds = bounds;
	}
	return &bounds->v[bounds->n++];
}

static void free_bounds(struct bounds *bounds)
{
	while (bounds) {
		struct bounds *next = bounds->next;

		free(bounds);
		bounds = next;
	}
}

void walk_free(struct walk *walk)
{
	free_bounds(walk->bounds);
	vector_free(&walk->threads);
	vector_free(&walk->before);
}

/* The memory of the last match, for the next: a script is thousands of lines. */
static struct walk last;

static struct walk borrow_walk(void)
{
	struct walk walk = last;

	last = (struct walk){ 0 };
	return walk;
}

static void give_back(struct walk *walk)
{
	walk_free(&last);
	last = *walk;
	last.threads.n = last.before.n = 0;
	if (!last.bounds)
		return;
	free_bounds(last.bounds->next);
	last.bounds->next = NULL;
	last.bounds->n = 0;
}

void walk_follow(struct walk *walk, struct thread thread)
{
	const struct node *node;

	if (thread.node < 0)
		return;
	node = &grammar.nodes.v[thread.node];
	switch (node->kind) {
	case NODE_LITERAL:
	case NODE_PARAM:
	case NODE_ACCEPT:
		/* Those of an entry stand together, and no two entries share a node. */
		for (size_t i = walk->threads.n;
		     i-- > 0 && walk->threads.v[i].entry == thread.entry;)
			if (walk->threads.v[i].node == thread.node &&
			    walk->threads.v[i].taken == thread.taken)
				return;
		*vector_add(&walk->threads) = thread;
		return;
	case NODE_SPLIT:
		if (node->other >= 0) {
			struct thread other = thread;

			other.node = node->other;
			walk_follow(walk, other);
		}
		break;
	case NODE_ONCE:
		if (!(thread.taken & node->bit)) {
			struct thread other = thread;

			other.node = node->other;
			other.taken |= node->bit;
			walk_follow(walk, other);
		}
		break;
	}
	thread.node = node->next;
	walk_follow(walk, thread);
}

static void start(struct walk *walk)
{
	grammar_compile();
	walk->threads.n = 0;
	for (size_t i = 0; i < grammar.entries.n; i++)
		walk_follow(walk, (struct thread){ .entry = &grammar.entries.v[i],
						   .node = grammar.entries.v[i].start });
}

static void list_letter(unsigned letter)
{
	for (size_t i = 0; i < grammar.entries.n; i++) {
		char first = grammar.entries.v[i].first;

		if ((unsigned)first - 'a' == letter || !islower((unsigned char)first))
			*vector_add(&grammar.by_letter[letter]) = (unsigned short)i;
	}
}

static void start_entry(struct walk *walk, struct entry *entry, const struct word *word)
{
	if (!may_begin(entry, word))
		return;
	grammar_compile_entry(entry);
	walk_follow(walk, (struct thread){ .entry = entry, .node = entry->start });
}

/* The same where the first word is known: only what may take it is looked at, and compiled. */
static void start_at(struct walk *walk, const struct word *word)
{
	unsigned letter = (unsigned)*word->text - 'a';

	grammar_list();
	if (letter >= sizeof(grammar.by_letter) / sizeof(grammar.by_letter[0])) {
		for (size_t i = 0; i < grammar.entries.n; i++)
			start_entry(walk, &grammar.entries.v[i], word);
		return;
	}
	if (!grammar.by_letter[letter].room)
		list_letter(letter);
	for (size_t i = 0; i < grammar.by_letter[letter].n; i++)
		start_entry(walk, &grammar.entries.v[grammar.by_letter[letter].v[i]], word);
}

const struct node *thread_node(const struct thread *thread)
{
	return &grammar.nodes.v[thread->node];
}

const struct node *bound_node(const struct bound *bound)
{
	return &grammar.nodes.v[bound->node];
}

bool node_is_line(const struct node *node)
{
	return node->kind == NODE_PARAM && strcmp(node->text, "LINE") == 0;
}

static void bind_word(struct walk *walk, struct thread *thread, int word, size_t from)
{
	struct bound *bound = new_bound(walk);

	*bound = (struct bound){ thread->bound, thread->node, word, from };
	thread->bound = bound;
}

static bool is_of_type(const struct node *node, const struct word *word)
{
	struct error ignored cleanup_error = ERROR_INIT;

	return !node->type || !node->type->check ||
	       node->type->check(word->text, 0, &ignored) == 0;
}

static bool takes(const struct node *node, const struct word *word, enum way way)
{
	switch (way) {
	case BY_LITERAL:
		return node->kind == NODE_LITERAL && !word->quoted &&
		       *node->text == *word->text && strlen(word->text) >= node->least &&
		       str_starts(node->text, word->text);
	case BY_PARAM:
		return node->kind == NODE_PARAM && is_of_type(node, word);
	case BY_PREFIX:
		return node->kind == NODE_LITERAL && !word->quoted && word->text[0] &&
		       str_starts(node->text, word->text);
	}
	return false;
}

bool thread_is_foreign(const struct thread *thread)
{
	return thread->entry->command->flags & COMMAND_FOREIGN;
}

bool thread_is_foreign_start(const struct thread *thread)
{
	return !thread->bound && (thread->entry->command->flags & COMMAND_FOREIGN);
}

char *walk_only_prefix(const struct walk *walk, const struct word *word, bool *more)
{
	char *found = NULL;

	*more = false;
	for (size_t i = 0; i < walk->threads.n; i++) {
		const struct node *node = thread_node(&walk->threads.v[i]);

		if (!takes(node, word, BY_PREFIX) || thread_is_foreign_start(&walk->threads.v[i]))
			continue;
		if (found && strcmp(found, node->text) != 0)
			*more = true;
		found = node->text;
	}
	return found;
}

bool walk_step_by(struct walk *walk, const struct word *word, int number, size_t from,
		  enum way way, bool *line)
{
	thread_list old = walk->threads;
	bool stepped = false;

	walk->threads = walk->before;
	walk->threads.n = 0;
	for (size_t i = 0; i < old.n; i++) {
		struct thread thread = old.v[i];

		if (!takes(thread_node(&thread), word, way))
			continue;
		stepped = true;
		bind_word(walk, &thread, number, from);
		if (node_is_line(thread_node(&thread)))
			*line = true;
		thread.node = thread_node(&thread)->next;
		walk_follow(walk, thread);
	}
	walk->before = stepped ? old : walk->threads;
	if (!stepped)
		walk->threads = old;
	return stepped;
}

/*
 * Lets the threads take a word: keywords before options with something glued to them before
 * parameters before keywords cut short. Returns whether any did; if not, the walk is as it was. *LINE:
 * the word starts a command of its own.
 */
static bool step(struct walk *walk, const struct word *word, int number, bool abbreviate,
		 bool *line)
{
	struct word whole = *word;
	bool more = false;

	*line = false;
	if (walk_step_by(walk, word, number, 0, BY_LITERAL, line) ||
	    walk_step_glued(walk, word, number) ||
	    walk_step_by(walk, word, number, 0, BY_PARAM, line))
		return true;
	if (!abbreviate)
		return false;
	whole.text = walk_only_prefix(walk, word, &more);
	return whole.text && !more && walk_step_by(walk, &whole, number, 0, BY_PREFIX, line);
}

static void args_from(const struct thread *thread, const struct word *words, size_t count,
		      struct args *args)
{
	size_t n = 0;

	*args = (struct args){ .command = thread->entry->command };
	args->words = words;
	args->word_count = count;
	for (const struct bound *b = thread->bound; b; b = b->before)
		n++;
	args->v = xcalloc(n, sizeof(*args->v));
	args->n = n;
	for (const struct bound *b = thread->bound; b; b = b->before) {
		const struct node *node = bound_node(b);
		struct arg *arg = &args->v[--n];

		arg->literal = node->kind == NODE_LITERAL;
		arg->name = node->text;
		arg->text = arg->literal ? node->text : words[b->word].text + b->from;
		arg->word = b->word;
	}
}

void args_free(struct args *args)
{
	free(args->v);
	*args = (struct args){ 0 };
}

static const struct thread *accepting(const struct walk *walk)
{
	for (size_t i = 0; i < walk->threads.n; i++)
		if (thread_node(&walk->threads.v[i])->kind == NODE_ACCEPT)
			return &walk->threads.v[i];
	return NULL;
}

int grammar_match(const struct word *words, size_t count, bool abbreviate, struct args *args,
		  struct error *err)
{
	struct walk walk = borrow_walk();
	const struct thread *found;
	int result = 0;
	bool line;

	if (count > 0)
		start_at(&walk, &words[0]);
	for (size_t i = 0; i < count; i++) {
		bool stepped = step(&walk, &words[i], (int)i, abbreviate, &line);

		/* All that might have stood there is what to tell. */
		if (!stepped && i == 0)
			start(&walk);
		if (!stepped) {
			result = glued_unknown(&walk, words, i, abbreviate, err);
			break;
		}
		if (line)
			break;
	}
	if (result == 0) {
		found = accepting(&walk);
		if (!found) {
			result = grammar_incomplete(&walk, words, count, err);
		} else {
			args_from(found, words, count, args);
			result = elsewhere_check(args, err);
			if (result < 0)
				args_free(args);
		}
	}
	give_back(&walk);
	return result;
}

/* --- what may come next --- */

void expectations_free(struct expectations *next)
{
	for (size_t i = 0; i < next->list.n; i++)
		args_free(&next->list.v[i].so_far);
	vector_free(&next->list);
	free(next->line_ns);
	*next = (struct expectations){ 0 };
}

/* A LINE starts at word AT, perhaps in another namespace. */
static void note_line(const struct walk *walk, const struct word *words, size_t at,
		      struct expectations *next)
{
	for (size_t i = 0; i < walk->threads.n; i++) {
		const struct bound *b = walk->threads.v[i].bound;

		for (; b; b = b->before) {
			const struct node *node = bound_node(b);

			if (node->kind != NODE_PARAM || strcmp(node->text, "NS") != 0)
				continue;
			free(next->line_ns);
			next->line_ns = xstrdup(words[b->word].text);
		}
	}
	next->line_word = at;
}

static bool expects_line(const struct walk *walk)
{
	for (size_t i = 0; i < walk->threads.n; i++)
		if (node_is_line(thread_node(&walk->threads.v[i])))
			return true;
	return false;
}

/* The type of the parameter that must come right behind a keyword, or NULL. */
static const struct param_type *param_behind(const struct node *node)
{
	const struct node *next = node->next >= 0 ? &grammar.nodes.v[node->next] : NULL;

	return next && next->kind == NODE_PARAM ? next->type : NULL;
}

/* Takes all words; where a LINE starts the walk begins again. */
static bool take_words(struct walk *walk, const struct word *words, size_t count,
		       bool abbreviate, struct expectations *next)
{
	bool line;

	for (size_t i = 0; i < count; i++) {
		if (!step(walk, &words[i], (int)i, abbreviate, &line))
			return false;
		if (!line)
			continue;
		note_line(walk, words, i, next);
		start(walk);
		if (!step(walk, &words[i], (int)i, abbreviate, &line))
			return false;
	}
	return true;
}

/* A LINE may start here, beside what may come else: "expect " expects "not" as well. */
static void add_line(struct walk *walk, const struct word *words, size_t count,
		     struct expectations *next)
{
	struct walk inner = { 0 };

	next->line = true;
	note_line(walk, words, count, next);
	start(&inner);
	for (size_t i = 0; i < inner.threads.n; i++)
		*vector_add(&walk->threads) = inner.threads.v[i];
	walk_free(&inner);
}

/* Whether the line may end with the thread, as grammar_match() has it. */
static bool ends_well(const struct thread *thread, const struct word *words, size_t count)
{
	struct error ignored cleanup_error = ERROR_INIT;
	struct args args = { 0 };
	bool well;

	args_from(thread, words, count, &args);
	well = elsewhere_check(&args, &ignored) == 0;
	args_free(&args);
	return well;
}

static void add_expected(const struct thread *thread, const struct word *words, size_t count,
			 struct expectations *next)
{
	const struct node *node = thread_node(thread);
	struct expected *expected;

	if (node->kind == NODE_ACCEPT)
		next->complete = next->complete || ends_well(thread, words, count);
	if (node->kind == NODE_ACCEPT || node_is_line(node))
		return;
	expected = vector_add(&next->list);
	expected->literal = node->kind == NODE_LITERAL ? node->text : NULL;
	expected->type = node->type;
	expected->command = thread->entry->command;
	expected->follows = expected->literal ? param_behind(node) : NULL;
	args_from(thread, words, count, &expected->so_far);
}

int grammar_next(const struct word *words, size_t count, bool abbreviate,
		 struct expectations *next)
{
	struct walk walk = { 0 };
	bool taken;

	start(&walk);
	taken = take_words(&walk, words, count, abbreviate, next);
	if (taken && expects_line(&walk))
		add_line(&walk, words, count, next);
	for (size_t i = 0; taken && i < walk.threads.n; i++)
		add_expected(&walk.threads.v[i], words, count, next);
	walk_free(&walk);
	return taken ? 0 : -1;
}

static bool has_entry(const char *word, unsigned foreign)
{
	grammar_list();
	for (size_t i = 0; i < grammar.entries.n; i++)
		if (grammar_starts_with(&grammar.entries.v[i], word) &&
		    (grammar.entries.v[i].command->flags & COMMAND_FOREIGN) == foreign)
			return true;
	return false;
}

bool grammar_is_own(const char *word)
{
	return has_entry(word, 0);
}

bool grammar_is_foreign(const char *word)
{
	return has_entry(word, COMMAND_FOREIGN);
}

bool grammar_is_command(const char *word)
{
	return grammar_is_own(word) || grammar_is_foreign(word);
}

const char *grammar_about(const char *word)
{
	const struct command *found = NULL;

	grammar_list();
	for (size_t i = 0; i < grammar.entries.n; i++) {
		const struct command *command = grammar.entries.v[i].command;

		if (grammar_starts_with(&grammar.entries.v[i], word) &&
		    (!found || ((found->flags & COMMAND_FOREIGN) &&
				!(command->flags & COMMAND_FOREIGN))))
			found = command;
	}
	if (!found)
		return NULL;
	return found->about ? found->about : found->help;
}
