/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/script.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/interrupt.h"
#include "base/style.h"
#include "commands/record.h"
#include "shell/ahead.h"
#include "shell/elsewhere.h"
#include "shell/grammar.h"
#include "shell/lexer.h"
#include "shell/loop.h"

/* --- messages --- */

/* The most of a long line that is shown around the caret, in columns. */
#define SHOWN_COLUMNS 120

static void print_caret_line(const char *line, size_t length, size_t from, size_t to)
{
	struct buf shown cleanup_buf = { 0 }, under cleanup_buf = { 0 };
	cleanup_free char *before = NULL, *blamed = NULL, *after = NULL;
	cleanup_free char *a = NULL, *b = NULL, *c = NULL;
	size_t start = from > SHOWN_COLUMNS / 2 ? from - SHOWN_COLUMNS / 2 : 0, end, width;

	if (to > length)
		to = length;
	if (length <= SHOWN_COLUMNS)
		start = 0;
	end = start + SHOWN_COLUMNS < length ? start + SHOWN_COLUMNS : length;
	if (from > end)
		from = end;
	if (to > end)
		to = end;
	if (to < from)
		to = from;
	before = xstrndup(line + start, from - start);
	blamed = xstrndup(line + from, to - from);
	after = xstrndup(line + to, end - to);
	/* A tab stands for itself, above and below. */
	for (char *tab = before; (tab = strchr(tab, '\t'));)
		*tab = ' ';
	a = str_visible(before);
	b = str_visible(blamed);
	c = str_visible(after);
	buf_addf(&shown, "  %s%s%s%s%s", start ? "..." : "", a, b, c, end < length ? "..." : "");
	width = str_columns(b);
	buf_addf(&under, "  %*s", (int)(str_columns(a) + (start ? 3 : 0)), "");
	for (size_t i = 0; i < (width ? width : 1); i++)
		buf_addc(&under, '^');
	fprintf(stderr, "%s\n%s\n", buf_str(&shown), buf_str(&under));
}

/* A part of a word can be shown where the word stands as it is meant, in quotes or without. */
static void blame_part(const struct source *source, const struct word *word,
		       const struct error *err, size_t *from, size_t *to)
{
	size_t length = strlen(word->text), quotes = word->end - word->start - length;

	if (!err->length || err->from + err->length > length || word->end > source->length ||
	    (quotes != 0 && quotes != 2) ||
	    memcmp(source->text + word->start + quotes / 2, word->text, length) != 0)
		return;
	*from += quotes / 2 + err->from;
	*to = *from + err->length;
}

/* The bytes of the source to blame. */
static bool blamed_bytes(const struct source *source, const struct word *words, size_t count,
			 const struct error *err, size_t *from, size_t *to)
{
	const struct word *word;

	if (err->word < 0 || count == 0)
		return false;
	if ((size_t)err->word >= count) {
		/* Behind the end, of the line too: something is missing there. */
		*from = words[count - 1].end;
		*from += *from < source->length && source->text[*from] != '\n';
		*to = *from;
		return true;
	}
	word = &words[err->word];
	*from = word->start;
	*to = word->end;
	blame_part(source, word, err, from, to);
	return true;
}

static void print_at(const struct source *source, bool blame, size_t from, size_t to,
		     const struct error *err)
{
	size_t line_number = source->first_line, line = 0, length;
	struct buf text cleanup_buf = { 0 };
	size_t at = from < source->length ? from : source->length;

	for (size_t i = 0; i < at; i++) {
		if (source->text[i] == '\n') {
			line_number++;
			line = i + 1;
		}
	}
	for (length = 0; line + length < source->length && source->text[line + length] != '\n';)
		length++;
	/* Of a file from elsewhere: the end of the line too. */
	if (length > 0 && source->text[line + length - 1] == '\r')
		length--;
	if (source->name && blame) {
		cleanup_free char *before = xstrndup(source->text + line, at - line);

		buf_addf(&text, "%s:%zu:%zu: ", source->name, line_number,
			 str_columns(before) + 1 + (from > source->length));
	} else if (source->name) {
		buf_addf(&text, "%s:%zu: ", source->name, line_number);
	}
	buf_add(&text, err->message);
	print_wrapped(stderr, buf_str(&text), 2);
	if (blame)
		print_caret_line(source->text + line, length, from - line, to - line);
}

