/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_KERNEL_KERNEL_INTERNAL_H
#define NSH_KERNEL_KERNEL_INTERNAL_H

#include <limits.h>
#include <net/if.h>

#include "kernel/kernel.h"
#include "kernel/model.h"

/* What kernel.c, netns.c and sysctl.c share; nobody else includes this. */

/* A namespace that is in use, or was. */
struct netns {
	char *name;
	int fd;			  /* -1: closed for others, see netns_find() */
	struct nlsock *rtnl;	  /* NULL: not open */
	struct nlsock *netfilter; /* NULL: not open */
	dev_t dev;
	ino_t ino;
	int next_link; /* see kernel_next_link() */
	long long seen;	 /* when its name was last seen to be its own, clock_ms() ... */
	unsigned period; /* ... and kernel.period then */
	struct netns *newer, *older; /* while it is open: by when it was last asked for */
};

/* See kernel_unsettled(). */
struct unsettled {
	char *ns, *name;
	bool pair;
	long long since; /* clock_ms() */
};

/* See kernel_switch_made(). */
struct new_switch {
	char *ns;
	char name[IFNAMSIZ];
	int index;
	bool waits; /* it is to be up, and is not yet */
};

struct kernel {
	struct netns host;
	struct netns **slots; /* hash table by name, open addressing; NULL: free */
	size_t room;	      /* a power of two, or 0 */
	size_t used;
	struct netns *newest, *oldest; /* of those that are open */
	size_t open;		       /* how many these are */
	int ceiling;		       /* see make_room(); 0: not known yet */
	bool sandbox;
	bool lasting;
	bool directory_ready; /* NETNS_DIR exists and is a shared mount */
	bool stranded;	      /* the way back to host failed */
	VECTOR(struct unsettled) unsettled;
	bool lazy; /* see kernel_set_lazy() */
	VECTOR(struct new_switch) switches;
	struct {
		char *ns; /* NULL: none */
		char name[IFNAMSIZ];
	} cable[2]; /* the ends of the last, since a switch was made that may wait */
	unsigned period;      /* counts the calls of kernel_forget_names() */
	int names;	      /* inotify(7), tells of names that go; -1: not yet, -2: not to be had */
};

void unsettled_free(struct kernel *kernel);
/* Sets up the switches of a namespace that wait. 0, or -1 with the error set. */
int switches_up_in(struct kernel *kernel, const char *ns, struct error *err);
/* The namespace is gone, or its name another's. */
void switches_forget(struct kernel *kernel, const char *ns);
void switches_free(struct kernel *kernel);

#define NETNS_PATH (sizeof(NETNS_DIR) + 1 + NS_NAME_MAX)

/* Whether NAME can be a file of NETNS_DIR and is not "host"; else the error is set. */
int netns_check_name(const char *name, struct error *err);
/* NETNS_DIR/NAME of a checked name. */
const char *netns_path(const char *name, char path[NETNS_PATH]);
/* Unmounts and unlinks it: 0, or -1 with errno. */
int netns_remove_name(const char *name);
/* Whether a descriptor of it is open. */
bool netns_is_open(const struct kernel *kernel, const char *name);
/* A file system of TYPE ("proc") without a place in the file tree, gone with its descriptor; -1 with
 * errno where that cannot be had. */
int mount_nowhere(const char *type);
/* A /proc that few namespaces were seen through yet, lent; -1: there is none but the usual one. */
int sysctl_fresh_proc(void);
/* Whether FD is a network namespace. */
bool netns_is(int fd);

/*
 * The namespace, opened if need be, or NULL with the error set. As many are kept open as there are
 * descriptors for: then those that were not asked for the longest are closed, until they are again.
 */
struct netns *netns_find(struct kernel *kernel, const char *name, struct error *err);
/* Remembers a namespace just made; takes FD and RTNL (may be NULL) over. */
struct netns *netns_remember(struct kernel *kernel, const char *name, int fd,
			     struct nlsock *rtnl);
/* Closes what is open of it, if anything is. */
void netns_forget(struct kernel *kernel, const char *name);

/* Goes into the namespace of FD, and back to host: each 0, or -1 with the error set. */
int netns_enter(struct kernel *kernel, int fd, const char *name, struct error *err);
int netns_return(struct kernel *kernel, struct error *err);

#endif
