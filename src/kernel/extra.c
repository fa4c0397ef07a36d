/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/extra.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "kernel/rtnl-internal.h"

struct gather {
	const link_list *links;
	extra_qdisc_list *qdiscs;
};

/* --- queueing disciplines --- */

static void qdiscs_start(void *data)
{
	struct gather *gather = data;

	gather->qdiscs->n = 0;
}

static int qdiscs_add(const struct nlmsghdr *message, void *data)
{
	struct gather *gather = data;
	const struct tcmsg *header = mnl_nlmsg_get_payload(message);
	struct extra_qdisc qdisc = { 0 };
	struct nlattr *attr;

	if (message->nlmsg_type != RTM_NEWQDISC)
		return MNL_CB_OK;
	if (mnl_nlmsg_get_payload_len(message) < sizeof(*header))
		return malformed();
	if (header->tcm_handle == 0)
		return MNL_CB_OK;
	mnl_attr_for_each(attr, message, sizeof(*header))
	{
		if (mnl_attr_get_type(attr) != TCA_KIND)
			continue;
		if (mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) < 0)
			return malformed();
		str_copy(qdisc.kind, sizeof(qdisc.kind), mnl_attr_get_str(attr));
	}
	name_of(gather->links, header->tcm_ifindex, qdisc.link);
	*vector_add(gather->qdiscs) = qdisc;
	return MNL_CB_OK;
}

int extra_qdiscs(struct nlsock *sock, const link_list *links, extra_qdisc_list *qdiscs,
		 struct nl_error *answer)
{
	struct gather gather = { .links = links, .qdiscs = qdiscs };
	struct request request;

	request_init(&request, RTM_GETQDISC, sizeof(struct tcmsg));
	if (nlsock_dump(sock, &request.header, qdiscs_add, &gather, qdiscs_start,
			answer) == 0)
		return 0;
	qdiscs->n = 0;
	return answer->number == EOPNOTSUPP ? 0 : -1; /* a kernel without any */
}
