/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_BASE_STYLE_H
#define NSH_BASE_STYLE_H

#include <stdbool.h>
#include <stdio.h>

#include "base/str.h"

/*
 * How things look on a terminal, by what they are: every list, drawing and live line takes its
 * colours from here. Nothing is said by colour alone.
 */
enum style {
	STYLE_PLAIN,
	STYLE_HEAD,    /* the head of a table, a line to type */
	STYLE_NS,      /* the name of a namespace */
	STYLE_SWITCH,  /* ... of a switch */
	STYLE_ADDRESS, /* IP addresses, with their prefix or not */
	STYLE_GOOD,    /* up, arrives, is there now */
	STYLE_BAD,     /* down, missing, dropped, gone */
	STYLE_NOTE,    /* what is done to packets on the way; what is not known */
	STYLE_FAINT,   /* of less weight: kinds, times, hardware addresses */
};

/* The escape sequence that what follows looks so; of STYLE_PLAIN: as usual again. */
const char *style_code(enum style style);
/* How a state in words looks: "up", "no carrier", "failed". STYLE_PLAIN: neither good nor bad. */
enum style style_of_state(const char *state);

/* Adds TEXT as it is, which str_visible() has seen; with COLOR and its style around it. */
void buf_add_style(struct buf *b, bool color, enum style style, const char *text);
/* The same for an end, "red:eth0" or "red" alone: its namespace as one, the rest plain. */
void buf_add_end_style(struct buf *b, bool color, const char *end);

/* The descriptor of the terminal that what is written to TO is for; -1: for a program. */
int terminal_of(FILE *to);
/* What is written to TO is kept for now, and comes to the terminal SHOWN; NULL: none is. */
void terminal_keep(FILE *to, FILE *shown);
/* Whether escape sequences are welcome: a terminal that knows them, and NO_COLOR not set
 * (https://no-color.org). */
bool terminal_has_color(FILE *to);
/* How wide it is, in columns; 0: there is none, or it does not say. */
size_t terminal_columns(FILE *to);

/*
 * Adds TEXT, broken at its blanks into lines of WIDTH columns (0: as they are), of which those that
 * come of it begin with INDENT blanks. A word that is longer than a line stays whole.
 */
void buf_add_wrapped(struct buf *b, const char *text, size_t width, size_t indent);
/* Writes TEXT and the end of a line, wrapped where it is read on a terminal. Not for what one may
 * want to copy as one line. */
void print_wrapped(FILE *to, const char *text, size_t indent);

#endif
