/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/capture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "base/cleanup.h"

#define ROOM (8 << 20) /* bytes that a socket may hold; an ordinary user's is smaller */
#define TAG 4	       /* bytes of a VLAN's tag, behind the two addresses */

bool capture_is_ethernet(uint16_t hardware)
{
	return hardware == ARPHRD_ETHER || hardware == ARPHRD_LOOPBACK;
}

static int set_up(int fd, int index, const capture_filter *filter)
{
	int on = 1, room = ROOM;
	struct packet_mreq promiscuous = { .mr_ifindex = index, .mr_type = PACKET_MR_PROMISC };
	struct sockaddr_ll where = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = index,
	};
	struct sock_fprog program = {
		.len = (unsigned short)filter->n,
		.filter = filter->v,
	};

	if (filter->n &&
	    setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &on, sizeof(on)) < 0)
		return -1;
	/* It was opened for no protocol: only from here on anything comes. */
	if (bind(fd, (const struct sockaddr *)&where, sizeof(where)) < 0)
		return -1;
	if (index)
		setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promiscuous,
			   sizeof(promiscuous));
	return 0;
}

int capture_open(struct kernel *kernel, const char *ns, int index, const capture_filter *filter,
		 int *fd, struct error *err)
{
	cleanup_close int sock =
		kernel_socket(kernel, ns, AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, 0, err);

	if (sock < 0) {
		error_prefix(err, "cannot look at the packets of %s: ", ns);
		if (err->number == EPERM)
			error_hint(err, "it takes CAP_NET_RAW: root, or a sandbox (nsh -S)");
		if (err->number == EAFNOSUPPORT)
			err->status = STATUS_UNSUPPORTED;
		return -1;
	}
	if (set_up(sock, index, filter) < 0)
		return error_errno(err, STATUS_FAILED, -1, errno,
				   "cannot look at the packets of %s", ns);
	*fd = steal_fd(&sock);
	return 0;
}

/* Puts back a tag that the kernel keeps beside the packet. */
static void restore_tag(struct capture_packet *packet, uint8_t *buffer,
			const struct tpacket_auxdata *aux)
{
	uint16_t tag[2] = { htons(ETH_P_8021Q), htons(aux->tp_vlan_tci) };

	if (!(aux->tp_status & TP_STATUS_VLAN_VALID) || packet->length < 2 * ETH_ALEN ||
	    packet->length + TAG > CAPTURE_BYTES || !capture_is_ethernet(packet->hardware))
		return;
	if (aux->tp_status & TP_STATUS_VLAN_TPID_VALID)
		tag[0] = htons(aux->tp_vlan_tpid);
	memmove(buffer + 2 * ETH_ALEN + TAG, buffer + 2 * ETH_ALEN,
		packet->length - 2 * ETH_ALEN);
	memcpy(buffer + 2 * ETH_ALEN, tag, sizeof(tag));
	packet->length += TAG;
	packet->whole += TAG;
}

int capture_read(int fd, uint8_t *buffer, struct capture_packet *packet)
{
	_Alignas(struct cmsghdr) char control[256];
	struct iovec part = { .iov_base = buffer, .iov_len = CAPTURE_BYTES };
	struct sockaddr_ll from = { 0 };
	struct tpacket_auxdata aux = { 0 };
	struct msghdr message = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t got = recvmsg(fd, &message, MSG_TRUNC | MSG_DONTWAIT);

	if (got < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	*packet = (struct capture_packet){
		.index = from.sll_ifindex,
		.direction = from.sll_pkttype,
		.hardware = from.sll_hatype,
		.protocol = ntohs(from.sll_protocol),
		.bytes = buffer,
		.length = (size_t)got < CAPTURE_BYTES ? (size_t)got : CAPTURE_BYTES,
		.whole = (size_t)got,
	};
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS &&
		    c->cmsg_len >= CMSG_LEN(sizeof(packet->at)))
			memcpy(&packet->at, CMSG_DATA(c), sizeof(packet->at));
		if (c->cmsg_level == SOL_PACKET && c->cmsg_type == PACKET_AUXDATA &&
		    c->cmsg_len >= CMSG_LEN(sizeof(aux)))
			memcpy(&aux, CMSG_DATA(c), sizeof(aux));
	}
	if (!packet->at.tv_sec)
		clock_gettime(CLOCK_REALTIME, &packet->at);
	restore_tag(packet, buffer, &aux);
	return 1;
}

unsigned capture_lost(int fd)
{
	struct tpacket_stats stats = { 0 };
	socklen_t size = sizeof(stats);

	return getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &stats, &size) < 0 ?
		       0 : stats.tp_drops;
}

/* --- several sockets, one order --- */

#define SLACK 1000000 /* ns from a packet's time until it is in its socket, at most */

static bool is_before(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec : a->tv_nsec < b->tv_nsec;
}

static int compare(const void *one, const void *other)
{
	const struct capture_held *a = one, *b = other;

	if (is_before(&a->packet.at, &b->packet.at))
		return -1;
	if (is_before(&b->packet.at, &a->packet.at))
		return 1;
	return a->serial < b->serial ? -1 : 1;
}

static void hold(struct capture_merge *merge, const struct capture_packet *packet, size_t source)
{
	struct capture_held *held = vector_add(&merge->held);
	uint8_t *bytes = xcalloc(packet->length + 1, 1);

	memcpy(bytes, packet->bytes, packet->length);
	held->packet = *packet;
	held->packet.bytes = bytes;
	held->source = source;
	held->serial = merge->serial++;
}

static void let_go(struct capture_held *held)
{
	union {
		const uint8_t *bytes;
		void *owned;
	} mine = { held->packet.bytes };

	free(mine.owned);
}

static void read_all(struct capture_merge *merge, int fd, size_t source,
		     void (*gone)(size_t source, int number, void *data), void *data)
{
	struct capture_packet packet;
	int got;

	while ((got = capture_read(fd, merge->buffer, &packet)) > 0)
		hold(merge, &packet, source);
	if (got < 0 && gone)
		gone(source, errno, data);
}

bool capture_merge_read(struct capture_merge *merge, const int *fds, size_t count, bool final,
			bool (*seen)(const struct capture_packet *packet, size_t source,
				     void *data),
			void (*gone)(size_t source, int number, void *data), void *data)
{
	struct timespec due;
	size_t done = 0;

	if (!merge->buffer)
		merge->buffer = xcalloc(1, CAPTURE_BYTES);
	clock_gettime(CLOCK_REALTIME, &due);
	due.tv_nsec -= SLACK;
	if (due.tv_nsec < 0) {
		due.tv_nsec += 1000000000;
		due.tv_sec--;
	}
	for (size_t i = 0; i < count; i++)
		if (fds[i] >= 0)
			read_all(merge, fds[i], i, gone, data);
	if (merge->held.n == 0)
		return false;
	qsort(merge->held.v, merge->held.n, sizeof(*merge->held.v), compare);
	while (done < merge->held.n &&
	       (final || !is_before(&due, &merge->held.v[done].packet.at))) {
		struct capture_held *held = &merge->held.v[done++];
		bool more = seen(&held->packet, held->source, data);

		let_go(held);
		if (!more)
			break;
	}
	merge->held.n -= done;
	memmove(merge->held.v, merge->held.v + done, merge->held.n * sizeof(*merge->held.v));
	return merge->held.n > 0;
}

void capture_merge_free(struct capture_merge *merge)
{
	for (size_t i = 0; i < merge->held.n; i++)
		let_go(&merge->held.v[i]);
	vector_free(&merge->held);
	free(merge->buffer);
	*merge = (struct capture_merge){ 0 };
}
