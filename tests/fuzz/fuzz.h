/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_TESTS_FUZZ_H
#define NSH_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* What a fuzzer is to libFuzzer and to driver.c alike: one input. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * What a fuzzer may have besides, for driver.c alone: inputs to start from, each handed to ADD,
 * which copies it; and words that its language knows, ended by NULL.
 */
__attribute__((weak)) void fuzz_seeds(void (*add)(const void *bytes, size_t length));
__attribute__((weak)) extern const char *const fuzz_words[];

/* assert() that no NDEBUG takes away. */
#define CHECK(what)                                                                       \
	do {                                                                              \
		if (!(what)) {                                                            \
			fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, \
				#what);                                                   \
			abort();                                                          \
		}                                                                         \
	} while (0)

/* Reads a fuzzer's input as numbers; zeros where it has come to its end. */
struct fuzz_input {
	const uint8_t *at;
	size_t left;
};

__attribute__((unused))
static uint64_t fuzz_take(struct fuzz_input *in, unsigned bytes)
{
	uint64_t value = 0;

	for (; bytes; bytes--) {
		value = value << 8 | (in->left ? *in->at : 0);
		if (in->left) {
			in->at++;
			in->left--;
		}
	}
	return value;
}

#endif
