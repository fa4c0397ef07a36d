/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_BASE_TABLE_H
#define NSH_BASE_TABLE_H

#include <stdbool.h>
#include <stdio.h>

#include "base/str.h"

/*
 * One description of an answer gives both its forms: aligned text for people and JSON for
 * programs. An answer is one table, or several under their titles.
 */
enum column_type {
	COLUMN_TEXT,
	COLUMN_NUMBER, /* right-aligned; a number in JSON */
	COLUMN_BOOL,   /* "yes" or "no"; true or false in JSON */
	COLUMN_LIST,   /* words with blanks between; an array of strings in JSON */
	/* Texts that look like what they are on a terminal (base/style.h). */
	COLUMN_NS,     /* a namespace */
	COLUMN_END,    /* "red:eth0" */
	COLUMN_SWITCH,
	COLUMN_ADDRESS,
	COLUMN_ADDRESSES, /* a list, in JSON too */
	COLUMN_STATE,
	COLUMN_FAINT,  /* of less weight */
};

struct column {
	const char *header; /* "ADDRESS"; "": in JSON alone */
	const char *key;    /* "address"; "": in text alone */
	enum column_type type;
};

struct table;

/* TITLE is the key in JSON where there are several, and the heading of the text; may be
 * NULL. COLUMNS ends with an entry without key and must outlive the table. */
struct table *table_new(const char *title, const struct column *columns);
/* What is said in place of a table without rows, in text; NULL: the header alone. Copied. */
void table_if_empty(struct table *table, const char *text);
void table_row(struct table *table);		     /* starts a row */
void table_cell(struct table *table, const char *text); /* the next cell; NULL: none (null, "") */
void table_cellf(struct table *table, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void table_free(struct table *table);
size_t table_rows(const struct table *table);

/* Prints one table: JSON is an array of objects on one line. */
void table_print(const struct table *table, bool json, FILE *to);
/* Several: JSON is one object with an array for each title. */
void tables_print(struct table *const *tables, size_t count, bool json, FILE *to);

/* A JSON string with its quotes; bytes that are not UTF-8 become U+FFFD, and characters that a
 * terminal would act on are escaped. */
void buf_add_json(struct buf *b, const char *string);
/* The same, or a number where JSON knows the string as one. */
void buf_add_json_value(struct buf *b, const char *string);

#endif
