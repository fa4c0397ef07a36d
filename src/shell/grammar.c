/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/grammar.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "shell/lexer.h"

/* --- the automaton --- */

enum node_kind {
	NODE_LITERAL, /* a keyword, then NEXT */
	NODE_PARAM,   /* a parameter, then NEXT */
	NODE_SPLIT,   /* NEXT or OTHER */
	NODE_ONCE,    /* OTHER if group BIT was not taken yet, which takes it; or NEXT */
	NODE_ACCEPT,
};

struct node {
	enum node_kind kind;
	char *text; /* of a literal or parameter */
	const struct param_type *type;
	size_t least; /* bytes to which a literal may be cut short */
	int next, other;
	unsigned bit;
};

struct entry {
	const struct command *command;
	int start; /* -1: not compiled yet */
};

static struct grammar {
	VECTOR(struct node) nodes;
	VECTOR(struct entry) entries;
	struct strings problems;
	bool listed; /* the entries are there */
	bool whole;  /* and compiled, all of them */
} grammar;

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
		grammar.nodes.v[gate].bit = 1u << (c->bits++ & 31);
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

static void compile_entry(struct entry *entry)
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

static void list_table(const struct command *const *table)
{
	grammar.listed = true;
	for (size_t i = 0; table[i]; i++)
		for (const struct command *c = table[i]; c->grammar; c++)
			*vector_add(&grammar.entries) = (struct entry){ c, -1 };
}

static void list_entries(void)
{
	if (!grammar.listed)
		list_table(command_table);
}

static void compile(void)
{
	list_entries();
	for (size_t i = 0; !grammar.whole && i < grammar.entries.n; i++)
		compile_entry(&grammar.entries.v[i]);
	grammar.whole = true;
}

/* Whether an entry begins with a keyword, and that with WORD, as far as its grammar shows. */
static bool may_begin(const struct entry *entry, const struct word *word)
{
	const char *text = entry->command->grammar;

	return !islower((unsigned char)*text) || (!word->quoted && str_starts(text, word->text));
}

/* --- the walk --- */

/* What a thread has bound, newest first; shared between threads, freed with the walk. */
struct bound {
	const struct bound *before;
	struct bound *all;
	const struct node *node;
	int word;
};

struct thread {
	const struct entry *entry;
	int node;
	unsigned taken; /* groups in any order */
	const struct bound *bound;
};

struct walk {
	VECTOR(struct thread) threads; /* those that stand before a word or at the end */
	struct bound *all;
};

static void walk_free(struct walk *walk)
{
	while (walk->all) {
		struct bound *next = walk->all->all;

		free(walk->all);
		walk->all = next;
	}
	vector_free(&walk->threads);
}

/* Adds the thread, and those that it becomes without a word. */
static void follow(struct walk *walk, struct thread thread)
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
			follow(walk, other);
		}
		break;
	case NODE_ONCE:
		if (!(thread.taken & node->bit)) {
			struct thread other = thread;

			other.node = node->other;
			other.taken |= node->bit;
			follow(walk, other);
		}
		break;
	}
	thread.node = node->next;
	follow(walk, thread);
}

static void start(struct walk *walk)
{
	compile();
	walk->threads.n = 0;
	for (size_t i = 0; i < grammar.entries.n; i++)
		follow(walk, (struct thread){ .entry = &grammar.entries.v[i],
					      .node = grammar.entries.v[i].start });
}

/* The same where the first word is known: only what may take it is looked at, and compiled. */
static void start_at(struct walk *walk, const struct word *word)
{
	list_entries();
	for (size_t i = 0; i < grammar.entries.n; i++) {
		struct entry *entry = &grammar.entries.v[i];

		if (!may_begin(entry, word))
			continue;
		compile_entry(entry);
		follow(walk, (struct thread){ .entry = entry, .node = entry->start });
	}
}

static const struct node *node_of(const struct thread *thread)
{
	return &grammar.nodes.v[thread->node];
}

static bool is_line(const struct node *node)
{
	return node->kind == NODE_PARAM && strcmp(node->text, "LINE") == 0;
}

