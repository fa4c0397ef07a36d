/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/grammar_parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* What is wrong with a line: the best there is to say of it. */

/* The first thread in nsh's own words that goes on; NULL: none. */
static const struct thread *own_thread(const struct walk *walk)
{
	for (size_t i = 0; i < walk->threads.n; i++)
		if (thread_node(&walk->threads.v[i])->kind != NODE_ACCEPT &&
		    !thread_is_foreign(&walk->threads.v[i]))
			return &walk->threads.v[i];
	return NULL;
}

/* "add, attach or NS (a namespace)": what may stand here. */
static void list_expected(const struct walk *walk, struct buf *text)
{
	struct strings shown cleanup_strings = { 0 };
	bool own = own_thread(walk) != NULL;

	for (size_t i = 0; i < walk->threads.n; i++) {
		const struct node *node = thread_node(&walk->threads.v[i]);

		if (node->kind == NODE_ACCEPT || strings_has(&shown, node->text))
			continue;
		/* In nsh's own words, where it has some. */
		if (own && thread_is_foreign(&walk->threads.v[i]))
			continue;
		buf_addf(text, "%s%s", shown.n ? ", " : "", node->text);
		if (node->type)
			buf_addf(text, " (%s)", node->type->what);
		strings_add(&shown, node->text);
	}
}

static void literals_of(const struct walk *walk, bool foreign, struct strings *literals)
{
	for (size_t i = 0; i < walk->threads.n; i++) {
		const struct node *node = thread_node(&walk->threads.v[i]);

		if (node->kind == NODE_LITERAL && !strings_has(literals, node->text) &&
		    (foreign || !thread_is_foreign_start(&walk->threads.v[i])))
			strings_add(literals, node->text);
	}
}

/* What other programs call it, or people do; not in the table, but known where it stands. */
static const struct {
	const char *word, *keyword;
} synonyms[] = {
	{ "remove", "del" },   { "delete", "del" },  { "rm", "del" },	    { "create", "add" },
	{ "new", "add" },      { "make", "add" },    { "connect", "attach" }, { "enable", "on" },
	{ "disable", "off" },  { "exit", "quit" },   { "logout", "quit" },  { "netns", "ns" },
	{ "room", "ns" },      { "veth", "cable" },  { "switch", "bridge" }, { "brctl", "bridge" },
	{ "iptables", "nat" }, { "masquerade", "nat" }, { "ls", "show" },   { "man", "help" },
	{ "neigh", "arp" },    { "curl", "get" },    { "echo", "say" },	    { "export", "set" },
	{ "cd", "use" },       { "address", "addr" },	{ "tcpdump", "sniff" }, { "tshark", "sniff" },
	{ "dumpcap", "sniff" }, { "traceroute", "trace" }, { "tracepath", "trace" }, { "mtr", "trace" },
	{ "wget", "get" },     { "iptables-save", "save" },
};

const char *grammar_synonym(const char *word)
{
	for (size_t i = 0; i < sizeof(synonyms) / sizeof(synonyms[0]); i++)
		if (strcmp(synonyms[i].word, word) == 0 && grammar_is_command(synonyms[i].keyword))
			return synonyms[i].keyword;
	return NULL;
}

/* The keyword that WORD is probably meant to be; NULL: none. */
static const char *nearest_keyword(const struct word *word, const struct strings *literals)
{
	/* Of options of one letter each another is not likelier than the next. */
	if (word->text[0] == '-' && strlen(word->text) <= 2)
		return NULL;
	for (size_t i = 0; i < sizeof(synonyms) / sizeof(synonyms[0]); i++)
		if (strcasecmp(synonyms[i].word, word->text) == 0 &&
		    strings_has(literals, synonyms[i].keyword))
			return synonyms[i].keyword;
	for (size_t i = 0; i < literals->n; i++)
		if (strcasecmp(literals->v[i], word->text) == 0)
			return literals->v[i];
	return str_nearest(word->text, literals);
}

