/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_KERNEL_KERNEL_H
#define NSH_KERNEL_KERNEL_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/str.h"
#include "kernel/netlink.h"

/*
 * The namespaces that nsh works on: their names under one directory (/run/netns, shared with
 * ip-netns(8)), a descriptor and the sockets of each that is in use. "host" is the namespace
 * that nsh was in when kernel_open() was called.
 *
 * setns() happens to open a socket in a namespace and goes straight back; nothing else ever
 * runs outside host. One thread only. A name is looked up each time: where somebody else has
 * given it to another namespace meanwhile, that one is meant, and what was open is closed.
 */
struct kernel;

#define NETNS_DIR "/run/netns"
#define HOST "host"

/* Opens no namespace yet but remembers which one is host. NULL with the error set. */
struct kernel *kernel_open(struct error *err);
void kernel_close(struct kernel *kernel);

/*
 * The names under NETNS_DIR, unsorted; a missing directory is an empty list. "host" is not
 * among them.
 */
int kernel_netns_names(struct kernel *kernel, struct strings *names, struct error *err);

/*
 * Makes a namespace, bound to NETNS_DIR/NAME as iproute2 does: the directory is created and
 * made a shared mount of its own under a lock, the name must be new (EEXIST says so), and a
 * failure leaves nothing. lo stays down. Its descriptor and rtnetlink socket are kept.
 */
int kernel_netns_add(struct kernel *kernel, const char *name, struct error *err);
/*
 * The same, with PREPARE called inside, with the rtnetlink socket of the namespace, before the name
 * is there: nobody sees the one without what the other has done, whenever nsh ends.
 */
int kernel_netns_make(struct kernel *kernel, const char *name,
		      int (*prepare)(struct nlsock *rtnl, const void *data, struct error *err),
		      const void *data, struct error *err);
/* The same for the namespace that file PATH ("/proc/123/ns/net") stands for; it may have other
 * names. */
int kernel_netns_adopt(struct kernel *kernel, const char *name, const char *path,
		       struct error *err);
/* Unmounts and unlinks the name, closes what was open. The namespace dies with its last user. A
 * file left behind that is no namespace goes too; ENOENT where there is nothing. */
int kernel_netns_del(struct kernel *kernel, const char *name, struct error *err);
/*
 * The same for many at once: begin starts to take the names away, beside what the caller does
 * meanwhile with the links of namespaces that stay; end waits until all are gone, and closes what was
 * open of them then, so that the kernel clears them away together. It returns what became of each, 0
 * or an errno, to be freed; kernel_netns_del_failed() sets the error for one. NAMES are borrowed.
 */
struct netns_going;
struct netns_going *kernel_netns_del_begin(struct kernel *kernel, const char *const *names,
					   size_t count);
int *kernel_netns_del_end(struct netns_going *going);
int kernel_netns_del_failed(const char *name, int number, struct error *err);

/*
 * The names that nsh has given, unsorted: the file that a namespace is mounted on has the mode
 * NETNS_FILE_MODE, which is set as it is made (ip-netns(8) makes it 0). Among them are files left
 * behind by a process that was killed before the mount, or after the unmount. Without open_tree(2)
 * (before 5.2), which looks under the mounts, those files alone.
 */
#define NETNS_FILE_MODE S_ISVTX /* on a file it means nothing to the kernel */
int kernel_netns_own(struct kernel *kernel, struct strings *names, struct error *err);
/* Whether NAME is such a file, with no namespace mounted on it. */
bool kernel_netns_left_behind(struct kernel *kernel, const char *name);

/*
 * What is borrowed below stays open until its name is deleted, or KERNEL_LENT other namespaces were
 * asked for: a lab may have more namespaces than a process may have files. So ask again rather
 * than keep it across a walk over namespaces; asking is cheap.
 */
#define KERNEL_LENT 8

/* A descriptor of the namespace (close-on-exec), borrowed. */
int kernel_netns_fd(struct kernel *kernel, const char *name, struct error *err);
/*
 * A name that was seen to be its namespace's is taken to be so for KERNEL_NAMES_MS milliseconds, or
 * until this says that something else than nsh may have changed it: somebody who gives it to
 * another namespace meanwhile has a race with anybody who looks first and acts then.
 */
#define KERNEL_NAMES_MS 20
void kernel_forget_names(struct kernel *kernel);
/*
 * A descriptor, borrowed, that can be read (POLLIN) once the name of a namespace has gone; -1: none
 * is open. What is open here lives on without its name, cables and all, until
 * kernel_forget_names().
 */
int kernel_names_fd(const struct kernel *kernel);

/*
 * The carrier of link NAME of NS, and of what it is the other end of where PAIR, has come. It will
 * be settled (rtnl_link_settle()) before somebody looks or sends: that costs, and while a lab is
 * being made nobody does.
 */
void kernel_unsettled(struct kernel *kernel, const char *ns, const char *name, bool pair);
/* Sets up what waits for it, too. 0, or -1 with the error set. */
int kernel_settle(struct kernel *kernel, struct error *err);

/*
 * What a namespace sends of itself as its cable comes up (router solicitations, multicast listener
 * reports, probes for its link-local address) a switch copies to each of its ports: for a lab of
 * 1,000 on one switch that is most of the work of making it. So, while the kernel is lazy, a
 * switch just made is set up behind the cables that come next; before anything else is looked at or
 * changed in its namespace, and before kernel_settle() at the latest. Nobody can tell the difference
 * who does not look from elsewhere meanwhile. They go up in the order in which they were to.
 */
