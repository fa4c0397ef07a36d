/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/builtins.h"

#include <ctype.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/style.h"
#include "base/table.h"
#include "shell/foreign_types.h"
#include "shell/grammar.h"
#include "view/why.h"

/* Help, from the table alone. */

#define TOPIC_COLUMNS 92 /* that the longest line of a topic may have */

/* Ideas rather than commands. */
static const struct {
	const char *name, *what, *text;
} topics[] = {
	{ "names", "how namespaces and interfaces are named",
	  "An end is NS or NS:IF: red, red:veth-red, host:v-net-0. Where the interface is left out\n"
	  "and the namespace has just one besides lo, that one is meant. A word without a colon\n"
	  "that is no namespace is an interface of the namespace that the line acts in: v-net-0.\n"
	  "host is the namespace that nsh lives in. An interface's name has 1 to 15 characters;\n"
	  "nsh shortens names that it makes and sets the full one as an alternative name.\n" },
	{ "addresses", "how addresses are written",
	  "An address of an interface has a prefix length: 192.168.15.1/24, 2001:db8::1/64. Without\n"
	  "one it would be alone in its network, connected to nothing. Where an address is wanted, a\n"
	  "name may stand for it: ping red blue; route red default via v-net-0.\n" },
	{ "scripts", "how scripts are written",
	  "A script holds the lines that one types at the prompt, with whole keywords. # starts a\n"
	  "comment, \"...\" and '...' quote, a \\ at the end continues a line, ; separates commands.\n"
	  "set NAME = VALUE sets a variable, $NAME is its value; for X in A B { ... } and\n"
	  "for I in 1..100 { ... } repeat. A script stops at its first failure and takes back what\n"
	  "it has done, unless nsh was started with -k. There are no pipes and redirections: a shell\n"
	  "has them, inside (exec NS sh -c 'ip route | head -1') and outside (nsh -c 'ns' | sort).\n" },
	{ "words", "which lines of ip, iptables and other programs nsh understands",
	  "nsh also takes lines as other programs have them: ip netns, link, addr, route and neigh\n"
	  "(with ip's abbreviations, -n NS, and ip netns exec NS LINE), ping, curl, arp, route,\n"
	  "ifconfig, bridge link and fdb, brctl, sysctl, echo 1 > /proc/sys/..., and iptables for the\n"
	  "rules of nsh's own table. They do exactly what the program would do, but for nsh's marks,\n"
	  "and explain, undo and save work on them. An option that nsh does not know is an error;\n"
	  "exec host ip -s link runs the program itself, as it runs any other. \"help ip\" lists them;\n"
	  "once each, nsh tells its own words for it. In a script sudo, #!/bin/sh and set -e do no\n"
	  "harm.\n" },
	{ "status", "what nsh's exit status means",
	  "0 done; 1 a command failed; 2 a line could not be understood; 3 an expectation did not\n"
	  "hold; 4 this kernel or machine cannot do it.\n" },
};

static void print_entry(FILE *to, const struct command *c)
{
	cleanup_free char *grammar = xasprintf("  %s", c->grammar);
	cleanup_free char *help = xasprintf("      %s", c->help);

	print_wrapped(to, grammar, 10);
	print_wrapped(to, help, 6);
	fprintf(to, "      example: %s\n", c->example);
}

/* A line of a list: what there is, and what it is for. */
static void print_about(FILE *to, const char *name, const char *what)
{
	cleanup_free char *text = xasprintf("  %-11s %s", name, what);

	print_wrapped(to, text, 14);
}

/* Where it is wider than the terminal, its lines are others. */
static void print_topic(FILE *to, const char *text)
{
	size_t columns = terminal_columns(to);
	cleanup_free char *one = xstrdup(text);

	if (columns == 0 || columns >= TOPIC_COLUMNS) {
		fputs(text, to);
		return;
	}
	one[strlen(one) - 1] = '\0';
	for (char *end; (end = strchr(one, '\n'));)
		*end = ' ';
	print_wrapped(to, one, 0);
}

static void first_word(const char *grammar, char *word, size_t size)
{
	size_t length = strcspn(grammar, " ");

	str_copy(word, size, grammar);
	if (length < size)
		word[length] = '\0';
}

/* The next keyword of a grammar, and behind it; NULL: there is none. */
static const char *next_keyword(const char *grammar, size_t *length)
{
	for (; *grammar; grammar += *length ? *length : 1) {
		*length = strcspn(grammar, " []()|");
		if (*length > 0 && !isupper((unsigned char)*grammar) && *grammar != '.')
			return grammar;
	}
	return NULL;
}

static bool has_keyword(const struct command *c, const char *word)
{
	size_t length;

	for (const char *at = c->grammar; (at = next_keyword(at, &length)); at += length)
		if (length == strlen(word) && strncmp(at, word, length) == 0)
			return true;
	return false;
}

