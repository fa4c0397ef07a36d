/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/descriptors.h"
#include "base/interrupt.h"
#include "kernel/kernel-internal.h"

/* Descriptors that are left to everything else. */
#define DESCRIPTORS_SPARED 24
/* More are not kept, whatever the limit is: each takes some KiB of the kernel's memory. */
#define DESCRIPTORS_KEPT 4096

struct kernel *kernel_open(struct error *err)
{
	cleanup_close int fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	struct kernel *kernel;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0) {
		error_errno(err, STATUS_UNSUPPORTED, -1, errno,
			    "cannot open this process's network namespace");
		error_hint(err, "is /proc mounted, and the kernel built with CONFIG_NET_NS?");
		return NULL;
	}
	kernel = xcalloc(1, sizeof(*kernel));
	kernel->names = -1;
	kernel->host.name = xstrdup(HOST);
	kernel->host.fd = steal_fd(&fd);
	kernel->host.dev = st.st_dev;
	kernel->host.ino = st.st_ino;
	return kernel;
}

static void netns_close(struct netns *ns)
{
	nlsock_close(ns->rtnl);
	nlsock_close(ns->netfilter);
	ns->rtnl = ns->netfilter = NULL;
	if (ns->fd >= 0)
		close(ns->fd);
	ns->fd = -1;
}

static void netns_clear(struct netns *ns)
{
	netns_close(ns);
	free(ns->name);
	*ns = (struct netns){ .fd = -1 };
}

void kernel_close(struct kernel *kernel)
{
	if (!kernel)
		return;
	for (size_t i = 0; i < kernel->room; i++) {
		if (!kernel->slots[i])
			continue;
		netns_clear(kernel->slots[i]);
		free(kernel->slots[i]);
	}
	free(kernel->slots);
	unsettled_free(kernel);
	switches_free(kernel);
	netns_clear(&kernel->host);
	if (kernel->names >= 0)
		close(kernel->names);
	free(kernel);
}

void kernel_set_sandbox(struct kernel *kernel, bool sandbox)
{
	kernel->sandbox = sandbox;
}

bool kernel_is_sandbox(const struct kernel *kernel)
{
	return kernel->sandbox;
}

void kernel_set_lasting(struct kernel *kernel, bool lasting)
{
	kernel->lasting = lasting;
}

bool kernel_is_lasting(const struct kernel *kernel)
{
	return kernel->lasting;
}

/* --- how many are open --- */

static void queue_out(struct kernel *kernel, struct netns *ns)
{
	if (ns->fd < 0)
		return;
	*(ns->newer ? &ns->newer->older : &kernel->newest) = ns->older;
	*(ns->older ? &ns->older->newer : &kernel->oldest) = ns->newer;
	ns->newer = ns->older = NULL;
	kernel->open--;
}

/* What is open now becomes the one that was asked for last. */
static void queue_in(struct kernel *kernel, struct netns *ns)
{
	ns->newer = NULL;
	ns->older = kernel->newest;
	*(ns->older ? &ns->older->newer : &kernel->oldest) = ns;
	kernel->newest = ns;
	kernel->open++;
}

static void set_ceiling(struct kernel *kernel)
{
	size_t limit = descriptors_limit();

	if (limit > DESCRIPTORS_KEPT + DESCRIPTORS_SPARED)
		limit = DESCRIPTORS_KEPT + DESCRIPTORS_SPARED;
	kernel->ceiling = limit > DESCRIPTORS_SPARED ? (int)limit - DESCRIPTORS_SPARED : 1;
}

/*
 * Closes a quarter of them. Not one: the numbers that it leaves would be given out next and look as
 * if there were few.
 */
static bool close_oldest(struct kernel *kernel)
{
	size_t count = kernel->open / 4 + 1;

	if (kernel->open <= KERNEL_LENT)
		return false;
	for (; count > 0 && kernel->open > KERNEL_LENT; count--) {
		struct netns *last = kernel->oldest;

		queue_out(kernel, last);
		netns_close(last);
	}
	return true;
}

/*
 * OPENED is a descriptor of this process, new: the kernel gives the lowest number that is free, so
 * that it tells how many there are, whoever has them. Where they run out the limit is raised, and
 * where that does not do, those that were not asked for the longest are closed.
 */
static void make_room(struct kernel *kernel, int opened)
{
	if (!kernel->ceiling)
		set_ceiling(kernel);
	if (opened < kernel->ceiling)
		return;
	if (kernel->ceiling < DESCRIPTORS_KEPT && descriptors_raise())
		set_ceiling(kernel);
	if (opened >= kernel->ceiling)
		close_oldest(kernel);
}