void print_error(const struct source *source, const struct word *words, size_t count,
		 const struct error *err)
{
	size_t from = count ? words[0].start : 0, to = from;
	bool blame;

	fflush(stdout);
	if (!source) {
		cleanup_free char *text = xasprintf("nsh: %s", err->message);

		print_wrapped(stderr, text, 2);
	} else {
		blame = blamed_bytes(source, words, count, err, &from, &to);
		print_at(source, blame, from, to, err);
	}
	if (err->hint) {
		cleanup_free char *text = xasprintf("  %s", err->hint);

		print_wrapped(stderr, text, 4);
	}
}

/* --- running --- */

struct run {
	struct session *session;
	const struct source *source;
	enum status status; /* the first failure's */
	const struct block *last; /* whose last line is that of all; NULL: others may follow */
	/* Loops whose demands were looked at: within others they come again and again. */
	VECTOR(const struct block *) foreseen;
};

/* What is blamed of a value that is glued to its option is not the option. */
static void blame_value(const struct args *args, struct error *err)
{
	for (size_t i = 0; err->word >= 0 && i < args->n; i++) {
		const struct arg *arg = &args->v[i];
		const char *word = args->words[arg->word].text;

		if (arg->literal || arg->word != err->word || arg->text == word)
			continue;
		error_part(err, (size_t)(arg->text - word) + err->from,
			   err->length ? err->length : strlen(arg->text));
	}
}

int run_words(struct session *session, const struct word *words, size_t count,
	      struct error *err)
{
	struct args args = { 0 };
	int result;

	if (grammar_match(words, count, session->interactive, &args, err) < 0) {
		elsewhere_hint(session, words, count, err);
		return -1;
	}
	result = command_do(session, &args, err);
	if (result < 0) {
		blame_value(&args, err);
		elsewhere_others(session, words, count, false, err);
	}
	args_free(&args);
	return result;
}

int run_line_of(struct session *session, const struct args *args, struct error *err)
{
	int first = arg_get(args, "LINE")->word;

	if (run_words(session, args->words + first, args->word_count - (size_t)first, err) == 0)
		return 0;
	if (err->word >= 0)
		err->word += first;
	return -1;
}

static bool run_turns(struct run *run, const struct block *block, const char *variable,
		      const struct strings *values);

static void failed(struct run *run, const word_list *words, const struct error *err)
{
	if (!err->told || !run->session->interactive)
		print_error(run->source, words->v, words->n, err);
	if (run->status == STATUS_OK)
		run->status = err->status;
}

static int foresee(struct run *run, const struct block *body, const word_list *words,
		   const struct strings *values, struct error *err)
{
	struct strings warnings cleanup_strings = { 0 };

	for (size_t i = 0; i < run->foreseen.n; i++)
		if (run->foreseen.v[i] == body)
			return 0;
	*vector_add(&run->foreseen) = body;
	if (loop_fits(run->session, body, words->v[1].text, values, 3, &warnings, err) < 0)
		return -1;
	for (size_t i = 0; i < warnings.n; i++)
		session_note(run->session, "%s", warnings.v[i]);
	return 0;
}

static bool run_for(struct run *run, const struct statement *statement,
		    const word_list *words)
{
	struct error err cleanup_error = ERROR_INIT;
	struct strings values cleanup_strings = { 0 };
	size_t done = run->session->journal.entries.n;
	bool go_on;

	if (loop_read(words, &values, &err) < 0) {
		failed(run, words, &err);
		return run->session->keep_going;
	}
	if (foresee(run, statement->body, words, &values, &err) < 0) {
		failed(run, words, &err);
		return run->session->keep_going;
	}
	go_on = run_turns(run, statement->body, words->v[1].text, &values);
	journal_join(&run->session->journal, done);
	return go_on;
}

