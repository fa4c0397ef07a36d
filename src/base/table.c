/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/style.h"

struct table {
	char *title;
	char *empty;
	const struct column *columns;
	size_t column_count;
	size_t rows;
	VECTOR(char *) cells; /* row by row; NULL where there is nothing */
};

struct table *table_new(const char *title, const struct column *columns)
{
	struct table *table = xcalloc(1, sizeof(*table));

	table->title = title ? xstrdup(title) : NULL;
	table->columns = columns;
	while (columns[table->column_count].key)
		table->column_count++;
	return table;
}

void table_if_empty(struct table *table, const char *text)
{
	free(table->empty);
	table->empty = xstrdup(text);
}

/* Fills the last row up, so that a row always has all its cells. */
static void table_end_row(struct table *table)
{
	while (table->cells.n < table->rows * table->column_count)
		*vector_add(&table->cells) = NULL;
}

void table_row(struct table *table)
{
	table_end_row(table);
	table->rows++;
}

void table_cell(struct table *table, const char *text)
{
	*vector_add(&table->cells) = text ? xstrdup(text) : NULL;
}

void table_cellf(struct table *table, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	*vector_add(&table->cells) = xvasprintf(format, ap);
	va_end(ap);
}

void table_free(struct table *table)
{
	if (!table)
		return;
	for (size_t i = 0; i < table->cells.n; i++)
		free(table->cells.v[i]);
	vector_free(&table->cells);
	free(table->title);
	free(table->empty);
	free(table);
}

size_t table_rows(const struct table *table)
{
	return table->rows;
}

static const char *table_at(const struct table *table, size_t row, size_t column)
{
	size_t at = row * table->column_count + column;

	return at < table->cells.n ? table->cells.v[at] : NULL;
}

static bool is_true(const char *text)
{
	return text && strcmp(text, "yes") == 0;
}

/* A whole character of several bytes: itself, or escaped where a terminal would act on it. */
static void add_json_character(struct buf *b, const unsigned char *s, size_t length)
{
	uint32_t code = s[0] & (0xffu >> (length + 1));

	for (size_t i = 1; i < length; i++)
		code = code << 6 | (s[i] & 0x3f);
	if (!str_is_hidden(code))
		buf_addn(b, (const char *)s, length);
	else if (code > 0xffff)
		buf_addf(b, "\\u%04x\\u%04x", 0xd7c0 + (code >> 10), 0xdc00 + (code & 0x3ff));
	else
		buf_addf(b, "\\u%04x", code);
}

void buf_add_json(struct buf *b, const char *string)
{
	const unsigned char *s = (const unsigned char *)string;

	buf_addc(b, '"');
	while (*s) {
		size_t length = 1, i;

		if (*s == '"' || *s == '\\') {
			buf_addf(b, "\\%c", *s++);
			continue;
		}
		if (*s < 0x20 || *s == 0x7f) {
			buf_addf(b, "\\u%04x", *s++);
			continue;
		}
		if (*s < 0x80) {
			buf_addc(b, (char)*s++);
			continue;
		}
		if (*s >= 0xc2 && *s <= 0xdf)
			length = 2;
		else if (*s >= 0xe0 && *s <= 0xef)
			length = 3;
		else if (*s >= 0xf0 && *s <= 0xf4)
			length = 4;
		for (i = 1; i < length && (s[i] & 0xc0) == 0x80; i++)
			;
		/* Overlong forms, surrogates and what lies beyond Unicode are no characters. */
		if (length == 1 || i < length || (s[0] == 0xe0 && s[1] < 0xa0) ||
		    (s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf0 && s[1] < 0x90) ||
		    (s[0] == 0xf4 && s[1] > 0x8f)) {
			buf_add(b, "\xef\xbf\xbd");
			s++;
			continue;
		}
		add_json_character(b, s, length);
		s += length;
	}
	buf_addc(b, '"');
}

/* The words of a list cell, as JSON strings. */
static void add_json_list(struct buf *b, const char *text)
{
	cleanup_free char *copy = xstrdup(text ? text : "");
	char *rest = copy, *word;
	bool first = true;

	buf_addc(b, '[');
	while ((word = strsep(&rest, " "))) {
		if (!*word)
			continue;
		if (!first)
			buf_addc(b, ',');
		first = false;
		buf_add_json(b, word);
	}
	buf_addc(b, ']');
}

/* Whether JSON knows TEXT as a number. */
static bool is_json_number(const char *text)
{
	size_t digits;

	if (*text == '-')
		text++;
	digits = strspn(text, "0123456789");
	if (digits == 0 || (digits > 1 && *text == '0'))
		return false;
	text += digits;
	if (*text == '.') {
		digits = strspn(++text, "0123456789");
		if (digits == 0)
			return false;
		text += digits;
	}
	return !*text;
}

void buf_add_json_value(struct buf *b, const char *string)
{
	if (is_json_number(string))
		buf_add(b, string);
	else
		buf_add_json(b, string);
}