/* Whether it is worth trying again to open what could not be opened for the reason in errno. */
static bool may_open_more(struct kernel *kernel)
{
	if (errno == EMFILE && descriptors_raise()) {
		set_ceiling(kernel);
		return true;
	}
	return (errno == EMFILE || errno == ENFILE) && close_oldest(kernel);
}

/* --- the table of those in use --- */

/* The slot that NAME is in, or the free one that it would go to. There must be room. */
static size_t slot_of(const struct kernel *kernel, const char *name)
{
	size_t at = str_hash(name) & (kernel->room - 1);

	while (kernel->slots[at] && strcmp(kernel->slots[at]->name, name) != 0)
		at = (at + 1) & (kernel->room - 1);
	return at;
}

static void table_grow(struct kernel *kernel)
{
	struct netns **old = kernel->slots;
	size_t room = kernel->room;

	kernel->room = room ? room * 2 : 64;
	kernel->slots = xcalloc(kernel->room, sizeof(struct netns *));
	for (size_t i = 0; i < room; i++)
		if (old[i])
			kernel->slots[slot_of(kernel, old[i]->name)] = old[i];
	free(old);
}

static void was_seen(const struct kernel *kernel, struct netns *ns)
{
	ns->seen = clock_ms();
	ns->period = kernel->period;
}

/* Has the kernel tell when a name goes. */
static void watch_names(struct kernel *kernel)
{
	int fd;

	if (kernel->names != -1)
		return;
	kernel->names = -2;
	fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (fd < 0)
		return;
	if (inotify_add_watch(fd, NETNS_DIR, IN_DELETE | IN_MOVED_FROM | IN_ONLYDIR) < 0)
		close(fd);
	else
		kernel->names = fd;
}

struct netns *netns_remember(struct kernel *kernel, const char *name, int fd,
			     struct nlsock *rtnl)
{
	struct netns *ns = xcalloc(1, sizeof(*ns));
	struct stat st;

	watch_names(kernel);
	netns_forget(kernel, name);
	if (kernel->used * 2 >= kernel->room)
		table_grow(kernel);
	ns->name = xstrdup(name);
	ns->fd = fd;
	ns->rtnl = rtnl;
	was_seen(kernel, ns);
	if (fstat(fd, &st) == 0) {
		ns->dev = st.st_dev;
		ns->ino = st.st_ino;
	}
	kernel->slots[slot_of(kernel, name)] = ns;
	kernel->used++;
	queue_in(kernel, ns);
	make_room(kernel, rtnl && nlsock_fd(rtnl) > fd ? nlsock_fd(rtnl) : fd);
	return ns;
}

void netns_forget(struct kernel *kernel, const char *name)
{
	size_t at, mask = kernel->room - 1;

	switches_forget(kernel, name);
	if (!kernel->room)
		return;
	at = slot_of(kernel, name);
	if (!kernel->slots[at])
		return;
	queue_out(kernel, kernel->slots[at]);
	netns_clear(kernel->slots[at]);
	free(kernel->slots[at]);
	kernel->slots[at] = NULL;
	kernel->used--;
	/* Those behind it may have been pushed there by it: put each where it belongs. */
	for (size_t i = (at + 1) & mask; kernel->slots[i]; i = (i + 1) & mask) {
		struct netns *moved = kernel->slots[i];

		kernel->slots[i] = NULL;
		kernel->slots[slot_of(kernel, moved->name)] = moved;
	}
}

bool netns_is_open(const struct kernel *kernel, const char *name)
{
	const struct netns *ns = kernel->room ? kernel->slots[slot_of(kernel, name)] : NULL;

	return ns && ns->fd >= 0;
}

int netns_check_name(const char *name, struct error *err)
{
	if (!strcmp(name, HOST))
		return error_set(err, STATUS_FAILED, -1,
				 "\"" HOST "\" is the namespace nsh lives in");
	if (!*name || !strcmp(name, ".") || !strcmp(name, "..") || strchr(name, '/'))
		return error_set(err, STATUS_FAILED, -1,
				 "\"%s\" cannot be the name of a namespace", name);
	if (strlen(name) > NS_NAME_MAX)
		return error_set(err, STATUS_FAILED, -1,
				 "the name of a namespace has at most %d bytes", NS_NAME_MAX);
	return 0;
}

const char *netns_path(const char *name, char path[NETNS_PATH])
{
	snprintf(path, NETNS_PATH, "%s/%s", NETNS_DIR, name);
	return path;
}

bool netns_is(int fd)
{
	return ioctl(fd, NS_GET_NSTYPE) == CLONE_NEWNET;
}

static int no_such(struct error *err, const char *name, int number)
{
	if (number == ENOENT || number == ENOTDIR)
		error_set(err, STATUS_FAILED, -1, "there is no namespace %s", name);
	else
		error_errno(err, STATUS_FAILED, -1, number, "cannot open namespace %s", name);
	err->number = number;
	return -1;
}

