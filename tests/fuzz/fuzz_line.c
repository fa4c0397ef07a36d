/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A line, or a script, on its way to a command: lexer, grammar, TAB and "?". Nothing is
 * run.
 */
#include "fuzz/fuzz.h"

#include <string.h>

#include "base/cleanup.h"
#include "commands/command.h"
#include "shell/complete.h"
#include "shell/grammar.h"
#include "shell/lexer.h"

const char *const fuzz_words[] = {
	"ns ", "add ", "del ", "red ", "blue ", "host ", "cable ", "bridge ", "v-net-0 ",
	"attach ", "addr ", "192.168.15.1/24 ", "route ", "default ", "via ", "dev ",
	"in red ", "nat ", "on ", "for X in a b { ", " }", "publish ", "80 ",
	"expect not ", "explain ", "json ", "exec red ", "link ", "red:veth-red ", "mtu ",
	"ping ", "$X", "${X}", "$EMPTY", "${", "$NONE", "\"", "'", "\\", "\\\n", "\n",
	";", "#", "\t", "\r", "auto ", "?", "...", "set A = ", "1..100", "serve ", "get ",
	"lesson ", "host:", "\xc3\xa4", "\x1b[31m", NULL,
};

static const char *const texts[] = {
	"", "ns add red blue", "cable red blue addr 10.0.0.1/24 10.0.0.2/24 mtu 1400",
	"bridge v-net-0 attach red blue addr 192.168.15.1/24 auto",
	"in red route red default via 192.168.15.5", "in red in blue addr",
	"for X in a b c { ns add $X; cable ${X}1 host }\nns",
	"say \"a $X b\\n\" 'c $X' d\\ e $ $1 $$X \"\\$X\" # the end",
	"ns add \\\n red # not blue\nns del red", "nat on for 192.168.15.0/24 out eth0",
	"publish 8080 red:80 tcp", "link red:veth-red mtu 1500", "addr del red ",
	"expect not ping red blue", "explain json route red", "exec red ls -l \"$NONE\"",
	"ns bridge 300.1.2.3/24 ${", "\"open", "{ }", "a { b { c } d } e",
	"bri v-net-0 att r", "set X = \"{\" ; x$EMPTY\"\"y ''",
	"a { b { c } d $EMPTY} e} e",
	"ns $", "ns a${", "ns $X $E",
};

void fuzz_seeds(void (*add)(const void *bytes, size_t length))
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		add(texts[i], strlen(texts[i]));
	add("ns b\0c$E", 8);
	for (size_t i = 0; command_table[i]; i++)
		for (const struct command *c = command_table[i]; c->grammar; c++) {
			add(c->example, strlen(c->example));
			if (c->setup)
				add(c->setup, strlen(c->setup));
		}
}

/* --- the lexer --- */

/* Words stand in the text one behind the other. Returns where the last one ends. */
static size_t check_words(const struct block *block, size_t from, size_t size)
{
	for (size_t i = 0; i < block->statements.n; i++) {
		const struct statement *statement = &block->statements.v[i];
		raw_word_list words = { 0 };

		statement_words(statement, &words);
		CHECK(words.n > 0);
		CHECK(words.v[0].start == statement->start);
		CHECK(words.v[words.n - 1].end == statement->end);
		for (size_t j = 0; j < words.n; j++) {
			const struct raw_word *word = &words.v[j];
			size_t piece = word->start;

			CHECK(word->start >= from && word->start < word->end);
			CHECK(word->end <= size);
			for (size_t k = 0; k < word->pieces.n; k++) {
				CHECK(word->pieces.v[k].start >= piece);
				CHECK(word->pieces.v[k].start < word->end);
				CHECK(word->pieces.v[k].text[0]);
				CHECK(!word->pieces.v[k].variable ||
				      is_variable_name(word->pieces.v[k].text));
				piece = word->pieces.v[k].start;
			}
			from = word->end;
		}
		raw_words_free(&words);
		if (statement->body)
			from = check_words(statement->body, from, size);
	}
	return from;
}

