/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/grammar_parts.h"

#include <ctype.h>
#include <string.h>

#include "base/cleanup.h"

/* From the strings of the table to the automaton. */

struct grammar grammar;

/* --- compiling: each function makes the nodes for what it reads, from its end backwards --- */

struct compiler {
	const char *at;
	const char *whole;
	unsigned depth; /* of grammars in grammars */
	unsigned bits; /* groups in any order so far */
};

static int new_node(enum node_kind kind)
{
	struct node *node = vector_add(&grammar.nodes);

	node->kind = kind;
	node->next = node->other = -1;
	return (int)grammar.nodes.n - 1;
}

/* A piece of automaton: where it starts and which node's NEXT leads out of it. */
struct fragment {
	int start;
	int end;
};

static void join(int from, int to)
{
	grammar.nodes.v[from].next = to;
}

static void problem(const struct compiler *c, const char *what)
{
	strings_take(&grammar.problems, xasprintf("%s: %s at \"%s\"", c->whole, what, c->at));
}

static void skip(struct compiler *c)
{
	while (*c->at == ' ')
		c->at++;
}

static struct fragment compile_choice(struct compiler *c);

/* A parameter that is a grammar of its own. */
static struct fragment compile_shared(struct compiler *c, const struct shared_grammar *what)
{
	struct compiler shared = { .at = what->grammar, .whole = what->grammar };
	struct fragment f;

	shared.depth = c->depth + 1;
	shared.bits = c->bits;
	if (shared.depth > 4)
		problem(c, "too many grammars in grammars");
	f = compile_choice(&shared);
	if (*shared.at)
		problem(&shared, "this closes nothing");
	c->bits = shared.bits;
	return f;
}

static struct fragment compile_param(struct compiler *c, size_t length)
{
	cleanup_free char *name = xstrndup(c->at, length);
	const struct shared_grammar *shared = shared_grammar(name);
	const struct param_type *type = param_type(name);
	int index;

	if (!type && !shared)
		problem(c, "this parameter has no type");
	c->at += length;
	if (shared && c->depth <= 4)
		return compile_shared(c, shared);
	index = new_node(NODE_PARAM);
	grammar.nodes.v[index].text = steal_pointer(&name);
	grammar.nodes.v[index].type = type;
	return (struct fragment){ index, index };
}

static struct fragment compile_word(struct compiler *c)
{
	size_t length = strcspn(c->at, " []()|."), whole = strcspn(c->at, " []()|./");
	struct node *node;
	int index;

	if (isupper((unsigned char)*c->at))
		return compile_param(c, length);
	index = new_node(NODE_LITERAL);
	node = &grammar.nodes.v[index];
	node->text = xstrndup(c->at, whole);
	node->least = whole;
	if (whole < length) {
		node->least = length - whole - 1;
		if (node->least == 0 || node->least > whole ||
		    strncmp(c->at, c->at + whole + 1, node->least) != 0)
			problem(c, "this keyword is not cut short to that");
	}
	if (whole == 0) {
		problem(c, "a word is missing");
		if (*c->at && length == 0)
			c->at++;
	}
	c->at += length;
	return (struct fragment){ index, index };
}

/* An element, and "..." behind it. A group in brackets is handled by its caller. */
static struct fragment compile_element(struct compiler *c)
{
	struct fragment f;

	if (*c->at == '(') {
		c->at++;
		f = compile_choice(c);
		if (*c->at == ')')
			c->at++;
		else
			problem(c, "a ) is missing");
	} else {
		f = compile_word(c);
	}
	if (strncmp(c->at, "...", 3) == 0) {
		int again = new_node(NODE_SPLIT);

		c->at += 3;
		grammar.nodes.v[again].other = f.start;
		join(f.end, again);
		f.end = again;
	}
	return f;
}

static bool is_keyword_group(const char *at)
{
	return at[0] == '[' && (islower((unsigned char)at[1]) || at[1] == '-');
}

/* What a thread remembers that it has taken a group by. */
static unsigned next_bit(struct compiler *c)
{
	if (c->bits == 8 * sizeof(unsigned)) {
		problem(c, "too many groups in any order");
		return 0;
	}
	return 1u << c->bits++;
}

/* "[x]", or "[keyword x] [keyword y]": any order, each once. */
static struct fragment compile_optional(struct compiler *c)
{
	struct fragment result = { -1, -1 };
	bool any_order = is_keyword_group(c->at);
	int last = -1, out = new_node(NODE_SPLIT);

	do {
		struct fragment f;
		int gate = new_node(any_order ? NODE_ONCE : NODE_SPLIT);

		c->at++;
		f = compile_choice(c);
		if (*c->at == ']')
			c->at++;
		else
			problem(c, "a ] is missing");
		grammar.nodes.v[gate].other = f.start;
		if (any_order)
			grammar.nodes.v[gate].bit = next_bit(c);
		if (result.start < 0)
			result.start = gate;
		if (last >= 0)
			join(last, gate);
		last = gate;
		/* Behind one group any of the others may follow. */
		join(f.end, any_order ? result.start : out);
		if (!any_order)
			break;
		skip(c);
	} while (is_keyword_group(c->at));
	join(last, out);
	result.end = out;
	return result;
}

static struct fragment compile_sequence(struct compiler *c)
{
	struct fragment result = { -1, -1 };

	for (;;) {
		struct fragment f;

		skip(c);
		if (!*c->at || strchr("|)]", *c->at))
			break;
		f = *c->at == '[' ? compile_optional(c) : compile_element(c);
		if (result.start < 0)
			result = f;
		else
			join(result.end, f.start);
		result.end = f.end;
	}
	if (result.start < 0) {
		problem(c, "nothing stands here");
		result.start = result.end = new_node(NODE_SPLIT);
	}
	return result;
}

static struct fragment compile_choice(struct compiler *c)
{
	struct fragment result = compile_sequence(c);

	while (*c->at == '|') {
		struct fragment other;
		int split = new_node(NODE_SPLIT), out = new_node(NODE_SPLIT);

		c->at++;
		other = compile_sequence(c);
		/* What stands first is tried, and listed, first. */
		grammar.nodes.v[split].other = result.start;
		join(split, other.start);
		join(result.end, out);
		join(other.end, out);
		result = (struct fragment){ split, out };
	}
	return result;
}

void grammar_compile_entry(struct entry *entry)
{
	struct compiler c = { .at = entry->command->grammar, .whole = entry->command->grammar };
	struct fragment f;

	if (entry->start >= 0)
		return;
	f = compile_choice(&c);
	if (*c.at)
		problem(&c, "this closes nothing");
	join(f.end, new_node(NODE_ACCEPT));
	entry->start = f.start;
}

void grammar_list_table(const struct command *const *table)
{
	grammar.listed = true;
	for (size_t i = 0; table[i]; i++)
		for (const struct command *c = table[i]; c->grammar; c++)
			*vector_add(&grammar.entries) = (struct entry){ c, -1, *c->grammar };
}

void grammar_list(void)
{
	if (!grammar.listed)
		grammar_list_table(command_table);
}

void grammar_compile(void)
{
	grammar_list();
	for (size_t i = 0; !grammar.whole && i < grammar.entries.n; i++)
		grammar_compile_entry(&grammar.entries.v[i]);
	grammar.whole = true;
}

bool grammar_starts_with(const struct entry *entry, const char *keyword)
{
	const char *text = entry->command->grammar;
	size_t length = strcspn(text, " []()|./");

	return !isupper((unsigned char)*text) && length > 0 && length == strlen(keyword) &&
	       strncmp(text, keyword, length) == 0;
}
