/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/style.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/cleanup.h"

const char *style_code(enum style style)
{
	switch (style) {
	case STYLE_PLAIN:
		break;
	case STYLE_HEAD:
	case STYLE_NS:
		return "\033[0;1m";
	case STYLE_SWITCH:
		return "\033[0;1;36m";
	case STYLE_ADDRESS:
		return "\033[0;36m";
	case STYLE_GOOD:
		return "\033[0;32m";
	case STYLE_BAD:
		return "\033[0;31m";
	case STYLE_NOTE:
		return "\033[0;33m";
	case STYLE_FAINT:
		return "\033[0;2m";
	}
	return "\033[0m";
}

enum style style_of_state(const char *state)
{
	static const char *const good[] = { "up", "ok", "yes", "forwarding", "reachable",
					    "permanent" };
	static const char *const bad[] = { "down", "no carrier", "blocked", "blocking", "disabled",
					   "failed", "BROKEN" };
	static const char *const note[] = { "lacks", "note", "asking", "listening", "learning" };

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (strcmp(state, good[i]) == 0)
			return STYLE_GOOD;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (strcmp(state, bad[i]) == 0)
			return STYLE_BAD;
	for (size_t i = 0; i < sizeof(note) / sizeof(note[0]); i++)
		if (strcmp(state, note[i]) == 0)
			return STYLE_NOTE;
	return STYLE_PLAIN;
}

void buf_add_style(struct buf *b, bool color, enum style style, const char *text)
{
	if (!color || style == STYLE_PLAIN || !*text) {
		buf_add(b, text);
		return;
	}
	buf_addf(b, "%s%s%s", style_code(style), text, style_code(STYLE_PLAIN));
}

void buf_add_end_style(struct buf *b, bool color, const char *end)
{
	size_t length = strcspn(end, ":");
	cleanup_free char *ns = xstrndup(end, length);

	buf_add_style(b, color, STYLE_NS, ns);
	buf_add(b, end + length);
}

/* --- terminals --- */

static struct {
	FILE *to, *shown;
} kept;

int terminal_of(FILE *to)
{
	int fd;

	if (to == kept.to && kept.shown)
		to = kept.shown;
	fd = fileno(to);
	return fd >= 0 && isatty(fd) ? fd : -1;
}

void terminal_keep(FILE *to, FILE *shown)
{
	kept.to = to;
	kept.shown = shown;
}

bool terminal_has_color(FILE *to)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	return terminal_of(to) >= 0 && !(no_color && *no_color) && term && *term &&
	       strcmp(term, "dumb") != 0;
}

size_t terminal_columns(FILE *to)
{
	struct winsize size = { 0 };
	int fd = terminal_of(to);

	return fd >= 0 && ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

/* --- lines that are too long --- */

#define NARROWEST 20 /* columns beside the indentation; with less there is none */

/* The columns of the LENGTH bytes at TEXT, of which escape sequences take none. */
static size_t shown_columns(const char *text, size_t length)
{
	struct buf plain cleanup_buf = { 0 };

	for (bool escape = false; length > 0; length--, text++) {
		escape = escape || *text == '\033';
		if (!escape)
			buf_addc(&plain, *text);
		else if (*text == 'm')
			escape = false;
	}
	return str_columns(buf_str(&plain));
}

void buf_add_wrapped(struct buf *b, const char *text, size_t width, size_t indent)
{
	size_t column = 0;

	if (width < indent + NARROWEST)
		indent = 0;
	while (*text) {
		size_t blanks = strspn(text, " ");
		size_t length = strcspn(text + blanks, " \n");
		size_t columns = shown_columns(text + blanks, length);

		if (width && column > indent && column + blanks + columns > width) {
			buf_addf(b, "\n%*s", (int)indent, "");
			column = indent;
		} else {
			buf_addn(b, text, blanks);
			column += blanks;
		}
		text += blanks;
		buf_addn(b, text, length);
		column += columns;
		text += length;
		if (*text == '\n') {
			buf_addc(b, *text++);
			column = 0;
		}
	}
}

void print_wrapped(FILE *to, const char *text, size_t indent)
{
	struct buf lines cleanup_buf = { 0 };

	buf_add_wrapped(&lines, text, terminal_columns(to), indent);
	fprintf(to, "%s\n", buf_str(&lines));
}