static void write_word(struct buf *to, const struct raw_word *word)
{
	if (word->quoted)
		buf_addc(to, '"');
	for (size_t i = 0; i < word->pieces.n; i++) {
		const struct piece *piece = &word->pieces.v[i];

		if (piece->variable) {
			buf_addf(to, "${%s}", piece->text);
			continue;
		}
		for (const char *c = piece->text; *c; c++) {
			if (word->quoted && strchr("\"\\$", *c))
				buf_addc(to, '\\');
			buf_addc(to, *c);
			/* What follows is not the name of a variable. */
			if (!word->quoted && *c == '$')
				buf_add(to, "\\\n");
		}
	}
	if (word->quoted)
		buf_addc(to, '"');
}

/* What was read, written so that it can be read in one way only. */
static void write_block(struct buf *to, const struct block *block)
{
	for (size_t i = 0; i < block->statements.n; i++) {
		const struct statement *statement = &block->statements.v[i];
		raw_word_list words = { 0 };

		statement_words(statement, &words);
		for (size_t j = 0; j < words.n; j++) {
			if (j)
				buf_addc(to, ' ');
			write_word(to, &words.v[j]);
		}
		raw_words_free(&words);
		if (statement->body) {
			buf_add(to, " {\n");
			write_block(to, statement->body);
			buf_add(to, "}");
		}
		buf_addc(to, '\n');
	}
}

static void check_stable(const struct block *block)
{
	struct buf text cleanup_buf = { 0 }, again cleanup_buf = { 0 };
	struct error err cleanup_error = ERROR_INIT;
	struct block reread = { 0 };
	size_t at;

	write_block(&text, block);
	CHECK(lex(buf_str(&text), text.length, &reread, &at, &err) == LEXED);
	write_block(&again, &reread);
	CHECK(strcmp(buf_str(&text), buf_str(&again)) == 0);
	block_free(&reread);
}

/* --- the grammar --- */

static bool is_shown(const char *text)
{
	cleanup_free char *seen = str_visible(text);

	return strcmp(seen, text) == 0;
}

static void check_match_error(const struct error *err, const struct word *words,
			      size_t count)
{
	CHECK(error_is_set(err) && err->status == STATUS_USAGE && err->message[0]);
	CHECK(err->word >= 0 && (size_t)err->word <= count);
	if ((size_t)err->word < count) {
		size_t length = strlen(words[err->word].text);

		CHECK(err->from <= length && err->length <= length - err->from);
	}
	CHECK(is_shown(err->message));
	CHECK(!err->hint || is_shown(err->hint));
}

static bool has_line(const struct args *args)
{
	return args->n > 0 && strcmp(args->v[args->n - 1].name, "LINE") == 0;
}

static void check_args(const struct args *args, const struct word *words, size_t count)
{
	int last = -1;

	CHECK(args->command && args->words == words && args->word_count == count);
	CHECK(args->n == count || (has_line(args) && args->n < count));
	for (size_t i = 0; i < args->n; i++) {
		const struct arg *arg = &args->v[i];

		CHECK(arg->word == last + 1 && (size_t)arg->word < count);
		last = arg->word;
		if (!arg->literal) {
			CHECK(arg->text == words[arg->word].text);
			continue;
		}
		CHECK(!words[arg->word].quoted);
		CHECK(strcmp(arg->name, arg->text) == 0);
		CHECK(str_starts(arg->text, words[arg->word].text));
	}
}

/* Whatever keyword is said to come next is taken, too. */
static void check_promise(const struct expectations *next, const struct word *words,
			  size_t count)
{
	cleanup_free struct word *more = xcalloc(count + 1, sizeof(*more));
	struct expectations beyond = { 0 };
	const struct expected *e;
	char *text;

	if (next->list.n == 0)
		return;
	e = &next->list.v[count % next->list.n];
	for (size_t i = 0; i < count; i++)
		more[i] = words[i];
	if (!e->literal)
		return;
	text = xstrdup(e->literal);
	more[count].text = text;
	CHECK(grammar_next(more, count + 1, false, &beyond) == 0);
	CHECK(beyond.complete || beyond.line || beyond.list.n > 0);
	expectations_free(&beyond);
	free(text);
}

