/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kernel/kernel-internal.h"
#include "kernel/kernel.h"
#include "kernel/limits.h"

/*
 * A namespace costs about as much as the cable into it, and most of that outside of the lock that
 * cables need. So while a script makes one after the other, another thread makes the next: without
 * a name, which is all that the main one adds.
 */

enum state {
	STATE_IDLE,   /* there is none, and none is wanted */
	STATE_WANTED, /* the thread makes one */
	STATE_THERE,  /* it is made: SPARE; or has failed */
	STATE_OVER,   /* the thread is to end */
};

struct netns_ahead {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	enum state state;
	const struct netns_setting *settings;
	struct netns_spare spare;
};

void netns_spare_close(struct netns_spare *spare)
{
	nlsock_close(spare->rtnl);
	if (spare->fd >= 0)
		close(spare->fd);
	*spare = NETNS_SPARE_NONE;
}

int netns_spare_make(const struct netns_setting *settings, struct netns_spare *spare,
		     struct error *err)
{
	*spare = NETNS_SPARE_NONE;
	if (unshare(CLONE_NEWNET) < 0) {
		if (errno == ENOSPC)
			return netns_limit_reached(err);
		return error_errno(err, STATUS_FAILED, -1, errno, "cannot make a namespace");
	}
	spare->fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (spare->fd < 0)
		return error_errno(err, STATUS_FAILED, -1, errno,
				   "cannot open a new namespace");
	spare->rtnl = nlsock_open(NETLINK_ROUTE, err);
	if (!spare->rtnl) {
		netns_spare_close(spare);
		return -1;
	}
	for (; settings && settings->key; settings++)
		kernel_sysctl_newborn(settings->key, settings->value);
	return 0;
}

static void *make_ahead(void *data)
{
	struct netns_ahead *ahead = data;

	pthread_mutex_lock(&ahead->lock);
	while (ahead->state != STATE_OVER) {
		struct netns_spare spare;
		struct error ignored cleanup_error = ERROR_INIT;

		if (ahead->state != STATE_WANTED) {
			pthread_cond_wait(&ahead->changed, &ahead->lock);
			continue;
		}
		pthread_mutex_unlock(&ahead->lock);
		netns_spare_make(ahead->settings, &spare, &ignored);
		pthread_mutex_lock(&ahead->lock);
		ahead->spare = spare;
		if (ahead->state == STATE_WANTED)
			ahead->state = STATE_THERE;
		pthread_cond_broadcast(&ahead->changed);
	}
	pthread_mutex_unlock(&ahead->lock);
	return NULL;
}

/* A signal is the main thread's. */
static bool start(struct netns_ahead *ahead)
{
	sigset_t all, before;
	bool started;

	sigfillset(&all);
	if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0)
		return false;
	started = pthread_create(&ahead->thread, NULL, make_ahead, ahead) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return started;
}

/* Puts the thread to work on the next one. */
static void want(struct netns_ahead *ahead)
{
	ahead->state = STATE_WANTED;
	pthread_cond_broadcast(&ahead->changed);
}

void netns_ahead_start(struct kernel *kernel, const struct netns_setting *settings)
{
	struct netns_ahead *ahead;

	if (kernel->ahead)
		return;
	ahead = xcalloc(1, sizeof(*ahead));
	ahead->settings = settings;
	ahead->spare = NETNS_SPARE_NONE;
	ahead->state = STATE_WANTED;
	pthread_mutex_init(&ahead->lock, NULL);
	pthread_cond_init(&ahead->changed, NULL);
	if (start(ahead)) {
		kernel->ahead = ahead;
		return;
	}
	pthread_cond_destroy(&ahead->changed);
	pthread_mutex_destroy(&ahead->lock);
	free(ahead);
}

bool netns_ahead_take(struct kernel *kernel, const struct netns_setting *settings,
		      struct netns_spare *spare)
{
	struct netns_ahead *ahead = kernel->ahead;

	*spare = NETNS_SPARE_NONE;
	if (!ahead)
		return false;
	if (ahead->settings != settings) {
		kernel_netns_drop_ahead(kernel);
		return false;
	}
	pthread_mutex_lock(&ahead->lock);
	while (ahead->state == STATE_WANTED)
		pthread_cond_wait(&ahead->changed, &ahead->lock);
	*spare = ahead->spare;
	ahead->spare = NETNS_SPARE_NONE;
	/* What could not be made is tried again by who can say why. */
	if (spare->fd >= 0 && kernel->more_expected)
		want(ahead);
	else
		ahead->state = STATE_IDLE;
	pthread_mutex_unlock(&ahead->lock);
	return spare->fd >= 0;
}

bool kernel_netns_ahead(struct kernel *kernel, bool expected)
{
	bool before = kernel->more_expected;

	kernel->more_expected = expected;
	return before;
}

void kernel_netns_drop_ahead(struct kernel *kernel)
{
	struct netns_ahead *ahead = kernel->ahead;

	if (!ahead)
		return;
	pthread_mutex_lock(&ahead->lock);
	ahead->state = STATE_OVER;
	pthread_cond_broadcast(&ahead->changed);
	pthread_mutex_unlock(&ahead->lock);
	pthread_join(ahead->thread, NULL);
	pthread_cond_destroy(&ahead->changed);
	pthread_mutex_destroy(&ahead->lock);
	netns_spare_close(&ahead->spare);
	free(ahead);
	kernel->ahead = NULL;
}
