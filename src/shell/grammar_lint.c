/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/grammar_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "shell/lexer.h"

/* Whether a table is in order: what the tests ask, once, of all of it. */

/* Whether some word is taken by both nodes at once: what makes two entries hard to tell. */
static bool overlap(const struct node *a, const struct node *b)
{
	if (a->kind == NODE_LITERAL && b->kind == NODE_LITERAL) {
		size_t least = a->least > b->least ? a->least : b->least;

		return strncmp(a->text, b->text, least) == 0;
	}
	/* A keyword wins over a parameter. */
	if (a->kind != NODE_PARAM || b->kind != NODE_PARAM)
		return false;
	return !a->type || !b->type || !param_types_apart(a->type, b->type);
}

/* Two places, one in each of two entries, to which the same words lead. */
typedef VECTOR(struct thread) thread_pairs; /* two by two */

/* Adds the pairs of threads that one more word leads on, or that both end here (returns true). */
static bool add_pairs(thread_pairs *pairs, const struct walk *one, const struct walk *two)
{
	for (size_t i = 0; i < one->threads.n; i++) {
		for (size_t j = 0; j < two->threads.n; j++) {
			const struct thread *x = &one->threads.v[i], *y = &two->threads.v[j];
			const struct node *nx = thread_node(x), *ny = thread_node(y);
			size_t at = 0;

			if (nx->kind == NODE_ACCEPT && ny->kind == NODE_ACCEPT)
				return true;
			if (nx->kind == NODE_ACCEPT || ny->kind == NODE_ACCEPT || node_is_line(nx) ||
			    node_is_line(ny) || !overlap(nx, ny))
				continue;
			while (at < pairs->n &&
			       !(pairs->v[at].node == x->node && pairs->v[at].taken == x->taken &&
				 pairs->v[at + 1].node == y->node &&
				 pairs->v[at + 1].taken == y->taken))
				at += 2;
			if (at < pairs->n)
				continue;
			*vector_add(pairs) = *x;
			*vector_add(pairs) = *y;
		}
	}
	return false;
}

/* Follows two entries side by side as far as one line can lead through both. */
static bool both_accept(const struct entry *a, const struct entry *b)
{
	struct walk one = { 0 }, two = { 0 };
	thread_pairs pairs = { 0 };
	bool found;

	walk_follow(&one, (struct thread){ .entry = a, .node = a->start });
	walk_follow(&two, (struct thread){ .entry = b, .node = b->start });
	found = add_pairs(&pairs, &one, &two);
	for (size_t at = 0; at < pairs.n && !found; at += 2) {
		struct thread x = pairs.v[at], y = pairs.v[at + 1];

		one.threads.n = two.threads.n = 0;
		x.node = thread_node(&x)->next;
		y.node = thread_node(&y)->next;
		walk_follow(&one, x);
		walk_follow(&two, y);
		found = add_pairs(&pairs, &one, &two);
	}
	walk_free(&one);
	walk_free(&two);
	vector_free(&pairs);
	return found;
}

static void lint_example(const struct command *command, const char *text,
			 struct strings *problems)
{
	struct error err cleanup_error = ERROR_INIT;
	struct block block = { 0 };
	bool own = text != command->example;
	size_t at;

	if (lex(text, strlen(text), &block, &at, &err) != LEXED) {
		strings_take(problems, xasprintf("%s: \"%s\": %s", command->grammar, text,
						 err.message));
	}
	for (size_t i = 0; i < block.statements.n; i++) {
		struct statement *statement = &block.statements.v[i];
		word_list words = { 0 };
		struct args args = { 0 };

		if (expand(NULL, statement, &words, &err) < 0 ||
		    grammar_match(words.v, words.n, false, &args, &err) < 0)
			strings_take(problems, xasprintf("%s: \"%s\": %s", command->grammar,
							 text, err.message));
		else if (args.command == command)
			own = true;
		args_free(&args);
		words_free(&words);
		error_clear(&err);
	}
	if (!own && block.statements.n > 0 && !strstr(command->grammar, "{"))
		strings_take(problems, xasprintf("%s: its example is of another command",
						 command->grammar));
	block_free(&block);
}

static bool is_own(const struct entry *entry, const char *noun)
{
	return !(entry->command->flags & COMMAND_FOREIGN) && grammar_starts_with(entry, noun);
}

/* Of several entries of a noun, in nsh's own words, the first tells about all. */
static void lint_about(size_t at, struct strings *problems)
{
	const struct entry *entry = &grammar.entries.v[at];
	const char *text = entry->command->grammar;
	cleanup_free char *noun = xstrndup(text, strcspn(text, " "));
	size_t first = 0, own = 0;

	if (!is_own(entry, noun))
		return;
	while (!is_own(&grammar.entries.v[first], noun))
		first++;
	for (size_t i = 0; i < grammar.entries.n; i++)
		own += is_own(&grammar.entries.v[i], noun);
	if (!entry->command->about != (first != at || own == 1))
		strings_take(problems, xasprintf("%s: the first of several, and no other, says "
						 "what all are about",
						 text));
}

static void lint(struct strings *problems)
{
	for (size_t i = 0; i < grammar.problems.n; i++)
		strings_add(problems, grammar.problems.v[i]);
	for (size_t i = 0; i < grammar.entries.n; i++) {
		const struct command *command = grammar.entries.v[i].command;

		if (!command->help || !command->example)
			strings_take(problems, xasprintf("%s: lacks help or example",
							 command->grammar));
		else
			lint_example(command, command->example, problems);
		if (command->setup)
			lint_example(command, command->setup, problems);
		if (!command->plan == !command->run)
			strings_take(problems, xasprintf("%s: wants a plan or a run",
							 command->grammar));
		lint_about(i, problems);
		for (size_t j = i + 1; j < grammar.entries.n; j++)
			if (both_accept(&grammar.entries.v[i], &grammar.entries.v[j]))
				strings_take(problems,
					     xasprintf("\"%s\" and \"%s\" accept the same line",
						       command->grammar,
						       grammar.entries.v[j].command->grammar));
	}
}

void grammar_lint(struct strings *problems)
{
	grammar_compile();
	lint(problems);
}

void grammar_lint_table(const struct command *const *table, struct strings *problems)
{
	struct grammar own = grammar;

	grammar = (struct grammar){ 0 };
	grammar_list_table(table);
	grammar_compile();
	lint(problems);
	for (size_t j = 0; j < grammar.nodes.n; j++)
		free(grammar.nodes.v[j].text);
	vector_free(&grammar.nodes);
	vector_free(&grammar.entries);
	for (size_t j = 0; j < sizeof(grammar.by_letter) / sizeof(grammar.by_letter[0]); j++)
		vector_free(&grammar.by_letter[j]);
	strings_free(&grammar.problems);
	grammar = own;
}
