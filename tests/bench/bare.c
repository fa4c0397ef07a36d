/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The bare system calls: what the kernel itself takes for a lab of COUNT namespaces on a
 * bridge, or on several of 1,000 ports each; each is named, has lo up, a cable, an address and a
 * default route. No names are looked up, no answers kept, nothing is checked that the kernel
 * does not check.
 *
 *	bare build COUNT	makes it, in the namespace that it runs in
 *	bare clear COUNT	deletes it: the links, and in another thread the names
 *	bare links		does nothing: it is linked with what nsh is linked with
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static char buffer[65536];
static size_t used;
static unsigned queued;

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static int open_socket(void)
{
	int sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (sock < 0)
		fail("socket");
	return sock;
}

static void *put(size_t length)
{
	void *at = buffer + used;

	memset(at, 0, NLMSG_ALIGN(length));
	used += NLMSG_ALIGN(length);
	return at;
}

static struct nlmsghdr *message(uint16_t type, uint16_t flags)
{
	struct nlmsghdr *header = put(sizeof(*header));

	header->nlmsg_type = type;
	header->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags);
	header->nlmsg_seq = ++queued;
	return header;
}

static void end(struct nlmsghdr *header)
{
	header->nlmsg_len = (uint32_t)(buffer + used - (char *)header);
}

static struct rtattr *attribute(uint16_t type, const void *data, size_t length)
{
	struct rtattr *attr = put(RTA_LENGTH(length));

	attr->rta_type = type;
	attr->rta_len = (uint16_t)RTA_LENGTH(length);
	if (length)
		memcpy(RTA_DATA(attr), data, length);
	return attr;
}

static void nested_end(struct rtattr *nest)
{
	nest->rta_len = (uint16_t)(buffer + used - (char *)nest);
}

/* Sends what is queued and reads an answer to each. */
static void flush(int sock)
{
	static char answer[65536];
	unsigned left = queued;

	if (send(sock, buffer, used, 0) < 0)
		fail("send");
	while (left > 0) {
		ssize_t got = recv(sock, answer, sizeof(answer), 0);
		size_t length = (size_t)got;

		if (got < 0)
			fail("recv");
		for (struct nlmsghdr *h = (void *)answer; NLMSG_OK(h, length);
		     h = NLMSG_NEXT(h, length)) {
			struct nlmsgerr *error = NLMSG_DATA(h);

			if (h->nlmsg_type != NLMSG_ERROR)
				continue;
			if (error->error) {
				errno = -error->error;
				fail("rtnetlink");
			}
			left--;
		}
	}
	used = queued = 0;
}

static void set_up(int index)
{
	struct nlmsghdr *header = message(RTM_NEWLINK, 0);
	struct ifinfomsg *info = put(sizeof(*info));

	info->ifi_index = index;
	info->ifi_flags = info->ifi_change = IFF_UP;
	end(header);
}

