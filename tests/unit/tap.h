/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_TESTS_TAP_H
#define NSH_TESTS_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/*
 * The Test Anything Protocol (testanything.org) for a test that is one C program: a line per
 * test, the plan at the end. main() ends with "return tap_done();".
 */
static int tap_count, tap_failures;

__attribute__((format(printf, 2, 3), unused))
static bool tap_ok(bool good, const char *format, ...)
{
	va_list ap;

	printf("%s %d - ", good ? "ok" : "not ok", ++tap_count);
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
	tap_failures += !good;
	return good;
}

/* A line of explanation below a test. */
__attribute__((format(printf, 1, 2), unused))
static void tap_note(const char *format, ...)
{
	va_list ap;

	fputs("# ", stdout);
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
}

__attribute__((format(printf, 3, 4), unused))
static bool tap_is_str(const char *got, const char *wanted, const char *format, ...)
{
	bool good = got && wanted ? !strcmp(got, wanted) : got == wanted;
	char name[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(name, sizeof(name), format, ap);
	va_end(ap);
	tap_ok(good, "%s", name);
	if (!good) {
		tap_note("     got: %s", got ? got : "(null)");
		tap_note("expected: %s", wanted ? wanted : "(null)");
	}
	return good;
}

/* COUNT tests that cannot be run here, and why. */
__attribute__((format(printf, 2, 3), unused))
static void tap_skip(int count, const char *format, ...)
{
	char why[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(why, sizeof(why), format, ap);
	va_end(ap);
	while (count-- > 0)
		printf("ok %d # SKIP %s\n", ++tap_count, why);
	fflush(stdout);
}

/* Prints the plan. Returns the exit status. */
static int tap_done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failures ? 1 : 0;
}

#endif
