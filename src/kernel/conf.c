/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/conf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/interrupt.h"
#include "kernel/kernel-internal.h"

static const char *const dirs[] = {
	"net/ipv4/conf/all",
	"net/ipv4/conf/default",
	"net/ipv6/conf/all",
	"net/ipv6/conf/default",
};
#define DIRS (sizeof(dirs) / sizeof(dirs[0]))

/* So long, in milliseconds, it is known what a new namespace has. */
#define NEW_MS 1000

void conf_list_free(conf_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->v[i].key);
		free(list->v[i].value);
	}
	vector_free(list);
}

const char *conf_value(const conf_list *list, const char *key)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i].key, key) == 0)
			return list->v[i].value;
	return NULL;
}

/* The directory of the namespace that the thread is in; -1 where the kernel has none. */
static int open_dir(const char *dir)
{
	cleanup_free char *path = NULL;
	int proc = sysctl_fresh_proc();

	path = xasprintf("%ssys/%s", proc < 0 ? "/proc/" : "", dir);
	return openat(proc < 0 ? AT_FDCWD : proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static char *read_value(int dir, const char *name)
{
	cleanup_close int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	char text[256];
	ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof(text));

	if (length < 0)
		return NULL;
	while (length > 0 && text[length - 1] == '\n')
		length--;
	return xstrndup(text, (size_t)length);
}

static void add(conf_list *list, int dir, const char *dir_name, const char *name)
{
	struct conf *conf = vector_add(list);

	conf->key = xasprintf("%s/%s", dir_name, name);
	conf->value = read_value(dir, name);
}

/* --- a new namespace --- */

/* All files that can be written. */
static void read_all(conf_list *list, const char *dir_name)
{
	cleanup_close int fd = open_dir(dir_name);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	struct stat status;

	if (!dir)
		return;
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.' &&
		    fstatat(fd, entry->d_name, &status, 0) == 0 && (status.st_mode & 0200))
			add(list, fd, dir_name, entry->d_name);
	fd = -1; /* it is DIR's */
	closedir(dir);
}

static int read_new(conf_list *list, struct error *err)
{
	if (unshare(CLONE_NEWNET) < 0)
		return error_errno(err, STATUS_FAILED, -1, errno, "cannot make a namespace");
	for (size_t i = 0; i < DIRS; i++)
		read_all(list, dirs[i]);
	return 0;
}

int kernel_conf_of_new(struct kernel *kernel, const conf_list **list, struct error *err)
{
	cleanup_error struct error way_back = ERROR_INIT;
	static conf_list known;
	static long long when;
	int result;

	*list = &known;
	if (known.n > 0 && clock_ms() - when < NEW_MS)
		return 0;
	if (kernel->stranded && netns_return(kernel, err) < 0)
		return -1;
	conf_list_free(&known);
	result = read_new(&known, err);
	if (netns_return(kernel, &way_back) < 0)
		return error_take(err, &way_back);
	when = clock_ms();
	return result;
}

/* --- any namespace --- */

struct reading {
	const conf_list *keys;
	conf_list *list;
};

static int read_known(void *data, struct error *err)
{
	struct reading *reading = data;
	size_t at = 0;

	(void)err;
	for (size_t i = 0; i < DIRS; i++) {
		cleanup_close int fd = open_dir(dirs[i]);
		size_t length = strlen(dirs[i]);

		for (; at < reading->keys->n; at++) {
			const char *key = reading->keys->v[at].key;

			if (strncmp(key, dirs[i], length) != 0 || key[length] != '/')
				break;
			if (fd >= 0)
				add(reading->list, fd, dirs[i], key + length + 1);
		}
	}
	return 0;
}

int kernel_conf(struct kernel *kernel, const char *name, conf_list *list, struct error *err)
{
	struct reading reading = { .list = list };

	conf_list_free(list);
	if (kernel_conf_of_new(kernel, &reading.keys, err) < 0)
		return -1;
	return kernel_inside(kernel, name, read_known, &reading, err);
}
