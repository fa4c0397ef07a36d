/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_KERNEL_KERNEL_INTERNAL_H
#define NSH_KERNEL_KERNEL_INTERNAL_H

#include <limits.h>

#include "kernel/kernel.h"
#include "kernel/model.h"

/* What kernel.c, netns.c and sysctl.c share; nobody else includes this. */

/* A namespace that is in use. */
struct netns {
	char *name;
	int fd;
	struct nlsock *rtnl;	  /* NULL: not opened yet */
	struct nlsock *netfilter; /* NULL: not opened yet */
	dev_t dev;
	ino_t ino;
	int next_link; /* see kernel_next_link() */
};

struct kernel {
	struct netns host;
	struct netns **slots; /* hash table by name, open addressing; NULL: free */
	size_t room;	      /* a power of two, or 0 */
	size_t used;
	bool sandbox;
	bool lasting;
	bool directory_ready; /* NETNS_DIR exists and is a shared mount */
	bool stranded;	      /* the way back to host failed */
};

#define NETNS_PATH (sizeof(NETNS_DIR) + 1 + NS_NAME_MAX)

/* Whether NAME can be a file of NETNS_DIR and is not "host"; else the error is set. */
int netns_check_name(const char *name, struct error *err);
/* NETNS_DIR/NAME of a checked name. */
const char *netns_path(const char *name, char path[NETNS_PATH]);
/* Whether FD is a network namespace. */
bool netns_is(int fd);

/* The namespace, opened if need be, or NULL with the error set. */
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
