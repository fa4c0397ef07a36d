/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/nft-internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libnftnl/rule.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <string.h>

/* What reading and changing nf_tables share. */

void nft_request_init(struct nft_request *request, unsigned type, uint8_t family)
{
	struct nfgenmsg *header;

	memset(request, 0, sizeof(*request));
	mnl_nlmsg_put_header(request->bytes);
	request->header.nlmsg_type = (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | type);
	header = mnl_nlmsg_put_extra_header(&request->header, sizeof(*header));
	header->nfgen_family = family;
	header->version = NFNETLINK_V0;
}

bool nft_is(const struct nlmsghdr *message, unsigned type)
{
	return message->nlmsg_type == (NFNL_SUBSYS_NFTABLES << 8 | type) &&
	       mnl_nlmsg_get_payload_len(message) >= sizeof(struct nfgenmsg);
}

int nft_fail(struct nl_error *answer, int number, const char *text)
{
	memset(answer, 0, sizeof(*answer));
	answer->number = number;
	str_copy(answer->text, sizeof(answer->text), text);
	return -1;
}

void nft_free_nftnl_rule(struct nftnl_rule **rule)
{
	if (*rule)
		nftnl_rule_free(*rule);
}

static int generation_take(const struct nlmsghdr *message, void *data)
{
	struct nlattr *attr;
	uint32_t *generation = data;

	if (!nft_is(message, NFT_MSG_NEWGEN))
		return MNL_CB_OK;
	mnl_attr_for_each(attr, message, sizeof(struct nfgenmsg))
		if (mnl_attr_get_type(attr) == NFTA_GEN_ID &&
		    mnl_attr_get_payload_len(attr) == sizeof(*generation))
			*generation = ntohl(mnl_attr_get_u32(attr));
	return MNL_CB_OK;
}

int nft_read_generation(struct nlsock *sock, uint32_t *generation, struct nl_error *answer)
{
	struct nft_request request;

	*generation = 0;
	nft_request_init(&request, NFT_MSG_GETGEN, NFPROTO_UNSPEC);
	if (nlsock_request(sock, &request.header, generation_take, generation, answer) == 0)
		return 0;
	/* What nfnetlink says of a subsystem that nobody has registered. */
	if (answer->number == EINVAL && !answer->text[0])
		nft_fail(answer, EOPNOTSUPP, "this kernel has no nf_tables");
	return -1;
}
