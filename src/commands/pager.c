/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/pager.h"

#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/interrupt.h"
#include "base/style.h"
#include "lab/exec.h"

extern char **environ;

bool pager_wanted(const struct session *session)
{
	const char *pager = session_variable(session, "pager");

	return session->interactive && !session->unpaged && !(pager && !strcmp(pager, "off")) &&
	       session->out == stdout && terminal_of(session->out) >= 0 && !getauxval(AT_SECURE);
}

/* The text without what only changes its looks. */
static void strip(const char *text, size_t length, struct buf *plain)
{
	const char *end = text + length;

	while (text < end) {
		if (*text != '\033') {
			buf_addc(plain, *text++);
			continue;
		}
		while (text < end && *text++ != 'm')
			;
	}
}

/* Whether it takes more lines than the screen has beside the prompt's. */
static bool is_long(const char *text, const struct winsize *size)
{
	struct buf plain cleanup_buf = { 0 };
	size_t rows = 0;

	for (const char *end; *text && rows < size->ws_row; text = *end ? end + 1 : end) {
		size_t columns;

		end = strchrnul(text, '\n');
		buf_clear(&plain);
		strip(text, (size_t)(end - text), &plain);
		columns = str_columns(buf_str(&plain));
		rows += columns ? (columns + size->ws_col - 1) / size->ws_col : 1;
	}
	return rows >= size->ws_row;
}

/* In memory and not through a pipe: who stops reading early leaves nobody writing. */
static int keep(const char *text)
{
	cleanup_close int fd = memfd_create("nsh-answer", MFD_CLOEXEC);
	size_t length = strlen(text);

	while (fd >= 0 && length > 0) {
		ssize_t wrote = write(fd, text, length);

		if (wrote <= 0)
			return -1;
		text += wrote;
		length -= (size_t)wrote;
	}
	if (fd >= 0)
		lseek(fd, 0, SEEK_SET);
	return steal_fd(&fd);
}

static void add_environment(struct strings *list, bool root)
{
	static const char *const harmless[] = { "TERM", "LANG", "LC_ALL", "LC_CTYPE" };

	if (!root) {
		for (char **variable = environ; *variable; variable++)
			strings_add(list, *variable);
		/* Colours come through, and what fits is left on the screen. */
		if (!getenv("LESS"))
			strings_add(list, "LESS=FRX");
		return;
	}
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++) {
		const char *value = getenv(harmless[i]);

		if (value)
			strings_take(list, xasprintf("%s=%s", harmless[i], value));
	}
	strings_add(list, "LESSSECURE=1");
	strings_add(list, "LESSHISTFILE=-");
}

/* Returns whether the pager, its words with blanks between, has shown it. */
static bool show_in(const char *pager, bool root, int input)
{
	struct strings words cleanup_strings = { 0 }, environment cleanup_strings = { 0 };
	struct error ignored cleanup_error = ERROR_INIT;
	cleanup_free char *copy = xstrdup(pager);
	char *rest = copy, *word;
	pid_t pid;

	while ((word = strsep(&rest, " \t\n")))
		if (*word)
			strings_add(&words, word);
	if (words.n == 0)
		return false;
	strings_take(&words, NULL);
	add_environment(&environment, root);
	strings_take(&environment, NULL);
	if (exec_viewer(words.v, environment.v, root, input, &pid, &ignored) < 0)
		return false;
	exec_wait(pid);
	return true;
}

static bool page(const struct session *session, const char *text)
{
	const char *own = getenv("PAGER");
	cleanup_close int input = -1;

	/* An empty one: the user wants none, root's too. */
	if (own && !own[strspn(own, " \t\n")])
		return false;
	input = keep(text);
	if (input < 0)
		return false;
	if (session->root)
		return show_in("less -FRX", true, input);
	return (own && show_in(own, false, input)) || show_in("less -FRX", false, input) ||
	       show_in("more", false, input);
}

void pager_show(struct session *session, const char *text)
{
	int fd = terminal_of(session->out);
	struct winsize size = { 0 }, after;

	fflush(session->out);
	fflush(stderr);
	if (fd < 0 || ioctl(fd, TIOCGWINSZ, &size) < 0 || !size.ws_row || !size.ws_col ||
	    interrupted || terminated || !is_long(text, &size) || !page(session, text)) {
		fputs(text, session->out);
		return;
	}
	/* The signal went to the pager alone. */
	if (ioctl(fd, TIOCGWINSZ, &after) == 0 &&
	    (after.ws_row != size.ws_row || after.ws_col != size.ws_col))
		window_changed = 1;
}
