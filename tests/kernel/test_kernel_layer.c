/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kernel layer against the kernel, in namespaces of the test's own: as root or as an
 * ordinary user, nothing outside is seen or touched, and all is gone when the test ends.
 */
#include "unit/tap.h"

#include <netinet/in.h> /* before linux/netfilter.h */

#include <errno.h>
#include <fcntl.h>
#include <linux/if_bridge.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "kernel/kernel.h"
#include "kernel/nft.h"
#include "kernel/place.h"
#include "kernel/rtnl.h"
#include "unit/rules.h"

static struct kernel *kernel;

/* Runs a program with its output in TEXT. Returns its exit status, 127 where it is not there. */
static int run(struct buf *text, const char *const *argv)
{
	int pipes[2], status;
	char bytes[4096];
	ssize_t got;
	pid_t pid;

	buf_clear(text);
	if (pipe2(pipes, O_CLOEXEC) < 0)
		return 127;
	pid = fork();
	if (pid == 0) {
		dup2(pipes[1], STDOUT_FILENO);
		dup2(pipes[1], STDERR_FILENO);
		setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	close(pipes[1]);
	while ((got = read(pipes[0], bytes, sizeof(bytes))) > 0)
		buf_addn(text, bytes, (size_t)got);
	close(pipes[0]);
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
		return 127;
	return WEXITSTATUS(status);
}
#define RUN(text, ...) run(text, (const char *const[]){ __VA_ARGS__, NULL })

static bool in_host(void)
{
	cleanup_error struct error err = ERROR_INIT;
	struct stat st;
	dev_t dev;
	ino_t ino;

	return stat("/proc/self/ns/net", &st) == 0 &&
	       kernel_netns_id(kernel, HOST, &dev, &ino, &err) == 0 && st.st_dev == dev &&
	       st.st_ino == ino;
}

/* Whether the call went well; else says why not. */
static bool good(int result, struct error *err)
{
	if (result < 0)
		tap_note("%s", err->message ? err->message : "(no message)");
	error_clear(err);
	return result >= 0;
}

static bool done(int result, const struct nl_error *answer)
{
	if (result < 0)
		tap_note("%d: %s", answer->number, nl_error_text(answer));
	return result == 0;
}

/* Whether it failed with NUMBER; the kernel's words become part of the test's name. */
static bool refused(int result, const struct nl_error *answer, int number, const char *what)
{
	return tap_ok(result < 0 && answer->number == number, "%s: %s", what,
		      nl_error_text(answer));
}

static struct nlsock *rtnl(const char *ns)
{
	cleanup_error struct error err = ERROR_INIT;
	struct nlsock *sock = kernel_rtnl(kernel, ns, &err);

	if (sock)
		return sock;
	printf("Bail out! %s\n", err.message);
	exit(1);
}

static int index_of(const char *ns, const char *name)
{
	struct nl_error answer;
	struct link link;
	int index = 0;

	if (rtnl_link(rtnl(ns), name, &link, &answer) == 0)
		index = link.index;
	link_clear(&link);
	return index;
}

/* --- namespaces --- */

static unsigned mounts_of(const char *path)
{
	cleanup_file FILE *file = fopen("/proc/self/mountinfo", "re");
	char line[4096], where[1024];
	unsigned count = 0;

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%*s %*s %*s %*s %1023s", where) == 1 && !strcmp(where, path))
			count++;
	return count;
}

static void test_namespaces(void)
{
	cleanup_error struct error err = ERROR_INIT;
	cleanup_strings struct strings names = { 0 };
	char path[64];
	struct stat st, of;
	dev_t dev, dev2;
	ino_t ino, ino2;

	tap_ok(kernel_netns_names(kernel, &names, &err) == 0 && names.n == 0,
	       "no directory, no namespaces");
	tap_ok(good(kernel_netns_add(kernel, "red", &err), &err), "a namespace is made");
	tap_ok(in_host(), "and nsh is back on host");
	tap_ok(stat(NETNS_DIR, &st) == 0 && (st.st_mode & 0777) == 0755,
	       "the directory has mode 0755");
	tap_ok(mounts_of(NETNS_DIR) == 1, "and is mounted on itself");
	tap_ok(kernel_netns_add(kernel, "red", &err) < 0 && err.number == EEXIST &&
		       strstr(err.message, "red"),
	       "a second one of that name is refused");
	error_clear(&err);
	kernel_netns_add(kernel, "blue", &err);
	kernel_netns_names(kernel, &names, &err);
	tap_ok(names.n == 2 && strings_has(&names, "red") && strings_has(&names, "blue"),
	       "both are listed");
	tap_ok(kernel_netns_id(kernel, "red", &dev, &ino, &err) == 0 &&
		       kernel_netns_id(kernel, "blue", &dev2, &ino2, &err) == 0 && ino != ino2 &&
		       dev == dev2,
	       "and are two");
	tap_ok(stat(NETNS_DIR "/red", &st) == 0 && st.st_ino == ino && st.st_dev == dev,
	       "the name leads to the namespace");

	static const char *const bad[] = { "", ".", "..", "a/b", HOST };
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		tap_ok(kernel_netns_add(kernel, bad[i], &err) < 0 && error_is_set(&err),
		       "\"%s\" is refused as a name", bad[i]);
		error_clear(&err);
	}
	cleanup_free char *long_name = xcalloc(1, 257);
	memset(long_name, 'x', 255);
	tap_ok(good(kernel_netns_add(kernel, long_name, &err), &err) &&
		       good(kernel_netns_del(kernel, long_name, &err), &err),
	       "a name of 255 bytes is taken");
	long_name[255] = 'x';
	tap_ok(kernel_netns_add(kernel, long_name, &err) < 0, "one of 256 is not");
	error_clear(&err);

	snprintf(path, sizeof(path), "/proc/self/fd/%d", kernel_netns_fd(kernel, "red", &err));
	tap_ok(good(kernel_netns_adopt(kernel, "crimson", path, &err), &err) &&
		       kernel_netns_id(kernel, "crimson", &dev2, &ino2, &err) == 0 && ino == ino2,
	       "a namespace gets a second name");
	tap_ok(kernel_netns_adopt(kernel, "crimson", path, &err) < 0 && err.number == EEXIST,
	       "but not one that is taken");
	error_clear(&err);
	tap_ok(kernel_netns_adopt(kernel, "x", "/proc/self/ns/mnt", &err) < 0 &&
		       access(NETNS_DIR "/x", F_OK) < 0,
	       "a namespace of another kind is not adopted");
	error_clear(&err);
	tap_ok(kernel_netns_adopt(kernel, "x", "/nowhere", &err) < 0 && err.number == ENOENT,
	       "nor what is not there");
	error_clear(&err);
	tap_ok(good(kernel_netns_del(kernel, "red", &err), &err) &&
		       access(NETNS_DIR "/red", F_OK) < 0 && mounts_of(NETNS_DIR "/red") == 0,
	       "a name is deleted");
	tap_ok(kernel_rtnl(kernel, "red", &err) == NULL && err.number == ENOENT,
	       "and is no more known");
	error_clear(&err);
	tap_ok(kernel_rtnl(kernel, "crimson", &err) != NULL,
	       "the namespace lives on by its other name");
	tap_ok(kernel_netns_del(kernel, "red", &err) < 0 && err.number == ENOENT,
	       "a name that is not there cannot be deleted");
	error_clear(&err);
	tap_ok(kernel_netns_del(kernel, HOST, &err) < 0, "nor can host");
	error_clear(&err);

	tap_ok(close(open(NETNS_DIR "/old", O_CREAT | O_CLOEXEC, 0)) == 0 &&
		       kernel_netns_fd(kernel, "old", &err) < 0 && err.message &&
		       strstr(err.message, "left behind"),
	       "a file left behind is told from a namespace");
	error_clear(&err);
	tap_ok(good(kernel_netns_del(kernel, "old", &err), &err), "and can be deleted");

	tap_ok(symlink(NETNS_DIR "/blue", NETNS_DIR "/link") == 0 &&
		       kernel_netns_id(kernel, "link", &dev2, &ino2, &err) == 0 &&
		       stat(NETNS_DIR "/blue", &of) == 0 && of.st_ino == ino2,
	       "a symbolic link is a name as well");
	tap_ok(good(kernel_netns_del(kernel, "link", &err), &err) &&
		       stat(NETNS_DIR "/blue", &st) == 0 && st.st_ino == of.st_ino,
	       "deleting it leaves what it leads to alone");

	struct kernel *other = kernel_open(&err);
	kernel_rtnl(kernel, "blue", &err);
	tap_ok(other && kernel_netns_del(other, "blue", &err) == 0,
	       "somebody else deletes a name");
	kernel_forget_names(kernel);
	tap_ok(kernel_rtnl(kernel, "blue", &err) == NULL, "then it is gone");
	error_clear(&err);
	kernel_netns_add(other, "blue", &err);
	kernel_netns_id(other, "blue", &dev2, &ino2, &err);
	tap_ok(kernel_netns_id(kernel, "blue", &dev, &ino, &err) == 0 && ino == ino2,
	       "and is the new one when it comes back");
	kernel_close(other);
	kernel_netns_del(kernel, "crimson", &err);
	kernel_netns_del(kernel, "blue", &err);
}

