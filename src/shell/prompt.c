/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/prompt.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <readline/readline.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/interrupt.h"
#include "base/style.h"
#include "shell/complete.h"
#include "shell/history.h"
#include "shell/script.h"
#include "view/watch.h"

/*
 * readline calls back, and the loop here waits: for the terminal, for signals, for servers that
 * end. What the call-backs need stands here, as readline hands nothing through.
 */
static struct {
	struct session *session;
	char *line;	  /* what was entered */
	bool entered;	  /* Enter or Ctrl-D was typed */
	bool leave;	  /* it was Ctrl-D */
	struct buf text;  /* lines of a command that is not whole yet */
	struct {
		bool open;     /* it has begun, and not ended yet */
		char last[6];  /* the keys before this one */
		size_t ending; /* bytes of its end that were made up */
	} paste;
} prompt;

/* Between these a terminal sends what is pasted. */
#define PASTE_BEGIN "\033[200~"
#define PASTE_END "\033[201~"

static char *prompt_text(const struct session *session)
{
	char sign = session->sandbox ? '>' : '#';

	if (prompt.text.length > 0)
		return xstrdup("...> ");
	if (strcmp(session->ns, HOST) != 0) {
		cleanup_free char *seen = str_visible(session->ns);

		return xasprintf("nsh(%s%s%s)%c ", session->lab ? session->lab : "",
				 session->lab ? ":" : "", seen, sign);
	}
	if (session->lab)
		return xasprintf("nsh(%s)%c ", session->lab, sign);
	return xasprintf("nsh%c ", sign);
}

/* --- TAB and ? --- */

static void read_cursor(struct cursor *cursor)
{
	struct buf text cleanup_buf = { 0 };

	/* The lines before it belong to the command too. */
	buf_add(&text, buf_str(&prompt.text));
	buf_addn(&text, rl_line_buffer, (size_t)rl_point);
	world_forget(prompt.session->world);
	cursor_read(prompt.session, buf_str(&text), text.length, cursor);
}

/* Prints TEXT below the line that is being typed, which then comes again. */
static void print_below(const char *text)
{
	int point = rl_point;

	rl_point = rl_end;
	rl_redisplay();
	rl_point = point;
	rl_crlf();
	fputs(text, rl_outstream);
	rl_on_new_line();
}

/* All candidates in columns, as far as they fit on the screen. */
static void list_candidates(const struct candidates *candidates)
{
	size_t n = candidates->list.n, width = 0, across, down, most;
	struct buf text cleanup_buf = { 0 };
	int rows, columns;

	rl_get_screen_size(&rows, &columns);
	for (size_t i = 0; i < n; i++) {
		size_t one = str_columns(candidates->list.v[i].text) + 2;

		width = one > width ? one : width;
	}
	across = (size_t)columns > width ? ((size_t)columns + 1) / width : 1;
	down = (n + across - 1) / across;
	most = rows > 6 ? (size_t)rows - 3 : 3;
	if (down > most)
		down = most;
	for (size_t row = 0; row < down; row++) {
		for (size_t column = 0; column < across; column++) {
			size_t i = column * down + row;
			const char *name;

			if (i >= n)
				break;
			name = candidates->list.v[i].text;
			buf_add(&text, name);
			if (column + 1 < across && i + down < n)
				buf_addf(&text, "%*s", (int)(width - str_columns(name)), "");
		}
		buf_addc(&text, '\n');
	}
	if (across * down < n)
		buf_addf(&text, "... and %zu more\n", n - across * down);
	print_below(buf_str(&text));
}

/* The bytes that all candidates start with, whole characters. */
static size_t common_start(const struct candidates *candidates)
{
	const char *first = candidates->list.v[0].text;
	size_t common = strlen(first);

	for (size_t i = 1; i < candidates->list.n; i++) {
		const char *other = candidates->list.v[i].text;
		size_t same = 0;

		while (same < common && other[same] == first[same])
			same++;
		common = same;
	}
	while (common > 0 && ((unsigned char)first[common] & 0xc0) == 0x80)
		common--;
	return common;
}

/*
 * TAB: types what all that may stand here have in common, and shows it where there is more than
 * one. readline's own completion knows nothing of our quotes.
 */
static int complete_word(int count, int key)
{
	struct candidates candidates = { 0 };
	struct buf typed cleanup_buf = { 0 };
	struct cursor cursor = { 0 };

	(void)count;
	(void)key;
	read_cursor(&cursor);
	complete(prompt.session, &cursor, &candidates);
	if (candidates.list.n > 0) {
		const struct candidate *first = &candidates.list.v[0];
		bool whole = candidates.list.n == 1 && !first->partial;
		size_t common = common_start(&candidates), before = strlen(cursor.prefix);
		cleanup_free char *rest = NULL;

		if (common > before)
			rest = xstrndup(first->text + before, common - before);
		cursor_quote(&cursor, rest ? rest : "", whole, &typed);
		if (whole && rl_line_buffer[rl_point] != ' ')
			buf_addc(&typed, ' ');
		rl_insert_text(buf_str(&typed));
		if (candidates.list.n > 1)
			list_candidates(&candidates);
	}
	candidates_free(&candidates);
	cursor_free(&cursor);
	return 0;
}

