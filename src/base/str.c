/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/str.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

static void *checked(void *memory)
{
	if (!memory) {
		fputs("nsh: out of memory\n", stderr);
		abort();
	}
	return memory;
}

void *xcalloc(size_t count, size_t size)
{
	return checked(calloc(count ? count : 1, size ? size : 1));
}

void *xreallocarray(void *old, size_t count, size_t size)
{
	return checked(reallocarray(old, count ? count : 1, size));
}

char *xstrdup(const char *string)
{
	return checked(strdup(string));
}

char *xstrndup(const char *string, size_t length)
{
	return checked(strndup(string, length));
}

char *xvasprintf(const char *format, va_list ap)
{
	char *string = NULL;

	if (vasprintf(&string, format, ap) < 0)
		checked(NULL);
	return string;
}

char *xasprintf(const char *format, ...)
{
	va_list ap;
	char *string;

	va_start(ap, format);
	string = xvasprintf(format, ap);
	va_end(ap);
	return string;
}

/* --- growing strings --- */

static void buf_reserve(struct buf *b, size_t more)
{
	size_t wanted = b->length + more + 1;

	if (wanted <= b->room)
		return;
	b->room = b->room ? b->room : 64;
	while (b->room < wanted)
		b->room *= 2;
	b->s = xreallocarray(b->s, b->room, 1);
}

void buf_addn(struct buf *b, const char *bytes, size_t length)
{
	buf_reserve(b, length);
	if (length)
		memcpy(b->s + b->length, bytes, length);
	b->length += length;
	b->s[b->length] = '\0';
}

void buf_add(struct buf *b, const char *string)
{
	buf_addn(b, string, strlen(string));
}

void buf_addc(struct buf *b, char c)
{
	buf_addn(b, &c, 1);
}

void buf_addf(struct buf *b, const char *format, ...)
{
	cleanup_free char *text = NULL;
	va_list ap;

	va_start(ap, format);
	text = xvasprintf(format, ap);
	va_end(ap);
	buf_add(b, text);
}

const char *buf_str(const struct buf *b)
{
	return b->s ? b->s : "";
}

char *buf_steal(struct buf *b)
{
	char *string = b->s ? b->s : xstrdup("");

	*b = (struct buf){ 0 };
	return string;
}

void buf_clear(struct buf *b)
{
	b->length = 0;
	if (b->s)
		b->s[0] = '\0';
}

void buf_free(struct buf *b)
{
	free(b->s);
	*b = (struct buf){ 0 };
}

/* --- lists --- */

void strings_take(struct strings *list, char *string)
{
	list->v = vector_grow_(list->v, list->n, &list->room, sizeof(*list->v));
	list->v[list->n++] = string;
}

void strings_add(struct strings *list, const char *string)
{
	strings_take(list, xstrdup(string));
}

void strings_add_all(struct strings *list, const struct strings *more)
{
	for (size_t i = 0; i < more->n; i++)
		strings_add(list, more->v[i]);
}

bool strings_has(const struct strings *list, const char *string)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i], string) == 0)
			return true;
	return false;
}

static int compare_strings(const void *a, const void *b)
{
	return str_natural(*(char *const *)a, *(char *const *)b);
}

void strings_sort(struct strings *list)
{
	if (list->n > 1)
		qsort(list->v, list->n, sizeof(*list->v), compare_strings);
}

void strings_free(struct strings *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->v[i]);
	free(list->v);
	*list = (struct strings){ 0 };
}

void *vector_more_(void *v, size_t *room, size_t size)
{
	/* Most lists of large things stay short, and there may be very many lists. */
	*room = *room ? *room * 2 : size < 32 ? 8 : 2;
	return xreallocarray(v, *room, size);
}

void vector_remove_(void *v, size_t *n, size_t at, size_t size)
{
	char *bytes = v;

	(*n)--;
	memmove(bytes + at * size, bytes + (at + 1) * size, (*n - at) * size);
}

/* --- comparing and reading --- */

bool str_starts(const char *string, const char *prefix)
{
	return strncmp(string, prefix, strlen(prefix)) == 0;
}

static const char *skip_zeros(const char *s)
{
	while (*s == '0' && isdigit((unsigned char)s[1]))
		s++;
	return s;
}

