/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/complete_args.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "shell/complete.h"
#include "shell/grammar.h"

/* nsh's own command line, completed for other shells. */

static const struct {
	const char *text, *help;
} options[] = {
	{ "-c", "do the commands that follow" },
	{ "-l", "work in a named lab" },
	{ "--lab", "work in a named lab" },
	{ "-n", "parse and plan only" },
	{ "-k", "keep going after a failure" },
	{ "-q", "no notes" },
	{ "-v", "say what is done" },
	{ "-S", "work in a private sandbox" },
	{ "--sandbox", "work in a private sandbox" },
	{ "--host", "work on the machine itself" },
	{ "--json", "print answers as JSON" },
	{ "--tap", "print expectations as TAP" },
	{ "--help", "tell how nsh is used" },
	{ "--version", "tell which nsh this is" },
};

bool begins_command(const char *word)
{
	struct stat st;

	return grammar_is_command(word) && (stat(word, &st) < 0 || S_ISDIR(st.st_mode));
}

/* What the words before the one that is typed make of it. */
struct place {
	bool commands;	 /* it is a -c's */
	bool lab;	 /* the name of a lab */
	bool files;	 /* a file came before it: no command's words */
	bool other;	 /* a -c came before it: no files either */
	int command;	 /* the word that begins a command, or -1 */
	int program;	 /* the word behind "--", or -1 */
	const char *named; /* the lab that was named before it, or NULL */
};

/* The letter of an option that takes the next word: "c" of "-kc"; 0: none does. */
static char wants_next(const char *word)
{
	size_t at;

	if (strcmp(word, "--lab") == 0)
		return 'l';
	if (word[0] != '-' || word[1] == '-')
		return 0;
	at = strcspn(word, "cl");
	return word[at] && !word[at + 1] ? word[at] : 0;
}

static struct place find_place(int index, char *const *words, int count)
{
	struct place place = { .command = -1, .program = -1 };

	for (int i = 0; i < index && i < count && place.command < 0; i++) {
		char option = wants_next(words[i]);
		bool last = i + 1 == index;

		if (strcmp(words[i], "--") == 0) {
			place.program = i + 1;
			break;
		}
		if (option) {
			place.commands = option == 'c' && last;
			place.lab = option == 'l' && last;
			place.other |= option == 'c';
			if (option == 'l' && !last)
				place.named = words[i + 1];
			i++;
		} else if (str_starts(words[i], "--lab=")) {
			place.named = words[i] + strlen("--lab=");
		} else if (words[i][0] != '-' || !words[i][1]) {
			if (!place.files && !place.other && begins_command(words[i]))
				place.command = i;
			place.files = true;
		}
	}
	return place;
}

const char *complete_lab_named(int index, char *const *words, int count)
{
	return find_place(index, words, count).named;
}

static void print_candidates(struct candidates *candidates, const char *before)
{
	candidates_sort(candidates);
	for (size_t i = 0; i < candidates->list.n; i++) {
		const struct candidate *c = &candidates->list.v[i];

		printf("%s%s%s%s\n", before, c->text, c->help ? "\t" : "",
		       c->help ? c->help : "");
	}
}

/* A whole line in one word: its last word is completed, the rest repeated. */
static void complete_line(struct session *session, const char *line)
{
	struct candidates candidates = { 0 };
	cleanup_free char *before = NULL;
	struct cursor cursor = { 0 };

	cursor_read(session, line, strlen(line), &cursor);
	before = xstrndup(line, cursor.start);
	complete(session, &cursor, &candidates);
	print_candidates(&candidates, before);
	candidates_free(&candidates);
	cursor_free(&cursor);
}

/* A command whose words are words of the command line; none: what may begin one. */
static void complete_words(struct session *session, char *const *words, int count,
			   const char *word, struct candidates *candidates)
{
	struct cursor cursor = { .prefix = xstrdup(word) };

	cursor.words = xcalloc((size_t)count, sizeof(*cursor.words));
	cursor.count = (size_t)count;
	for (int i = 0; i < count; i++) {
		cursor.words[i].text = xstrdup(words[i]);
		cursor.words[i].quoted = !word_is_plain(words[i]);
	}
	complete(session, &cursor, candidates);
	candidates->prefix = word;
	cursor_free(&cursor);
}

void complete_for_shell(struct session *session, int index, char *const *words, int count)
{
	const char *word = index >= 0 && index < count ? words[index] : "";
	struct place place = find_place(index, words, count);
	struct candidates candidates = { .prefix = word };
	const struct args none = { 0 };

	if (place.commands) {
		complete_line(session, word);
		return;
	}
	if (place.command >= 0) {
		complete_words(session, words + place.command, index - place.command, word,
			       &candidates);
	} else if (place.lab) {
		param_type("LAB")->complete(session, &none, &candidates);
	} else if (place.program >= 0) {
		param_type(index == place.program ? "PROGRAM" : "FILE")
			->complete(session, &none, &candidates);
	} else if (word[0] == '-') {
		for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
			candidates_add(&candidates, options[i].text, options[i].help);
	} else if (!place.other) {
		param_type("FILE")->complete(session, &none, &candidates);
		if (!place.files)
			complete_words(session, NULL, 0, word, &candidates);
	}
	print_candidates(&candidates, "");
	candidates_free(&candidates);
}