static void test_many_namespaces(void)
{
	cleanup_error struct error err = ERROR_INIT;
	cleanup_strings struct strings names = { 0 };
	unsigned made = 0, found = 0, deleted = 0;
	char name[32];

	for (unsigned i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "many%u", i);
		made += kernel_netns_add(kernel, name, &err) == 0;
		error_clear(&err);
	}
	for (unsigned i = 0; i < 200; i += 2) {
		snprintf(name, sizeof(name), "many%u", i);
		deleted += kernel_netns_del(kernel, name, &err) == 0;
		error_clear(&err);
	}
	for (unsigned i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "many%u", i);
		found += (kernel_rtnl(kernel, name, &err) != NULL) == (i % 2 == 1);
		error_clear(&err);
	}
	tap_ok(made == 200 && deleted == 100 && found == 200,
	       "200 namespaces are made, each other one deleted: %u %u %u", made, deleted, found);
	for (unsigned i = 1; i < 200; i += 2) {
		snprintf(name, sizeof(name), "many%u", i);
		kernel_netns_del(kernel, name, &err);
	}
	kernel_netns_names(kernel, &names, &err);
	tap_ok(names.n == 0, "and nothing is left");
}

/* Several processes at a time, from a directory that is not there yet: one mount, all names. */
static void test_parallel(void)
{
	cleanup_error struct error err = ERROR_INIT;
	cleanup_strings struct strings names = { 0 };
	enum { PROCESSES = 8, EACH = 5 };
	pid_t pids[PROCESSES];
	unsigned failed = 0;
	char name[32];

	umount2(NETNS_DIR, MNT_DETACH);
	rmdir(NETNS_DIR);
	for (int i = 0; i < PROCESSES; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			struct kernel *own = kernel_open(&err);
			int bad = 0;

			for (int j = 0; j < EACH; j++) {
				snprintf(name, sizeof(name), "p%d-%d", i, j);
				bad |= kernel_netns_add(own, name, &err) < 0;
			}
			_exit(bad);
		}
	}
	for (int i = 0; i < PROCESSES; i++) {
		int status;

		if (waitpid(pids[i], &status, 0) < 0 || status)
			failed++;
	}
	kernel_netns_names(kernel, &names, &err);
	tap_ok(!failed && names.n == PROCESSES * EACH && mounts_of(NETNS_DIR) == 1,
	       "%d processes make namespaces at a time: %zu names, %u mounts", PROCESSES,
	       names.n, mounts_of(NETNS_DIR));
	for (size_t i = 0; i < names.n; i++)
		kernel_netns_del(kernel, names.v[i], &err);
}

static void test_ip_netns(void)
{
	cleanup_error struct error err = ERROR_INIT;
	cleanup_buf struct buf text = { 0 };

	if (RUN(&text, "ip", "-V") != 0) {
		tap_skip(3, "ip(8) is not here");
		return;
	}
	kernel_netns_add(kernel, "ours", &err);
	tap_ok(RUN(&text, "ip", "netns", "list") == 0 && !strcmp(buf_str(&text), "ours\n"),
	       "ip netns sees the namespaces of nsh");
	tap_ok(RUN(&text, "ip", "netns", "add", "theirs") == 0 &&
		       kernel_rtnl(kernel, "theirs", &err) && mounts_of(NETNS_DIR) == 1,
	       "nsh sees those of ip netns");
	tap_ok(RUN(&text, "ip", "netns", "del", "ours") == 0 &&
		       kernel_rtnl(kernel, "ours", &err) == NULL &&
		       kernel_netns_del(kernel, "theirs", &err) == 0,
	       "each deletes the other's");
}

static int try_inside(void *data, struct error *err)
{
	struct stat *st = data;

	(void)err;
	return stat("/proc/self/ns/net", st) < 0 ? -1 : 42;
}

