/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_BASE_FILE_H
#define NSH_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"

/*
 * Files that the user names to be written. One that is there is replaced only where nsh wrote it,
 * or where it holds nothing, so that nobody's work is lost with it.
 */

/* Whether a file that begins with the LENGTH bytes of HEAD, a string too, is nsh's own. */
typedef bool file_is_own(const char *head, size_t length);
#define FILE_HEAD 512 /* bytes that are looked at, at most */

/* Whether PATH, word WORD of the line, may be written over: 0, or -1 with the error set. */
int file_check(const char *path, int word, file_is_own *is_own, struct error *err);

/*
 * Writes LENGTH bytes to PATH, if file_check() lets it; a regular file whole or not at all, but
 * through a symbolic link. MODE is that of a new file, before umask(2). -1 with the error set.
 */
int file_write(const char *path, int word, const char *bytes, size_t length, mode_t mode,
	       file_is_own *is_own, struct error *err);

#endif
