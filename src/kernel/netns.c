/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/kernel.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/cleanup.h"
#include "kernel/kernel-internal.h"
#include "kernel/limits.h"
#include "kernel/traffic.h"

static void close_directory(DIR **directory)
{
	if (*directory)
		closedir(*directory);
}
#define cleanup_directory cleanup_with(close_directory)

int kernel_netns_names(struct kernel *kernel, struct strings *names, struct error *err)
{
	cleanup_directory DIR *directory = opendir(NETNS_DIR);
	const struct dirent *entry;

	(void)kernel;
	strings_free(names);
	if (!directory && errno == ENOENT)
		return 0;
	if (!directory)
		return error_errno(err, STATUS_FAILED, -1, errno, "cannot read " NETNS_DIR);
	while (errno = 0, (entry = readdir(directory)) != NULL) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..") ||
		    !strcmp(entry->d_name, HOST))
			continue;
		strings_add(names, entry->d_name);
	}
	if (errno)
		return error_errno(err, STATUS_FAILED, -1, errno, "cannot read " NETNS_DIR);
	return 0;
}

/*
 * NETNS_DIR becomes a shared mount of its own, so that a name deleted in one mount namespace
 * is gone in all of them: else a daemon's copy would keep the namespace alive. ip-netns(8) does
 * the same under the same lock; without one, two of them at a time would mount the directory
 * on itself again and again.
 */
static int prepare_directory(struct kernel *kernel, struct error *err)
{
	cleanup_close int lock = -1;
	int done;

	if (kernel->directory_ready)
		return 0;
	if (mkdir(NETNS_DIR, 0755) < 0 && errno != EEXIST)
		return error_errno(err, STATUS_FAILED, -1, errno, "cannot make " NETNS_DIR);
	lock = open(NETNS_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lock < 0)
		return error_errno(err, STATUS_FAILED, -1, errno, "cannot open " NETNS_DIR);
	/* A file system that has no locks is no reason to fail. */
	do {
		done = flock(lock, LOCK_EX);
	} while (done < 0 && errno == EINTR);
	if (mount("", NETNS_DIR, "none", MS_SHARED | MS_REC, NULL) < 0) {
		/* EINVAL: not a mount point yet. Private first, so that it does not stay in the
		 * peer group of the mount it came from. */
		if (errno != EINVAL ||
		    mount(NETNS_DIR, NETNS_DIR, "none", MS_BIND | MS_REC, NULL) < 0 ||
		    mount("", NETNS_DIR, "none", MS_PRIVATE | MS_REC, NULL) < 0 ||
		    mount("", NETNS_DIR, "none", MS_SHARED | MS_REC, NULL) < 0)
			return error_errno(err, STATUS_FAILED, -1, errno,
					   "cannot make " NETNS_DIR " a shared mount");
	}
	kernel->directory_ready = true;
	return 0;
}

/* Makes the empty file that the namespace will be mounted on. */
static int make_name(struct kernel *kernel, const char *name, struct error *err)
{
	char path[NETNS_PATH];
	int fd;

	if (netns_check_name(name, err) < 0 || prepare_directory(kernel, err) < 0)
		return -1;
	fd = open(netns_path(name, path), O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		  NETNS_FILE_MODE);
	if (fd < 0 && errno == ENOENT) {
		/* Somebody has removed the directory since: once more. */
		kernel->directory_ready = false;
		if (prepare_directory(kernel, err) < 0)
			return -1;
		fd = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, NETNS_FILE_MODE);
	}
	if (fd >= 0) {
		close(fd);
		return 0;
	}
	if (errno == EEXIST) {
		error_set(err, STATUS_FAILED, -1, "there is a namespace %s already", name);
		err->number = EEXIST;
		return -1;
	}
	return error_errno(err, STATUS_FAILED, -1, errno, "cannot make %s", path);
}

/* UMOUNT_NOFOLLOW: a symbolic link stands for somebody else's mount, such as a container's. */
int netns_remove_name(const char *name)
{
	char path[NETNS_PATH];

	netns_path(name, path);
	umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW);
	return unlink(path);
}

static int mount_name(int fd, const char *name, struct error *err)
{
	char from[64], to[NETNS_PATH];

	/* By descriptor: what was checked, or prepared, is what gets the name. */
	snprintf(from, sizeof(from), "/proc/self/fd/%d", fd);
	if (mount(from, netns_path(name, to), "none", MS_BIND, NULL) == 0)
		return 0;
	return error_errno(err, STATUS_FAILED, -1, errno, "cannot mount the namespace on %s",
			   to);
}

/* What becomes of a namespace until it has its name. */
struct making {
	const char *name;
	int (*prepare)(struct nlsock *rtnl, const void *data, struct error *err);
	const void *data;
	int fd;
	struct nlsock *rtnl;
};

