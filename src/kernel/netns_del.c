/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kernel/kernel-internal.h"
#include "kernel/kernel.h"

/*
 * To unmount a name costs a grace period of RCU, and so does to delete a link: both is waiting, and
 * who waits in two places at a time waits half as long. The other thread only unmounts and
 * unlinks what stands in the list; it enters no namespace, and touches nothing of nsh's own.
 */

/* Namespaces that nsh has not open are opened, up to that many, so that they go with the others. */
#define HELD_MAX 512

struct netns_going {
	struct kernel *kernel;
	const char *const *names;
	int *numbers; /* what became of each: 0 or an errno */
	size_t count, next;
	pthread_t thread;
	bool threaded;
	VECTOR(int) held;
};

static void *take_names(void *data)
{
	struct netns_going *going = data;
	size_t i;

	while ((i = __atomic_fetch_add(&going->next, 1, __ATOMIC_RELAXED)) < going->count)
		if (!going->numbers[i])
			going->numbers[i] = netns_remove_name(going->names[i]) < 0 ? errno : 0;
	return NULL;
}

/* A signal is the main thread's. */
static bool start(struct netns_going *going)
{
	sigset_t all, before;
	bool started;

	sigfillset(&all);
	if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0)
		return false;
	started = pthread_create(&going->thread, NULL, take_names, going) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return started;
}

static void hold(struct netns_going *going, const char *name)
{
	char path[NETNS_PATH];
	int fd;

	if (netns_is_open(going->kernel, name) || going->held.n >= HELD_MAX)
		return;
	fd = open(netns_path(name, path), O_PATH | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0 && going->kernel->ceiling && fd >= going->kernel->ceiling)
		close(fd); /* there may be none left for what is needed */
	else if (fd >= 0)
		*vector_add(&going->held) = fd;
}

struct netns_going *kernel_netns_del_begin(struct kernel *kernel, const char *const *names,
					   size_t count)
{
	struct netns_going *going = xcalloc(1, sizeof(*going));

	going->kernel = kernel;
	going->names = names;
	going->count = count;
	going->numbers = xcalloc(count ? count : 1, sizeof(*going->numbers));
	for (size_t i = 0; i < count; i++) {
		struct error wrong cleanup_error = ERROR_INIT;

		if (netns_check_name(names[i], &wrong) < 0)
			going->numbers[i] = EINVAL;
		else
			hold(going, names[i]);
	}
	going->threaded = count > 1 && start(going);
	return going;
}

int *kernel_netns_del_end(struct netns_going *going)
{
	int *numbers = going->numbers;

	take_names(going);
	if (going->threaded)
		pthread_join(going->thread, NULL);
	for (size_t i = 0; i < going->count; i++)
		if (!numbers[i])
			netns_forget(going->kernel, going->names[i]);
	for (size_t i = 0; i < going->held.n; i++)
		close(going->held.v[i]);
	vector_free(&going->held);
	free(going);
	return numbers;
}