/* A type may quote a word as it was typed: no terminal is to act on that. Returns -1. */
static int make_visible(struct error *err)
{
	char *message = str_visible(err->message);
	char *hint = err->hint ? str_visible(err->hint) : NULL;

	free(err->message);
	free(err->hint);
	err->message = message;
	err->hint = hint;
	return -1;
}

/* The first entry of the noun that has the keyword behind it; NULL: none. */
static const struct entry *entry_with(const char *noun, const char *keyword)
{
	size_t length = strlen(keyword);

	for (size_t i = 0; i < grammar.entries.n; i++) {
		const char *text = grammar.entries.v[i].command->grammar;

		if (!grammar_starts_with(&grammar.entries.v[i], noun) ||
		    (grammar.entries.v[i].command->flags & COMMAND_FOREIGN))
			continue;
		for (const char *at = text; (at = strstr(at, keyword)); at += length)
			if (at > text && !isalnum((unsigned char)at[-1]) &&
			    !isalnum((unsigned char)at[length]))
				return &grammar.entries.v[i];
	}
	return NULL;
}

/*
 * "cable add red blue", "route red via blue": what does not fit is a later word, but what is wrong
 * is a keyword that was taken for a name. Returns whether that is the case, with ERR set.
 */
static bool misplaced(const struct walk *walk, const struct word *words, size_t at,
		      struct error *err)
{
	static const char *const fillers[] = { "add", "new", "set", "to", "and", "with", "from" };
	/* Of one that goes on: "addr END CIDR" rather than "addr [END]". */
	const struct thread *thread = own_thread(walk);
	const struct entry *entry = NULL;
	int found = -1;

	for (size_t i = 1; thread && i <= at && found < 0; i++) {
		bool name = i == at;

		for (const struct bound *b = thread->bound; b && !name; b = b->before)
			name = (size_t)b->word == i && bound_node(b)->kind == NODE_PARAM;
		if (!name || words[i].quoted || !islower((unsigned char)words[i].text[0]))
			continue;
		entry = entry_with(words[0].text, words[i].text);
		if (entry && i < at)
			found = (int)i;
		for (size_t j = 0; j < sizeof(fillers) / sizeof(fillers[0]); j++)
			if (strcmp(fillers[j], words[i].text) == 0)
				found = (int)i;
	}
	if (found < 0)
		return false;
	error_set(err, STATUS_USAGE, found, "%s does not belong here", words[found].text);
	error_hint(err, "it is written: %s",
		   entry ? entry->command->grammar : thread->entry->command->grammar);
	return true;
}

static bool expects_keyword(const struct expectations *next, const char *keyword)
{
	for (size_t i = 0; i < next->list.n; i++)
		if (next->list.v[i].literal && strcmp(next->list.v[i].literal, keyword) == 0)
			return true;
	return false;
}

/*
 * "attach red addr auto": a keyword that stands in another's place, not behind it. Without that
 * one the line, which has to go on now, is whole, and has no place for it. Returns whether that is
 * the case, with ERR set.
 */
static bool stands_instead(const struct walk *walk, const struct word *words, size_t at,
			   bool abbreviate, struct error *err)
{
	struct expectations before = { 0 }, after = { 0 };
	cleanup_free struct word *line = NULL;
	struct buf text cleanup_buf = { 0 };
	bool instead;

	if (at < 2 || words[at].quoted || words[at - 1].quoted)
		return false;
	for (size_t i = 0; i < walk->threads.n; i++)
		if (thread_node(&walk->threads.v[i])->kind == NODE_ACCEPT)
			return false;
	line = xcalloc(at, sizeof(*line));
	memcpy(line, words, (at - 1) * sizeof(*line));
	line[at - 1] = words[at];
	instead = grammar_next(words, at - 1, abbreviate, &before) == 0 &&
		  expects_keyword(&before, words[at - 1].text) &&
		  expects_keyword(&before, words[at].text) &&
		  grammar_next(line, at, abbreviate, &after) == 0 && after.complete &&
		  !expects_keyword(&after, words[at - 1].text);
	expectations_free(&before);
	expectations_free(&after);
	if (!instead)
		return false;
	for (size_t i = 0; i < at; i++)
		line_add_word(&text, line[i].text, line[i].quoted);
	error_set(err, STATUS_USAGE, (int)at, "%s does not belong behind %s", words[at].text,
		  words[at - 1].text);
	error_hint(err, "without %s: %s", words[at - 1].text, buf_str(&text));
	make_visible(err);
	return true;
}