static void add_json_cell(struct buf *b, enum column_type type, const char *text)
{
	switch (type) {
	case COLUMN_NUMBER:
		if (!text || !*text)
			buf_add(b, "null");
		else
			buf_add_json_value(b, text);
		break;
	case COLUMN_BOOL:
		buf_add(b, is_true(text) ? "true" : "false");
		break;
	case COLUMN_LIST:
	case COLUMN_ADDRESSES:
		add_json_list(b, text);
		break;
	case COLUMN_TEXT:
	case COLUMN_NS:
	case COLUMN_END:
	case COLUMN_SWITCH:
	case COLUMN_ADDRESS:
	case COLUMN_STATE:
	case COLUMN_FAINT:
		if (text)
			buf_add_json(b, text);
		else
			buf_add(b, "null");
		break;
	}
}

static void add_json(struct buf *b, const struct table *table)
{
	buf_addc(b, '[');
	for (size_t row = 0; row < table->rows; row++) {
		const char *comma = "";

		buf_add(b, row ? ",{" : "{");
		for (size_t column = 0; column < table->column_count; column++) {
			if (!*table->columns[column].key)
				continue;
			buf_add(b, comma);
			comma = ",";
			buf_add_json(b, table->columns[column].key);
			buf_addc(b, ':');
			add_json_cell(b, table->columns[column].type,
				      table_at(table, row, column));
		}
		buf_addc(b, '}');
	}
	buf_addc(b, ']');
}

static void add_padding(struct buf *b, size_t count)
{
	while (count--)
		buf_addc(b, ' ');
}

static enum style style_of(enum column_type type, const char *seen)
{
	switch (type) {
	case COLUMN_TEXT:
	case COLUMN_NUMBER:
	case COLUMN_LIST:
	case COLUMN_END:
		break;
	case COLUMN_NS:
		return STYLE_NS;
	case COLUMN_SWITCH:
		return STYLE_SWITCH;
	case COLUMN_ADDRESS:
	case COLUMN_ADDRESSES:
		return STYLE_ADDRESS;
	case COLUMN_BOOL:
	case COLUMN_STATE:
		return style_of_state(seen);
	case COLUMN_FAINT:
		return STYLE_FAINT;
	}
	return STYLE_PLAIN;
}

static void add_cell(struct buf *b, bool color, enum column_type type, const char *seen)
{
	if (strcmp(seen, "-") == 0)
		buf_add(b, seen);
	else if (type == COLUMN_END)
		buf_add_end_style(b, color, seen);
	else
		buf_add_style(b, color, style_of(type, seen), seen);
}

/* Two blanks between columns, none at the end of a line. */
static void add_text(struct buf *b, const struct table *table, bool color)
{
	cleanup_free size_t *width = NULL;
	size_t gap;

	if (table->rows == 0 && table->empty) {
		buf_addf(b, "%s\n", table->empty);
		return;
	}
	width = xcalloc(table->column_count + 1, sizeof(*width));
	for (size_t column = 0; column < table->column_count; column++) {
		width[column] = str_columns(table->columns[column].header);
		for (size_t row = 0; row < table->rows; row++) {
			const char *text = table_at(table, row, column);
			cleanup_free char *seen = str_visible(text && *text ? text : "-");
			size_t columns = str_columns(seen);

			if (columns > width[column])
				width[column] = columns;
		}
	}
	for (size_t row = 0; row <= table->rows; row++) {
		gap = 0;
		buf_add(b, color && row == 0 ? style_code(STYLE_HEAD) : "");
		for (size_t column = 0; column < table->column_count; column++) {
			const struct column *c = &table->columns[column];
			const char *text = row ? table_at(table, row - 1, column) : c->header;
			cleanup_free char *seen = str_visible(text && *text ? text : "-");
			size_t left = width[column] - str_columns(seen);

			if (!*c->header)
				continue;
			add_padding(b, gap);
			if (c->type == COLUMN_NUMBER)
				add_padding(b, left);
			add_cell(b, color && row, c->type, seen);
			gap = 2 + (c->type == COLUMN_NUMBER ? 0 : left);
		}
		buf_addf(b, "%s\n", color && row == 0 ? style_code(STYLE_PLAIN) : "");
	}
}

void table_print(const struct table *table, bool json, FILE *to)
{
	struct buf b cleanup_buf = { 0 };

	if (json) {
		add_json(&b, table);
		buf_addc(&b, '\n');
	} else {
		add_text(&b, table, terminal_has_color(to));
	}
	fputs(buf_str(&b), to);
}

void tables_print(struct table *const *tables, size_t count, bool json, FILE *to)
{
	struct buf b cleanup_buf = { 0 };

	if (json)
		buf_addc(&b, '{');
	for (size_t i = 0; i < count; i++) {
		if (json) {
			if (i)
				buf_addc(&b, ',');
			buf_add_json(&b, tables[i]->title ? tables[i]->title : "");
			buf_addc(&b, ':');
			add_json(&b, tables[i]);
			continue;
		}
		if (i)
			buf_addc(&b, '\n');
		if (tables[i]->title)
			buf_addf(&b, "%s:\n", tables[i]->title);
		add_text(&b, tables[i], terminal_has_color(to));
	}
	if (json)
		buf_add(&b, "}\n");
	fputs(buf_str(&b), to);
}
