/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What the shell makes of a line, without root and without a kernel: the cases are data, in the
 * files *.t beside this one. tests/grammar/basics.t begins with how they are written. With
 * NSH_TEST_UPDATE=1 the files are rewritten with what the shell answers now; read the difference
 * before you keep it.
 */

#include <glob.h>
#include <libgen.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "commands/command.h"
#include "shell/complete.h"
#include "shell/grammar.h"
#include "shell/lexer.h"
#include "shell/script.h"
#include "unit/tap.h"

/* Fewer are a sign that files were not found or not read to their end. */
#define CASES_MIN 400

static unsigned cases;

/* --- text in lines --- */

static void split(const char *text, struct strings *lines)
{
	while (*text) {
		size_t length = strcspn(text, "\n");

		strings_take(lines, xstrndup(text, length));
		text += length + (text[length] == '\n');
	}
}

/* Bytes that a data file had better not hold: "<ESC>", "<BEL>", "<FF>" (which is no UTF-8). */
static char *fill_bytes(const char *text)
{
	static const struct {
		const char *name;
		char byte;
	} bytes[] = { { "<ESC>", '\033' }, { "<BEL>", '\a' }, { "<FF>", (char)0xff },
		      { "<CR>", '\r' } };
	struct buf filled cleanup_buf = { 0 };

	while (*text) {
		size_t i = 0, count = sizeof(bytes) / sizeof(bytes[0]);

		while (i < count && !str_starts(text, bytes[i].name))
			i++;
		if (i < count) {
			buf_addc(&filled, bytes[i].byte);
			text += strlen(bytes[i].name);
		} else {
			buf_addc(&filled, *text++);
		}
	}
	return buf_steal(&filled);
}

/* --- what is printed --- */

/* Standard error goes into a file while something is tried: it is written to directly. */
struct capture {
	FILE *file;
	int before;
	char *out;
	size_t out_length;
	struct session *session;
};

static void capture_start(struct capture *c, struct session *session)
{
	*c = (struct capture){ .session = session, .file = tmpfile() };
	if (!c->file) {
		perror("tmpfile");
		exit(99); /* what automake takes for "this test is broken" */
	}
	session->out = open_memstream(&c->out, &c->out_length);
	fflush(stderr);
	c->before = dup(STDERR_FILENO);
	dup2(fileno(c->file), STDERR_FILENO);
}

/* What came on standard output is added to TEXT; *MESSAGES is what came on standard error. */
static void capture_end(struct capture *c, struct buf *text, struct buf *messages)
{
	char bytes[4096];
	size_t got;

	fflush(stderr);
	dup2(c->before, STDERR_FILENO);
	close(c->before);
	fclose(c->session->out);
	c->session->out = stdout;
	if (text)
		buf_addn(text, c->out, c->out_length);
	free(c->out);
	rewind(c->file);
	while (messages && (got = fread(bytes, 1, sizeof(bytes), c->file)) > 0)
		buf_addn(messages, bytes, got);
	fclose(c->file);
}

static bool is_caret_line(const char *line)
{
	return strchr(line, '^') && strspn(line, " ^") == strlen(line);
}

/*
 * Messages as the data files have them. Of a case of one line the line is not repeated: the
 * carets come first, right below it.
 */
static void add_messages(const char *messages, enum status status, const char *input,
			 struct buf *text)
{
	struct strings lines cleanup_strings = { 0 };
	size_t error = 0;

	split(messages, &lines);
	if (status == STATUS_OK) {
		buf_add(text, messages);
		return;
	}
	while (error + 2 < lines.n && !is_caret_line(lines.v[error + 2]))
		error++;
	if (error + 2 >= lines.n) {
		/* An error that blames no word. */
		buf_addf(text, "error %d: %s", status, messages);
		return;
	}
	for (size_t i = 0; i < error; i++)
		buf_addf(text, "%s\n", lines.v[i]);
	if (strcmp(lines.v[error + 1] + 2, input) == 0)
		buf_addf(text, "%s\nerror %d: %s\n", lines.v[error + 2], status,
			 lines.v[error]);
	else
		buf_addf(text, "error %d: %s\n%s\n%s\n", status, lines.v[error],
			 lines.v[error + 1], lines.v[error + 2]);
	for (size_t i = error + 3; i < lines.n; i++)
		buf_addf(text, "%s\n", lines.v[i]);
}

