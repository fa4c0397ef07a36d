/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/history.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <readline/history.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/str.h"

/* Lines that are kept; the file may grow to twice as many before it is shortened. */
#define KEPT_LINES 5000

static char *history_path;

/* mkdir -p, each new one for the owner alone. Returns whether the directory is there. */
static bool make_dirs(const char *path)
{
	cleanup_free char *copy = xstrdup(path);

	for (char *slash = copy + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(copy, 0700);
		*slash = '/';
	}
	return mkdir(copy, 0700) == 0 || errno == EEXIST;
}

static char *find_path(void)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	cleanup_free char *dir = NULL;

	if (state && *state == '/')
		dir = xasprintf("%s/nsh", state);
	else if (home && *home == '/')
		dir = xasprintf("%s/.local/state/nsh", home);
	if (!dir || !make_dirs(dir))
		return NULL;
	return xasprintf("%s/history", dir);
}

/* Moves a line that is there already to the end. */
static void remember(const char *line)
{
	HIST_ENTRY *last;

	for (int i = history_length; i-- > 0;) {
		HIST_ENTRY *entry = history_get(history_base + i);

		if (!entry || strcmp(entry->line, line) != 0)
			continue;
		last = remove_history(i);
		free_history_entry(last);
		break;
	}
	add_history(line);
}

/* A line of the file, and how many stand before it. */
struct numbered {
	char *text;
	size_t number;
};

static int by_text(const void *a, const void *b)
{
	const struct numbered *x = a, *y = b;
	int order = strcmp(x->text, y->text);

	return order ? order : x->number < y->number ? -1 : 1;
}

static int by_number(const void *a, const void *b)
{
	const struct numbered *x = a, *y = b;

	return x->number < y->number ? -1 : x->number > y->number;
}

/*
 * The lines of the file without those that come again further on; the last KEPT_LINES. *WHOLE:
 * the file ends with a newline. Returns how many lines it has.
 */
static size_t read_lines(FILE *file, struct strings *kept, bool *whole)
{
	VECTOR(struct numbered) all = { 0 };
	cleanup_free char *line = NULL;
	size_t room = 0, total = 0, n = 0;
	ssize_t length;

	*whole = true;
	while ((length = getline(&line, &room, file)) > 0) {
		*whole = line[length - 1] == '\n';
		if (*whole)
			line[length - 1] = '\0';
		if (*line)
			*vector_add(&all) = (struct numbered){ xstrdup(line), total++ };
	}
	if (total > 0)
		qsort(all.v, total, sizeof(*all.v), by_text);
	for (size_t i = 0; i < total; i++) {
		if (i + 1 < total && strcmp(all.v[i].text, all.v[i + 1].text) == 0)
			free(all.v[i].text);
		else
			all.v[n++] = all.v[i];
	}
	if (n > 0)
		qsort(all.v, n, sizeof(*all.v), by_number);
	for (size_t i = 0; i < n; i++) {
		if (n - i > KEPT_LINES)
			free(all.v[i].text);
		else
			strings_take(kept, all.v[i].text);
	}
	vector_free(&all);
	return total;
}

void history_load(void)
{
	FILE *file cleanup_with(cleanup_file_) = NULL;
	struct strings kept cleanup_strings = { 0 };
	size_t total;
	bool whole;
	int fd;

	using_history();
	stifle_history(KEPT_LINES);
	history_path = find_path();
	if (!history_path)
		return;
	fd = open(history_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		free(history_path);
		history_path = NULL;
		return;
	}
	fchmod(fd, 0600);
	file = fdopen(fd, "r+");
	if (!file) {
		close(fd);
		return;
	}
	flock(fd, LOCK_EX);
	total = read_lines(file, &kept, &whole);
	if ((total > 2 * KEPT_LINES || !whole) && ftruncate(fd, 0) == 0) {
		rewind(file);
		for (size_t i = 0; i < kept.n; i++)
			fprintf(file, "%s\n", kept.v[i]);
		fflush(file);
	}
	flock(fd, LOCK_UN);
	for (size_t i = 0; i < kept.n; i++)
		add_history(kept.v[i]);
}

static bool ends_word(char c)
{
	return strchr(" \t\r\n;", c); /* and the end of it all */
}

/* A command that took several lines, as one line that does the same. */
static char *one_line(const char *text)
{
	bool begun = false, in_word = false; /* a command; a word of it */
	struct buf line cleanup_buf = { 0 };
	const char *end = text + strlen(text);
	char quote = '\0';

	while (end > text && end[-1] == '\n')
		end--;
	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		char c = *text++;

		if (c == '\\' && quote != '\'' && text < end) {
			if (*text != '\n')
				buf_addf(&line, "\\%c", *text);
			begun = in_word = true;
			text++;
		} else if (c == '\n' && quote) {
			/* Between '...' it takes a piece of another quote. */
			buf_add(&line, quote == '"' ? "\\n" : "'\"\\n\"'");
		} else if (c == '\n') {
			if (begun)
				buf_addc(&line, ';');
			if (line.length > 0 && line.s[line.length - 1] != ' ')
				buf_addc(&line, ' ');
			begun = in_word = false;
			text += strspn(text, " \t\n");
		} else if (c == '#' && !quote && !in_word && newline) {
			text = newline;
		} else {
			if (quote ? c == quote : c == '"' || c == '\'')
				quote = quote ? '\0' : c;
			if (!quote && (c == ';' || (c == '{' && !in_word && ends_word(*text))))
				begun = in_word = false;
			else
				in_word = quote || !ends_word(c);
			begun |= in_word;
			buf_addc(&line, c);
		}
	}
	while (line.length > 0 && !in_word && ends_word(line.s[line.length - 1]))
		line.s[--line.length] = '\0';
	return xstrdup(buf_str(&line));
}

void history_keep(const char *text)
{
	HIST_ENTRY *last = history_length ? history_get(history_base + history_length - 1) : NULL;
	cleanup_free char *line = one_line(text), *written = NULL;
	ssize_t got;
	int fd;

	if (!*line || (last && strcmp(last->line, line) == 0))
		return;
	remember(line);
	if (!history_path)
		return;
	fd = open(history_path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return;
	written = xasprintf("%s\n", line);
	flock(fd, LOCK_EX);
	got = write(fd, written, strlen(written));
	(void)got; /* a full disk costs the history, not the session */
	close(fd);
}