/* "?": what may come next, and the line as it was. In quotes, comments and URLs it is itself. */
static int question(int count, int key)
{
	struct buf text cleanup_buf = { 0 }, lines cleanup_buf = { 0 };
	struct cursor cursor = { 0 };

	(void)count;
	read_cursor(&cursor);
	if (cursor.quote || strstr(cursor.prefix, "://"))
		rl_insert(1, key);
	else
		explain_next(prompt.session, &cursor, &text);
	buf_add_wrapped(&lines, buf_str(&text), terminal_columns(stdout), EXPLAIN_INDENT);
	if (lines.length > 0)
		print_below(buf_str(&lines));
	cursor_free(&cursor);
	return 0;
}

/* --- lines --- */

static void on_line(char *line)
{
	prompt.line = line;
	prompt.entered = true;
	/* The terminal is the command's while it runs. */
	rl_callback_handler_remove();
}

/* Takes note of where a paste begins and ends. */
static int follow_paste(int key)
{
	const size_t length = sizeof(prompt.paste.last);

	memmove(prompt.paste.last, prompt.paste.last + 1, length - 1);
	prompt.paste.last[length - 1] = (char)key;
	if (memcmp(prompt.paste.last, PASTE_BEGIN, length) == 0) {
		prompt.paste.open = true;
		prompt.paste.ending = 0;
	} else if (memcmp(prompt.paste.last, PASTE_END, length) == 0) {
		prompt.paste.open = false;
	}
	return key;
}

/*
 * The next key. Not by rl_getc(): that lets signals in, and then goes on to wait for a key. After
 * one the line is given up, so any key will do; but what has begun (a paste, a search) goes on
 * until it sees an end, and anywhere else readline takes an end for Enter.
 */
static int wait_key(FILE *from)
{
	struct pollfd terminal = { .fd = fileno(from), .events = POLLIN };
	unsigned char key;

	while (!interrupted && !terminated) {
		if (interrupt_poll(&terminal, 1, -1) < 0 && errno == EINTR)
			continue;
		if (read(terminal.fd, &key, 1) == 1)
			return follow_paste(key);
		if (terminal.revents & ~POLLIN)
			terminated = SIGHUP; /* the terminal is gone */
	}
	/* readline does not end the text of a paste that the input ends in. */
	if (prompt.paste.open && prompt.paste.ending < sizeof(PASTE_END) - 1)
		return follow_paste(PASTE_END[prompt.paste.ending++]);
	return RL_ISSTATE(RL_STATE_MOREINPUT) ? EOF : 0;
}

/*
 * Ctrl-C empties what is typed ahead, perhaps between a look and the read, which must not wait
 * then, as no signal comes in there.
 */
static void prepare_terminal(int meta)
{
	struct termios modes;

	rl_prep_terminal(meta);
	if (tcgetattr(STDIN_FILENO, &modes) < 0)
		return;
	modes.c_cc[VMIN] = 0;
	tcsetattr(STDIN_FILENO, TCSANOW, &modes);
}

/*
 * Ctrl-D on an empty line becomes Enter with a mark: readline, once it has seen an end itself,
 * adds a newline to each line that comes after it.
 */
static int read_key(FILE *from)
{
	int key = wait_key(from);

	if (key != ('D' & 0x1f) || rl_end > 0 || rl_last_func == rl_delete ||
	    !RL_ISSTATE(RL_STATE_READCMD))
		return key;
	prompt.leave = true;
	return '\r';
}

static void show_prompt(void)
{
	cleanup_free char *text = prompt_text(prompt.session);

	prompt.entered = prompt.leave = false;
	rl_callback_handler_install(text, on_line);
}

static void forget_line(void)
{
	rl_callback_sigcleanup();
	rl_point = rl_end;
	rl_redisplay();
	rl_free_line_state();
	rl_replace_line("", 0);
	buf_clear(&prompt.text);
	prompt.paste.open = false;
	fputs("^C", rl_outstream);
	rl_crlf();
	rl_callback_handler_remove();
	show_prompt();
}

static bool job_has_ended(void)
{
	for (size_t i = 0; i < prompt.session->jobs.n; i++) {
		siginfo_t info = { 0 };

		if (waitid(P_PID, (id_t)prompt.session->jobs.v[i].pid, &info,
			   WEXITED | WNOHANG | WNOWAIT) < 0 ||
		    info.si_pid != 0)
			return true;
	}
	return false;
}

/* Says what has happened meanwhile above the line that is being typed. */
static void report_jobs(void)
{
	if (!job_has_ended())
		return;
	rl_clear_visible_line();
	session_reap_jobs(prompt.session, true);
	rl_on_new_line();
	rl_redisplay();
}