/* Whether an entry begins with the first word that help is asked for, and holds the others. */
static bool is_about(const struct command *c, const struct args *args)
{
	const char *topic = arg_text(args, "TOPIC");
	char word[32];

	first_word(c->grammar, word, sizeof(word));
	if (strcmp(word, topic) != 0)
		return false;
	for (size_t i = 0; i < arg_count(args, "KEYWORD"); i++)
		if (!has_keyword(c, arg_nth(args, "KEYWORD", i)->text))
			return false;
	return true;
}

void help_topics(struct strings *names)
{
	for (size_t i = 0; i < sizeof(topics) / sizeof(topics[0]); i++)
		strings_add(names, topics[i].name);
}

void help_keywords(const char *command, struct strings *keywords)
{
	char word[32];
	size_t length;

	for (size_t i = 0; command_table[i]; i++) {
		for (const struct command *c = command_table[i]; c->grammar; c++) {
			const char *at = c->grammar;

			first_word(c->grammar, word, sizeof(word));
			if (strcmp(word, command) != 0 || !(at = next_keyword(at, &length)))
				continue;
			while ((at = next_keyword(at + length, &length)))
				strings_take(keywords, xstrndup(at, length));
		}
	}
}

/* One line for each noun: its keyword and what all its entries are for, in few words. */
static void list_commands(FILE *to)
{
	struct strings listed cleanup_strings = { 0 };
	char word[32];

	print_wrapped(to, "Commands (\"help COMMAND\" tells more, TAB completes, ? lists what may come "
			  "next):", 2);
	for (size_t i = 0; command_table[i]; i++) {
		for (const struct command *c = command_table[i]; c->grammar; c++) {
			first_word(c->grammar, word, sizeof(word));
			if ((c->flags & COMMAND_FOREIGN) || strings_has(&listed, word))
				continue;
			print_about(to, word, grammar_about(word));
			strings_add(&listed, word);
		}
	}
	fputs("Topics:\n", to);
	for (size_t i = 0; i < sizeof(topics) / sizeof(topics[0]); i++)
		print_about(to, topics[i].name, topics[i].what);
}

static const struct column entry_columns[] = {
	{ "", "grammar", COLUMN_TEXT },
	{ "", "help", COLUMN_TEXT },
	{ "", "example", COLUMN_TEXT },
	{ 0 },
};

static void add_entry(struct table *table, const struct command *c)
{
	table_row(table);
	table_cell(table, c->grammar);
	table_cell(table, c->help);
	table_cell(table, c->example);
}

/* All there is, or on one topic. Returns whether there is anything. */
static bool print_json(struct session *session, const struct args *args)
{
	static const struct column topic_columns[] = {
		{ "", "topic", COLUMN_TEXT },
		{ "", "help", COLUMN_TEXT },
		{ "", "text", COLUMN_TEXT },
		{ 0 },
	};
	struct table *tables[] = { table_new("commands", entry_columns),
				   table_new("topics", topic_columns) };
	const char *topic = arg_text(args, "TOPIC");
	bool found;

	for (size_t i = 0; command_table[i]; i++)
		for (const struct command *c = command_table[i]; c->grammar; c++)
			if (topic ? is_about(c, args) : !(c->flags & COMMAND_FOREIGN))
				add_entry(tables[0], c);
	for (size_t i = 0; i < sizeof(topics) / sizeof(topics[0]); i++) {
		if (topic && strcmp(topics[i].name, topic) != 0)
			continue;
		table_row(tables[1]);
		table_cell(tables[1], topics[i].name);
		table_cell(tables[1], topics[i].what);
		table_cell(tables[1], topics[i].text);
	}
	found = table_rows(tables[0]) + table_rows(tables[1]) > 0;
	if (found)
		tables_print(tables, 2, true, session->out);
	table_free(tables[0]);
	table_free(tables[1]);
	return found;
}

int help_run(struct session *session, const struct args *args, struct error *err)
{
	const struct arg *topic = arg_get(args, "TOPIC");
	struct strings known cleanup_strings = { 0 };
	const char *near;
	char word[32];
	bool found = false;

	if (session->format == FORMAT_JSON && print_json(session, args))
		return 0;
	if (!topic) {
		list_commands(session->out);
		return 0;
	}
	for (size_t i = 0; i < sizeof(topics) / sizeof(topics[0]); i++) {
		strings_add(&known, topics[i].name);
		if (strcmp(topics[i].name, topic->text) != 0 || arg_count(args, "KEYWORD") > 0)
			continue;
		print_topic(session->out, topics[i].text);
		found = true;
	}
	for (size_t i = 0; command_table[i]; i++) {
		for (const struct command *c = command_table[i]; c->grammar; c++) {
			first_word(c->grammar, word, sizeof(word));
			strings_add(&known, word);
			if (!is_about(c, args))
				continue;
			print_entry(session->out, c);
			found = true;
		}
	}
	if (found)
		return 0;
	if (strings_has(&known, topic->text)) {
		const struct arg *last = arg_nth(args, "KEYWORD", arg_count(args, "KEYWORD") - 1);

		error_set(err, STATUS_FAILED, last->word, "the help of %s has no line with %s",
			  topic->text, last->text);
		return error_hint(err, "\"help %s\" tells all of it", topic->text);
	}
	near = str_nearest(topic->text, &known);
	error_set(err, STATUS_FAILED, topic->word, "there is no help on %s", topic->text);
	if (near)
		return error_hint(err, "did you mean %s?", near);
	return error_hint(err, "\"find %s\" searches all of it", topic->text);
}