/* --- one case --- */

enum mark {
	MARK_SCRIPT = '>', /* a line of a script or of -c: planned and explained */
	MARK_PROMPT = '%', /* the same typed at the prompt, where keywords may be cut short */
	MARK_RUN = '!',	   /* really done: for what only looks at the model */
};

static void run_text(struct session *session, enum mark mark, const char *input,
		     struct buf *text)
{
	struct source source = { .text = input, .length = strlen(input), .first_line = 1 };
	struct buf messages cleanup_buf = { 0 };
	struct capture capture;
	enum status status;
	size_t before = text->length;

	if (strchr(input, '\n'))
		source.name = "t.nsh";
	session->interactive = mark == MARK_PROMPT;
	session->dry_run = mark != MARK_RUN;
	capture_start(&capture, session);
	status = source_run(session, &source, NULL);
	capture_end(&capture, text, &messages);
	add_messages(buf_str(&messages), status, input, text);
	if (text->length == before)
		buf_add(text, "ok\n");
}

static void add_candidates(struct session *session, const char *line, struct buf *text)
{
	struct candidates candidates = { 0 };
	struct cursor cursor = { 0 };
	size_t column = 0;

	cursor_read(session, line, strlen(line), &cursor);
	complete(session, &cursor, &candidates);
	for (size_t i = 0; i < candidates.list.n; i++) {
		const char *one = candidates.list.v[i].text;
		bool wraps = column > 0 && column + 1 + strlen(one) > 90;

		if (column > 0)
			buf_addc(text, wraps ? '\n' : ' ');
		buf_add(text, one);
		column = (wraps || column == 0 ? 0 : column + 1) + strlen(one);
	}
	buf_add(text, candidates.list.n ? "\n" : "nothing\n");
	candidates_free(&candidates);
	cursor_free(&cursor);
}

static void add_next(struct session *session, const char *line, struct buf *text)
{
	struct cursor cursor = { 0 };

	cursor_read(session, line, strlen(line), &cursor);
	explain_next(session, &cursor, text);
	cursor_free(&cursor);
}

static void add_canonical(struct session *session, enum mark mark, const char *line,
			  struct buf *text)
{
	struct error err cleanup_error = ERROR_INIT;
	struct block block = { 0 };
	struct args args = { 0 };
	word_list words = { 0 };
	size_t at;

	if (lex(line, strlen(line), &block, &at, &err) != LEXED || block.statements.n != 1 ||
	    expand(session, &block.statements.v[0], &words, &err) < 0 ||
	    grammar_match(words.v, words.n, mark == MARK_PROMPT, &args, &err) < 0) {
		buf_addf(text, "error %d: %s\n", err.status, err.message);
	} else {
		args_line(&args, session->ns, text);
		buf_addc(text, '\n');
	}
	args_free(&args);
	words_free(&words);
	block_free(&block);
}

/* Takes KEY off the end of LINE, if it stands there. */
static bool cut_key(char *line, const char *key)
{
	size_t length = strlen(line);

	if (length < strlen(key) || strcmp(line + length - strlen(key), key) != 0)
		return false;
	line[length - strlen(key)] = '\0';
	return true;
}

static void answer(struct session *session, enum mark mark, const char *input,
		   struct buf *text)
{
	cleanup_free char *line = fill_bytes(input);

	if (cut_key(line, "<TAB>"))
		add_candidates(session, line, text);
	else if (cut_key(line, "<?>"))
		add_next(session, line, text);
	else if (cut_key(line, "<CANON>"))
		add_canonical(session, mark, line, text);
	else
		run_text(session, mark, line, text);
}

static void session_on_model(struct session *session)
{
	session_init(session);
	session->world = world_new(NULL);
	session->dry_run = true;
	session->sandbox = true;
}