/* The same for what "watch on" is to tell of. */
static void report_news(void)
{
	struct session *session = prompt.session;
	struct buf lines cleanup_buf = { 0 };

	if (!session->watch ||
	    watch_read(session->watch, session->format == FORMAT_JSON, rl_outstream, &lines) == 0)
		return;
	rl_clear_visible_line();
	fputs(buf_str(&lines), rl_outstream);
	rl_on_new_line();
	rl_redisplay();
}

/* Waits for the terminal, and for news. Returns as interrupt_poll(). */
static int wait_for_input(pollfd_list *fds)
{
	const struct watch *watch = prompt.session->watch;

	fds->n = 0;
	*vector_add(fds) = (struct pollfd){ .fd = STDIN_FILENO, .events = POLLIN };
	*vector_add(fds) = (struct pollfd){ .fd = kernel_names_fd(prompt.session->kernel),
					    .events = POLLIN };
	if (watch)
		watch_fds(watch, fds);
	return interrupt_poll(fds->v, fds->n, watch ? watch_patience(watch) : -1);
}

static void on_signals(void)
{
	if (window_changed) {
		window_changed = 0;
		rl_resize_terminal();
	}
	if (interrupted) {
		interrupted = 0;
		forget_line();
	}
	if (child_changed) {
		child_changed = 0;
		report_jobs();
	}
}

static void run_line(struct session *session, const char *line)
{
	struct source source = { .first_line = 1 };
	size_t done = session->journal.entries.n;
	struct termios modes;
	bool incomplete, has_modes;

	buf_addf(&prompt.text, "%s\n", line);
	source.text = buf_str(&prompt.text);
	source.length = prompt.text.length - 1;
	world_forget(session->world);
	interrupted = 0;
	has_modes = tcgetattr(STDIN_FILENO, &modes) == 0;
	interrupt_newline = 1;
	source_run(session, &source, &incomplete);
	journal_join(&session->journal, done);
	fflush(stdout);
	/* Whatever a program has left behind. */
	if (has_modes)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &modes);
	/* A Ctrl-C that came too late was meant for the command all the same. */
	interrupt_pending();
	interrupted = interrupt_newline = 0;
	session_reap_jobs(session, true);
	if (incomplete)
		return;
	history_keep(source.text);
	buf_clear(&prompt.text);
}

static char *no_more(const char *text, int state)
{
	(void)text;
	(void)state;
	return NULL;
}

static void set_up(void)
{
	static const char *const maps[] = { "emacs", "vi-insert" };

	/* Ctrl-Z and Ctrl-\ are for programs; they get them back in exec_start(). */
	signal(SIGTSTP, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	rl_readline_name = "nsh";
	rl_catch_signals = 0;
	rl_catch_sigwinch = 0;
	rl_completion_entry_function = no_more;
	rl_getc_function = read_key;
	rl_prep_term_function = prepare_terminal;
	rl_variable_bind("bell-style", "none");
	rl_initialize();
	/* UTF-8 is typed as it is, also where the locale knows nothing of it. */
	rl_variable_bind("input-meta", "on");
	rl_variable_bind("output-meta", "on");
	rl_variable_bind("convert-meta", "off");
	for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++) {
		rl_bind_key_in_map('?', question, rl_get_keymap_by_name(maps[i]));
		rl_bind_key_in_map('\t', complete_word, rl_get_keymap_by_name(maps[i]));
	}
	history_load();
}

int prompt_run(struct session *session)
{
	pollfd_list fds = { 0 };

	prompt.session = session;
	session->interactive = true;
	set_up();
	show_prompt();
	while (!session->quit && !terminated) {
		on_signals(); /* also those that came while readline read */
		if (wait_for_input(&fds) < 0) {
			if (errno != EINTR)
				break;
			continue;
		}
		if (fds.v[1].revents)
			kernel_forget_names(session->kernel);
		report_news();
		if (fds.v[0].revents & POLLHUP)
			terminated = SIGHUP; /* which may yet be on its way */
		if (terminated)
			break;
		if (!fds.v[0].revents)
			continue;
		rl_callback_read_char();
#if RL_READLINE_VERSION >= 0x0802
		/* A key that fails counts as an end there, for all the lines to come. */
		rl_eof_found = 0;
#endif
		if (terminated)
			break;
		if (!prompt.entered)
			continue;
		if (interrupted) {
			free(prompt.line);
			prompt.line = NULL;
			show_prompt();
			continue;
		}
		/* Ctrl-D leaves, or gives up a command that is not whole. */
		if (!prompt.line || (prompt.leave && prompt.text.length == 0))
			break;
		if (prompt.leave)
			buf_clear(&prompt.text);
		else
			run_line(session, prompt.line);
		free(prompt.line);
		prompt.line = NULL;
		if (!session->quit && !terminated)
			show_prompt();
	}
	rl_callback_handler_remove();
	watch_free(session->watch);
	session->watch = NULL;
	vector_free(&fds);
	free(prompt.line);
	buf_free(&prompt.text);
	return terminated ? 128 + terminated : session->quit_status;
}