int grammar_unknown(const struct walk *walk, const struct word *words, size_t at,
		    bool abbreviate, struct error *err)
{
	struct strings literals cleanup_strings = { 0 };
	struct buf expected cleanup_buf = { 0 };
	cleanup_free char *seen = words[at].text[0] ? str_visible(words[at].text) :
						      xstrdup("\"\"");
	const char *near;
	bool more;

	literals_of(walk, true, &literals);
	if (words[at].quoted && strings_has(&literals, words[at].text)) {
		error_set(err, STATUS_USAGE, (int)at, "%s in quotes is not a keyword", seen);
		return error_hint(err, "without quotes it is");
	}
	if (abbreviate && walk_only_prefix(walk, &words[at], &more) && more) {
		struct strings own cleanup_strings = { 0 };
		struct buf all cleanup_buf = { 0 };

		literals_of(walk, false, &own);
		for (size_t i = 0; i < own.n; i++)
			if (str_starts(own.v[i], words[at].text))
				buf_addf(&all, "%s%s", all.length ? ", " : "", own.v[i]);
		error_set(err, STATUS_USAGE, (int)at, "%s is ambiguous", seen);
		return error_hint(err, "it could be %s", buf_str(&all));
	}
	near = nearest_keyword(&words[at], &literals);
	if (at == 0) {
		/* Programs have short names too: nc is not ns. */
		if (near && !grammar_synonym(words[0].text) && !str_starts(near, words[0].text) &&
		    strcasecmp(near, words[0].text) != 0 &&
		    str_distance(words[0].text, near, 3) * 2 >= strlen(words[0].text))
			near = NULL;
		error_set(err, STATUS_USAGE, 0, "there is no command %s", seen);
		if (near)
			error_hint(err, "did you mean %s?", near);
		else
			error_hint(err, "\"help\" lists the commands");
		return -1;
	}
	if (!near && stands_instead(walk, words, at, abbreviate, err))
		return -1;
	if (!near && misplaced(walk, words, at, err))
		return -1;
	/* What a parameter says against the word is the best there is to say. */
	for (size_t i = 0; !near && i < walk->threads.n; i++) {
		const struct node *node = thread_node(&walk->threads.v[i]);

		if (node->kind == NODE_PARAM && node->type && node->type->check &&
		    node->type->check(words[at].text, (int)at, err) < 0)
			return make_visible(err);
	}
	list_expected(walk, &expected);
	if (expected.length == 0) {
		error_set(err, STATUS_USAGE, (int)at, "nothing more belongs here");
		return error_hint(err, "it is written: %s",
				  walk->threads.v[0].entry->command->grammar);
	}
	error_set(err, STATUS_USAGE, (int)at, "%s is not understood here", seen);
	if (near)
		return error_hint(err, "did you mean %s?", near);
	return error_hint(err, "here may stand: %s", buf_str(&expected));
}

int grammar_incomplete(const struct walk *walk, const struct word *words, size_t count,
		       struct error *err)
{
	struct buf expected cleanup_buf = { 0 }, line cleanup_buf = { 0 };

	for (size_t i = 0; i < count; i++) {
		if (i)
			buf_addc(&line, ' ');
		buf_add_visible(&line, words[i].text);
	}
	list_expected(walk, &expected);
	error_set(err, STATUS_USAGE, (int)count, "\"%s\" is incomplete", buf_str(&line));
	return error_hint(err, "next comes %s", buf_str(&expected));
}