/* Lines that come before; returns whether they could be done. */
static bool prepare(struct session *session, const char *setup, struct buf *messages)
{
	struct source source = { .text = setup, .length = strlen(setup), .first_line = 1 };
	struct capture capture;
	enum status status;

	session->interactive = false;
	session->dry_run = true;
	capture_start(&capture, session);
	status = source_run(session, &source, NULL);
	capture_end(&capture, NULL, messages);
	return status == STATUS_OK;
}

/*
 * "~" stands before a line of an answer that is empty, or begins with a "#": the one ends the case,
 * the other is a comment there.
 */
static void show_blanks(const struct buf *answered, struct buf *text)
{
	struct strings lines cleanup_strings = { 0 };

	split(buf_str(answered), &lines);
	for (size_t i = 0; i < lines.n; i++)
		buf_addf(text, "%s%s\n", strchr("#", *lines.v[i]) ? "~" : "", lines.v[i]);
}

static void note_lines(const char *title, const char *text)
{
	struct strings lines cleanup_strings = { 0 };

	split(text, &lines);
	tap_note("%s", title);
	for (size_t i = 0; i < lines.n; i++)
		tap_note("   %s", lines.v[i]);
}

static void check_case(const char *where, enum mark mark, const char *setup,
		       const char *input, const char *expected, struct buf *actual)
{
	struct buf answered cleanup_buf = { 0 }, messages cleanup_buf = { 0 };
	struct session session;
	cleanup_free char *name = xstrdup(input);

	session_on_model(&session);
	if (prepare(&session, setup, &messages))
		answer(&session, mark, input, &answered);
	else
		buf_addf(&answered, "the lines before it fail: %s", buf_str(&messages));
	session_free(&session);
	show_blanks(&answered, actual);
	/* "#" would be read as a directive of TAP. */
	for (char *c = name; *c; c++)
		if (*c == '#' || *c == '\n')
			*c = *c == '#' ? '.' : ' ';
	if (!tap_ok(strcmp(buf_str(actual), expected) == 0, "%s: %s", where, name)) {
		note_lines("got:", buf_str(actual));
		note_lines("expected:", expected);
	}
	cases++;
}

/* --- a file of cases --- */

static bool is_mark(const char *line)
{
	return (line[0] == MARK_SCRIPT || line[0] == MARK_PROMPT || line[0] == MARK_RUN) &&
	       line[1] == ' ';
}