static void bind_word(struct walk *walk, struct thread *thread, int word)
{
	struct bound *bound = xcalloc(1, sizeof(*bound));

	bound->before = thread->bound;
	bound->node = node_of(thread);
	bound->word = word;
	bound->all = walk->all;
	walk->all = bound;
	thread->bound = bound;
}

enum way { BY_LITERAL, BY_PARAM, BY_PREFIX };

static bool takes(const struct node *node, const struct word *word, enum way way)
{
	struct error ignored cleanup_error = ERROR_INIT;

	switch (way) {
	case BY_LITERAL:
		return node->kind == NODE_LITERAL && !word->quoted &&
		       strlen(word->text) >= node->least && str_starts(node->text, word->text);
	case BY_PARAM:
		return node->kind == NODE_PARAM &&
		       (!node->type || !node->type->check ||
			node->type->check(word->text, 0, &ignored) == 0);
	case BY_PREFIX:
		return node->kind == NODE_LITERAL && !word->quoted && word->text[0] &&
		       str_starts(node->text, word->text);
	}
	return false;
}

/* Whether the thread stands before the first word of a line that is not in nsh's own words. */
static bool is_foreign_start(const struct thread *thread)
{
	return !thread->bound && (thread->entry->command->flags & COMMAND_FOREIGN);
}

/*
 * The one keyword that WORD is short for; NULL: none. *MORE: there are others. What other
 * programs are called does not stand in the way of nsh's own words.
 */
static char *only_prefix(const struct walk *walk, const struct word *word, bool *more)
{
	char *found = NULL;

	*more = false;
	for (size_t i = 0; i < walk->threads.n; i++) {
		const struct node *node = node_of(&walk->threads.v[i]);

		if (!takes(node, word, BY_PREFIX) || is_foreign_start(&walk->threads.v[i]))
			continue;
		if (found && strcmp(found, node->text) != 0)
			*more = true;
		found = node->text;
	}
	return found;
}

/*
 * Lets the threads take a word: keywords before parameters before keywords cut short. Returns
 * whether any did; if not, the walk is as it was. *LINE: the word starts a command of its own.
 */
static bool step(struct walk *walk, const struct word *word, int number, bool abbreviate,
		 bool *line)
{
	VECTOR(struct thread) old = { 0 };
	bool more = false, stepped = false;
	struct word whole = *word;

	*line = false;
	for (enum way way = BY_LITERAL; !stepped && way <= (abbreviate ? BY_PREFIX : BY_PARAM);
	     way++) {
		if (way == BY_PREFIX) {
			whole.text = only_prefix(walk, word, &more);
			if (!whole.text || more)
				break;
			word = &whole;
		}
		for (size_t i = 0; i < walk->threads.n && !stepped; i++)
			stepped = takes(node_of(&walk->threads.v[i]), word, way);
		if (!stepped)
			continue;
		old.v = walk->threads.v;
		old.n = walk->threads.n;
		walk->threads.v = NULL;
		walk->threads.n = walk->threads.room = 0;
		for (size_t i = 0; i < old.n; i++) {
			struct thread thread = old.v[i];

			if (!takes(node_of(&thread), word, way))
				continue;
			bind_word(walk, &thread, number);
			if (is_line(node_of(&thread)))
				*line = true;
			thread.node = node_of(&thread)->next;
			follow(walk, thread);
		}
		vector_free(&old);
	}
	return stepped;
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
		struct arg *arg = &args->v[--n];

		arg->literal = b->node->kind == NODE_LITERAL;
		arg->name = b->node->text;
		arg->text = arg->literal ? b->node->text : words[b->word].text;
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
		if (node_of(&walk->threads.v[i])->kind == NODE_ACCEPT)
			return &walk->threads.v[i];
	return NULL;
}

/* --- what is wrong with a line --- */

static bool is_foreign(const struct thread *thread)
{
	return thread->entry->command->flags & COMMAND_FOREIGN;
}

/* The first thread in nsh's own words that goes on; NULL: none. */
static const struct thread *own_thread(const struct walk *walk)
{
	for (size_t i = 0; i < walk->threads.n; i++)
		if (node_of(&walk->threads.v[i])->kind != NODE_ACCEPT &&
		    !is_foreign(&walk->threads.v[i]))
			return &walk->threads.v[i];
	return NULL;
}