/* The thread is in the new namespace: opens what will be wanted of it, and prepares it. */
static int make_inside(struct making *making, struct error *err)
{
	if (unshare(CLONE_NEWNET) < 0) {
		if (errno == ENOSPC)
			return netns_limit_reached(err);
		return error_errno(err, STATUS_FAILED, -1, errno, "cannot make namespace %s",
				   making->name);
	}
	making->fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (making->fd < 0)
		return error_errno(err, STATUS_FAILED, -1, errno,
				   "cannot open the new namespace %s", making->name);
	making->rtnl = nlsock_open(NETLINK_ROUTE, err);
	if (!making->rtnl)
		return -1;
	nlsock_set_name(making->rtnl, making->name);
	return making->prepare ? making->prepare(making->rtnl, making->data, err) : 0;
}

/* What it needs is done before the name is there, which comes last. */
static int make_whole(struct kernel *kernel, struct making *making, struct error *err)
{
	cleanup_error struct error way_back = ERROR_INIT;
	int result = make_inside(making, err);

	if (netns_return(kernel, &way_back) < 0)
		return error_take(err, &way_back);
	if (result < 0 || make_name(kernel, making->name, err) < 0)
		return -1;
	if (mount_name(making->fd, making->name, err) == 0)
		return 0;
	netns_remove_name(making->name);
	return -1;
}

int kernel_netns_make(struct kernel *kernel, const char *name,
		      int (*prepare)(struct nlsock *rtnl, const void *data, struct error *err),
		      const void *data, struct error *err)
{
	struct making making = { .name = name, .prepare = prepare, .data = data, .fd = -1 };

	if (netns_check_name(name, err) < 0)
		return -1;
	if (make_whole(kernel, &making, err) < 0) {
		nlsock_close(making.rtnl);
		if (making.fd >= 0)
			close(making.fd);
		return -1;
	}
	/* lo is the first. */
	netns_remember(kernel, name, making.fd, making.rtnl)->next_link = 2;
	return 0;
}

int kernel_netns_add(struct kernel *kernel, const char *name, struct error *err)
{
	return kernel_netns_make(kernel, name, NULL, NULL, err);
}

int kernel_netns_adopt(struct kernel *kernel, const char *name, const char *path,
		       struct error *err)
{
	cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, STATUS_FAILED, -1, errno, "cannot open %s", path);
	if (!netns_is(fd))
		return error_set(err, STATUS_FAILED, -1, "%s is no network namespace", path);
	if (make_name(kernel, name, err) < 0)
		return -1;
	if (mount_name(fd, name, err) < 0) {
		netns_remove_name(name);
		return -1;
	}
	netns_remember(kernel, name, steal_fd(&fd), NULL);
	return 0;
}

int kernel_netns_del_failed(const char *name, int number, struct error *err)
{
	if (netns_check_name(name, err) < 0)
		return -1;
	if (number == ENOENT)
		error_set(err, STATUS_FAILED, -1, "there is no namespace %s", name);
	else
		error_errno(err, STATUS_FAILED, -1, number, "cannot remove " NETNS_DIR "/%s",
			    name);
	err->number = number;
	return -1;
}

int kernel_netns_del(struct kernel *kernel, const char *name, struct error *err)
{
	if (netns_check_name(name, err) < 0)
		return -1;
	if (netns_remove_name(name) < 0)
		return kernel_netns_del_failed(name, errno, err);
	netns_forget(kernel, name);
	return 0;
}

/* --- whose names they are --- */