static bool is_netns_of(const struct stat *st, const struct netns *ns)
{
	return st->st_ino == ns->ino && st->st_dev == ns->dev;
}

static int open_path(struct kernel *kernel, const char *path)
{
	int fd;

	do {
		fd = open(path, O_RDONLY | O_CLOEXEC);
	} while (fd < 0 && may_open_more(kernel));
	return fd;
}

int kernel_names_fd(const struct kernel *kernel)
{
	return kernel->names >= 0 ? kernel->names : -1;
}

/* Reads what has come. Returns whether anything has. */
static bool names_have_gone(const struct kernel *kernel)
{
	char events[4096];
	bool any = false;

	while (kernel->names >= 0 && read(kernel->names, events, sizeof(events)) > 0)
		any = true;
	return any;
}

/* Lets go of the namespaces that are no longer what their name leads to. */
static void let_go(struct kernel *kernel)
{
	struct strings gone cleanup_strings = { 0 };
	char path[NETNS_PATH];
	struct stat st;

	for (const struct netns *ns = kernel->newest; ns; ns = ns->older)
		if (stat(netns_path(ns->name, path), &st) < 0 || !is_netns_of(&st, ns))
			strings_add(&gone, ns->name);
	for (size_t i = 0; i < gone.n; i++)
		netns_forget(kernel, gone.v[i]);
}

void kernel_forget_names(struct kernel *kernel)
{
	kernel->period++;
	if (names_have_gone(kernel))
		let_go(kernel);
}

static bool was_just_seen(const struct kernel *kernel, const struct netns *ns)
{
	return ns->period == kernel->period && clock_ms() - ns->seen < KERNEL_NAMES_MS;
}

/* Whether a namespace that was open before is the one of that name still, and open again. */
static bool is_still_known(struct kernel *kernel, struct netns *ns)
{
	cleanup_close int fd = -1;
	char path[NETNS_PATH];
	struct stat st;

	if (ns->fd >= 0) {
		/* Somebody else may have given the name to another one meanwhile. */
		if (!was_just_seen(kernel, ns)) {
			if (stat(netns_path(ns->name, path), &st) < 0 || !is_netns_of(&st, ns))
				return false;
			was_seen(kernel, ns);
		}
		queue_out(kernel, ns);
		queue_in(kernel, ns);
		return true;
	}
	fd = open_path(kernel, netns_path(ns->name, path));
	if (fd < 0 || fstat(fd, &st) < 0 || !is_netns_of(&st, ns))
		return false;
	ns->fd = steal_fd(&fd);
	was_seen(kernel, ns);
	queue_in(kernel, ns);
	make_room(kernel, ns->fd);
	return true;
}

struct netns *netns_find(struct kernel *kernel, const char *name, struct error *err)
{
	cleanup_close int fd = -1;
	char path[NETNS_PATH];

	if (!strcmp(name, HOST))
		return &kernel->host;
	if (netns_check_name(name, err) < 0)
		return NULL;
	if (kernel->room) {
		struct netns *known = kernel->slots[slot_of(kernel, name)];

		if (known && is_still_known(kernel, known))
			return known;
		if (known)
			netns_forget(kernel, name);
	}
	fd = open_path(kernel, netns_path(name, path));
	if (fd < 0) {
		no_such(err, name, errno);
		return NULL;
	}
	if (!netns_is(fd)) {
		if (kernel_netns_left_behind(kernel, name)) {
			error_set(err, STATUS_FAILED, -1,
				  "%s is no network namespace but a file that was left behind",
				  path);
			error_hint(err, "\"ns del %s\" removes it", name);
		} else {
			error_set(err, STATUS_FAILED, -1, "%s is no network namespace", path);
		}
		err->number = EINVAL;
		return NULL;
	}
	return netns_remember(kernel, name, steal_fd(&fd), NULL);
}

/* --- in and out --- */

int netns_return(struct kernel *kernel, struct error *err)
{
	if (setns(kernel->host.fd, CLONE_NEWNET) == 0) {
		kernel->stranded = false;
		return 0;
	}
	kernel->stranded = true;
	return error_errno(err, STATUS_FAILED, -1, errno, "cannot go back to " HOST);
}

int netns_enter(struct kernel *kernel, int fd, const char *name, struct error *err)
{
	/* Nothing may act on the wrong namespace after a way back that failed. */
	if (kernel->stranded && netns_return(kernel, err) < 0)
		return -1;
	if (setns(fd, CLONE_NEWNET) == 0)
		return 0;
	error_errno(err, STATUS_FAILED, -1, errno, "cannot enter namespace %s", name);
	if (err->number == EPERM)
		error_hint(err, "it belongs to another user's sandbox");
	return -1;
}