int find_run(struct session *session, const struct args *args, struct error *err)
{
	const char *word = arg_text(args, "WORD");
	struct table *table = table_new("commands", entry_columns);
	bool json = session->format == FORMAT_JSON, found;

	for (size_t i = 0; command_table[i]; i++) {
		for (const struct command *c = command_table[i]; c->grammar; c++) {
			if (!strcasestr(c->grammar, word) && !strcasestr(c->help, word) &&
			    !strcasestr(c->example, word))
				continue;
			add_entry(table, c);
			if (!json)
				print_entry(session->out, c);
		}
	}
	found = table_rows(table) > 0;
	if (found && json)
		table_print(table, true, session->out);
	table_free(table);
	if (found)
		return 0;
	return error_set(err, STATUS_FAILED, arg_get(args, "WORD")->word,
			 "no command's help holds \"%s\"", word);
}

/* --- the manual --- */

/* A text for man(7): hyphens as typed, no line that starts with a control character. */
static void put_man(FILE *to, const char *text)
{
	if (*text == '.' || *text == '\'')
		fputs("\\&", to);
	for (; *text; text++) {
		if (*text == '-')
			fputs("\\-", to);
		else if (*text == '\\')
			fputs("\\e", to);
		else
			fputc(*text, to);
	}
}

/* Keywords bold, parameters in italics, as manuals have it. */
static void put_grammar(FILE *to, const char *grammar)
{
	while (*grammar) {
		size_t length = strcspn(grammar, " []()|.");

		if (length == 0) {
			fputc(*grammar++, to);
			continue;
		}
		fputs(isupper((unsigned char)*grammar) ? "\\fI" : "\\fB", to);
		for (size_t i = 0; i < length; i++) {
			if (grammar[i] == '-')
				fputc('\\', to);
			fputc(grammar[i], to);
		}
		fputs("\\fR", to);
		grammar += length;
	}
}

static void put_commands(FILE *to, bool foreign)
{
	for (size_t i = 0; command_table[i]; i++) {
		for (const struct command *c = command_table[i]; c->grammar; c++) {
			if (!(c->flags & COMMAND_FOREIGN) == foreign)
				continue;
			fputs(".TP\n", to);
			put_grammar(to, c->grammar);
			fputc('\n', to);
			put_man(to, c->help);
			fputs(".\n.br\nExample: ", to);
			put_man(to, c->example);
			fputc('\n', to);
		}
	}
}

static void put_params(FILE *to, const struct param_type *types)
{
	for (const struct param_type *type = types; type->name; type++) {
		fprintf(to, ".TP\n\\fI%s\\fR\n", type->name);
		put_man(to, type->what);
		fputc('\n', to);
	}
}

void help_print_man(FILE *to)
{
	fputs(".SH COMMANDS\n", to);
	put_commands(to, false);
	fputs(".SH THE WORDS OF OTHER PROGRAMS\n"
	      "These lines do exactly what the program does, but for nsh's marks; explain, undo and\n"
	      "save work on them as on nsh's own. A keyword such as\n"
	      "\\fBaddress/a\\fR may be cut short, here to \\fBa\\fR. An option that is not listed is\n"
	      "an error.\n",
	      to);
	put_commands(to, true);
	fputs(".SH PARAMETERS\n", to);
	put_params(to, param_types);
	put_params(to, foreign_types);
	for (const struct shared_grammar *shared = shared_grammars; shared->name; shared++) {
		fprintf(to, ".TP\n\\fI%s\\fR\n", shared->name);
		put_man(to, shared->what);
		fputs(": ", to);
		put_grammar(to, shared->grammar);
		fputc('\n', to);
	}
	why_print_man(to);
}

void help_print_examples(FILE *to)
{
	struct buf json cleanup_buf = { 0 };

	for (size_t i = 0; command_table[i]; i++) {
		for (const struct command *c = command_table[i]; c->grammar; c++) {
			buf_add(&json, json.length ? ",\n{\"grammar\":" : "[{\"grammar\":");
			buf_add_json(&json, c->grammar);
			buf_add(&json, ",\"setup\":");
			buf_add_json(&json, c->setup ? c->setup : "");
			buf_add(&json, ",\"example\":");
			buf_add_json(&json, c->example);
			buf_addf(&json, ",\"plans\":%s,\"shell\":%s,\"stays\":%s}",
				 c->plan ? "true" : "false",
				 c->flags & COMMAND_SHELL ? "true" : "false",
				 c->flags & COMMAND_ROOM ? "true" : "false");
		}
	}
	fprintf(to, "%s]\n", buf_str(&json));
}
