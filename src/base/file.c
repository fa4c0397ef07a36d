/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/descriptors.h"
#include "base/str.h"

int file_check(const char *path, int word, file_is_own *is_own, struct error *err)
{
	cleanup_file FILE *file = NULL;
	char head[FILE_HEAD + 1];
	struct stat status;
	size_t length;

	/* A pipe or a device holds nothing that could be lost. */
	if (stat(path, &status) < 0 || !S_ISREG(status.st_mode) || status.st_size == 0)
		return 0;
	file = fopen(path, "re");
	length = file ? fread(head, 1, FILE_HEAD, file) : 0;
	head[length] = '\0';
	if (is_own(head, length))
		return 0;
	error_set(err, STATUS_FAILED, word, "%s is there already, and holds something else", path);
	return error_hint(err, "another name, or delete it first");
}

static int cannot_write(const char *path, int word, int number, struct error *err)
{
	return error_errno(err, STATUS_FAILED, word, number, "cannot write %s", path);
}

static int write_in_place(const char *path, int word, const char *bytes, size_t length,
			  struct error *err)
{
	cleanup_close int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);

	if (fd >= 0 && write_all(fd, bytes, length) == 0)
		return 0;
	return cannot_write(path, word, errno, err);
}

int file_write(const char *path, int word, const char *bytes, size_t length, mode_t mode,
	       file_is_own *is_own, struct error *err)
{
	cleanup_free char *new = xasprintf("%s.%d.new", path, (int)getpid());
	cleanup_close int fd = -1;
	struct stat status, name;
	int number;
	bool there = stat(path, &status) == 0;

	if (there && !S_ISREG(status.st_mode))
		return write_in_place(path, word, bytes, length, err);
	if (file_check(path, word, is_own, err) < 0)
		return -1;
	/* A link stays one, to /dev/stdout above all. */
	if (there && lstat(path, &name) == 0 && S_ISLNK(name.st_mode))
		return write_in_place(path, word, bytes, length, err);
	fd = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0)
		return cannot_write(path, word, errno, err);
	if (there)
		fchmod(fd, status.st_mode & 07777);
	if (write_all(fd, bytes, length) == 0 && fsync(fd) == 0 && rename(new, path) == 0)
		return 0;
	number = errno;
	unlink(new);
	return cannot_write(path, word, number, err);
}
