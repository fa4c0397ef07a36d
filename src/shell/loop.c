/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/loop.h"

#include <string.h>

#include "base/cleanup.h"
#include "plan/limits.h"
#include "shell/ahead.h"
#include "shell/grammar.h"

/* --- what it runs over --- */

/* The most that a range counts to: a slip of the finger is not to fill the memory. */
#define RANGE_MAX 1000000

static bool is_range(const char *word)
{
	return strstr(word, "..") && strpbrk(word, "0123456789") &&
	       strspn(word, "0123456789.") == strlen(word);
}

/* "1..100" as numbers; with zeros in front, "001..100", all of one length. */
static int add_range(const char *word, int number, struct strings *values, struct error *err)
{
	const char *dots = strstr(word, "..");
	cleanup_free char *low = xstrndup(word, (size_t)(dots - word));
	int digits = low[0] == '0' ? (int)strlen(low) : 1;
	unsigned long long first, last;

	if (!str_number(low, 0, RANGE_MAX, &first) ||
	    !str_number(dots + 2, 0, RANGE_MAX, &last) || digits > 7)
		return error_set(err, STATUS_USAGE, number,
				 "%s is not a range: two numbers from 0 to %d are one, 1..100",
				 word, RANGE_MAX);
	if (first <= last)
		for (unsigned long long i = first; i <= last; i++)
			strings_take(values, xasprintf("%0*llu", digits, i));
	else
		for (unsigned long long i = first + 1; i-- > last;)
			strings_take(values, xasprintf("%0*llu", digits, i));
	return 0;
}

int loop_read(const word_list *words, struct strings *values, struct error *err)
{
	if (words->v[0].quoted || strcmp(words->v[0].text, "for") != 0) {
		error_set(err, STATUS_USAGE, 0, "a block belongs to a \"for\"");
		return error_hint(err, "for X in red blue { ... }");
	}
	if (words->n < 2 || !is_variable_name(words->v[1].text)) {
		error_set(err, STATUS_USAGE, words->n < 2 ? (int)words->n : 1,
			  "\"for\" needs a variable");
		return error_hint(err, "for X in red blue { ... }");
	}
	if (words->n < 4 || strcmp(words->v[2].text, "in") != 0) {
		bool in = words->n > 2 && strcmp(words->v[2].text, "in") == 0;

		error_set(err, STATUS_USAGE, words->n < 3 || in ? (int)words->n : 2,
			  "\"for %s\" needs \"in\" and the values", words->v[1].text);
		return error_hint(err, "for %s in red blue { ... }", words->v[1].text);
	}
	for (size_t i = 3; i < words->n; i++) {
		const struct word *word = &words->v[i];

		if (word->quoted || !is_range(word->text))
			strings_add(values, word->text);
		else if (add_range(word->text, (int)i, values, err) < 0)
			return -1;
	}
	return 0;
}

/* --- whether there is room for it --- */

static bool foresee_line(struct session *session, const struct statement *statement,
			 struct demand *demand)
{
	struct error ignored cleanup_error = ERROR_INIT;
	struct plan plan cleanup_plan = PLAN_INIT;
	struct args args = { 0 };
	word_list words = { 0 };
	bool foreseen;

	foreseen = ahead_read(session, statement, &words, &args) &&
		   command_foresee(session, &args, &plan, &ignored) == 0;
	if (foreseen) {
		demand_add(demand, &plan);
		plan_apply(&plan, session->world);
	}
	args_free(&args);
	words_free(&words);
	return foreseen;
}

static bool foresee_round(struct session *session, const struct block *body,
			  struct demand *demand)
{
	/* Blocks within are looked at when it is their turn. */
	for (size_t i = 0; i < body->statements.n; i++)
		if (!body->statements.v[i].body &&
		    !foresee_line(session, &body->statements.v[i], demand))
			return false;
	return true;
}

int loop_fits(struct session *session, const struct block *body, const char *variable,
	      const struct strings *values, int word, struct strings *warnings,
	      struct error *err)
{
	struct demand each cleanup_demand = DEMAND_INIT, second cleanup_demand = DEMAND_INIT;
	struct world *world = session->world;
	bool foreseen;
	int result = 0;

	if (values->n < DEMAND_MANY || !session->kernel || session->dry_run)
		return 0;
	session->world = world_new(session->kernel);
	world_simulate(session->world, true);
	session_set_variable(session, variable, values->v[0]);
	foreseen = foresee_round(session, body, &each);
	session_set_variable(session, variable, values->v[1]);
	foreseen = foreseen && foresee_round(session, body, &second);
	world_free(session->world);
	session->world = world;
	if (foreseen) {
		demand_common(&each, &second);
		result = demand_check(&each, values->n, world, word, err);
		if (result == 0)
			demand_warn(&each, values->n, world, warnings);
	}
	return result;
}
