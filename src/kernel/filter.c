/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/capture.h"

#include <dlfcn.h>
#include <linux/if_arp.h>
#include <string.h>

#include "base/cleanup.h"

/*
 * Filters in the words of pcap-filter(7). libpcap is loaded when the first is typed: nsh starts
 * without it, is built without its headers, and does all but this where it is not installed.
 */

/* What is used of <pcap/pcap.h>; its interface has been the same since 1994. */
struct pcap;
struct program {
	unsigned count;
	struct sock_filter *instructions; /* struct bpf_insn: the same layout */
};
#define DLT_EN10MB 1
#define DLT_RAW 12

struct pcap_calls {
	struct pcap *(*open_dead)(int link_type, int bytes);
	int (*compile)(struct pcap *pcap, struct program *program, const char *expression,
		       int optimize, unsigned netmask);
	char *(*geterr)(struct pcap *pcap);
	void (*freecode)(struct program *program);
	void (*close)(struct pcap *pcap);
};

/* ISO C has no cast from an object's address to a function's. */
static bool find(void *library, const char *name, void *call)
{
	void *symbol = dlsym(library, name);

	memcpy(call, &symbol, sizeof(symbol));
	return symbol != NULL;
}

static int load(struct pcap_calls *calls, struct error *err)
{
	/* Debian's name, and that of all others. */
	static const char *const names[] = { "libpcap.so.0.8", "libpcap.so.1" };
	void *library = NULL;

	for (size_t i = 0; !library && i < sizeof(names) / sizeof(names[0]); i++)
		library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
	if (library && find(library, "pcap_open_dead", &calls->open_dead) &&
	    find(library, "pcap_compile", &calls->compile) &&
	    find(library, "pcap_geterr", &calls->geterr) &&
	    find(library, "pcap_freecode", &calls->freecode) &&
	    find(library, "pcap_close", &calls->close))
		return 0;
	error_set(err, STATUS_UNSUPPORTED, -1, "filters need libpcap, which is not installed");
	return error_hint(err, "Debian, Ubuntu: libpcap0.8; Fedora, Arch: libpcap");
}

/* The program for interfaces of one type of header. */
static int compile(const struct pcap_calls *calls, int link_type, const char *expression,
		   int word, capture_filter *filter, struct error *err)
{
	struct pcap *pcap = calls->open_dead(link_type, CAPTURE_BYTES);
	struct program program = { 0 };
	int result;

	if (!pcap)
		return error_set(err, STATUS_FAILED, -1, "libpcap refuses to work");
	result = calls->compile(pcap, &program, expression, 1, UINT32_MAX);
	if (result == 0) {
		for (unsigned i = 0; i < program.count; i++)
			*vector_add(filter) = program.instructions[i];
		calls->freecode(&program);
	} else {
		cleanup_free char *why = str_visible(calls->geterr(pcap));

		error_set(err, STATUS_USAGE, word, "not a filter: %s", why);
		error_hint(err, "pcap-filter(7) tells how they are written: \"icmp or arp\", "
				"\"tcp port 80\", \"host 192.168.15.2\"");
	}
	calls->close(pcap);
	return result == 0 ? 0 : -1;
}

static void add(capture_filter *filter, const capture_filter *part)
{
	for (size_t i = 0; i < part->n; i++)
		*vector_add(filter) = part->v[i];
}

/* One for both: jumps are relative, so that two programs may stand behind one another. */
static void join(capture_filter *filter, const capture_filter *ethernet,
		 const capture_filter *plain)
{
	const struct sock_filter choose[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_HATYPE)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARPHRD_ETHER, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARPHRD_LOOPBACK, 1, 0),
		BPF_STMT(BPF_JMP | BPF_JA, (uint32_t)ethernet->n),
	};

	for (size_t i = 0; i < sizeof(choose) / sizeof(choose[0]); i++)
		*vector_add(filter) = choose[i];
	add(filter, ethernet);
	add(filter, plain);
}

int capture_compile(const char *expression, int word, capture_filter *filter, struct error *err)
{
	const struct sock_filter none = BPF_STMT(BPF_RET | BPF_K, 0);
	capture_filter ethernet = { 0 }, plain = { 0 };
	struct error not_plain cleanup_error = ERROR_INIT;
	struct pcap_calls calls;
	int result;

	if (load(&calls, err) < 0)
		return -1;
	result = compile(&calls, DLT_EN10MB, expression, word, &ethernet, err);
	/* What asks for Ethernet addresses finds none there. */
	if (result == 0 && compile(&calls, DLT_RAW, expression, word, &plain, &not_plain) < 0)
		*vector_add(&plain) = none;
	filter->n = 0;
	if (result == 0)
		join(filter, &ethernet, &plain);
	if (filter->n > BPF_MAXINSNS)
		result = error_set(err, STATUS_USAGE, word,
				   "not a filter: it is too long for the kernel");
	vector_free(&ethernet);
	vector_free(&plain);
	return result;
}