static void test_inside(void)
{
	cleanup_error struct error err = ERROR_INIT;
	netns_found_list found = { 0 };
	cleanup_free char *value = NULL;
	const struct netns_found *red = NULL, *host = NULL;
	struct stat st;
	dev_t dev;
	ino_t ino;
	int fd;

	kernel_netns_add(kernel, "red", &err);
	kernel_netns_id(kernel, "red", &dev, &ino, &err);
	tap_ok(kernel_inside(kernel, "red", try_inside, &st, &err) == 42 && st.st_ino == ino &&
		       in_host(),
	       "a function runs inside, and its answer comes back");
	tap_ok(kernel_inside(kernel, "nobody", try_inside, &st, &err) == -1 &&
		       !strcmp(err.message, "there is no namespace nobody"),
	       "an unknown namespace is named");
	error_clear(&err);
	fd = kernel_socket(kernel, "red", AF_INET, SOCK_DGRAM, 0, &err);
	tap_ok(fd >= 0 && (fcntl(fd, F_GETFD) & FD_CLOEXEC), "a socket, close-on-exec");
	if (fd >= 0) {
		struct sockaddr_in to = { .sin_family = AF_INET,
					  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
					  .sin_port = htons(9) };

		tap_ok(connect(fd, (const struct sockaddr *)&to, sizeof(to)) < 0 &&
			       errno == ENETUNREACH,
		       "of that namespace, where lo is down");
		close(fd);
	}
	tap_ok(fcntl(kernel_netns_fd(kernel, "red", &err), F_GETFD) & FD_CLOEXEC,
	       "the descriptor of a namespace, close-on-exec");

	if (kernel_sysctl_set(kernel, "red", "net/ipv4/ip_forward", "1", &err) < 0 &&
	    err.number == EROFS) {
		tap_skip(3, "%s", err.message);
		error_clear(&err);
	} else {
		good(error_is_set(&err) ? -1 : 0, &err);
		tap_ok(kernel_sysctl_get(kernel, "red", "net/ipv4/ip_forward", &value, &err) ==
				       0 && !strcmp(value, "1"),
		       "a setting is written and read");
		free(value);
		tap_ok(kernel_sysctl_get(kernel, HOST, "net/ipv4/ip_forward", &value, &err) ==
				       0 && !strcmp(value, "0"),
		       "in that namespace alone");
		tap_ok(kernel_sysctl_set(kernel, "red", "net/ipv4/ip_forward", "maybe", &err) < 0 &&
			       err.number == EINVAL && strstr(err.message, "maybe"),
		       "a wrong value is refused");
		error_clear(&err);
	}
	free(value);
	tap_ok(kernel_sysctl_get(kernel, "red", "net/ipv4/nothing", &value, &err) < 0 &&
		       err.number == ENOENT && !value,
	       "an unknown setting is refused");
	error_clear(&err);
	tap_ok(kernel_sysctl_get(kernel, "red", "../../etc/passwd", &value, &err) < 0,
	       "so is what leads out of /proc/sys");
	error_clear(&err);

	tap_ok(good(kernel_netns_all(kernel, &found, &err), &err), "all namespaces are found");
	for (size_t i = 0; i < found.n; i++) {
		if (found.v[i].name && !strcmp(found.v[i].name, "red"))
			red = &found.v[i];
		if (found.v[i].name && !strcmp(found.v[i].name, HOST))
			host = &found.v[i];
	}
	tap_ok(red && red->ino == ino && !red->pid && !red->processes, "red, where nobody is");
	tap_ok(host && host->processes >= 1 && host->pid > 0 && host->command[0],
	       "host, where this test is");
	netns_found_free(&found);
	kernel_netns_del(kernel, "red", &err);
}

/* --- links --- */