static void add_address(int index, uint32_t address)
{
	struct nlmsghdr *header = message(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
	struct ifaddrmsg *info = put(sizeof(*info));
	uint32_t network = htonl(address), broadcast = htonl(address | 0xffff);

	info->ifa_family = AF_INET;
	info->ifa_prefixlen = 16;
	info->ifa_index = (unsigned)index;
	attribute(IFA_LOCAL, &network, 4);
	attribute(IFA_ADDRESS, &network, 4);
	attribute(IFA_BROADCAST, &broadcast, 4);
	end(header);
}

static void add_default(uint32_t gateway)
{
	struct nlmsghdr *header = message(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);
	struct rtmsg *info = put(sizeof(*info));
	uint32_t network = htonl(gateway);

	info->rtm_family = AF_INET;
	info->rtm_table = RT_TABLE_MAIN;
	info->rtm_protocol = RTPROT_BOOT;
	info->rtm_type = RTN_UNICAST;
	attribute(RTA_GATEWAY, &network, 4);
	end(header);
}

#define BRIDGE_INDEX 1000000
#define PORT_INDEX 1001000
#define PORTS 1000 /* of 1,023 that a bridge can have */
#define GROUP 7u
/* 10.BRIDGE.0.0/16 */
#define NETWORK(bridge) (0x0a000000u + ((uint32_t)(bridge) << 16))
#define GATEWAY(bridge) (NETWORK(bridge) + 0xfffeu)

static const uint32_t group = GROUP;

/* It is down. */
static void add_bridge(int sock, int number)
{
	struct nlmsghdr *header = message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
	struct ifinfomsg *info = put(sizeof(*info));
	struct rtattr *nest;
	char name[32];

	info->ifi_index = BRIDGE_INDEX + number;
	snprintf(name, sizeof(name), "v-net-%d", number);
	attribute(IFLA_IFNAME, name, strlen(name) + 1);
	attribute(IFLA_GROUP, &group, 4);
	nest = attribute(IFLA_LINKINFO, NULL, 0);
	attribute(IFLA_INFO_KIND, "bridge", 6);
	nested_end(nest);
	end(header);
	add_address(BRIDGE_INDEX + number, GATEWAY(number));
	flush(sock);
}

/* Both ends in place, the near one up and a port of the bridge; the far one is number 2. */
static void add_cable(int sock, int number, int netns)
{
	struct nlmsghdr *header = message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
	struct ifinfomsg *info = put(sizeof(*info)), *peer;
	struct rtattr *link_info, *data, *peer_attr;
	uint32_t master = BRIDGE_INDEX + (uint32_t)((number - 1) / PORTS), fd = (uint32_t)netns;
	char name[32]; /* the kernel takes 15 bytes, which the numbers here do not exceed */

	info->ifi_index = PORT_INDEX + number;
	info->ifi_flags = info->ifi_change = IFF_UP;
	snprintf(name, sizeof(name), "veth-r%d-br", number);
	attribute(IFLA_IFNAME, name, strlen(name) + 1);
	attribute(IFLA_MASTER, &master, 4);
	attribute(IFLA_GROUP, &group, 4);
	link_info = attribute(IFLA_LINKINFO, NULL, 0);
	attribute(IFLA_INFO_KIND, "veth", 4);
	data = attribute(IFLA_INFO_DATA, NULL, 0);
	peer_attr = attribute(VETH_INFO_PEER, NULL, 0);
	peer = put(sizeof(*peer));
	peer->ifi_index = 2;
	snprintf(name, sizeof(name), "veth-r%d", number);
	attribute(IFLA_IFNAME, name, strlen(name) + 1);
	attribute(IFLA_NET_NS_FD, &fd, 4);
	nested_end(peer_attr);
	nested_end(data);
	nested_end(link_info);
	end(header);
	flush(sock);
}

static void build(int count)
{
	int host = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC), sock = open_socket();

	mkdir("/run/netns", 0755);
	if (mount("/run/netns", "/run/netns", NULL, MS_BIND, NULL) < 0 ||
	    mount(NULL, "/run/netns", NULL, MS_SHARED, NULL) < 0)
		fail("/run/netns");
	for (int i = 1; i <= count; i++) {
		int netns, inner, bridge = (i - 1) / PORTS, port = (i - 1) % PORTS + 1;
		char path[64];

		if (port == 1)
			add_bridge(sock, bridge);
		if (unshare(CLONE_NEWNET) < 0)
			fail("unshare");
		netns = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
		inner = open_socket();
		if (netns < 0 || setns(host, CLONE_NEWNET) < 0)
			fail("setns");
		snprintf(path, sizeof(path), "/run/netns/r%d", i);
		close(open(path, O_CREAT | O_EXCL | O_CLOEXEC, 0));
		snprintf(path, sizeof(path), "/proc/self/fd/%d", netns);
		{
			char name[64];

			snprintf(name, sizeof(name), "/run/netns/r%d", i);
			if (mount(path, name, NULL, MS_BIND, NULL) < 0)
				fail("mount");
		}
		add_cable(sock, i, netns);
		set_up(1);
		set_up(2);
		add_address(2, NETWORK(bridge) + (uint32_t)port);
		add_default(GATEWAY(bridge));
		flush(inner);
		close(inner);
		close(netns);
	}
	/* Up before, each would copy to all its ports what every new namespace sends of itself. */
	for (int i = 0; i <= (count - 1) / PORTS; i++)
		set_up(BRIDGE_INDEX + i);
	flush(sock);
}

static int names_left;

/* Each unmounting waits for a grace period: two threads wait half as long. */
static void *take_names(void *unused)
{
	int i;

	(void)unused;
	while ((i = __atomic_fetch_sub(&names_left, 1, __ATOMIC_RELAXED)) > 0) {
		char path[64];

		snprintf(path, sizeof(path), "/run/netns/r%d", i);
		if (umount2(path, MNT_DETACH) < 0 || unlink(path) < 0)
			fail(path);
	}
	return NULL;
}

static void clear(int count)
{
	const struct rlimit many = { 20000, 20000 };
	struct nlmsghdr *header;
	int sock = open_socket();
	pthread_t thread;

	/* Held until the end, so that the kernel clears all of them away at one time. */
	setrlimit(RLIMIT_NOFILE, &many);
	for (int i = 1; i <= count; i++) {
		char path[64];

		snprintf(path, sizeof(path), "/run/netns/r%d", i);
		if (open(path, O_PATH | O_CLOEXEC) < 0)
			fail(path);
	}
	names_left = count;
	if (pthread_create(&thread, NULL, take_names, NULL) != 0)
		fail("pthread_create");
	/* The whole group at once: one grace period for all of them. */
	header = message(RTM_DELLINK, 0);
	put(sizeof(struct ifinfomsg));
	attribute(IFLA_GROUP, &group, 4);
	end(header);
	flush(sock);
	take_names(NULL);
	pthread_join(thread, NULL);
}

int main(int argc, char **argv)
{
	int count = argc > 2 ? atoi(argv[2]) : 0;

	if (argc > 2 && strcmp(argv[1], "build") == 0)
		build(count);
	else if (argc > 2 && strcmp(argv[1], "clear") == 0)
		clear(count);
	else if (argc != 2 || strcmp(argv[1], "links") != 0) {
		fprintf(stderr, "usage: bare build|clear COUNT\n");
		return 2;
	}
	return 0;
}
