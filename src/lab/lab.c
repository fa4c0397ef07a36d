/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lab/lab.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/interrupt.h"
#include "lab/holder.h"
#include "lab/outside.h"
#include "lab/sandbox.h"

#define LOCK ".lock"
#define LAB_NAMESPACES                                                                   \
	(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS |      \
	 CLONE_NEWIPC)
#define PATIENCE 5 /* seconds that a holder may take to answer */

static int no_such_lab(const char *name, struct error *err)
{
	error_set(err, STATUS_FAILED, -1, "there is no lab %s", name);
	err->number = ENOENT;
	return -1;
}

int lab_check_name(const char *name, int word, struct error *err)
{
	cleanup_free char *seen = str_visible(name);

	if (!*name)
		return error_set(err, STATUS_USAGE, word, "a lab needs a name");
	if (strcmp(seen, name) != 0)
		return error_set(
			err, STATUS_USAGE, word,
			"%s holds a character that cannot be shown: no name for a lab",
			seen);
	if (strpbrk(name, "/ \t"))
		return error_set(err, STATUS_USAGE, word,
				 "\"%s\" holds a / or a blank: no name for a lab", seen);
	if (name[0] == '.' || name[0] == '-')
		return error_set(err, STATUS_USAGE, word,
				 "the name of a lab does not start with %c", name[0]);
	if (strlen(name) > LAB_NAME_MAX)
		return error_set(err, STATUS_USAGE, word,
				 "the name of a lab has at most %d bytes", LAB_NAME_MAX);
	return 0;
}

/* --- the directory --- */

/* Where it is: an open parent, so that it is found from inside a sandbox too. */
static struct {
	int parent;
	char name[32];
	char *path; /* for messages */
} registry = { .parent = -1 };

static bool remember(const char *parent, const char *name, bool own)
{
	cleanup_close int fd = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 ||
	    (own && (st.st_uid != geteuid() || (st.st_mode & 022))))
		return false;
	registry.parent = steal_fd(&fd);
	str_copy(registry.name, sizeof(registry.name), name);
	registry.path = xasprintf("%s/%s", parent, name);
	return true;
}

void lab_remember(void)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	cleanup_free char *usual = xasprintf("/run/user/%u", geteuid());
	cleanup_free char *shared = xasprintf("nsh-%u", geteuid());

	if (registry.parent >= 0)
		return;
	if (geteuid() == 0 && remember("/run", "nsh", false))
		return;
	if ((runtime && runtime[0] == '/' && remember(runtime, "nsh", true)) ||
	    remember(usual, "nsh", true))
		return;
	remember("/tmp", shared, false);
}

/*
 * The directory, made where MAKE is set; -1 with ENOENT where there is none. Anybody may
 * have put something by its name into /tmp: it must be a directory, this user's and
 * nobody else's.
 */
static int open_registry(bool make, struct error *err)
{
	cleanup_close int fd = -1;
	struct stat st;

	if (registry.parent < 0)
		return error_set(
			err, STATUS_UNSUPPORTED, -1,
			"there is no directory for labs: neither a runtime directory "
			"(XDG_RUNTIME_DIR) nor /tmp");
	if (make && mkdirat(registry.parent, registry.name, 0700) < 0 && errno != EEXIST)
		return error_errno(err, STATUS_FAILED, -1, errno, "cannot make %s",
				   registry.path);
	fd = openat(registry.parent, registry.name,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		error_errno(err, STATUS_FAILED, -1, errno, "cannot open %s",
			    registry.path);
		return -1;
	}
	if (fstat(fd, &st) < 0 || st.st_uid != geteuid() || (st.st_mode & 077)) {
		error_set(err, STATUS_FAILED, -1,
			  "%s is not this user's alone: labs in it could be anybody's",
			  registry.path);
		error_hint(err, "it must be a directory of the user's own, mode 0700");
		return -1;
	}
	return steal_fd(&fd);
}

/* Released as the descriptor is closed, in every process that has it. -1 without waiting
 * where WAIT is not set and somebody else has it. */