static void test_links(void)
{
	cleanup_error struct error err = ERROR_INIT;
	struct nl_error answer;
	link_list links = { 0 };
	struct link red = { 0 }, blue = { 0 }, port = { 0 };
	static const uint8_t mac[6] = { 2, 0, 0, 0, 0, 0x42 };
	int nsid = -1, bridge;

	kernel_netns_add(kernel, "red", &err);
	kernel_netns_add(kernel, "blue", &err);
	const struct link_spec far = { .name = "veth-blue",
				       .mtu = 1400,
				       .group = NSH_GROUP,
				       .netns_fd = kernel_netns_fd(kernel, "blue", &err) };
	const struct link_spec near = { .kind = "veth",
					.name = "veth-red",
					.mtu = 1400,
					.mac = mac,
					.group = NSH_GROUP,
					.up = true,
					.peer = &far };
	tap_ok(done(rtnl_link_add(rtnl("red"), &near, &answer), &answer),
	       "a veth pair into two namespaces, in one message");
	tap_ok(done(rtnl_link(rtnl("red"), "veth-red", &red, &answer), &answer) &&
		       red.mtu == 1400 && red.group == NSH_GROUP && (red.flags & IFF_UP) &&
		       !memcmp(red.mac, mac, 6) && !strcmp(red.kind, "veth"),
	       "the near end has MTU, group, MAC and is up");
	tap_ok(done(rtnl_link(rtnl("blue"), "veth-blue", &blue, &answer), &answer) &&
		       blue.mtu == 1400 && blue.group == NSH_GROUP && !(blue.flags & IFF_UP),
	       "the far end has MTU and group and is down");
	tap_ok(red.peer == blue.index && blue.peer == red.index, "each knows the other's number");
	tap_ok(done(rtnl_nsid_of(rtnl("red"), kernel_netns_fd(kernel, "blue", &err), &nsid,
				 &answer),
		    &answer) && nsid >= 0 && nsid == red.peer_nsid,
	       "and its namespace's: %d", nsid);
	kernel_netns_add(kernel, "alone", &err);
	tap_ok(rtnl_nsid_of(rtnl("red"), kernel_netns_fd(kernel, "alone", &err), &nsid,
			    &answer) == 0 && nsid == -1,
	       "a namespace without a cable there has no number");
	tap_ok(rtnl_link_add(rtnl("red"), &near, &answer) < 0 && answer.number == EEXIST,
	       "a name that is taken is refused");
	kernel_netns_del(kernel, "alone", &err);

	const struct link_spec switch_ = { .kind = "bridge",
					   .name = "v-net-0",
					   .group = NSH_GROUP,
					   .up = true };
	if (!done(rtnl_link_add(rtnl(HOST), &switch_, &answer), &answer) &&
	    answer.number == EOPNOTSUPP) {
		tap_skip(9, "this kernel has no bridges");
	} else {
		bridge = index_of(HOST, "v-net-0");
		tap_ok(bridge > 0, "a bridge");
		const struct link_spec in_red = { .name = "eth0",
						  .group = NSH_GROUP,
						  .netns_fd = kernel_netns_fd(kernel, "red",
									      &err) };
		const struct link_spec on_bridge = { .kind = "veth",
						     .name = "veth-red-br",
						     .group = NSH_GROUP,
						     .up = true,
						     .master = bridge,
						     .peer = &in_red };
		tap_ok(done(rtnl_link_add(rtnl(HOST), &on_bridge, &answer), &answer),
		       "a cable from a namespace to the bridge, in one message");
		const struct link_update up = { .set = LINK_CHANGE_UP, .up = true };
		tap_ok(done(rtnl_link_set(rtnl("red"), index_of("red", "eth0"), &up, &answer),
			    &answer),
		       "its far end is set up");
		rtnl_link(rtnl(HOST), "veth-red-br", &port, &answer);
		tap_ok(port.master == bridge && !strcmp(port.master_name, "v-net-0"),
		       "the port knows its bridge by name");
		tap_ok(port.port_state == BR_STATE_FORWARDING && port.carrier,
		       "and forwards: state %u", port.port_state);
		link_clear(&port);
		tap_ok(done(rtnl_links(rtnl(HOST), &links, &answer), &answer) && links.n >= 3 &&
			       !strcmp(links.v[0].name, "lo") && links.v[0].peer_nsid == -1,
		       "all links, by number");
		bool found = false;
		for (size_t i = 0; i < links.n; i++)
			found |= !strcmp(links.v[i].name, "veth-red-br") &&
				 !strcmp(links.v[i].master_name, "v-net-0");
		tap_ok(found, "with their bridge's name");
		const struct link_update off = { .set = LINK_CHANGE_MASTER };
		rtnl_link_set(rtnl(HOST), index_of(HOST, "veth-red-br"), &off, &answer);
		rtnl_link(rtnl(HOST), "veth-red-br", &port, &answer);
		tap_ok(!port.master && !port.master_name[0], "a port leaves its bridge");
		link_clear(&port);
		tap_ok(done(rtnl_link_del(rtnl(HOST), index_of(HOST, "veth-red-br"), &answer),
			    &answer) && !index_of("red", "eth0"),
		       "one end deleted, both gone");
	}

	int index = index_of("red", "veth-red");
	const struct link_update change = { .set = LINK_CHANGE_NAME | LINK_CHANGE_SETTING(LINK_SETTING_MTU) |
						   LINK_CHANGE_MAC | LINK_CHANGE_GROUP |
						   LINK_CHANGE_UP,
					    .name = "uplink",
					    .setting = { [LINK_SETTING_MTU] = 1300 },
					    .mac = (const uint8_t[]){ 2, 0, 0, 0, 0, 1 },
					    .group = 7 };
	const struct link_update down = { .set = LINK_CHANGE_UP };
	rtnl_link_set(rtnl("red"), index, &down, &answer);
	link_clear(&red);
	tap_ok(done(rtnl_link_set(rtnl("red"), index, &change, &answer), &answer) &&
		       rtnl_link(rtnl("red"), "uplink", &red, &answer) == 0 &&
		       red.mtu == 1300 && red.mac[5] == 1 && red.group == 7 &&
		       !(red.flags & IFF_UP),
	       "name, MTU, MAC, group and state of a link are changed");
	if (rtnl_link_altname(rtnl("red"), index, "veth-of-red-with-a-long-name", true,
			      &answer) < 0 && answer.number == EOPNOTSUPP) {
		tap_skip(4, "this kernel has no alternative names");
	} else {
		link_clear(&red);
		tap_ok(done(rtnl_link(rtnl("red"), "veth-of-red-with-a-long-name", &red,
				      &answer), &answer) && red.index == index,
		       "a link is found by its alternative name");
		tap_ok(strings_has(&red.altnames, "veth-of-red-with-a-long-name"),
		       "which is told");
		rtnl_link_altname(rtnl("red"), index, "short", true, &answer);
		tap_ok(index_of("red", "short") == index, "a short one is found too");
		tap_ok(rtnl_link_altname(rtnl("red"), index, "short", false, &answer) == 0 &&
			       !index_of("red", "short"),
		       "and taken away");
	}
	const struct link_update move = { .set = LINK_CHANGE_NETNS,
					  .netns_fd = kernel_netns_fd(kernel, "blue", &err) };
	tap_ok(done(rtnl_link_set(rtnl("red"), index, &move, &answer), &answer) &&
		       index_of("blue", "uplink") && !index_of("red", "uplink"),
	       "a link moves to another namespace");

	/* What the kernel says. */
	const struct link_spec unknown = { .kind = "nonsense", .name = "x0" };
	refused(rtnl_link_add(rtnl("red"), &unknown, &answer), &answer, EOPNOTSUPP,
		"an unknown kind of link");
	tap_ok(answer.text[0], "with the kernel's own text");
	nl_error_set(&err, &answer, "x0");
	tap_ok(err.status == STATUS_UNSUPPORTED, "is unsupported");
	error_clear(&err);
	const struct link_update huge = { .set = LINK_CHANGE_SETTING(LINK_SETTING_MTU),
					  .setting = { [LINK_SETTING_MTU] = 1000000 } };
	refused(rtnl_link_set(rtnl("blue"), index_of("blue", "uplink"), &huge, &answer),
		&answer, EINVAL, "an MTU too large");
	union {
		struct nlmsghdr header;
		char bytes[128];
	} wrong = { 0 };
	mnl_nlmsg_put_header(wrong.bytes)->nlmsg_type = RTM_NEWROUTE;
	struct rtmsg *header = mnl_nlmsg_put_extra_header(&wrong.header, sizeof(*header));
	header->rtm_family = AF_INET;
	mnl_attr_put_u32(&wrong.header, RTA_PRIORITY, 1);
	mnl_attr_put_u8(&wrong.header, RTA_OIF, 1);
	refused(nlsock_request(rtnl("red"), &wrong.header, NULL, NULL, &answer), &answer, ERANGE,
		"an attribute too short");
	tap_ok(answer.text[0] && answer.offset == sizeof(wrong.header) + sizeof(*header) + 8,
	       "with text and place: byte %u", answer.offset);
	link_clear(&red);
	tap_ok(rtnl_link(rtnl("red"), "nothing", &red, &answer) < 0 && answer.number == ENODEV,
	       "a link that is not there");
	tap_ok(rtnl_link(rtnl("red"), "", &red, &answer) < 0 && answer.number == ENODEV &&
		       rtnl_link(rtnl("red"), "nothing-of-such-a-long-name", &red, &answer) < 0 &&
		       answer.number == ENODEV,
	       "nor one without a name, nor with a long one");
	const struct link_spec long_name = { .kind = "veth", .name = "veth-a-very-long-name" };
	refused(rtnl_link_add(rtnl("red"), &long_name, &answer), &answer, EINVAL,
		"a name too long is refused");

	link_clear(&red);
	link_clear(&blue);
	link_list_free(&links);
	kernel_netns_del(kernel, "red", &err);
	kernel_netns_del(kernel, "blue", &err);
}

/* --- addresses, routes, neighbours --- */

static struct cidr cidr(const char *text)
{
	cleanup_error struct error err = ERROR_INIT;
	struct cidr parsed = { 0 };

