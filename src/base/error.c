/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/error.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"

int error_set(struct error *err, enum status status, int word, const char *format, ...)
{
	cleanup_free char *message = NULL;
	va_list ap;

	va_start(ap, format);
	message = xvasprintf(format, ap);
	va_end(ap);
	error_clear(err);
	err->status = status;
	err->word = word;
	err->message = steal_pointer(&message);
	return -1;
}

int error_errno(struct error *err, enum status status, int word, int number,
		const char *format, ...)
{
	cleanup_free char *message = NULL;
	va_list ap;

	va_start(ap, format);
	message = xvasprintf(format, ap);
	va_end(ap);
	error_set(err, status, word, "%s: %s", message, strerror(number));
	err->number = number;
	return -1;
}

int error_prefix(struct error *err, const char *format, ...)
{
	cleanup_free char *prefix = NULL, *message = NULL;
	va_list ap;

	va_start(ap, format);
	prefix = xvasprintf(format, ap);
	va_end(ap);
	message = xasprintf("%s%s", prefix, err->message ? err->message : "");
	free(err->message);
	err->message = steal_pointer(&message);
	return -1;
}

int error_hint(struct error *err, const char *format, ...)
{
	cleanup_free char *hint = NULL;
	va_list ap;

	va_start(ap, format);
	hint = xvasprintf(format, ap);
	va_end(ap);
	free(err->hint);
	err->hint = steal_pointer(&hint);
	return -1;
}

int error_part(struct error *err, size_t from, size_t length)
{
	err->from = from;
	err->length = length;
	return -1;
}

int error_take(struct error *err, struct error *from)
{
	error_clear(err);
	*err = *from;
	*from = (struct error)ERROR_INIT;
	return -1;
}

void error_clear(struct error *err)
{
	free(err->message);
	free(err->hint);
	*err = (struct error)ERROR_INIT;
}