/* "add, attach or NS (a namespace)": what may stand here. */
static void list_expected(const struct walk *walk, struct buf *text)
{
	struct strings shown cleanup_strings = { 0 };
	bool own = own_thread(walk) != NULL;

	for (size_t i = 0; i < walk->threads.n; i++) {
		const struct node *node = node_of(&walk->threads.v[i]);

		if (node->kind == NODE_ACCEPT || strings_has(&shown, node->text))
			continue;
		/* In nsh's own words, where it has some. */
		if (own && is_foreign(&walk->threads.v[i]))
			continue;
		strings_add(&shown, node->text);
		if (node->kind == NODE_PARAM && node->type)
			strings_take(&shown, xasprintf("%s", node->text));
	}
	for (size_t i = 0, printed = 0; i < shown.n; i++) {
		const struct param_type *type = param_type(shown.v[i]);

		if (i > 0 && strcmp(shown.v[i], shown.v[i - 1]) == 0)
			continue;
		if (printed++)
			buf_add(text, ", ");
		if (type)
			buf_addf(text, "%s (%s)", shown.v[i], type->what);
		else
			buf_add(text, shown.v[i]);
	}
}

static void literals_of(const struct walk *walk, bool foreign, struct strings *literals)
{
	for (size_t i = 0; i < walk->threads.n; i++) {
		const struct node *node = node_of(&walk->threads.v[i]);

		if (node->kind == NODE_LITERAL && !strings_has(literals, node->text) &&
		    (foreign || !is_foreign_start(&walk->threads.v[i])))
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
	{ "cd", "use" },       { "address", "addr" },
};

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

static bool starts_with(const struct entry *entry, const char *keyword)
{
	const char *text = entry->command->grammar;
	size_t length = strcspn(text, " []()|./");

	return !isupper((unsigned char)*text) && length > 0 && length == strlen(keyword) &&
	       strncmp(text, keyword, length) == 0;
}

/* The first entry of the noun that has the keyword behind it; NULL: none. */
static const struct entry *entry_with(const char *noun, const char *keyword)
{
	size_t length = strlen(keyword);

	for (size_t i = 0; i < grammar.entries.n; i++) {
		const char *text = grammar.entries.v[i].command->grammar;

		if (!starts_with(&grammar.entries.v[i], noun) ||
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
			name = (size_t)b->word == i && b->node->kind == NODE_PARAM;
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

static int unknown(const struct walk *walk, const struct word *words, size_t at,
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
	if (abbreviate && only_prefix(walk, &words[at], &more) && more) {
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
		error_set(err, STATUS_USAGE, 0, "there is no command %s", seen);
		if (near)
			error_hint(err, "did you mean %s?", near);
		else
			error_hint(err, "\"help\" lists the commands");
		return -1;
	}
	if (!near && misplaced(walk, words, at, err))
		return -1;
	/* What a parameter says against the word is the best there is to say. */
	for (size_t i = 0; !near && i < walk->threads.n; i++) {
		const struct node *node = node_of(&walk->threads.v[i]);

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

static int incomplete(const struct walk *walk, const struct word *words, size_t count,
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

int grammar_match(const struct word *words, size_t count, bool abbreviate, struct args *args,
		  struct error *err)
{
	const struct thread *found;
	struct walk walk = { 0 };
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
			result = unknown(&walk, words, i, abbreviate, err);
			break;
		}
		if (line)
			break;
	}
	if (result == 0) {
		found = accepting(&walk);
		if (found)
			args_from(found, words, count, args);
		else
			result = incomplete(&walk, words, count, err);
	}
	walk_free(&walk);
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

/* A LINE starts at word AT: the walk begins again there, perhaps in another namespace. */
static void enter_line(struct walk *walk, const struct word *words, size_t at,
		       struct expectations *next)
{
	for (size_t i = 0; i < walk->threads.n; i++) {
		const struct thread *thread = &walk->threads.v[i];

		for (const struct bound *b = thread->bound; b; b = b->before) {
			if (b->node->kind != NODE_PARAM || strcmp(b->node->text, "NS") != 0)
				continue;
			free(next->line_ns);
			next->line_ns = xstrdup(words[b->word].text);
		}
	}
	next->line_word = at;
	start(walk);
}

static bool expects_line(const struct walk *walk)
{
	for (size_t i = 0; i < walk->threads.n; i++)
		if (is_line(node_of(&walk->threads.v[i])))
			return true;
	return false;
}

/* The type of the parameter that must come right behind a keyword, or NULL. */
static const struct param_type *param_behind(const struct node *node)
{
	const struct node *next = node->next >= 0 ? &grammar.nodes.v[node->next] : NULL;

	return next && next->kind == NODE_PARAM ? next->type : NULL;
}

int grammar_next(const struct word *words, size_t count, bool abbreviate,
		 struct expectations *next)
{
	struct walk walk = { 0 };
	bool line;

	start(&walk);
	for (size_t i = 0; i < count; i++) {
		if (!step(&walk, &words[i], (int)i, abbreviate, &line)) {
			walk_free(&walk);
			return -1;
		}
		if (!line)
			continue;
		enter_line(&walk, words, i, next);
		if (!step(&walk, &words[i], (int)i, abbreviate, &line)) {
			walk_free(&walk);
			return -1;
		}
	}
	/* "expect " expects "not" as well as a command. */
	if (expects_line(&walk)) {
		struct walk inner = { 0 };

		next->line = true;
		for (size_t i = 0; i < walk.threads.n; i++) {
			const struct bound *b = walk.threads.v[i].bound;

			for (; b; b = b->before) {
				if (b->node->kind == NODE_PARAM &&
				    strcmp(b->node->text, "NS") == 0) {
					free(next->line_ns);
					next->line_ns = xstrdup(words[b->word].text);
				}
			}
		}
		next->line_word = count;
		start(&inner);
		for (size_t i = 0; i < inner.threads.n; i++)
			*vector_add(&walk.threads) = inner.threads.v[i];
		walk_free(&inner);
	}
	for (size_t i = 0; i < walk.threads.n; i++) {
		const struct thread *thread = &walk.threads.v[i];
		const struct node *node = node_of(thread);
		struct expected *expected;

		if (node->kind == NODE_ACCEPT) {
			next->complete = true;
			continue;
		}
		if (is_line(node))
			continue;
		expected = vector_add(&next->list);
		expected->literal = node->kind == NODE_LITERAL ? node->text : NULL;
		expected->type = node->type;
		expected->command = thread->entry->command;
		expected->follows = expected->literal ? param_behind(node) : NULL;
		args_from(thread, words, count, &expected->so_far);
	}
	walk_free(&walk);
	return 0;
}

bool grammar_is_command(const char *word)
{
	list_entries();
	for (size_t i = 0; i < grammar.entries.n; i++)
		if (starts_with(&grammar.entries.v[i], word))
			return true;
	return false;
}

/* --- lint --- */

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
			const struct node *nx = node_of(x), *ny = node_of(y);
			size_t at = 0;

			if (nx->kind == NODE_ACCEPT && ny->kind == NODE_ACCEPT)
				return true;
			if (nx->kind == NODE_ACCEPT || ny->kind == NODE_ACCEPT || is_line(nx) ||
			    is_line(ny) || !overlap(nx, ny))
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

	follow(&one, (struct thread){ .entry = a, .node = a->start });
	follow(&two, (struct thread){ .entry = b, .node = b->start });
	found = add_pairs(&pairs, &one, &two);
	for (size_t at = 0; at < pairs.n && !found; at += 2) {
		struct thread x = pairs.v[at], y = pairs.v[at + 1];

		one.threads.n = two.threads.n = 0;
		x.node = node_of(&x)->next;
		y.node = node_of(&y)->next;
		follow(&one, x);
		follow(&two, y);
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

		if (expand(statement, NULL, NULL, &words, &err) < 0 ||
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
	compile();
	lint(problems);
}

void grammar_lint_table(const struct command *const *table, struct strings *problems)
{
	struct grammar own = grammar;

	grammar = (struct grammar){ 0 };
	list_table(table);
	compile();
	lint(problems);
	for (size_t j = 0; j < grammar.nodes.n; j++)
		free(grammar.nodes.v[j].text);
	vector_free(&grammar.nodes);
	vector_free(&grammar.entries);
	strings_free(&grammar.problems);
	grammar = own;
}
