/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_BASE_DESCRIPTORS_H
#define NSH_BASE_DESCRIPTORS_H

#include <stdbool.h>
#include <stddef.h>

/* Writes all of LENGTH bytes. -1: errno says why, and some may be written. */
int write_all(int fd, const char *bytes, size_t length);

/*
 * How many files this process may have open: RLIMIT_NOFILE of setrlimit(2), whose soft limit
 * anybody may raise up to the hard one.
 */

/* The limit now; SIZE_MAX where there is none. */
size_t descriptors_limit(void);
/* The most that it could be raised to. */
size_t descriptors_hard_limit(void);
/* Raises it as far as it goes. Returns whether it is higher than before. */
bool descriptors_raise(void);
/* In a child that is to become another program: the limit is as nsh was given it. */
void descriptors_restore(void);

#endif