/* Returns whether the run goes on. */
static bool run_statement(struct run *run, const struct statement *statement)
{
	struct error err cleanup_error = ERROR_INIT;
	struct session *session = run->session;
	word_list words = { 0 };
	bool go_on = true;

	if (interrupt_between()) {
		run->status = STATUS_FAILED;
		return false;
	}
	if (expand(session, statement, &words, &err) < 0) {
		failed(run, &words, &err);
		go_on = session->keep_going;
	} else if (statement->body) {
		go_on = run_for(run, statement, &words);
	} else if (run_words(session, words.v, words.n, &err) < 0) {
		failed(run, &words, &err);
		go_on = session->keep_going;
	}
	words_free(&words);
	return go_on && !session->quit;
}

/* Returns how many statements were done, those of turns to come among them; 0: the run ends. */
static size_t run_at(struct run *run, struct ahead *ahead)
{
	const struct statement *statement = &ahead->block->statements.v[ahead->at];
	struct session *session = run->session;
	size_t done = 1;
	bool go_on;

	session->last_line = ahead->block == run->last &&
			     ahead->at + 1 == ahead->block->statements.n;
	session->ahead = ahead_look;
	session->ahead_of = ahead;
	session->ahead_done = 0;
	go_on = run_statement(run, statement);
	/* A block within may have done some of its own. */
	if (!statement->body)
		done += session->ahead_done;
	session->ahead_done = 0;
	ahead_free(ahead);
	return go_on ? done : 0;
}

/* Runs a block once, or for each of the VALUES of a VARIABLE. Returns whether the run goes on. */
static bool run_turns(struct run *run, const struct block *block, const char *variable,
		      const struct strings *values)
{
	struct ahead ahead = { .block = block, .variable = variable, .values = values };
	size_t count = block->statements.n, turns = variable ? values->n : 1, done = 1;
	size_t begun = SIZE_MAX; /* the turn that the variable was set for */

	while (done > 0 && count > 0 && ahead.turn < turns) {
		if (variable && ahead.turn != begun)
			session_set_variable(run->session, variable, values->v[ahead.turn]);
		begun = ahead.turn;
		done = run_at(run, &ahead);
		ahead.at += done;
		ahead.turn += ahead.at / count;
		ahead.at %= count;
	}
	/* The last turns may have been done ahead, or be empty. */
	if (done > 0 && variable && turns > 0 && begun != turns - 1)
		session_set_variable(run->session, variable, values->v[turns - 1]);
	run->session->ahead = NULL;
	run->session->ahead_of = NULL;
	return done > 0;
}

enum status source_run(struct session *session, const struct source *source,
		       bool *incomplete)
{
	struct run run = { .session = session, .source = source };
	struct error err cleanup_error = ERROR_INIT;
	struct block block = { 0 };
	enum lexed lexed;
	size_t at;

	/* Lines within lines, those of a "source", are never the last. */
	run.last = session->last_source ? &block : NULL;
	session->last_source = false;
	if (incomplete)
		*incomplete = false;
	lexed = lex(source->text, source->length, &block, &at, &err);
	if (lexed == LEXED_INCOMPLETE && incomplete) {
		*incomplete = true;
	} else if (lexed != LEXED) {
		fflush(stdout);
		print_at(source, true, at, at + 1, &err);
		run.status = err.status;
	} else {
		run_turns(&run, &block, NULL, NULL);
		/* What comes next may be typed, or another program's. */
		if (session->kernel) {
			/* What follows, as taking back, has nothing behind it to wait for. */
			kernel_set_lazy(session->kernel, false);
			if (kernel_settle(session->kernel, &err) < 0)
				failed(&run, &(word_list){ 0 }, &err);
			kernel_forget_names(session->kernel);
		}
	}
	vector_free(&run.foreseen);
	block_free(&block);
	return run.status;
}

