/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/kernel-internal.h"

/* NET_ADDR_SET of linux/netdevice.h, which no header for programs holds. */
#define ADDR_SET '3'

struct inside {
	const char *name;
	bool set;
};

/*
 * A sysfs shows the links of the namespace that it was mounted in: one is mounted here
 * that has no place in the file tree, and is gone with its descriptor.
 */
static int read_assign_type(void *data, struct error *err)
{
	cleanup_close int mount = mount_nowhere("sysfs"), fd = -1;
	struct inside *inside = data;
	char path[PATH_MAX], type = 0;

	(void)err;
	if (mount < 0)
		return 0;
	snprintf(path, sizeof(path), "class/net/%s/addr_assign_type", inside->name);
	fd = openat(mount, path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && read(fd, &type, 1) == 1)
		inside->set = type == ADDR_SET;
	return 0;
}

bool kernel_mac_is_set(struct kernel *kernel, const char *ns, const char *name)
{
	struct error ignored cleanup_error = ERROR_INIT;
	struct inside inside = { .name = name };

	kernel_inside(kernel, ns, read_assign_type, &inside, &ignored);
	return inside.set;
}