static bool is_answer(const char *line)
{
	return *line && *line != '#' && !is_mark(line) && !str_starts(line, "with");
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void check_file(const char *path, bool update)
{
	struct buf setup cleanup_buf = { 0 }, rewritten cleanup_buf = { 0 };
	struct error err cleanup_error = ERROR_INIT;
	struct strings lines cleanup_strings = { 0 };
	cleanup_free char *text = NULL;
	bool was_with = false;
	size_t length;

	if (script_read(path, &text, &length, &err) < 0) {
		tap_ok(false, "%s", err.message);
		return;
	}
	split(text, &lines);
	for (size_t i = 0; i < lines.n;) {
		struct buf input cleanup_buf = { 0 }, expected cleanup_buf = { 0 };
		struct buf actual cleanup_buf = { 0 };
		cleanup_free char *where = xasprintf("%s:%zu", base_name(path), i + 1);
		enum mark mark;

		if (!is_mark(lines.v[i])) {
			bool with = str_starts(lines.v[i], "with");

			if (with && !was_with)
				buf_clear(&setup);
			if (with)
				buf_addf(&setup, "%s\n", lines.v[i] + strlen("with"));
			else if (is_answer(lines.v[i]))
				tap_ok(false, "%s: what is this? %s", where, lines.v[i]);
			was_with = with;
			buf_addf(&rewritten, "%s\n", lines.v[i++]);
			continue;
		}
		was_with = false;
		mark = (enum mark)lines.v[i][0];
		for (; i < lines.n && is_mark(lines.v[i]) && lines.v[i][0] == (char)mark; i++) {
			buf_addf(&input, "%s%s", input.length ? "\n" : "", lines.v[i] + 2);
			buf_addf(&rewritten, "%s\n", lines.v[i]);
		}
		for (; i < lines.n && is_answer(lines.v[i]); i++)
			buf_addf(&expected, "%s\n", lines.v[i]);
		check_case(where, mark, buf_str(&setup), buf_str(&input), buf_str(&expected),
			   &actual);
		buf_add(&rewritten, buf_str(&actual));
	}
	if (update) {
		FILE *file = fopen(path, "w");

		if (!file || fputs(buf_str(&rewritten), file) < 0 || fclose(file) != 0)
			tap_ok(false, "%s cannot be written", path);
	}
}

static void check_files(void)
{
	const char *srcdir = getenv("NSH_SRCDIR");
	cleanup_free char *here = xstrdup(__FILE__);
	cleanup_free char *pattern = srcdir ? xasprintf("%s/tests/grammar/*.t", srcdir) :
					      xasprintf("%s/*.t", dirname(here));
	bool update = getenv("NSH_TEST_UPDATE") != NULL;
	glob_t found = { 0 };

	if (glob(pattern, 0, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc; i++)
			check_file(found.gl_pathv[i], update);
	globfree(&found);
	tap_ok(cases >= CASES_MIN, "%u cases in %s, at least %d", cases, pattern, CASES_MIN);
}

/* --- the table of commands --- */

static void check_lint(void)
{
	struct strings problems cleanup_strings = { 0 };

	grammar_lint(&problems);
	tap_ok(problems.n == 0, "nothing is wrong with the table of commands");
	for (size_t i = 0; i < problems.n; i++)
		tap_note("%s", problems.v[i]);
}

/* Every example, after the lines that it needs, on a model. */
static void check_example(const struct command *command)
{
	struct buf messages cleanup_buf = { 0 };
	struct session session;
	bool good;

	session_on_model(&session);
	good = prepare(&session, command->setup ? command->setup : "", &messages) &&
	       prepare(&session, command->example, &messages);
	session_free(&session);
	if (!tap_ok(good, "example: %s", command->example))
		note_lines("it fails:", buf_str(&messages));
}

static int do_nothing(struct session *session, const struct args *args, struct error *err)
{
	(void)session;
	(void)args;
	(void)err;
	return 0;
}

/* Tables with one thing wrong each: what checks the table must find it. */
static void check_bad_tables(void)
{
	static const struct {
		const char *grammar, *example, *second, *problem;
	} tables[] = {
		{ "ns add NEWNS", "ns add red", NULL, NULL },
		{ "ns [add|del NS]", "ns del red", NULL, NULL },
		{ "ns add NEWNS...", "ns add red", "ns add NS", "accept the same line" },
		{ "link END up", "link red up", "link LINK (up|down)", "accept the same line" },
		{ "a [b] [c]", "a b", "a c b", "accept the same line" },
		{ "ns add FOO", "ns add red", NULL, "has no type" },
		{ "ns [add", "ns add", NULL, "a ] is missing" },
		{ "ns (add|del", "ns add", NULL, "a ) is missing" },
		{ "ns add]", "ns add", NULL, "this closes nothing" },
		{ "ns ()", "ns", NULL, "nothing stands here" },
		{ "ns add NEWNS", "ns ad red", NULL, "ad is not understood here" },
		{ "ns add NEWNS", "ns add", NULL, "is incomplete" },
		{ "ns add NEWNS", "ns add \"red", NULL, "not closed" },
		{ "ns add NEWNS", "ns del red", "ns del NS", "example is of another" },
		{ "ns add NEWNS", NULL, NULL, "lacks help or example" },
		{ "ns add NEWNS", "ns add red", "ns", "what all are about" },
	};

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		struct strings problems cleanup_strings = { 0 };
		struct command commands[3] = { 0 };
		const struct command *table[2] = { commands, NULL };
		const char *found = NULL;

		for (int j = 0; j < 2; j++) {
			commands[j].grammar = j == 0 ? tables[i].grammar : tables[i].second;
			commands[j].help = "do something";
			commands[j].example = tables[i].example;
			commands[j].run = do_nothing;
		}
		grammar_lint_table(table, &problems);
		for (size_t j = 0; tables[i].problem && j < problems.n && !found; j++)
			found = strstr(problems.v[j], tables[i].problem);
		tap_ok(tables[i].problem ? found != NULL : problems.n == 0,
		       "table \"%s\": %s", tables[i].grammar,
		       tables[i].problem ? tables[i].problem : "nothing is wrong");
		for (size_t j = 0; (!found || !tables[i].problem) && j < problems.n; j++)
			tap_note("%s", problems.v[j]);
	}
	/* The shell's own table is in use again. */
	tap_ok(grammar_is_command("nat"), "checking a table leaves the shell's own in use");
}

/* A line that neither plans nor runs, or does both. */
static void check_functions(void)
{
	struct strings problems cleanup_strings = { 0 };
	struct command commands[2] = { { .grammar = "x", .help = "y", .example = "x" } };
	const struct command *table[2] = { commands, NULL };

	grammar_lint_table(table, &problems);
	tap_ok(problems.n == 1 && strstr(problems.v[0], "wants a plan or a run"),
	       "table \"x\": a command without function");
}

/* Of groups that may come in any order a grammar has at most as many as an int has bits. */
static void check_groups(unsigned groups, bool good)
{
	struct buf grammar cleanup_buf = { 0 };
	struct strings problems cleanup_strings = { 0 };
	struct command commands[2] = { { .help = "y", .example = "x k1 k32 k7" } };
	const struct command *table[2] = { commands, NULL };

	buf_add(&grammar, "x");
	for (unsigned i = 1; i <= groups; i++)
		buf_addf(&grammar, " [k%u]", i);
	commands[0].grammar = buf_str(&grammar);
	commands[0].run = do_nothing;
	grammar_lint_table(table, &problems);
	tap_ok(good ? problems.n == 0 :
		      problems.n > 0 && strstr(problems.v[0], "too many groups"),
	       "%u groups in any order are %s", groups, good ? "told apart" : "a problem");
}

/* --- what is too long for a data file --- */

static void check_text(const char *name, const char *setup, const char *text, size_t length,
		       const char *expected)
{
	struct buf messages cleanup_buf = { 0 };
	struct source source = { .text = text, .length = length, .first_line = 1 };
	struct capture capture;
	struct session session;
	enum status status;
	bool good;

	session_on_model(&session);
	if (!prepare(&session, setup, &messages))
		tap_note("%s", buf_str(&messages));
	capture_start(&capture, &session);
	status = source_run(&session, &source, NULL);
	capture_end(&capture, NULL, &messages);
	session_free(&session);
	good = expected ? status != STATUS_OK && strstr(buf_str(&messages), expected) :
			  status == STATUS_OK;
	if (!tap_ok(good, "%s", name))
		note_lines("it says:", buf_str(&messages));
}

static void check_sizes(void)
{
	static const char nul[] = "ns add red\0blue";
	struct buf line cleanup_buf = { 0 }, blocks cleanup_buf = { 0 };

	check_text("a bridge takes 1023 ports", "for I in 1..1023 { ns add r$I }",
		   "for I in 1..1023 { bridge br0 attach r$I }", 42, NULL);
	check_text("a bridge does not take 1024",
		   "for I in 1..1024 { ns add r$I }\n"
		   "for I in 1..1023 { bridge br0 attach r$I }",
		   "bridge br0 attach r1024", 23, "1023 ports");
	check_text("a NUL byte is no part of a script", "", nul, sizeof(nul) - 1, "NUL");
	buf_add(&line, "say ");
	while (line.length < LINE_MAX_BYTES)
		buf_addc(&line, 'x');
	check_text("a line of 64 KiB is read", "", buf_str(&line), line.length, NULL);
	buf_addc(&line, 'x');
	check_text("a longer one is not", "", buf_str(&line), line.length,
		   "longer than 64 KiB");
	for (int i = 0; i < 100; i++)
		buf_add(&blocks, "for I in 1 { ");
	check_text("blocks end somewhere", "", buf_str(&blocks), blocks.length,
		   "too many blocks in blocks");
}

int main(void)
{
	/* What programs there are here is not the question. */
	setenv("PATH", "/nonexistent", 1);
	check_files();
	check_lint();
	for (size_t i = 0; command_table[i]; i++)
		for (const struct command *c = command_table[i]; c->grammar; c++)
			check_example(c);
	check_bad_tables();
	check_functions();
	check_groups(32, true);
	check_groups(33, false);
	check_sizes();
	return tap_done();
}