void kernel_set_lazy(struct kernel *kernel, bool lazy);
bool kernel_is_lazy(const struct kernel *kernel);
/* Link NAME of NS is a switch just made, with number INDEX, and is down. */
void kernel_switch_made(struct kernel *kernel, const char *ns, const char *name, int index);
/* It is to be up: true where that waits, false where the caller is to do it. */
bool kernel_switch_up(struct kernel *kernel, const char *ns, const char *name);
/* Whether NAME is the last of the switches of NS that wait: what has an order among them, as
 * addresses whose networks overlap, is to keep it. */
bool kernel_switch_waits(const struct kernel *kernel, const char *ns, const char *name);
/* Sets up what waits anywhere. 0, or -1 with the error set. */
int kernel_switches_up(struct kernel *kernel, struct error *err);
/* The same before one of their ports may lose its carrier, as where any link goes: a switch gets its
 * link-local address once it had one. Where one waits, carriers are settled too. */
int kernel_switches_settle(struct kernel *kernel, struct error *err);
/* As kernel_rtnl(), for what can be done before the switches are up: giving a switch that waits an IPv4
 * address, making cables, and what follows with the one made last (setting it up, a switch). */
struct nlsock *kernel_rtnl_early(struct kernel *kernel, const char *name, struct error *err);
void kernel_cable_made(struct kernel *kernel, const char *const ns[2],
		       const char *const names[2]);
bool kernel_is_last_cable(const struct kernel *kernel, const char *ns, const char *name);
/* Whether the link is an end of that, or a switch that nobody has said is to be up: it is as it was
 * made, and can be looked at early. */
bool kernel_is_new_link(const struct kernel *kernel, const char *ns, const char *name);

/* The sockets of a namespace, opened when first asked for; borrowed. NULL with the error. */
struct nlsock *kernel_rtnl(struct kernel *kernel, const char *name, struct error *err);
struct nlsock *kernel_netfilter(struct kernel *kernel, const char *name, struct error *err);
/*
 * The number for the next link that nsh makes in the namespace: what is not left to the kernel
 * needs not be asked for. 0: not known, the kernel is to choose. A guess: somebody else may have
 * taken it. The setter says which number was given last; 0 takes back what was known.
 */
int kernel_next_link(struct kernel *kernel, const char *ns);
void kernel_last_link(struct kernel *kernel, const char *ns, int index);
/* Device and inode number of the namespace: what tells two apart. */
int kernel_netns_id(struct kernel *kernel, const char *name, dev_t *dev, ino_t *ino,
		    struct error *err);

/* Opens socket(FAMILY, TYPE | SOCK_CLOEXEC, PROTOCOL) inside a namespace. Caller closes. */
int kernel_socket(struct kernel *kernel, const char *name, int family, int type,
		  int protocol, struct error *err);

/*
 * Runs FUNCTION inside a namespace and returns what it returned. It may open things; it must
 * not wait.
 */
int kernel_inside(struct kernel *kernel, const char *name,
		  int (*function)(void *data, struct error *err), void *data,
		  struct error *err);

/* Whether nsh's host is the network namespace of the machine's first process, or a sandbox. */
void kernel_set_sandbox(struct kernel *kernel, bool sandbox);
bool kernel_is_sandbox(const struct kernel *kernel);
/* Whether what nsh starts in the background is to go on when nsh ends: in a named lab. */
void kernel_set_lasting(struct kernel *kernel, bool lasting);
bool kernel_is_lasting(const struct kernel *kernel);

/*
 * Reads and writes /proc/sys/KEY ("net/ipv4/ip_forward") of a namespace. Reading gives the
 * value without its newline, which the caller frees (NULL after a failure). Errors: ENOENT, no
 * such setting here; EROFS (STATUS_UNSUPPORTED), /proc/sys is mounted read-only; EINVAL, a
 * value that the kernel does not take.
 */
int kernel_sysctl_get(struct kernel *kernel, const char *name, const char *key, char **value,
		      struct error *err);
int kernel_sysctl_set(struct kernel *kernel, const char *name, const char *key,
		      const char *value, struct error *err);
/* Writes it where the calling thread is. Returns whether that was possible. */
bool kernel_sysctl_here(const char *key, const char *value);
/*
 * The same in a namespace that the calling thread has just made; not where the one before, made a
 * few milliseconds ago, was born with that value. Each KEY with one VALUE, both constants.
 */
void kernel_sysctl_newborn(const char *key, const char *value);

/*
 * Whether somebody has given link NAME of a namespace its MAC address, rather than chance or
 * another link: addr_assign_type of sysfs, which netlink does not tell. Where sysfs cannot be had
 * it is said to be chance's.
 */
bool kernel_mac_is_set(struct kernel *kernel, const char *ns, const char *name);

/*
 * Every network namespace that a process is in or a descriptor of nsh's finds, named or not:
 * one line each. Names are those under NETNS_DIR; "host" for host's.
 */
struct netns_found {
	dev_t dev;
	ino_t ino;
	char *name;	 /* NULL: no name points to it */
	pid_t pid;	 /* the lowest process in it, 0: none that can be seen */
	unsigned processes;
	char command[16]; /* of that process */
	VECTOR(uint16_t) served; /* the ports of nsh's own servers in it: kernel_netns_processes() */
};
typedef VECTOR(struct netns_found) netns_found_list;
int kernel_netns_all(struct kernel *kernel, netns_found_list *found, struct error *err);
/* The processes of those that are in FOUND, each once, with device, inode and name. Servers that nsh
 * has started, which end with their namespace's name, are told apart. */
int kernel_netns_processes(struct kernel *kernel, netns_found_list *found, struct error *err);
void netns_found_free(netns_found_list *found);

#endif