	cidr_parse(text, &parsed, -1, &err);
	return parsed;
}

static struct ip ip(const char *text)
{
	cleanup_error struct error err = ERROR_INIT;
	struct ip parsed = { 0 };

	ip_parse(text, &parsed, -1, &err);
	return parsed;
}

static const struct addr *find_addr(const addr_list *addrs, const char *text)
{
	struct cidr wanted = cidr(text);

	for (size_t i = 0; i < addrs->n; i++)
		if (cidr_equal(&addrs->v[i].cidr, &wanted))
			return &addrs->v[i];
	return NULL;
}

static const struct route *find_route(const route_list *routes, const char *text)
{
	struct cidr wanted = cidr(text);

	for (size_t i = 0; i < routes->n; i++)
		if (cidr_equal(&routes->v[i].dest, &wanted) && routes->v[i].type == RTN_UNICAST)
			return &routes->v[i];
	return NULL;
}

/* red and blue with a cable, both ends up. */
static void cable(void)
{
	cleanup_error struct error err = ERROR_INIT;
	struct nl_error answer;
	const struct link_update up = { .set = LINK_CHANGE_UP, .up = true };

	kernel_netns_add(kernel, "red", &err);
	kernel_netns_add(kernel, "blue", &err);
	const struct link_spec far = { .name = "eth0",
				       .netns_fd = kernel_netns_fd(kernel, "blue", &err) };
	const struct link_spec near = { .kind = "veth", .name = "eth0", .up = true, .peer = &far };
	rtnl_link_add(rtnl("red"), &near, &answer);
	rtnl_link_set(rtnl("blue"), index_of("blue", "eth0"), &up, &answer);
	rtnl_link_set(rtnl("red"), 1, &up, &answer);
}

static void test_addrs_and_routes(void)
{
	cleanup_error struct error err = ERROR_INIT;
	struct nl_error answer;
	link_list links = { 0 };
	addr_list addrs = { 0 };
	route_list routes = { 0 };
	const struct addr *addr = NULL;
	const struct route *route;
	struct route got;
	struct cidr four = cidr("192.168.15.1/24"), six = cidr("fd00:15::1/64");
	struct ip to;
	struct nlsock *sock;
	int index;

	cable();
	sock = rtnl("red");
	index = index_of("red", "eth0");
	rtnl_links(sock, &links, &answer);

	tap_ok(done(rtnl_addr_add(sock, index, &four, NSH_PROTO, &answer), &answer),
	       "an IPv4 address");
	bool have6 = done(rtnl_addr_add(sock, index, &six, NSH_PROTO, &answer), &answer);
	tap_ok(done(rtnl_addrs(sock, &links, &addrs, &answer), &answer) &&
		       (addr = find_addr(&addrs, "192.168.15.1/24")) != NULL &&
		       !strcmp(addr->link, "eth0") && addr->index == index && addr->scope == 0,
	       "is listed with its link");
	if (addr && !addr->proto)
		tap_skip(1, "this kernel keeps no IFA_PROTO");
	else
		tap_ok(addr && addr->proto == NSH_PROTO, "and its protocol");
	if (!have6) {
		tap_skip(2, "this kernel has no IPv6");
	} else {
		addr = find_addr(&addrs, "fd00:15::1/64");
		tap_ok(addr && (addr->flags & IFA_F_NODAD) && !(addr->flags & IFA_F_TENTATIVE),
		       "an IPv6 address, at once in use");
		tap_ok(rtnl_addr_del(sock, index, &six, &answer) == 0 &&
			       rtnl_addrs(sock, &links, &addrs, &answer) == 0 &&
			       !find_addr(&addrs, "fd00:15::1/64"),
		       "is deleted");
		rtnl_addr_add(sock, index, &six, NSH_PROTO, &answer);
	}
	refused(rtnl_addr_add(sock, index, &four, NSH_PROTO, &answer), &answer, EEXIST,
		"an address that is there is refused");
	tap_ok(find_addr(&addrs, "127.0.0.1/8") != NULL, "lo has its own");

	struct route add = { .dest = cidr("10.9.0.0/16"),
			     .gateway = ip("192.168.15.9"),
			     .protocol = NSH_PROTO,
			     .metric = 7 };
	tap_ok(done(rtnl_route_add(sock, &add, 0, &answer), &answer), "a route by a gateway");
	struct route direct = { .dest = cidr("10.8.0.0/16"), .protocol = NSH_PROTO };
	tap_ok(done(rtnl_route_add(sock, &direct, index, &answer), &answer),
	       "a route to a link");
	struct route other = { .dest = cidr("0.0.0.0/0"),
			       .gateway = ip("192.168.15.9"),
			       .table = 1000,
			       .protocol = NSH_PROTO };
	tap_ok(done(rtnl_route_add(sock, &other, 0, &answer), &answer),
	       "a default route in a table of its own");
	tap_ok(done(rtnl_routes(sock, &links, &routes, &answer), &answer), "the routes");
	route = find_route(&routes, "10.9.0.0/16");
	tap_ok(route && !strcmp(route->link, "eth0") && ip_equal(&route->gateway, &add.gateway) &&
		       route->protocol == NSH_PROTO && route->metric == 7 &&
		       route->table == RT_TABLE_MAIN,
	       "have gateway, link, protocol, metric and table");
	route = find_route(&routes, "10.8.0.0/16");
	tap_ok(route && route->scope == RT_SCOPE_LINK && !route->gateway.family,
	       "or no gateway");
	route = find_route(&routes, "0.0.0.0/0");
	tap_ok(route && route->table == 1000, "or another table");
	route = find_route(&routes, "192.168.15.0/24");
	tap_ok(route && route->protocol == RTPROT_KERNEL && route->source.family == AF_INET,
	       "and that of the address itself");
	unsigned local = 0;
	for (size_t i = 0; i < routes.n; i++)
		local += routes.v[i].table == RT_TABLE_LOCAL;
	tap_ok(local == 0, "but none of table local");
	refused(rtnl_route_add(sock, &add, 0, &answer), &answer, EEXIST,
		"a route that is there is refused");
	struct route nowhere = { .dest = cidr("10.7.0.0/16"), .gateway = ip("172.16.0.1") };
	refused(rtnl_route_add(sock, &nowhere, 0, &answer), &answer, ENETUNREACH,
		"a gateway out of reach");

	to = ip("10.9.1.1");
	tap_ok(done(rtnl_route_get(sock, &links, &to, NULL, NULL, &got, &answer), &answer) &&
		       !strcmp(got.link, "eth0") && ip_equal(&got.gateway, &add.gateway) &&
		       ip_equal(&got.source, &four.ip) && got.table == RT_TABLE_MAIN,
	       "the way to an address");
	to = ip("203.0.113.1");
	refused(rtnl_route_get(sock, &links, &to, NULL, NULL, &got, &answer), &answer,
		ENETUNREACH, "no way to another");
	to = ip("192.168.15.1");
	struct ip from = ip("192.168.15.7");
	tap_ok(done(rtnl_route_get(sock, &links, &to, &from, "eth0", &got, &answer), &answer) &&
		       got.type == RTN_LOCAL,
	       "the way of a packet that came in");
	struct route blackhole = { .dest = cidr("10.6.0.0/16"), .type = RTN_BLACKHOLE };
	rtnl_route_add(sock, &blackhole, 0, &answer);
	to = ip("10.6.0.1");
	refused(rtnl_route_get(sock, &links, &to, NULL, NULL, &got, &answer), &answer, EINVAL,
		"a black hole");
	tap_ok(done(rtnl_route_del(sock, &add, 0, &answer), &answer) &&
		       done(rtnl_route_del(sock, &direct, index, &answer), &answer) &&
		       done(rtnl_route_del(sock, &other, 0, &answer), &answer) &&
		       done(rtnl_route_del(sock, &blackhole, 0, &answer), &answer) &&
		       rtnl_routes(sock, &links, &routes, &answer) == 0 &&
		       !find_route(&routes, "10.9.0.0/16") &&
		       !find_route(&routes, "0.0.0.0/0"),
	       "routes are deleted");
	refused(rtnl_route_del(sock, &add, 0, &answer), &answer, ESRCH, "once");

	if (!have6) {
		tap_skip(3, "this kernel has no IPv6");
	} else {
		struct route add6 = { .dest = cidr("::/0"),
				      .gateway = ip("fd00:15::9"),
				      .protocol = NSH_PROTO };
		tap_ok(done(rtnl_route_add(sock, &add6, 0, &answer), &answer),
		       "an IPv6 default route");
		rtnl_routes(sock, &links, &routes, &answer);
		route = find_route(&routes, "::/0");
		tap_ok(route && ip_equal(&route->gateway, &add6.gateway) &&
			       route->protocol == NSH_PROTO,
		       "is listed");
		to = ip("2001:db8::1");
		tap_ok(done(rtnl_route_get(sock, &links, &to, NULL, NULL, &got, &answer),
			    &answer) && ip_equal(&got.gateway, &add6.gateway) &&
			       done(rtnl_route_del(sock, &add6, 0, &answer), &answer),
		       "is used, and deleted");
	}
	struct route via6 = { .dest = cidr("10.5.0.0/16"), .gateway = ip("fd00:15::9") };
	if (!have6 || rtnl_route_add(sock, &via6, index, &answer) < 0) {
		tap_skip(1, "this kernel has no IPv6 gateways of IPv4 routes");
	} else {
		rtnl_routes(sock, &links, &routes, &answer);
		route = find_route(&routes, "10.5.0.0/16");
		tap_ok(route && ip_equal(&route->gateway, &via6.gateway),
		       "an IPv4 route by way of an IPv6 gateway");
	}
	link_list stale = { 0 };
	tap_ok(rtnl_addrs(sock, &stale, &addrs, &answer) == 0 &&
		       str_starts(find_addr(&addrs, "192.168.15.1/24")->link, "if"),
	       "a link that is not in the list is named by number");

	vector_free(&addrs);
	vector_free(&routes);
	link_list_free(&links);
	kernel_netns_del(kernel, "red", &err);
	kernel_netns_del(kernel, "blue", &err);
}