static void check_grammar(const struct word *words, size_t count)
{
	struct error err cleanup_error = ERROR_INIT, short_err cleanup_error = ERROR_INIT;
	struct args args = { 0 }, short_args = { 0 };
	struct expectations next = { 0 };
	bool whole = grammar_match(words, count, false, &args, &err) == 0;
	bool abbreviated =
		grammar_match(words, count, true, &short_args, &short_err) == 0;
	bool follows;

	if (whole)
		check_args(&args, words, count);
	else
		check_match_error(&err, words, count);
	if (abbreviated)
		check_args(&short_args, words, count);
	else
		check_match_error(&short_err, words, count);
	/* Cutting words short adds meanings, it changes none. */
	CHECK(!whole || (abbreviated && args.command == short_args.command));
	follows = grammar_next(words, count, false, &next) == 0;
	CHECK(!whole || has_line(&args) || (follows && next.complete));
	CHECK(!follows || !next.complete || whole);
	CHECK(!follows || next.line_word <= count);
	if (follows)
		check_promise(&next, words, count);
	expectations_free(&next);
	args_free(&args);
	args_free(&short_args);
}

static void check_statements(struct session *session, const struct block *block)
{
	for (size_t i = 0; i < block->statements.n; i++) {
		const struct statement *statement = &block->statements.v[i];
		struct error err cleanup_error = ERROR_INIT;
		raw_word_list raw = { 0 };
		word_list words = { 0 };

		statement_words(statement, &raw);
		if (expand(session, statement, &words, &err) < 0) {
			CHECK(err.status == STATUS_USAGE && err.word >= 0);
			CHECK((size_t)err.word < raw.n);
		} else {
			CHECK(words.n == raw.n);
			for (size_t j = 0; j < words.n; j++)
				CHECK(words.v[j].start == raw.v[j].start &&
				      words.v[j].end == raw.v[j].end);
			check_grammar(words.v, words.n);
		}
		raw_words_free(&raw);
		words_free(&words);
		if (statement->body)
			check_statements(session, statement->body);
	}
}

/* --- TAB and "?" --- */

/* The cursor at the end of TEXT. Returns what may stand there, in one string. */
static char *ask(struct session *session, const char *text, size_t length)
{
	struct buf all cleanup_buf = { 0 }, help cleanup_buf = { 0 };
	struct candidates candidates = { 0 };
	struct cursor cursor = { 0 };
	size_t from = 0;

	cursor_read(session, text, length, &cursor);
	CHECK(cursor.prefix && cursor.start <= length);
	for (size_t i = 0; i < cursor.count; i++) {
		CHECK(cursor.words[i].start >= from);
		CHECK(cursor.words[i].start < cursor.words[i].end);
		from = cursor.words[i].end;
	}
	CHECK(from <= cursor.start);
	complete(session, &cursor, &candidates);
	for (size_t i = 0; i < candidates.list.n; i++) {
		const char *candidate = candidates.list.v[i].text;

		CHECK(str_starts(candidate, cursor.prefix));
		CHECK(i == 0 ||
		      str_natural(candidates.list.v[i - 1].text, candidate) < 0);
		buf_addf(&all, "%s\n", candidate);
	}
	explain_next(session, &cursor, &help);
	CHECK(help.length > 0 && help.s[help.length - 1] == '\n');
	for (const char *c = help.s; *c; c++)
		CHECK((unsigned char)*c >= ' ' || *c == '\n');
	buf_add(&all, buf_str(&help));
	candidates_free(&candidates);
	cursor_free(&cursor);
	CHECK(strcmp(session->ns, HOST) == 0);
	return buf_steal(&all);
}

/*
 * Where the lexer takes a text, the words before the cursor behind it are those of the
 * lexer.
 */