int str_natural(const char *a, const char *b)
{
	const char *whole_a = a, *whole_b = b;

	while (*a && *b) {
		size_t digits_a, digits_b;
		int order;

		if (!isdigit((unsigned char)*a) || !isdigit((unsigned char)*b)) {
			if (*a != *b)
				return (unsigned char)*a - (unsigned char)*b;
			a++;
			b++;
			continue;
		}
		a = skip_zeros(a);
		b = skip_zeros(b);
		digits_a = strspn(a, "0123456789");
		digits_b = strspn(b, "0123456789");
		if (digits_a != digits_b)
			return digits_a < digits_b ? -1 : 1;
		order = strncmp(a, b, digits_a);
		if (order)
			return order;
		a += digits_a;
		b += digits_b;
	}
	if (*a || *b)
		return (unsigned char)*a - (unsigned char)*b;
	/* Alike but for leading zeros: still an order. */
	return strcmp(whole_a, whole_b);
}

void str_copy(char *to, size_t size, const char *from)
{
	size_t length = strnlen(from, size - 1);

	memmove(to, from, length);
	to[length] = '\0';
}

bool str_number(const char *string, unsigned long long min, unsigned long long max,
		unsigned long long *number)
{
	unsigned long long value = 0;

	if (!*string)
		return false;
	for (; *string; string++) {
		unsigned digit = (unsigned)(*string - '0');

		if (!isdigit((unsigned char)*string) || value > (max - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*number = value;
	return value >= min && value <= max;
}

uint32_t str_hash(const char *string)
{
	uint32_t hash = 2166136261u;

	for (; *string; string++)
		hash = (hash ^ (unsigned char)*string) * 16777619u;
	return hash;
}

/* --- what was meant --- */

unsigned str_distance(const char *a, const char *b, unsigned limit)
{
	size_t m = strlen(a), n = strlen(b);
	cleanup_free unsigned *rows = NULL;
	unsigned *before, *last, *row;

	if ((m > n ? m - n : n - m) > limit || m > 255 || n > 255)
		return limit + 1;
	rows = xcalloc(3 * (n + 1), sizeof(*rows));
	before = rows;
	last = rows + n + 1;
	row = rows + 2 * (n + 1);
	for (size_t j = 0; j <= n; j++)
		last[j] = (unsigned)j;
	for (size_t i = 1; i <= m; i++) {
		unsigned *spare;

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= n; j++) {
			unsigned edits = last[j - 1] + (a[i - 1] != b[j - 1]);

			if (last[j] + 1 < edits)
				edits = last[j] + 1;
			if (row[j - 1] + 1 < edits)
				edits = row[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    before[j - 2] + 1 < edits)
				edits = before[j - 2] + 1;
			row[j] = edits;
		}
		spare = before;
		before = last;
		last = row;
		row = spare;
	}
	return last[n] > limit ? limit + 1 : last[n];
}

const char *str_nearest(const char *word, const struct strings *candidates)
{
	size_t length = strlen(word);
	unsigned limit = length <= 3 ? 1 : length <= 6 ? 2 : 3, best = limit + 1;
	const char *nearest = NULL;

	for (size_t i = 0; i < candidates->n; i++) {
		unsigned distance = str_distance(word, candidates->v[i], limit);

		/* Of a short word all letters must not be wrong. */
		if (distance >= strlen(candidates->v[i]) || distance >= length)
			continue;
		if (distance < best) {
			best = distance;
			nearest = candidates->v[i];
		}
	}
	if (nearest || length < 2)
		return nearest;
	for (size_t i = 0; i < candidates->n; i++)
		if (str_starts(candidates->v[i], word))
			return candidates->v[i];
	return NULL;
}

/* --- what terminals see --- */

/*
 * Decodes one UTF-8 character of at least one byte: its length and *CODE, or 0 where the bytes
 * are none (too short, overlong, a surrogate, beyond Unicode).
 */
static size_t decode(const char *string, uint32_t *code)
{
	const unsigned char *s = (const unsigned char *)string;
	size_t length;
	uint32_t least;

	if (s[0] < 0x80) {
		*code = s[0];
		return 1;
	}
	if (s[0] >= 0xc2 && s[0] <= 0xdf) {
		length = 2;
		*code = s[0] & 0x1f;
		least = 0x80;
	} else if (s[0] >= 0xe0 && s[0] <= 0xef) {
		length = 3;
		*code = s[0] & 0x0f;
		least = 0x800;
	} else if (s[0] >= 0xf0 && s[0] <= 0xf4) {
		length = 4;
		*code = s[0] & 0x07;
		least = 0x10000;
	} else {
		return 0;
	}
	for (size_t i = 1; i < length; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (s[i] & 0x3f);
	}
	if (*code < least || *code > 0x10ffff || (*code >= 0xd800 && *code <= 0xdfff))
		return 0;
	return length;
}

bool str_is_hidden(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0xad || code == 0x61c ||
	       code == 0x180e || (code >= 0x200b && code <= 0x200f) ||
	       (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) ||
	       code == 0xfeff || (code >= 0xfff9 && code <= 0xfffb) ||
	       (code >= 0xe0000 && code <= 0xe007f);
}

/* The bytes that STRING begins with and that are printable ASCII: nearly all there are. */
static size_t plain_length(const char *string)
{
	size_t length = 0;

	while (string[length] >= ' ' && string[length] <= '~')
		length++;
	return length;
}

bool str_is_visible(const char *string)
{
	while (*(string += plain_length(string))) {
		uint32_t code;
		size_t length = decode(string, &code);

		if (length == 0 || str_is_hidden(code))
			return false;
		string += length;
	}
	return true;
}

void buf_add_visible(struct buf *b, const char *string)
{
	for (;;) {
		size_t length = plain_length(string);
		uint32_t code;

		buf_addn(b, string, length);
		string += length;
		if (!*string)
			return;
		length = decode(string, &code);
		if (length == 0 || (length == 1 && str_is_hidden(code))) {
			buf_addf(b, "\\x%02x", (unsigned char)*string++);
			continue;
		}
		if (str_is_hidden(code))
			buf_addf(b, code > 0xffff ? "\\U%08x" : "\\u%04x", code);
		else
			buf_addn(b, string, length);
		string += length;
	}
}

char *str_visible(const char *string)
{
	struct buf b = { 0 };

	buf_add_visible(&b, string);
	return buf_steal(&b);
}

struct range {
	uint32_t first, last;
};

static bool in_ranges(const struct range *ranges, size_t count, uint32_t code)
{
	for (size_t i = 0; i < count; i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	return false;
}

size_t str_columns(const char *string)
{
	/* Unicode's East Asian wide and full-width blocks, and emoji. */
	static const struct range wide[] = {
		{ 0x1100, 0x115f },   { 0x231a, 0x231b },   { 0x2e80, 0x303e },
		{ 0x3041, 0x33ff },   { 0x3400, 0x4dbf },   { 0x4e00, 0x9fff },
		{ 0xa000, 0xa4cf },   { 0xa960, 0xa97f },   { 0xac00, 0xd7a3 },
		{ 0xf900, 0xfaff },   { 0xfe30, 0xfe6f },   { 0xff00, 0xff60 },
		{ 0xffe0, 0xffe6 },   { 0x1f300, 0x1f64f }, { 0x1f680, 0x1f6ff },
		{ 0x1f900, 0x1f9ff }, { 0x20000, 0x3fffd },
	};
	static const struct range marks[] = {
		{ 0x0300, 0x036f }, { 0x0483, 0x0489 }, { 0x0591, 0x05bd }, { 0x064b, 0x065f },
		{ 0x093c, 0x093c }, { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff }, { 0x20d0, 0x20ff },
		{ 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f }, { 0x200b, 0x200f },
	};
	size_t columns = 0;

	while (*string) {
		uint32_t code;
		size_t length = decode(string, &code);

		if (length == 0) {
			columns++;
			string++;
			continue;
		}
		string += length;
		if (in_ranges(marks, sizeof(marks) / sizeof(marks[0]), code))
			continue;
		columns += in_ranges(wide, sizeof(wide) / sizeof(wide[0]), code) ? 2 : 1;
	}
	return columns;
}