static void test_neighs(void)
{
	cleanup_error struct error err = ERROR_INIT;
	struct nl_error answer;
	link_list links = { 0 };
	neigh_list neighs = { 0 };
	static const uint8_t mac[6] = { 2, 0, 0, 0, 0, 9 };
	struct cidr four = cidr("192.168.15.1/24");
	struct ip one = ip("192.168.15.9"), two = ip("fd00:15::9");
	struct nlsock *sock;
	int index;

	cable();
	sock = rtnl("red");
	index = index_of("red", "eth0");
	rtnl_links(sock, &links, &answer);
	rtnl_addr_add(sock, index, &four, 0, &answer);
	tap_ok(done(rtnl_neigh_add(sock, index, &one, mac, NSH_PROTO, &answer), &answer), "a neighbour");
	bool have6 = rtnl_neigh_add(sock, index, &two, mac, NSH_PROTO, &answer) == 0;
	tap_ok(done(rtnl_neighs(sock, &links, &neighs, &answer), &answer) &&
		       neighs.n == 1u + have6,
	       "is listed, and those of NUD_NOARP are not");
	tap_ok(neighs.n && !strcmp(neighs.v[0].link, "eth0") && neighs.v[0].has_mac &&
		       !memcmp(neighs.v[0].mac, mac, 6) && neighs.v[0].state == NUD_PERMANENT,
	       "with link, MAC and state");
	tap_ok(done(rtnl_neigh_add(sock, index, &one, (const uint8_t[]){ 2, 0, 0, 0, 0, 8 }, 0,
				   &answer), &answer),
	       "is replaced");
	tap_ok(done(rtnl_neigh_del(sock, index, &one, &answer), &answer) &&
		       (!have6 || done(rtnl_neigh_del(sock, index, &two, &answer), &answer)) &&
		       rtnl_neighs(sock, &links, &neighs, &answer) == 0 && neighs.n == 0,
	       "and deleted");
	refused(rtnl_neigh_del(sock, index, &one, &answer), &answer, ENOENT, "once");
	vector_free(&neighs);
	link_list_free(&links);
	kernel_netns_del(kernel, "red", &err);
	kernel_netns_del(kernel, "blue", &err);
}