static int run_inside(struct kernel *kernel, const struct netns *ns,
		      int (*function)(void *data, struct error *err), void *data,
		      struct error *err)
{
	cleanup_error struct error way_back = ERROR_INIT;
	int result;

	if (ns == &kernel->host)
		return kernel->stranded && netns_return(kernel, err) < 0 ?
			       -1 : function(data, err);
	if (netns_enter(kernel, ns->fd, ns->name, err) < 0)
		return -1;
	result = function(data, err);
	if (netns_return(kernel, &way_back) < 0)
		return error_take(err, &way_back);
	return result;
}

int kernel_inside(struct kernel *kernel, const char *name,
		  int (*function)(void *data, struct error *err), void *data,
		  struct error *err)
{
	const struct netns *ns;

	if (switches_up_in(kernel, name, err) < 0)
		return -1;
	ns = netns_find(kernel, name, err);
	return ns ? run_inside(kernel, ns, function, data, err) : -1;
}

int kernel_netns_fd(struct kernel *kernel, const char *name, struct error *err)
{
	const struct netns *ns = netns_find(kernel, name, err);

	return ns ? ns->fd : -1;
}

int kernel_next_link(struct kernel *kernel, const char *name)
{
	struct error ignored cleanup_error = ERROR_INIT;
	const struct netns *ns = netns_find(kernel, name, &ignored);

	return ns ? ns->next_link : 0;
}

void kernel_last_link(struct kernel *kernel, const char *name, int index)
{
	struct error ignored cleanup_error = ERROR_INIT;
	struct netns *ns = netns_find(kernel, name, &ignored);

	if (ns)
		ns->next_link = index > 0 && index < INT_MAX / 2 ? index + 1 : 0;
}

int kernel_netns_id(struct kernel *kernel, const char *name, dev_t *dev, ino_t *ino,
		    struct error *err)
{
	const struct netns *ns = netns_find(kernel, name, err);

	if (!ns)
		return -1;
	*dev = ns->dev;
	*ino = ns->ino;
	return 0;
}

struct open_netlink {
	int bus;
	struct nlsock *sock;
};

static int open_netlink(void *data, struct error *err)
{
	struct open_netlink *want = data;

	want->sock = nlsock_open(want->bus, err);
	return want->sock ? 0 : -1;
}

static struct nlsock *netlink_of(struct kernel *kernel, const char *name, int bus,
				 struct error *err)
{
	struct netns *ns = netns_find(kernel, name, err);
	struct open_netlink want = { .bus = bus };
	struct nlsock **kept;

	if (!ns)
		return NULL;
	kept = bus == NETLINK_ROUTE ? &ns->rtnl : &ns->netfilter;
	if (*kept)
		return *kept;
	while (run_inside(kernel, ns, open_netlink, &want, err) < 0) {
		nlsock_close(want.sock);
		want.sock = NULL;
		errno = err->number;
		if (!may_open_more(kernel))
			return NULL;
		error_clear(err);
	}
	*kept = want.sock;
	nlsock_set_name(*kept, name);
	make_room(kernel, nlsock_fd(*kept));
	return *kept;
}

struct nlsock *kernel_rtnl_early(struct kernel *kernel, const char *name, struct error *err)
{
	return netlink_of(kernel, name, NETLINK_ROUTE, err);
}

struct nlsock *kernel_rtnl(struct kernel *kernel, const char *name, struct error *err)
{
	if (switches_up_in(kernel, name, err) < 0)
		return NULL;
	return netlink_of(kernel, name, NETLINK_ROUTE, err);
}

/* To rules a link is a name. */
struct nlsock *kernel_netfilter(struct kernel *kernel, const char *name, struct error *err)
{
	return netlink_of(kernel, name, NETLINK_NETFILTER, err);
}

struct open_socket {
	int family, type, protocol;
	int fd;
};

static int open_socket(void *data, struct error *err)
{
	struct open_socket *want = data;

	want->fd = socket(want->family, want->type | SOCK_CLOEXEC, want->protocol);
	if (want->fd < 0)
		return error_errno(err, STATUS_FAILED, -1, errno, "cannot open a socket");
	return 0;
}

int kernel_socket(struct kernel *kernel, const char *name, int family, int type,
		  int protocol, struct error *err)
{
	struct open_socket want = {
		.family = family, .type = type, .protocol = protocol, .fd = -1
	};

	while (kernel_inside(kernel, name, open_socket, &want, err) < 0) {
		if (want.fd >= 0)
			close(want.fd);
		want.fd = -1;
		errno = err->number;
		if (!may_open_more(kernel))
			return -1;
		error_clear(err);
	}
	make_room(kernel, want.fd);
	return want.fd;
}
