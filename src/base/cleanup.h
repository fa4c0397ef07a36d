/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_BASE_CLEANUP_H
#define NSH_BASE_CLEANUP_H

/*
 * Ownership that shows in the type: a variable declared with one of these owns what it
 * holds and lets go of it at the end of its scope. steal_pointer() and steal_fd() hand the
 * thing on and leave nothing behind to let go of.
 */

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void cleanup_free_(void *pointer)
{
	free(*(void **)pointer);
}

static inline void cleanup_close_(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void cleanup_file_(FILE **file)
{
	if (*file)
		fclose(*file);
}

#define cleanup_free  __attribute__((cleanup(cleanup_free_)))
#define cleanup_close __attribute__((cleanup(cleanup_close_)))
#define cleanup_file  __attribute__((cleanup(cleanup_file_)))
#define cleanup_with(function) __attribute__((cleanup(function)))

#define steal_pointer(pointer)                                                            \
	({                                                                                \
		__typeof__(*(pointer)) stolen_ = *(pointer);                              \
		*(pointer) = NULL;                                                        \
		stolen_;                                                                  \
	})

static inline int steal_fd(int *fd)
{
	int stolen = *fd;

	*fd = -1;
	return stolen;
}

#endif
