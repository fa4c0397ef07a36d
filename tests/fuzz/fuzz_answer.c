/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a kernel answers to a request, a dump and a batch: acknowledgements with their
 * extended texts, ends of dumps, messages in between. The socket is a pair whose other
 * end plays the kernel, so nothing is sent to any network.
 *
 * An input is a byte that says which of the three is asked, then datagrams, each behind
 * its length of two bytes.
 */
#include "fuzz/fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "kernel/netlink.h"

enum { REQUEST, DUMP, BATCH, WAYS };

#define DATAGRAMS 8 /* more might not fit the queue of the pair */
#define BATCHED	  3
#define PAST_MAX  4096

/* --- what to start from --- */

struct answer {
	union {
		struct nlmsghdr header;
		char bytes[512];
	};
};

static void begin(struct answer *a, uint16_t type, uint16_t flags, uint32_t seq)
{
	memset(a, 0, sizeof(*a));
	mnl_nlmsg_put_header(a->bytes)->nlmsg_type = type;
	a->header.nlmsg_flags = flags;
	a->header.nlmsg_seq = seq;
}

/* An NLMSG_ERROR; with TEXT, what the extended ACK says. */
static void put_ack(struct answer *a, uint32_t seq, int number, uint16_t flags,
		    const char *text)
{
	struct nlmsgerr *ack;

	begin(a, NLMSG_ERROR, flags, seq);
	ack = mnl_nlmsg_put_extra_header(&a->header, sizeof(*ack));
	ack->error = -number;
	ack->msg.nlmsg_len = sizeof(ack->msg) + 8;
	ack->msg.nlmsg_seq = seq;
	/* The request comes back whole where that is not said to be left out. */
	if (!(flags & NLM_F_CAPPED))
		mnl_nlmsg_put_extra_header(&a->header, 8);
	if (!text)
		return;
	mnl_attr_put_strz(&a->header, NLMSGERR_ATTR_MSG, text);
	mnl_attr_put_u32(&a->header, NLMSGERR_ATTR_OFFS, 20);
}

static void put_done(struct answer *a, uint32_t seq, int number, uint16_t flags)
{
	begin(a, NLMSG_DONE, (uint16_t)(NLM_F_MULTI | flags), seq);
	*(int *)mnl_nlmsg_put_extra_header(&a->header, sizeof(int)) = -number;
	if (flags & NLM_F_ACK_TLVS)
		mnl_attr_put_strz(&a->header, NLMSGERR_ATTR_MSG, "the dump went wrong");
}

static void put_message(struct answer *a, uint32_t seq, uint16_t flags)
{
	begin(a, RTM_NEWLINK, flags, seq);
	mnl_nlmsg_put_extra_header(&a->header, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(&a->header, IFLA_IFNAME, "veth-red");
}

/* An input of one datagram for each answer. */
static void add_answers(void (*add)(const void *bytes, size_t length), uint8_t way,
			const struct answer *answers, size_t count)
{
	struct buf bytes cleanup_buf = { 0 };

	buf_addc(&bytes, (char)way);
	for (size_t i = 0; i < count; i++) {
		uint32_t length = answers[i].header.nlmsg_len;

		buf_addc(&bytes, (char)(length >> 8));
		buf_addc(&bytes, (char)length);
		buf_addn(&bytes, answers[i].bytes, length);
	}
	add(bytes.s, bytes.length);
}

void fuzz_seeds(void (*add)(const void *bytes, size_t length))
{
	struct answer a[4];

	put_ack(&a[0], 1, 0, NLM_F_CAPPED, NULL);
	add_answers(add, REQUEST, a, 1);
	put_ack(&a[0], 1, ENODEV, NLM_F_CAPPED | NLM_F_ACK_TLVS, "Device does not exist");
	add_answers(add, REQUEST, a, 1);
	put_ack(&a[0], 1, EINVAL, NLM_F_ACK_TLVS,
		"Invalid prefix for given prefix length");
	add_answers(add, REQUEST, a, 1);
	put_message(&a[0], 1, 0);
	put_message(&a[1], 9, 0);
	put_ack(&a[2], 1, 0, NLM_F_CAPPED | NLM_F_ACK_TLVS, "a warning");
	add_answers(add, REQUEST, a, 3);
	put_message(&a[0], 1, NLM_F_MULTI);
	put_message(&a[1], 1, NLM_F_MULTI);
	put_done(&a[2], 1, 0, 0);
	add_answers(add, DUMP, a, 3);
	put_done(&a[2], 1, EBUSY, NLM_F_ACK_TLVS);
	add_answers(add, DUMP, a, 3);
	/* Interrupted, then whole. */
	put_done(&a[0], 1, 0, NLM_F_DUMP_INTR);
	put_message(&a[1], 2, NLM_F_MULTI);
	put_done(&a[2], 2, 0, 0);
	add_answers(add, DUMP, a, 3);
	put_ack(&a[0], 1, EOPNOTSUPP, NLM_F_CAPPED, NULL);
	add_answers(add, DUMP, a, 1);
	put_ack(&a[0], 1, 0, NLM_F_CAPPED, NULL);
	put_ack(&a[1], 2, 0, NLM_F_CAPPED, NULL);
	put_message(&a[2], 2, 0);
	put_ack(&a[3], 3, 0, NLM_F_CAPPED, NULL);
	add_answers(add, BATCH, a, 4);
	put_ack(&a[1], 2, ENOENT, NLM_F_CAPPED | NLM_F_ACK_TLVS, "No such rule");
	add_answers(add, BATCH, a, 4);
}

/* --- asking --- */

/* What a call-back saw: the messages that it was given, all their bytes. */
struct seen {
	struct buf bytes;
	unsigned starts;
};

static int on_message(const struct nlmsghdr *message, void *data)
{
	struct seen *seen = data;

	CHECK(message->nlmsg_len >= sizeof(*message) && message->nlmsg_len <= PAST_MAX);
	CHECK(message->nlmsg_type >= NLMSG_MIN_TYPE);
	buf_addn(&seen->bytes, (const char *)message, message->nlmsg_len);
	return MNL_CB_OK;
}

static void on_start(void *data)
{
	struct seen *seen = data;

	buf_clear(&seen->bytes);
	seen->starts++;
}

/*
 * A socket whose kernel is the other end of a pair, *KERNEL. It never waits: where a
 * kernel would still have something to say, this one has nothing more.
 */
static struct nlsock *open_pair(int *kernel)
{
	struct error err cleanup_error = ERROR_INIT;
	struct nlsock *sock = nlsock_open(NETLINK_ROUTE, &err);
	int ends[2];

	CHECK(sock);
	/*
	 * Of this kind of pair the address that is sent to is ignored, and datagrams stay
	 * whole.
	 */
	CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
			 ends) == 0);
	CHECK(dup3(ends[0], nlsock_fd(sock), O_CLOEXEC) >= 0);
	close(ends[0]);
	*kernel = ends[1];
	return sock;
}