/* Takes back what was done since there were DONE entries, and JOB servers. */
static void take_back(struct session *session, size_t done, unsigned job)
{
	struct error err cleanup_error = ERROR_INIT;
	size_t count = session->journal.entries.n - done;

	for (size_t i = session->jobs.n; i-- > 0;)
		if (session->jobs.v[i].number > job)
			session_stop_jobs(session, session->jobs.v[i].number, NULL);
	if (count == 0)
		return;
	if (journal_undo(&session->journal, session->world, count, NULL, &err) < 0)
		session_note(session, "not all could be taken back: %s", err.message);
	else
		session_note(session, "took back what the script had done (%zu %s)", count,
			     count == 1 ? "line" : "lines");
	record_undone(session, session->journal.entries.n);
}

enum status script_run(struct session *session, const struct source *source)
{
	size_t done = session->journal.entries.n;
	unsigned job = session->last_job;
	enum status status = source_run(session, source, NULL);

	if (status != STATUS_OK && !session->keep_going && !session->dry_run)
		take_back(session, done, job);
	return status;
}

int script_read(const char *path, char **text, size_t *length, struct error *err)
{
	int fd cleanup_with(cleanup_close_) = -1;
	struct buf content cleanup_buf = { 0 };
	char bytes[16384];
	struct stat status;
	ssize_t got;

	fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, STATUS_USAGE, -1, errno, "cannot read %s", path);
	if (fstat(fd, &status) == 0 && S_ISDIR(status.st_mode))
		return error_set(err, STATUS_USAGE, -1, "%s is a directory, not a script", path);
	while ((got = read(fd, bytes, sizeof(bytes))) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_errno(err, STATUS_USAGE, -1, errno, "cannot read %s", path);
		buf_addn(&content, bytes, (size_t)got);
		if (content.length > 64u << 20)
			return error_set(err, STATUS_USAGE, -1, "%s is larger than 64 MiB", path);
	}
	*length = content.length;
	*text = buf_steal(&content);
	return 0;
}

/* What was read of standard input; it is taken up to INPUT_AT. */
static struct buf input;
static size_t input_at;

/* Reads more of standard input; false at its end, and where a signal ends the wait. */
static bool read_more(void)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	char bytes[16384];
	ssize_t got = -1;

	/* Who writes the lines may wait for an answer before the next. */
	fflush(stdout);
	while (got < 0) {
		if (interrupted || terminated)
			return false;
		if (interrupt_poll(&in, 1, -1) >= 0)
			got = read(STDIN_FILENO, bytes, sizeof(bytes));
		if (got < 0 && errno != EINTR && errno != EAGAIN)
			return false;
	}
	if (input_at > 0) {
		input.length -= input_at;
		memmove(input.s, input.s + input_at, input.length);
		input_at = 0;
	}
	buf_addn(&input, bytes, (size_t)got);
	return got > 0;
}

/* Adds the next line of standard input to TEXT. */
static bool next_line(struct buf *text)
{
	const char *newline = NULL;
	size_t seen = 0, length;

	for (;;) {
		const char *start = buf_str(&input) + input_at;

		length = input.length - input_at;
		newline = memchr(start + seen, '\n', length - seen);
		if (newline)
			length = (size_t)(newline - start) + 1;
		seen = length;
		if (newline || !read_more())
			break;
	}
	buf_addn(text, buf_str(&input) + input_at, length);
	input_at += length;
	return length > 0;
}

bool script_stdin_wants_sandbox(void)
{
	struct buf text cleanup_buf = { 0 };
	bool more = true, begun = false;

	while (more && !begun) {
		struct error err cleanup_error = ERROR_INIT;
		struct block block = { 0 };
		enum lexed lexed;
		size_t at;

		more = next_line(&text);
		lexed = lex(buf_str(&text), text.length, &block, &at, &err);
		/* A mistake is told as soon as it stands there. */
		begun = lexed == LEXED_WRONG || (lexed == LEXED && block.statements.n > 0);
		block_free(&block);
	}
	/* It is put back, to be run. */
	buf_addn(&text, buf_str(&input) + input_at, input.length - input_at);
	buf_free(&input);
	input_at = 0;
	input = text;
	text = (struct buf){ 0 };
	return script_wants_sandbox(buf_str(&input), input.length);
}