/* While a child makes and deletes links, those that stay are in every answer, just once. */
static void test_consistency(void)
{
	cleanup_error struct error err = ERROR_INIT;
	enum { PAIRS = 60, READS = 150 };
	struct nl_error answer = { 0 };
	link_list links = { 0 };
	unsigned whole = 0, torn = 0, busy = 0;
	struct nlsock *sock;
	pid_t child;

	kernel_netns_add(kernel, "red", &err);
	sock = rtnl("red");
	for (unsigned i = 0; i < PAIRS; i++) {
		char a[IFNAMSIZ], b[IFNAMSIZ];

		snprintf(a, sizeof(a), "stay%u", 2 * i);
		snprintf(b, sizeof(b), "stay%u", 2 * i + 1);
		const struct link_spec far = { .name = b, .netns_fd = -1 };
		const struct link_spec near = { .kind = "veth", .name = a, .peer = &far };
		rtnl_link_add(sock, &near, &answer);
	}
	child = fork();
	if (child == 0) {
		struct kernel *own = kernel_open(&err);
		struct nlsock *mine = kernel_rtnl(own, "red", &err);

		if (!mine)
			_exit(1);
		for (unsigned i = 0;; i = (i + 1) % 50) {
			char a[IFNAMSIZ], b[IFNAMSIZ];
			struct link link;

			snprintf(a, sizeof(a), "go%u", i);
			snprintf(b, sizeof(b), "gone%u", i);
			const struct link_spec far = { .name = b, .netns_fd = -1 };
			const struct link_spec near = { .kind = "veth", .name = a, .peer = &far };
			if (rtnl_link_add(mine, &near, &answer) < 0 &&
			    rtnl_link(mine, a, &link, &answer) == 0) {
				rtnl_link_del(mine, link.index, &answer);
				link_clear(&link);
			}
		}
	}
	for (unsigned i = 0; i < READS; i++) {
		unsigned stay = 0, last = 0;
		bool order = true;

		if (rtnl_links(sock, &links, &answer) < 0) {
			busy += answer.number == EAGAIN;
			torn += answer.number != EAGAIN;
			continue;
		}
		for (size_t j = 0; j < links.n; j++) {
			stay += str_starts(links.v[j].name, "stay");
			order &= (unsigned)links.v[j].index > last;
			last = (unsigned)links.v[j].index;
		}
		if (stay == 2 * PAIRS && order)
			whole++;
		else
			torn++;
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	tap_ok(torn == 0 && whole > 0, "links read amid changes: %u whole, %u torn, %u given up",
	       whole, torn, busy);
	link_list_free(&links);
	kernel_netns_del(kernel, "red", &err);
}

/* --- nf_tables --- */

static struct nlsock *netfilter(void)
{
	cleanup_error struct error err = ERROR_INIT;
	struct nlsock *sock = kernel_netfilter(kernel, "red", &err);

	if (!sock)
		tap_note("%s", err.message);
	return sock;
}

static int change(struct nlsock *sock, const struct nft_table *before,
		  const struct nft_rule *delete, struct nft_rule *add, bool drop,
		  struct nl_error *answer)
{
	const struct nft_change one = { .before = before,
					.delete = &delete,
					.deletes = delete ? 1 : 0,
					.add = &add,
					.adds = add ? 1 : 0,
					.drop_chains = drop };

	return nft_change(sock, &one, answer);
}

static void test_nft(struct nlsock *sock)
{
	struct nl_error answer;
	struct nft_table table = { 0 };
	struct nft_rule copies[RULES], *adds[RULES];
	struct nft_change all = { .before = &table, .add = adds, .adds = RULES };
	unsigned equal = 0;

	tap_ok(done(nft_read(sock, &table, &answer), &answer) && !table.exists,
	       "no table is no error");
	for (size_t i = 0; i < RULES; i++) {
		copies[i] = rules[i].rule;
		adds[i] = &copies[i];
	}
	all.check_only = true;
	tap_ok(done(nft_change(sock, &all, &answer), &answer), "rules are checked");
	tap_ok(nft_read(sock, &table, &answer) == 0 && !table.exists && !copies[0].handle,
	       "and nothing is made");
	all.check_only = false;
	tap_ok(done(nft_change(sock, &all, &answer), &answer), "all kinds of rules are made");
	tap_ok(done(nft_read(sock, &table, &answer), &answer) && table.exists &&
		       table.rules.n == RULES && table.chain[NFT_CHAIN_PREROUTING] &&
		       table.chain[NFT_CHAIN_OUTPUT] && table.chain[NFT_CHAIN_POSTROUTING] &&
		       table.chain[NFT_CHAIN_FORWARD],
	       "and read, with their chains");
	for (size_t i = 0; i < table.rules.n; i++)
		for (size_t j = 0; j < RULES; j++)
			equal += copies[j].handle == table.rules.v[i].handle &&
				 nft_rule_equal(&copies[j], &table.rules.v[i]);
	tap_ok(equal == RULES, "the same, with their handles: %u", equal);

	struct nft_rule second = rules[0].rule;
	str_copy(second.comment, sizeof(second.comment), "the second");
	size_t first = 0;
	while (first < table.rules.n && table.rules.v[first].chain != NFT_CHAIN_POSTROUTING)
		first++;
	tap_ok(done(change(sock, &table, &table.rules.v[first], &second, true, &answer), &answer) &&
		       second.handle,
	       "one is deleted, another made, in one batch");
	uint64_t gone = table.rules.v[first].handle;
	nft_read(sock, &table, &answer);
	bool there = false, last = false;
	for (size_t i = 0; i < table.rules.n; i++) {
		there |= table.rules.v[i].handle == gone;
		if (table.rules.v[i].chain == NFT_CHAIN_POSTROUTING)
			last = table.rules.v[i].handle == second.handle;
	}
	tap_ok(!there && last && table.rules.n == RULES, "the new one stands last in its chain");
	struct nft_rule missing = { .chain = NFT_CHAIN_FORWARD, .handle = 100000 };
	struct nft_rule third = rules[0].rule;
	refused(change(sock, &table, &missing, &third, false, &answer), &answer, ENOENT,
		"deleting what is not there fails");
	size_t before = table.rules.n;
	nft_read(sock, &table, &answer);
	tap_ok(table.rules.n == before, "and makes nothing of the batch");

	struct nft_rule wrong = { .chain = NFT_CHAIN_FORWARD, .verdict = NFT_VERDICT_MASQUERADE };
	struct nft_rule *const wrongs[] = { &third, &wrong };
	const struct nft_change check = { .add = wrongs, .adds = 2, .check_only = true };
	tap_ok(nft_change(sock, &check, &answer) < 0, "a check finds what is wrong");

	/* Chain by chain until nothing is left. */
	const struct nft_rule **deletes = xcalloc(table.rules.n, sizeof(*deletes));
	size_t count = 0;
	for (size_t i = 0; i < table.rules.n; i++)
		if (table.rules.v[i].chain == NFT_CHAIN_OUTPUT)
			deletes[count++] = &table.rules.v[i];
	struct nft_change drop = { .before = &table,
				   .delete = deletes,
				   .deletes = count,
				   .drop_chains = true };
	drop.check_only = true;
	tap_ok(done(nft_change(sock, &drop, &answer), &answer), "a deletion is checked");
	drop.check_only = false;
	tap_ok(done(nft_change(sock, &drop, &answer), &answer), "all rules of a chain go");
	free(deletes);
	nft_read(sock, &table, &answer);
	tap_ok(table.exists && !table.chain[NFT_CHAIN_OUTPUT] && table.chain[NFT_CHAIN_FORWARD],
	       "and the chain with them");
	deletes = xcalloc(table.rules.n, sizeof(*deletes));
	for (size_t i = 0; i < table.rules.n; i++)
		deletes[i] = &table.rules.v[i];
	drop.delete = deletes;
	drop.deletes = table.rules.n;
	tap_ok(done(nft_change(sock, &drop, &answer), &answer), "all rules go");
	free(deletes);
	tap_ok(nft_read(sock, &table, &answer) == 0 && !table.exists, "and the table with them");
	nft_table_free(&table);
}

/* More rules than fit into echoes: the handles are read again. */
static void test_large_batch(struct nlsock *sock)
{
	enum { MANY = 300 };
	cleanup_free struct nft_rule *many = xcalloc(MANY, sizeof(*many));
	cleanup_free struct nft_rule **adds = xcalloc(MANY, sizeof(*adds));
	const struct nft_change all = { .add = adds, .adds = MANY };
	struct nft_table table = { 0 };
	struct nl_error answer;
	unsigned right = 0;

	for (unsigned i = 0; i < MANY; i++) {
		many[i] = rules[i % RULES].rule;
		if (i % 3 == 0)
			snprintf(many[i].comment, sizeof(many[i].comment), "rule %u", i);
		adds[i] = &many[i];
	}
	tap_ok(done(nft_change(sock, &all, &answer), &answer), "%d rules in one batch", MANY);
	nft_read(sock, &table, &answer);
	for (unsigned i = 0; i < MANY; i++) {
		size_t at = 0;

		while (at < table.rules.n && table.rules.v[at].handle != many[i].handle)
			at++;
		right += at < table.rules.n && nft_rule_equal(&table.rules.v[at], &many[i]);
		for (unsigned j = 0; j < i; j++)
			if (many[i].handle == many[j].handle)
				tap_ok(false, "rules %u and %u have one handle", i, j);
	}
	tap_ok(table.rules.n == MANY && right == MANY, "each has its handle: %u", right);
	nft_table_free(&table);
}

static void test_nft_tool(struct nlsock *sock)
{
	cleanup_error struct error err = ERROR_INIT;
	cleanup_buf struct buf text = { 0 };
	struct nft_table table = { 0 };
	struct nl_error answer;
	char in[64];

	/* Before version 0.9.3 nft has no chain of priority "dstnat" in family inet. */
	if (RUN(&text, "nft", "--version") != 0) {
		tap_skip((int)RULES * 3 + 4, "nft(8) is not here");
		return;
	}
	snprintf(in, sizeof(in), "--net=/proc/%d/fd/%d", (int)getpid(),
		 kernel_netns_fd(kernel, "red", &err));
#define NFT(...) RUN(&text, "nsenter", in, "nft", __VA_ARGS__)
	if (NFT("list", "ruleset") == 127) {
		tap_skip((int)RULES * 3 + 4, "nsenter(1) is not here");
		return;
	}
	NFT("delete table inet nsh");
	for (size_t i = 0; i < RULES; i++) {
		struct nft_rule ours = rules[i].rule;
		cleanup_free char *line = NULL, *mine = NULL;

		/* Ours, as nft shows it. */
		nft_read(sock, &table, &answer);
		change(sock, &table, NULL, &ours, false, &answer);
		if (NFT("list table inet nsh") != 0)
			tap_note("%s", buf_str(&text));
		line = xstrdup(buf_str(&text));
		NFT("delete table inet nsh");
		/* Its own, of our words. */
		mine = xasprintf("add table inet nsh; add chain inet nsh %s %s; "
				 "add rule inet nsh %s %s",
				 nft_chain_name(ours.chain), nft_chain_spec(ours.chain),
				 nft_chain_name(ours.chain), rules[i].text);
		if (!tap_ok(NFT(mine) == 0, "nft takes: %s", rules[i].text))
			tap_note("%s", buf_str(&text));
		nft_read(sock, &table, &answer);
		tap_ok(table.rules.n == 1 && !table.rules.v[0].foreign &&
			       nft_rule_equal(&table.rules.v[0], &rules[i].rule),
		       "and makes the same of it");
		NFT("list table inet nsh");
		tap_is_str(line, buf_str(&text), "and shows ours as its own");
		NFT("delete table inet nsh");
	}
	tap_ok(NFT("add table inet nsh; add chain inet nsh forward { type filter hook forward "
		   "priority filter; }; add rule inet nsh forward counter accept; "
		   "add rule inet nsh forward meta nfproto ipv4 accept; "
		   "add rule inet nsh forward ip saddr 1.2.3.4-1.2.3.9 accept; "
		   "add rule inet nsh forward iifname \"v*\" accept") == 0 &&
		       nft_read(sock, &table, &answer) == 0 && table.rules.n == 4 &&
		       table.rules.v[0].foreign && table.rules.v[1].foreign &&
		       table.rules.v[2].foreign && table.rules.v[3].foreign &&
		       table.rules.v[0].handle,
	       "rules that say more are foreign");
	/* nft has given the table a chain of somebody's own: it is kept. */
	NFT("flush table inet nsh; add chain inet nsh own");
	struct nft_rule rule = rules[0].rule;
	nft_read(sock, &table, &answer);
	tap_ok(done(change(sock, &table, NULL, &rule, false, &answer), &answer),
	       "a rule beside a chain that is not nsh's");
	nft_read(sock, &table, &answer);
	tap_ok(done(change(sock, &table, &rule, NULL, true, &answer), &answer) &&
		       nft_read(sock, &table, &answer) == 0 && table.exists &&
		       !table.chain[NFT_CHAIN_POSTROUTING],
	       "goes with its chain, and the table stays");
	NFT("add table inet other; delete table inet nsh");
	tap_ok(nft_read(sock, &table, &answer) == 0 && !table.exists,
	       "the tables of others are not nsh's");
	nft_table_free(&table);
}

int main(void)
{
	cleanup_error struct error err = ERROR_INIT;
	struct nlsock *sock;
	struct nft_table table = { 0 };
	struct nl_error answer;

	if (!make_sandbox()) {
		printf("1..0 # SKIP no namespaces: %s\n", strerror(errno));
		return 0;
	}
	kernel = kernel_open(&err);
	if (!kernel) {
		printf("Bail out! %s\n", err.message);
		return 1;
	}
	test_namespaces();
	test_many_namespaces();
	test_parallel();
	test_ip_netns();
	test_inside();
	test_links();
	test_addrs_and_routes();
	test_neighs();
	test_consistency();
	kernel_netns_add(kernel, "red", &err);
	sock = netfilter();
	if (!sock || (nft_read(sock, &table, &answer) < 0 && answer.number == EOPNOTSUPP)) {
		tap_skip(1, "this kernel has no nf_tables");
	} else {
		test_nft(sock);
		test_large_batch(sock);
		test_nft_tool(sock);
	}
	tap_ok(in_host(), "at the end nsh is on host");
	kernel_close(kernel);
	return tap_done();
}