static void check_cursor(struct session *session, const char *data, size_t size,
			 const struct block *block)
{
	struct error err cleanup_error = ERROR_INIT;
	struct buf text cleanup_buf = { 0 };
	struct cursor cursor = { 0 };
	const struct statement *last;
	word_list words = { 0 };
	size_t end;

	buf_addn(&text, data, size);
	buf_addc(&text, ' ');
	cursor_read(session, buf_str(&text), text.length, &cursor);
	CHECK((cursor.quote == 0 || cursor.quote == '#') && !cursor.prefix[0]);
	last = block->statements.n ? &block->statements.v[block->statements.n - 1] : NULL;
	if (last && !last->body && expand(session, last, &words, &err) == 0) {
		end = words.v[words.n - 1].end;
		if (strspn(text.s + end, " \t\r") == text.length - end)
			CHECK(cursor.count == words.n);
		CHECK(cursor.count == 0 || cursor.count == words.n);
		for (size_t i = 0; i < cursor.count; i++) {
			CHECK(strcmp(cursor.words[i].text, words.v[i].text) == 0);
			CHECK(cursor.words[i].quoted == words.v[i].quoted);
			CHECK(cursor.words[i].start == words.v[i].start &&
			      cursor.words[i].end == words.v[i].end);
		}
	} else if (!error_is_set(&err)) {
		CHECK(cursor.count == 0);
	}
	words_free(&words);
	cursor_free(&cursor);
}

/* --- the world that they look at --- */

static void add_addr(struct ns *ns, const char *link, const char *text)
{
	struct error err cleanup_error = ERROR_INIT;
	struct addr *addr = vector_add(&ns->addrs);

	str_copy(addr->link, sizeof(addr->link), link);
	CHECK(cidr_parse(text, &addr->cidr, -1, &err) == 0);
}

static struct session *new_session(void)
{
	static struct session session;
	struct error err cleanup_error = ERROR_INIT;
	struct ns *ns;

	/* Completing a program reads whole directories. */
	setenv("PATH", "/nowhere", 1);
	session_init(&session);
	session.world = world_new(NULL);
	world_add_ns(session.world, "red");
	world_add_ns(session.world, "blue");
	ns = world_ns(session.world, "red", WORLD_ALL, -1, &err);
	CHECK(ns);
	world_add_link(ns, "veth-red", "veth");
	add_addr(ns, "veth-red", "192.168.15.2/24");
	ns = world_ns(session.world, HOST, WORLD_ALL, -1, &err);
	CHECK(ns);
	world_add_link(ns, "v-net-0", "bridge");
	add_addr(ns, "v-net-0", "192.168.15.1/24");
	session_set_variable(&session, "X", "red");
	session_set_variable(&session, "EMPTY", "");
	return &session;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char reference[] = "bridge v-net-0 attach ";
	static struct session *session;
	static char *first;
	struct error err cleanup_error = ERROR_INIT;
	const char *text = (const char *)data;
	cleanup_free char *once = NULL, *twice = NULL, *same = NULL;
	struct block block = { 0 };
	size_t at = 0, part = size;
	enum lexed result;

	if (!session) {
		session = new_session();
		first = ask(session, reference, strlen(reference));
	}
	if (size > 16384)
		return 0; /* a line must not become longer than a line can be when
			     rewritten */
	result = lex(text, size, &block, &at, &err);
	CHECK((result == LEXED) == !error_is_set(&err));
	CHECK(result == LEXED || (err.message[0] && at < size));
	check_words(&block, 0, size);
	if (result == LEXED) {
		check_stable(&block);
		check_cursor(session, text, size, &block);
	}
	check_statements(session, &block);
	block_free(&block);
	/* The cursor stands at the end, or somewhere before it. */
	if (size > 1 && data[0] & 1)
		part = size * data[size - 1] / 256;
	once = ask(session, text, part);
	if (size % 8)
		return 0;
	/* Whatever was asked, nothing stays behind. */
	twice = ask(session, text, part);
	CHECK(strcmp(once, twice) == 0);
	same = ask(session, reference, strlen(reference));
	CHECK(strcmp(first, same) == 0);
	return 0;
}
