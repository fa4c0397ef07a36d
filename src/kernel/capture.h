/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_KERNEL_CAPTURE_H
#define NSH_KERNEL_CAPTURE_H

#include <linux/filter.h>
#include <time.h>

#include "kernel/kernel.h"

/*
 * Copies of the packets that pass the interfaces of namespaces: packet(7) sockets, one for all
 * interfaces of a namespace, those to come as well, or one for a single interface.
 */

/* Bytes of a packet that are kept: more than any has, as large ones (GSO) are up to 64 KiB. */
#define CAPTURE_BYTES 262144

struct capture_packet {
	int index;		/* interface number */
	uint8_t direction;	/* PACKET_HOST, _BROADCAST, _MULTICAST, _OTHERHOST, _OUTGOING */
	uint16_t hardware;	/* ARPHRD_ETHER, ... of the interface */
	uint16_t protocol;	/* ETH_P_*, host order */
	struct timespec at;	/* when the kernel saw it, of the clock that tells the day */
	const uint8_t *bytes;	/* from the link's header on; good until the next is read */
	size_t length;		/* bytes that are there ... */
	size_t whole;		/* ... and that there were */
};

/* A program of classic BPF (bpf(4) of the BSDs, socket(7)'s SO_ATTACH_FILTER). */
typedef VECTOR(struct sock_filter) capture_filter;

/*
 * Opens a socket in NS for interface number INDEX, which becomes promiscuous while it is open
 * as tcpdump(8) has it, or (0) for all as they are. Nothing that FILTER (of no instructions:
 * everything passes) rejects is ever in it. Caller closes *FD.
 */
int capture_open(struct kernel *kernel, const char *ns, int index, const capture_filter *filter,
		 int *fd, struct error *err);
/*
 * The next packet, into BUFFER of CAPTURE_BYTES: 1; 0: there is none now; -1: errno, the
 * interface has gone as a rule. A VLAN's tag is where it was on the wire.
 */
int capture_read(int fd, uint8_t *buffer, struct capture_packet *packet);
/* Packets that found no room in the socket since this was last asked. */
unsigned capture_lost(int fd);

/* Whether the packet begins with an Ethernet header; else with that of IP. */
bool capture_is_ethernet(uint16_t hardware);

/*
 * Reads EXPRESSION, in the words of pcap-filter(7), by the machine's libpcap, which is loaded when
 * this is first called: nsh neither needs it to be built nor to run. The program suits interfaces
 * with and without Ethernet headers. STATUS_UNSUPPORTED where there is no libpcap; errors in
 * the expression are STATUS_USAGE and blame WORD.
 */
int capture_compile(const char *expression, int word, capture_filter *filter, struct error *err);

/*
 * Packets of several sockets in the order in which they were seen. What is read is held back
 * until no socket can have an older one.
 */
struct capture_held {
	struct capture_packet packet; /* with bytes of its own */
	size_t source;
	unsigned long serial;
};
struct capture_merge {
	uint8_t *buffer;
	VECTOR(struct capture_held) held;
	unsigned long serial;
};
#define cleanup_merge __attribute__((cleanup(capture_merge_free)))
void capture_merge_free(struct capture_merge *merge);
/*
 * Reads all that is there from the COUNT sockets FDS (-1: closed) and calls SEEN for each packet
 * that is due, in the order of time, those of one socket in the order in which they came. FINAL: for
 * all of them. SEEN returns false to end it. GONE (may be NULL) is called for a socket that
 * failed. Returns whether packets are held back: call it again in a few milliseconds.
 */
bool capture_merge_read(struct capture_merge *merge, const int *fds, size_t count, bool final,
			bool (*seen)(const struct capture_packet *packet, size_t source,
				     void *data),
			void (*gone)(size_t source, int number, void *data), void *data);

#endif