/* NETNS_DIR without what is mounted on its files. -1: this kernel cannot. */
static int open_under(void)
{
#ifdef SYS_open_tree
	return (int)syscall(SYS_open_tree, AT_FDCWD, NETNS_DIR,
			    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
#else
	return -1;
#endif
}

int kernel_netns_own(struct kernel *kernel, struct strings *names, struct error *err)
{
	cleanup_strings struct strings all = { 0 };
	cleanup_close int fd = -1;

	strings_free(names);
	if (kernel_netns_names(kernel, &all, err) < 0)
		return -1;
	if (all.n == 0)
		return 0;
	fd = open_under();
	if (fd < 0)
		fd = open(NETNS_DIR, O_PATH | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; fd >= 0 && i < all.n; i++) {
		struct stat st;

		if (fstatat(fd, all.v[i], &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    st.st_mode == (S_IFREG | NETNS_FILE_MODE))
			strings_add(names, all.v[i]);
	}
	return 0;
}

bool kernel_netns_left_behind(struct kernel *kernel, const char *name)
{
	char path[NETNS_PATH];
	struct stat st;

	(void)kernel;
	/* A namespace's file is one of nsfs, 0444. */
	return lstat(netns_path(name, path), &st) == 0 && S_ISREG(st.st_mode) &&
	       !(st.st_mode & 0777) && st.st_size == 0;
}

/* --- all namespaces, named or not --- */

/* An index of FOUND by inode number, open addressing; 0: free, else the position plus one. */
struct by_id {
	size_t *slots;
	size_t room;
};

static size_t id_slot(const struct by_id *index, const netns_found_list *found, dev_t dev,
		      ino_t ino)
{
	size_t at = (size_t)(ino * 11400714819323198485u >> 20) & (index->room - 1);

	while (index->slots[at]) {
		const struct netns_found *one = &found->v[index->slots[at] - 1];

		if (one->ino == ino && one->dev == dev)
			break;
		at = (at + 1) & (index->room - 1);
	}
	return at;
}

static void index_grow(struct by_id *index, const netns_found_list *found)
{
	free(index->slots);
	index->room = index->room ? index->room * 2 : 64;
	while (found->n * 2 >= index->room)
		index->room *= 2;
	index->slots = xcalloc(index->room, sizeof(*index->slots));
	for (size_t i = 0; i < found->n; i++)
		index->slots[id_slot(index, found, found->v[i].dev, found->v[i].ino)] = i + 1;
}

static struct netns_found *find_only(struct by_id *index, netns_found_list *found, dev_t dev,
				     ino_t ino)
{
	size_t at = id_slot(index, found, dev, ino);

	return index->slots[at] ? &found->v[index->slots[at] - 1] : NULL;
}

static struct netns_found *find_or_add(struct by_id *index, netns_found_list *found, dev_t dev,
				       ino_t ino)
{
	struct netns_found *one;
	size_t at;

	if (found->n * 2 >= index->room)
		index_grow(index, found);
	at = id_slot(index, found, dev, ino);
	if (index->slots[at])
		return &found->v[index->slots[at] - 1];
	one = vector_add(found);
	one->dev = dev;
	one->ino = ino;
	index->slots[at] = found->n;
	return one;
}

static void add_named(struct by_id *index, netns_found_list *found,
		      const struct strings *names)
{
	for (size_t i = 0; i < names->n; i++) {
		char path[NETNS_PATH];
		cleanup_close int fd = -1;
		struct netns_found *one;
		struct stat st;

		fd = open(netns_path(names->v[i], path), O_RDONLY | O_CLOEXEC);
		if (fd < 0 || !netns_is(fd) || fstat(fd, &st) < 0)
			continue;
		one = find_or_add(index, found, st.st_dev, st.st_ino);
		if (!one->name)
			one->name = xstrdup(names->v[i]);
	}
}

static void read_command(pid_t pid, char command[16])
{
	char path[64];
	cleanup_file FILE *file = NULL;

	snprintf(path, sizeof(path), "/proc/%ld/comm", (long)pid);
	file = fopen(path, "re");
	command[0] = '\0';
	if (file && fgets(command, 16, file))
		command[strcspn(command, "\n")] = '\0';
}

/* KERNEL: those in other namespaces are passed over, and nsh's own servers told apart. */
static int add_processes(struct by_id *index, netns_found_list *found, struct kernel *kernel,
			 struct error *err)
{
	cleanup_directory DIR *proc = opendir("/proc");
	const struct dirent *entry;

	if (!proc)
		return error_errno(err, STATUS_FAILED, -1, errno, "cannot read /proc");
	while ((entry = readdir(proc)) != NULL) {
		char path[64];
		unsigned long long pid;
		struct netns_found *one;
		struct stat st;
		uint16_t port;

		if (!str_number(entry->d_name, 1, INT_MAX, &pid))
			continue;
		snprintf(path, sizeof(path), "/proc/%llu/ns/net", pid);
		/* It may have ended, or be another user's. */
		if (stat(path, &st) < 0)
			continue;
		one = kernel ? find_only(index, found, st.st_dev, st.st_ino)
			     : find_or_add(index, found, st.st_dev, st.st_ino);
		if (!one)
			continue;
		if (kernel && serve_is_server((pid_t)pid, kernel->lasting, &port)) {
			*vector_add(&one->served) = port;
			continue;
		}
		one->processes++;
		if (!one->pid || (pid_t)pid < one->pid)
			one->pid = (pid_t)pid;
	}
	for (size_t i = 0; i < found->n; i++)
		if (found->v[i].pid)
			read_command(found->v[i].pid, found->v[i].command);
	return 0;
}

int kernel_netns_all(struct kernel *kernel, netns_found_list *found, struct error *err)
{
	cleanup_strings struct strings names = { 0 };
	struct by_id index = { 0 };
	struct netns_found *host;
	int result;

	netns_found_free(found);
	if (kernel_netns_names(kernel, &names, err) < 0)
		return -1;
	strings_sort(&names);
	host = find_or_add(&index, found, kernel->host.dev, kernel->host.ino);
	host->name = xstrdup(HOST);
	add_named(&index, found, &names);
	result = add_processes(&index, found, NULL, err);
	free(index.slots);
	if (result < 0)
		netns_found_free(found);
	return result;
}

int kernel_netns_processes(struct kernel *kernel, netns_found_list *found, struct error *err)
{
	struct by_id index = { 0 };
	int result;

	index_grow(&index, found);
	result = add_processes(&index, found, kernel, err);
	free(index.slots);
	return result;
}

void netns_found_free(netns_found_list *found)
{
	for (size_t i = 0; i < found->n; i++) {
		free(found->v[i].name);
		vector_free(&found->v[i].served);
	}
	vector_free(found);
}