/* Whether the next line belongs to this one: a backslash stands at its end. */
static bool is_continued(const struct buf *text)
{
	size_t at = text->length, slashes = 0;

	if (at == 0 || text->s[--at] != '\n')
		return false;
	while (at > slashes && text->s[at - slashes - 1] == '\\')
		slashes++;
	return slashes % 2 == 1;
}

/* Line by line, as somebody else writes them. */
static enum status run_stdin(struct session *session)
{
	size_t done = session->journal.entries.n, line_number = 1;
	struct buf text cleanup_buf = { 0 };
	enum status status = STATUS_OK;
	unsigned job = session->last_job;
	bool more = true;

	while (more) {
		struct source source = { .name = "stdin", .first_line = line_number };
		bool incomplete = false;
		enum status one;

		more = next_line(&text);
		if (interrupt_pending()) {
			status = STATUS_FAILED;
			break;
		}
		if (text.length == 0)
			break;
		if (more && is_continued(&text))
			continue;
		source.text = buf_str(&text);
		source.length = text.length;
		one = source_run(session, &source, more ? &incomplete : NULL);
		if (incomplete)
			continue;
		for (const char *c = source.text; *c; c++)
			line_number += *c == '\n';
		buf_clear(&text);
		if (status == STATUS_OK)
			status = one;
		if ((one != STATUS_OK && !session->keep_going) || session->quit)
			break;
	}
	buf_free(&input);
	input_at = 0;
	if (status != STATUS_OK && !session->keep_going && !session->dry_run)
		take_back(session, done, job);
	return status;
}

/* A file that was read to see how it begins: what comes from a pipe cannot be read again. */
static struct {
	char *path, *text;
	size_t length;
} ahead;

bool script_file_wants_sandbox(const char *path)
{
	struct error ignored cleanup_error = ERROR_INIT;

	if (script_read(path, &ahead.text, &ahead.length, &ignored) < 0)
		return false;
	ahead.path = xstrdup(path);
	return script_wants_sandbox(ahead.text, ahead.length);
}

static int read_script(const char *path, char **text, size_t *length, struct error *err)
{
	if (!ahead.path || strcmp(ahead.path, path) != 0)
		return script_read(path, text, length, err);
	*text = steal_pointer(&ahead.text);
	*length = ahead.length;
	free(ahead.path);
	ahead.path = NULL;
	return 0;
}

/* What was taken for the name of a file may have been meant as a line, or be a slip. */
static void hint_at_line(const char *path, struct error *err)
{
	struct statement statement = { .text = path, .end = (uint32_t)strlen(path) };
	struct error why cleanup_error = ERROR_INIT, ignored cleanup_error = ERROR_INIT;
	word_list words = { 0 };
	struct args args = { 0 };

	if (err->number != ENOENT || strpbrk(path, "./'"))
		return;
	if (expand(NULL, &statement, &words, &ignored) == 0 && words.n > 0) {
		if (grammar_match(words.v, words.n, false, &args, &why) == 0 || why.word != 0)
			error_hint(err, "nsh -c '%s' runs it as a line", path);
		else if (why.hint)
			error_hint(err, "%s", why.hint);
	}
	args_free(&args);
	words_free(&words);
}

enum status script_run_file(struct session *session, const char *path)
{
	struct error err cleanup_error = ERROR_INIT;
	cleanup_free char *text = NULL;
	struct source source = { .name = path, .first_line = 1 };

	if (strcmp(path, "-") == 0)
		return run_stdin(session);
	if (read_script(path, &text, &source.length, &err) < 0) {
		hint_at_line(path, &err);
		print_error(NULL, NULL, 0, &err);
		return err.status;
	}
	source.text = text;
	return script_run(session, &source);
}

bool script_wants_sandbox(const char *text, size_t length)
{
	raw_word_list words = { 0 };
	bool wants;

	/* Even of a text that has mistakes further on. */
	lex_first(text, length, &words);
	wants = words.n == 1 && !words.v[0].quoted && words.v[0].pieces.n == 1 &&
		!words.v[0].pieces.v[0].variable &&
		strcmp(words.v[0].pieces.v[0].text, "sandbox") == 0;
	raw_words_free(&words);
	return wants;
}
