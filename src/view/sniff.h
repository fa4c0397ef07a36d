/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_VIEW_SNIFF_H
#define NSH_VIEW_SNIFF_H

#include <net/if.h>

#include "base/error.h"
#include "base/str.h"
#include "view/view.h"

/*
 * Packets as they pass, of several namespaces at once, in the order of time: a line for each, or an
 * object of JSON:
 *
 *	time (seconds since 1970), namespace, interface, direction ("in", "out", "broadcast",
 *	"multicast", "other": for somebody else), length, from, to (addresses or null), text
 */
struct sniff_end {
	char *ns;
	char link[IFNAMSIZ]; /* "": all of its interfaces, also those to come */
};

struct sniff_options {
	VECTOR(struct sniff_end) ends; /* none: every namespace, also those to come */
	const char *filter;	       /* pcap-filter(7); NULL: none */
	int filter_word;
	unsigned long long count;      /* packets after which it ends, 0: any number */
	long long ms;		       /* after which it ends, 0: never */
	const char *file;	       /* pcapng to write, NULL: none */
	int file_word;
	int stop_fd;		       /* readable or closed at the other end: it ends; -1: none */
	int ready_fd;		       /* told a byte when nothing is missed any more; -1: none */
};
#define SNIFF_INIT { .stop_fd = -1, .ready_fd = -1 }
#define cleanup_sniff __attribute__((cleanup(sniff_options_free)))
void sniff_options_free(struct sniff_options *options);

/* Until its count or time is reached, or Ctrl-C. How many there were is a note at the end. */
int sniff_run(const struct view *view, const struct sniff_options *options, struct error *err);

/* "12:00:01.123456", in local time. */
#define CLOCK_TEXT 16
const char *clock_text(const struct timespec *at, char text[CLOCK_TEXT]);
/* "In", "Out", ... as tcpdump(8) has them, and "in", "out", "broadcast", ... for programs. */
const char *direction_text(uint8_t direction);
const char *direction_word(uint8_t direction);

#endif
