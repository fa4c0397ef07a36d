/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_BASE_STR_H
#define NSH_BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * Memory: these never return NULL. A shell that cannot get a few hundred bytes has nothing
 * better to do than to say so and stop.
 */
void *xcalloc(size_t count, size_t size);
void *xreallocarray(void *old, size_t count, size_t size);
char *xstrdup(const char *string);
char *xstrndup(const char *string, size_t length);
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *xvasprintf(const char *format, va_list ap) __attribute__((format(printf, 1, 0)));

/* A growing string, always ended by a NUL once anything was added. */
struct buf {
	char *s; /* NULL while empty and never written to: use buf_str() to read */
	size_t length;
	size_t room;
};

#define cleanup_buf __attribute__((cleanup(buf_free)))

void buf_add(struct buf *b, const char *string);
void buf_addn(struct buf *b, const char *bytes, size_t length);
void buf_addc(struct buf *b, char c);
void buf_addf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *buf_str(const struct buf *b);
/* Hands the string to the caller, who frees it; the buffer is empty again. */
char *buf_steal(struct buf *b);
void buf_clear(struct buf *b); /* keeps the room */
void buf_free(struct buf *b);

/* A list of strings that it owns. */
struct strings {
	char **v;
	size_t n;
	size_t room;
};

#define cleanup_strings __attribute__((cleanup(strings_free)))

void strings_add(struct strings *list, const char *string);
void strings_add_all(struct strings *list, const struct strings *more);
void strings_take(struct strings *list, char *string); /* takes the string over */
bool strings_has(const struct strings *list, const char *string);
void strings_sort(struct strings *list); /* natural order: red2 before red10 */
void strings_free(struct strings *list);

/*
 * A growing array of anything: VECTOR(struct link) links = {0}; vector_add(&links) gives a
 * pointer to a new zeroed last element, good until the next vector_add().
 */
#define VECTOR(type)                                                                      \
	struct {                                                                          \
		type *v;                                                                  \
		size_t n;                                                                 \
		size_t room;                                                              \
	}
#define vector_add(vec)                                                                   \
	((vec)->v = vector_grow_((vec)->v, (vec)->n, &(vec)->room, sizeof(*(vec)->v)),    \
	 &(vec)->v[(vec)->n++])
#define vector_remove(vec, at)                                                            \
	vector_remove_((vec)->v, &(vec)->n, (at), sizeof(*(vec)->v))
#define vector_free(vec)                                                                  \
	do {                                                                              \
		free((vec)->v);                                                           \
		(vec)->v = NULL;                                                          \
		(vec)->n = (vec)->room = 0;                                               \
	} while (0)
void *vector_more_(void *v, size_t *room, size_t size);
static inline void *vector_grow_(void *v, size_t n, size_t *room, size_t size)
{
	if (n == *room)
		v = vector_more_(v, room, size);
	memset((char *)v + n * size, 0, size);
	return v;
}
void vector_remove_(void *v, size_t *n, size_t at, size_t size);

bool str_starts(const char *string, const char *prefix);
/* As strcmp(), but runs of digits compare as numbers: eth2 before eth10. */
int str_natural(const char *a, const char *b);
/* Copies into an array of SIZE bytes, cut at its end; always ended by a NUL. */
void str_copy(char *to, size_t size, const char *from);
/* A whole decimal number from MIN to MAX, no sign, no blanks. Returns whether it is one. */
bool str_number(const char *string, unsigned long long min, unsigned long long max,
		unsigned long long *number);

/* FNV-1a of 32 bits (http://www.isthe.com/chongo/tech/comp/fnv/): the same on every machine. */
uint32_t str_hash(const char *string);

/*
 * The number of edits (insert, delete, replace, swap neighbours) from A to B, counted up to
 * LIMIT; more are LIMIT + 1.
 */
unsigned str_distance(const char *a, const char *b, unsigned limit);

/*
 * The string of CANDIDATES most like WORD, if one is near enough to be meant; else NULL.
 * Borrowed from the list.
 */
const char *str_nearest(const char *word, const struct strings *candidates);

/* Characters that no terminal shows but acts on: controls, and those that turn the text round. */
bool str_is_hidden(uint32_t code);

/*
 * Adds STRING so that no terminal acts on it: control bytes, bytes that are not UTF-8 and
 * characters that turn the direction of writing become \xNN or \uNNNN.
 */
void buf_add_visible(struct buf *b, const char *string);
/* The same as a new string, which the caller frees. */
char *str_visible(const char *string);
/* Whether it is shown as it is: str_visible() would be the same. */
bool str_is_visible(const char *string);

/* Columns that a UTF-8 string takes on a terminal: wide characters two, marks none. */
size_t str_columns(const char *string);

#endif