static int lock_registry(int directory, bool wait, struct error *err)
{
	cleanup_close int fd =
		openat(directory, LOCK, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

	while (fd >= 0 && flock(fd, wait ? LOCK_EX : LOCK_EX | LOCK_NB) < 0) {
		if (errno == EINTR && !interrupted && !terminated)
			continue;
		return error_errno(err, STATUS_FAILED, -1, errno, "cannot lock %s",
				   registry.path);
	}
	if (fd < 0)
		return error_errno(err, STATUS_FAILED, -1, errno, "cannot make %s/" LOCK,
				   registry.path);
	return steal_fd(&fd);
}

/* --- talking to a holder --- */

/* By way of the open directory: the path alone may be too long, or not be there inside.
 */
static void lab_address(int directory, const char *name, struct sockaddr_un *address)
{
	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	snprintf(address->sun_path, sizeof(address->sun_path), "/proc/self/fd/%d/%s",
		 directory, name);
}

/* Returns -1 with errno: ENOENT, ECONNREFUSED where nobody listens, ... */
static int connect_to(int directory, const char *name)
{
	const struct timeval patience = { .tv_sec = PATIENCE };
	cleanup_close int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	struct sockaddr_un address;

	lab_address(directory, name, &address);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	while (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		if (errno != EINTR)
			return -1;
	return steal_fd(&fd);
}

static int receive(int fd, struct lab *lab, int *pidfd)
{
	char text[128];
	struct iovec bytes = { .iov_base = text, .iov_len = sizeof(text) - 1 };
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	struct msghdr message = {
		.msg_iov = &bytes,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	const struct cmsghdr *header;
	ssize_t got;

	do {
		got = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
	} while (got < 0 && errno == EINTR);
	if (got <= 0) {
		errno = got == 0 ? ECONNREFUSED : errno; /* it has just ended */
		return -1;
	}
	header = CMSG_FIRSTHDR(&message);
	if (header && header->cmsg_level == SOL_SOCKET &&
	    header->cmsg_type == SCM_RIGHTS && header->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(pidfd, CMSG_DATA(header), sizeof(int));
	text[got] = '\0';
	if (*pidfd >= 0 && sscanf(text, HOLDER_ANSWER, &lab->since, &lab->namespaces,
				  &lab->processes) == 3)
		return 0;
	errno = EPROTO;
	return -1;
}

/*
 * What the holder says of its lab; *PIDFD is for the caller to close. -1 with errno. Not
 * only ECONNREFUSED but ECONNRESET too means that nobody is there any more.
 */
static int ask(int directory, const char *name, struct lab *lab, int *pidfd)
{
	cleanup_close int fd = connect_to(directory, name);
	const char request = HOLDER_TELL;
	int number;

	*pidfd = -1;
	if (fd >= 0 && send(fd, &request, 1, MSG_NOSIGNAL) == 1 &&
	    receive(fd, lab, pidfd) == 0)
		return 0;
	number = errno == ECONNRESET || errno == EPIPE ? ECONNREFUSED : errno;
	if (*pidfd >= 0)
		close(*pidfd);
	*pidfd = -1;
	errno = number;
	return -1;
}

static int ask_failed(const char *name, int number, struct error *err)
{
	if (number == ENOENT || number == ECONNREFUSED)
		return no_such_lab(name, err);
	error_errno(err, STATUS_FAILED, -1, number,
		    "the holder of lab %s does not answer", name);
	return error_hint(
		err, "is it stopped? \"kill -9\" of the process nsh-lab ends the lab");
}

/* --- the list --- */

static int compare_labs(const void *a, const void *b)
{
	return str_natural(((const struct lab *)a)->name, ((const struct lab *)b)->name);
}

/* A socket that nobody listens on. It may be a lab in the making: who has the lock knows.
 */
static void remove_leftover(int directory, const char *name)
{
	struct error ignored cleanup_error = ERROR_INIT;
	cleanup_close int lock = lock_registry(directory, false, &ignored), pidfd = -1;
	struct lab lab = { 0 };

	if (lock >= 0 && ask(directory, name, &lab, &pidfd) < 0 && errno == ECONNREFUSED)
		unlinkat(directory, name, 0);
}

int lab_read(lab_list *labs, struct error *err)
{
	cleanup_close int fd = open_registry(false, err);
	struct strings names cleanup_strings = { 0 };
	const struct dirent *entry;
	DIR *directory;

	lab_list_free(labs);
	if (fd < 0) {
		if (err->number != ENOENT)
			return -1;
		error_clear(err);
		return 0;
	}
	directory = fdopendir(dup(fd));
	if (!directory)
		return error_errno(err, STATUS_FAILED, -1, errno, "cannot read %s",
				   registry.path);
	while ((entry = readdir(directory)) != NULL)
		if (entry->d_name[0] != '.')
			strings_add(&names, entry->d_name);
	closedir(directory);
	for (size_t i = 0; i < names.n; i++) {
		struct lab lab = { 0 };
		int pidfd;

		if (ask(fd, names.v[i], &lab, &pidfd) == 0) {
			close(pidfd);
			lab.name = xstrdup(names.v[i]);
			*vector_add(labs) = lab;
		} else if (errno == ECONNREFUSED) {
			remove_leftover(fd, names.v[i]);
		}
	}
	if (labs->n > 1)
		qsort(labs->v, labs->n, sizeof(*labs->v), compare_labs);
	return 0;
}

void lab_list_free(lab_list *labs)
{
	for (size_t i = 0; i < labs->n; i++)
		free(labs->v[i].name);
	vector_free(labs);
}

/* --- making --- */

/* With the lock held. */
static int listen_as(int directory, const char *name, struct error *err)
{
	cleanup_close int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	struct sockaddr_un address;

	/* What stands there is a leftover. */
	unlinkat(directory, name, 0);
	lab_address(directory, name, &address);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(fd, SOMAXCONN) < 0)
		return error_errno(err, STATUS_FAILED, -1, errno,
				   "cannot listen on %s/%s for lab %s", registry.path,
				   name, name);
	return steal_fd(&fd);
}

static int make_lab(int directory, const char *name, struct lab *lab, int *pidfd,
		    struct error *err)
{
	cleanup_close int listener = listen_as(directory, name, err);
	pid_t holder;
	int number;

	if (listener < 0)
		return -1;
	holder = sandbox_fork(err);
	if (holder == 0)
		holder_run(listener, directory, name);
	if (holder < 0) {
		unlinkat(directory, name, 0);
		return -1;
	}
	/* Its answer also says that it does not depend on this process any more. */
	if (ask(directory, name, lab, pidfd) == 0)
		return 0;
	number = errno;
	kill(holder, SIGKILL);
	unlinkat(directory, name, 0);
	return error_errno(err, STATUS_UNSUPPORTED, -1, number,
			   "the lab's holder ended before it began");
}

/* Finds the lab, or makes it. *PIDFD: of its holder. */
static int find_lab(const char *name, bool make, bool *made, int *pidfd,
		    struct error *err)
{
	cleanup_close int directory = open_registry(make, err), lock = -1;
	struct lab lab = { 0 };

	*made = false;
	if (directory < 0) {
		if (err->number != ENOENT)
			return -1;
		error_clear(err);
		return no_such_lab(name, err);
	}
	if (ask(directory, name, &lab, pidfd) == 0)
		return 0;
	if (errno != ENOENT && errno != ECONNREFUSED)
		return ask_failed(name, errno, err);
	if (!make)
		return no_such_lab(name, err);
	/* Somebody else may be making it: then it is there once the lock is. */
	lock = lock_registry(directory, true, err);
	if (lock < 0)
		return -1;
	if (ask(directory, name, &lab, pidfd) == 0)
		return 0;
	if (errno != ENOENT && errno != ECONNREFUSED)
		return ask_failed(name, errno, err);
	*made = true;
	return make_lab(directory, name, &lab, pidfd, err);
}

/* --- joining --- */

static int join_failed(const char *name, int number, struct error *err)
{
	if (number == ESRCH)
		return no_such_lab(name, err);
	error_errno(err,
		    number == EINVAL || number == EBADF ? STATUS_UNSUPPORTED
							: STATUS_FAILED,
		    -1, number, "cannot join lab %s", name);
	if (number == EINVAL || number == EBADF)
		error_hint(err, "joining takes Linux 5.8");
	else if (number == EPERM)
		error_hint(err, "from inside another sandbox nsh cannot");
	return -1;
}

/* The child, inside. */
static void settle_in(const struct outside *outside, int parent, const char *directory)
{
	struct pollfd ended = { .fd = parent, .events = POLLIN };

	outside_child(outside);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* It may have ended before it could be watched; it has no number here to tell by.
	 */
	if (poll(&ended, 1, 0) != 0)
		_exit(STATUS_FAILED);
	close(parent);
	/* Else /proc would not let the lab's other processes see this one. */
	prctl(PR_SET_DUMPABLE, 1);
	if (getegid() != 0 && setresgid(0, 0, 0) < 0)
		fputs("nsh: this group has no number in the lab\n", stderr);
	/* setns() has gone to "/"; what has been mounted since the lab was made may be
	 * missing. */
	if (chdir(directory) < 0)
		fprintf(stderr, "nsh: there is no %s in the lab: in / instead\n",
			directory);
	outside_take_terminal(outside);
}

int lab_enter(const char *name, bool make, bool *made, struct error *err)
{
	cleanup_free char *what = xasprintf("lab %s", name);
	cleanup_close int pidfd = -1, parent = -1;
	char directory[PATH_MAX];
	struct outside outside;
	pid_t child;

	if (lab_check_name(name, -1, err) < 0 ||
	    find_lab(name, make, made, &pidfd, err) < 0)
		return -1;
	if (!getcwd(directory, sizeof(directory)))
		str_copy(directory, sizeof(directory), "/");
	parent = (int)syscall(SYS_pidfd_open, getpid(), 0);
	if (parent < 0)
		return join_failed(name, errno, err);
	outside_prepare(&outside);
	if (setns(pidfd, LAB_NAMESPACES) < 0) {
		int number = errno;

		outside_give_up(&outside);
		return join_failed(name, number, err);
	}
	child = fork();
	if (child == 0) {
		settle_in(&outside, steal_fd(&parent), directory);
		return 0;
	}
	if (child > 0)
		outside_wait(&outside, child, pidfd, what);
	outside_give_up(&outside);
	/* ENOMEM is also what fork() says where process 1 of the namespace has ended. */
	return error_errno(err, STATUS_FAILED, -1, errno, "cannot go on in lab %s", name);
}

/* --- deleting --- */

static int end_holder(int directory, const char *name, int pidfd)
{
	const char request = HOLDER_END;
	int fd, result;

	if (syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0) == 0 ||
	    errno == ESRCH)
		return 0;
	/* Inside a sandbox the holder has no number, and no signal reaches it: it is
	 * asked. */
	fd = connect_to(directory, name);
	if (fd < 0)
		return -1;
	result = send(fd, &request, 1, MSG_NOSIGNAL) == 1 ? 0 : -1;
	close(fd);
	return result;
}

int lab_delete(const char *name, long *processes, struct error *err)
{
	cleanup_close int directory = -1, lock = -1, pidfd = -1;
	struct pollfd ended = { .events = POLLIN };
	struct lab lab = { 0 };

	if (lab_check_name(name, -1, err) < 0)
		return -1;
	directory = open_registry(false, err);
	if (directory < 0 && err->number == ENOENT) {
		error_clear(err);
		return no_such_lab(name, err);
	}
	if (directory < 0)
		return -1;
	lock = lock_registry(directory, true, err);
	if (lock < 0)
		return -1;
	if (ask(directory, name, &lab, &pidfd) < 0) {
		int number = errno;

		if (number == ECONNREFUSED)
			unlinkat(directory, name, 0);
		return ask_failed(name, number, err);
	}
	*processes = lab.processes;
	if (end_holder(directory, name, pidfd) < 0)
		return error_errno(err, STATUS_FAILED, -1, errno, "cannot end lab %s",
				   name);
	/* A pidfd of process 1 is ready when all of its namespace are gone. */
	ended.fd = pidfd;
	for (int ready; (ready = poll(&ended, 1, PATIENCE * 1000)) <= 0;) {
		if (ready < 0 && errno == EINTR && !interrupt_pending())
			continue;
		return error_set(err, STATUS_FAILED, -1, "lab %s takes long to end",
				 name);
	}
	unlinkat(directory, name, 0);
	return 0;
}