struct outcome {
	int result;
	struct nl_error answer;
	uint32_t failed;
	struct seen seen;
};

static void ask_batch(struct nlsock *sock, struct outcome *o)
{
	struct {
		struct nlmsghdr header[BATCHED];
	} batch = { 0 };
	uint32_t first = 0;

	for (int i = 0; i < BATCHED; i++) {
		batch.header[i].nlmsg_len = sizeof(batch.header[i]);
		batch.header[i].nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
		batch.header[i].nlmsg_seq = nlsock_next_seq(sock);
		if (i == 0)
			first = batch.header[i].nlmsg_seq;
	}
	o->result = nlsock_batch(sock, &batch, sizeof(batch), first, BATCHED, on_message,
				 &o->seen, &o->answer, &o->failed);
	if (o->failed)
		CHECK(o->result < 0 && o->failed - first < BATCHED);
}

/*
 * Asks once. What is in the buffer from an earlier datagram are bytes of the value PAST.
 */
static void ask(const uint8_t *data, size_t size, int past, struct outcome *o)
{
	struct nlmsghdr request = { .nlmsg_len = sizeof(request) };
	struct fuzz_input in = { data, size };
	unsigned way = (unsigned)fuzz_take(&in, 1) % WAYS;
	cleanup_close int kernel = -1;
	struct nlsock *sock = open_pair(&kernel);
	char before[PAST_MAX];

	*o = (struct outcome){ 0 };
	memset(&o->answer, past, sizeof(o->answer));
	memset(before, past, sizeof(before));
	CHECK(send(kernel, before, sizeof(before), 0) == (ssize_t)sizeof(before));
	for (int i = 0; i < DATAGRAMS - 1 && in.left; i++) {
		size_t length = fuzz_take(&in, 2);

		if (length > in.left)
			length = in.left;
		if (length > PAST_MAX)
			length = PAST_MAX;
		if (length == 0)
			continue; /* the kernel sends no empty ones */
		CHECK(send(kernel, in.at, length, 0) == (ssize_t)length);
		in.at += length;
		in.left -= length;
	}
	switch (way) {
	case REQUEST:
		o->result =
			nlsock_request(sock, &request, on_message, &o->seen, &o->answer);
		break;
	case DUMP:
		o->result = nlsock_dump(sock, &request, on_message, &o->seen, on_start,
					&o->answer);
		CHECK(o->seen.starts > 0);
		break;
	case BATCH:
		ask_batch(sock, o);
		break;
	}
	nlsock_close(sock);
}

static void check_outcome(const struct outcome *o)
{
	struct error err cleanup_error = ERROR_INIT;
	const struct nl_error *answer = &o->answer;

	CHECK(o->result == 0 || o->result == -1);
	CHECK((o->result == 0) == (answer->number == 0));
	CHECK(answer->number >= 0);
	CHECK(strnlen(answer->text, sizeof(answer->text)) < sizeof(answer->text));
	if (o->result == 0)
		return;
	CHECK(nl_error_text(answer)[0]);
	CHECK(nl_error_set(&err, answer, "red") == -1);
	CHECK(err.number == answer->number && str_starts(err.message, "red: "));
	CHECK(err.status == STATUS_FAILED || err.status == STATUS_UNSUPPORTED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct outcome one, two;

	ask(data, size, 0x00, &one);
	check_outcome(&one);
	/*
	 * Nothing beyond the end of a datagram is read: what stood there makes no
	 * difference.
	 */
	ask(data, size, 0xff, &two);
	CHECK(one.result == two.result && one.failed == two.failed);
	CHECK(one.answer.number == two.answer.number &&
	      one.answer.offset == two.answer.offset);
	CHECK(strcmp(one.answer.text, two.answer.text) == 0);
	CHECK(one.seen.starts == two.seen.starts);
	CHECK(one.seen.bytes.length == two.seen.bytes.length);
	CHECK(one.seen.bytes.length == 0 ||
	      memcmp(one.seen.bytes.s, two.seen.bytes.s, one.seen.bytes.length) == 0);
	buf_free(&one.seen.bytes);
	buf_free(&two.seen.bytes);
	return 0;
}
