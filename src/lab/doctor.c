/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lab/doctor.h"

#include <netinet/in.h> /* before linux/if_tun.h */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/descriptors.h"
#include "base/interrupt.h"
#include "kernel/kernel.h"
#include "kernel/limits.h"
#include "kernel/nft.h"
#include "kernel/rtnl.h"
#include "lab/sandbox.h"

/* With fewer descriptors only some of a lab's namespaces stay open. */
#define FILES_FEW 1024

/*
 * What the child found out. It lies in memory that the child shares, so that there is
 * nothing to send, and whatever it had when it ended is there.
 */
struct outcome {
	bool tried;
	int number; /* errno, 0: works */
	char text[512];
};

/* Kinds of links, each with the module that makes it. */
static const struct kind {
	const char *name, *module, *config;
	bool needed;
} kinds[] = {
	{ "veth", "veth", "VETH", true },
	{ "bridge", "bridge", "BRIDGE", true },
	{ "dummy", "dummy", "DUMMY", false },
	{ "macvlan", "macvlan", "MACVLAN", false },
	{ "ipvlan", "ipvlan", "IPVLAN", false },
	{ "vlan", "8021q", "VLAN_8021Q", false },
	{ "vxlan", "vxlan", "VXLAN", false },
	{ "wireguard", "wireguard", "WIREGUARD", false },
	{ "vrf", "vrf", "NET_VRF", false },
	{ "bond", "bonding", "BONDING", false },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

struct trial {
	bool inside; /* there was a network namespace to try things in */
	struct outcome sandbox; /* text: the error and its hint, with a newline between */
	struct outcome kinds[KINDS];
	struct outcome tun, vlan_filtering, nft, nat, ipv6;
};

/* --- in the child --- */

static void settle(struct outcome *outcome, int number, const char *text)
{
	outcome->tried = true;
	outcome->number = number;
	str_copy(outcome->text, sizeof(outcome->text), text);
}

static void settle_answer(struct outcome *outcome, const struct nl_error *answer)
{
	settle(outcome, answer->number, answer->number ? nl_error_text(answer) : "");
}

static void try_kind(struct nlsock *rtnl, const struct kind *kind,
		     struct outcome *outcome)
{
	const struct link_spec peer = { .name = "nsh-try-peer" };
	const struct link_spec spec = {
		.kind = kind->name,
		.name = kind->needed ? kind->name : "nsh-try",
		.peer = strcmp(kind->name, "veth") ? NULL : &peer,
	};
	struct nl_error answer = { 0 };
	struct link link = { 0 };

	rtnl_link_add(rtnl, &spec, &answer);
	/* macvlan, vlan and others want to be told more, and say so: the kernel has
	 * them. */
	if (answer.number != 0 && answer.number != EOPNOTSUPP && !kind->needed)
		answer.number = 0;
	settle_answer(outcome, &answer);
	/* The bridge stays for its VLANs. */
	if (!kind->needed && rtnl_link(rtnl, spec.name, &link, &answer) == 0)
		rtnl_link_del(rtnl, link.index, &answer);
	link_clear(&link);
}

static void try_tun(struct outcome *outcome)
{
	cleanup_close int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	struct ifreq request = { .ifr_name = "nsh-tun",
				 .ifr_flags = IFF_TUN | IFF_NO_PI };

	if (fd < 0)
		settle(outcome, errno, "cannot open /dev/net/tun");
	else if (ioctl(fd, TUNSETIFF, &request) < 0)
		settle(outcome, errno, "/dev/net/tun makes no link");
	else
		settle(outcome, 0, "");
}

static const struct nlattr *find_nested(const struct nlattr *nest, uint16_t type)
{
	struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest) {
		if (mnl_attr_get_type(attr) == type)
			return attr;
	}
	return NULL;
}

/* linux/if_link.h: IFLA_LINKINFO holds INFO_DATA, which holds IFLA_BR_VLAN_FILTERING. */
static int on_bridge(const struct nlmsghdr *message, void *data)
{
	const struct nlattr *info = NULL;
	struct nlattr *attr;
	bool *has = data;

	mnl_attr_for_each(attr, message, sizeof(struct ifinfomsg)) {
		if (mnl_attr_get_type(attr) == IFLA_LINKINFO)
			info = find_nested(attr, IFLA_INFO_DATA);
	}
	if (info && find_nested(info, IFLA_BR_VLAN_FILTERING))
		*has = true;
	return MNL_CB_OK;
}

/* A bridge without VLANs takes the option and ignores it, but does not list it. */
static void try_vlan_filtering(struct nlsock *rtnl, struct outcome *outcome)
{
	char bytes[256];
	struct nlmsghdr *request = mnl_nlmsg_put_header(bytes);
	struct ifinfomsg *header;
	struct nl_error answer = { 0 };
	bool has = false;

	request->nlmsg_type = RTM_GETLINK;
	header = mnl_nlmsg_put_extra_header(request, sizeof(*header));
	header->ifi_family = AF_UNSPEC;
	mnl_attr_put_strz(request, IFLA_IFNAME, "bridge");
	if (nlsock_request(rtnl, request, on_bridge, &has, &answer) < 0)
		settle_answer(outcome, &answer);
	else
		settle(outcome, has ? 0 : EOPNOTSUPP, "the kernel's bridge has no VLANs");
}

static void try_nat(struct nlsock *netfilter, struct outcome *outcome)
{
	struct nft_rule masquerade = {
		.chain = NFT_CHAIN_POSTROUTING,
		.out = { .name = "lo", .not = true },
		.verdict = NFT_VERDICT_MASQUERADE,
	};
	struct nft_rule publish = {
		.chain = NFT_CHAIN_PREROUTING,
		.proto = IPPROTO_TCP,
		.dport = { .first = 80 },
		.verdict = NFT_VERDICT_DNAT,
		.nat_ip = { .family = AF_INET, .bytes = { 192, 0, 2, 1 } }, /* RFC 5737 */
		.nat_port = 8080,
	};
	struct nft_rule *rules[] = { &masquerade, &publish };
	const struct nft_change change = { .add = rules, .adds = 2, .check_only = true };
	struct nl_error answer = { 0 };

	nft_change(netfilter, &change, &answer);
	settle_answer(outcome, &answer);
}

static void try_nft(struct trial *trial)
{
	struct error err cleanup_error = ERROR_INIT;
	struct nlsock *netfilter = nlsock_open(NETLINK_NETFILTER, &err);
	struct nft_table table = { 0 };
	struct nl_error answer = { 0 };

	if (!netfilter) {
		settle(&trial->nft, err.number ? err.number : EPROTONOSUPPORT,
		       err.message);
		return;
	}
	nft_read(netfilter, &table, &answer);
	nft_table_free(&table);
	settle_answer(&trial->nft, &answer);
	if (!trial->nft.number)
		try_nat(netfilter, &trial->nat);
	nlsock_close(netfilter);
}

static void try_ipv6(struct outcome *outcome)
{
	cleanup_close int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	settle(outcome, fd < 0 ? errno : 0, fd < 0 ? "this kernel has no IPv6" : "");
}

static void try_all(struct trial *trial)
{
	struct error err cleanup_error = ERROR_INIT;
	struct nlsock *rtnl = nlsock_open(NETLINK_ROUTE, &err);

	if (rtnl) {
		for (size_t i = 0; i < KINDS; i++)
			try_kind(rtnl, &kinds[i], &trial->kinds[i]);
		try_vlan_filtering(rtnl, &trial->vlan_filtering);
		nlsock_close(rtnl);
	}
	try_tun(&trial->tun);
	try_nft(trial);
	try_ipv6(&trial->ipv6);
}

/* In a sandbox, or where there is none and root is trying, in a network namespace
 * alone. */
static void child_run(struct trial *trial)
{
	struct error err cleanup_error = ERROR_INIT;
	cleanup_free char *text = NULL;
	int null;

	interrupt_child();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* The sandbox is not to take the terminal, for which it looks at standard
	 * input. */
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0)
		close(STDIN_FILENO);
	if (sandbox_enter(&err) == 0) {
		settle(&trial->sandbox, 0, "");
		trial->inside = true;
	} else {
		text = xasprintf("%s\n%s", err.message, err.hint ? err.hint : "");
		settle(&trial->sandbox, err.number ? err.number : EPERM, text);
		trial->inside = unshare(CLONE_NEWNET) == 0;
	}
	if (trial->inside)
		try_all(trial);
}

/* --- in nsh itself --- */

static struct doctor_check *add(doctor_list *checks, enum doctor_verdict verdict,
				const char *name, char *found)
{
	struct doctor_check *check = vector_add(checks);

	*check =
		(struct doctor_check){ .verdict = verdict, .name = name, .found = found };
	return check;
}

static void check_kernel(doctor_list *checks)
{
	struct utsname name;
	unsigned major = 0, minor = 0;
	struct doctor_check *check;
	bool old;

	if (uname(&name) < 0 || sscanf(name.release, "%u.%u", &major, &minor) != 2)
		str_copy(name.release, sizeof(name.release), "unknown");
	old = major < 5 || (major == 5 && minor < 2);
	check = add(checks, old ? DOCTOR_LACKS : DOCTOR_OK, "kernel",
		    xstrdup(name.release));
	if (old)
		check->remedy = xstrdup("5.2 or later has NAT for nsh's table (inet)");
}

/* "allowed", and how many where LIMIT says so: INT_MAX is no limit. */
static char *allowed(long long limit, const char *name)
{
	if (limit < 0 || limit >= INT_MAX)
		return xstrdup("allowed");
	return xasprintf("allowed, up to %lld (%s)", limit, name);
}

static void check_user_namespaces(doctor_list *checks, const struct outcome *sandbox)
{
	long long limit = kernel_limit("user/max_user_namespaces");
	const char *hint = strchr(sandbox->text, '\n');
	struct doctor_check *check;

	if (sandbox->tried && sandbox->number == 0) {
		add(checks, DOCTOR_OK, "user namespaces",
		    allowed(limit, "user.max_user_namespaces"));
		return;
	}
	/* Root can do without: it has the machine itself. */
	check = add(checks, machine_allowed() ? DOCTOR_LACKS : DOCTOR_BROKEN,
		    "user namespaces", NULL);
	if (!sandbox->tried) {
		check->found = xstrdup("not tried: the trial ended too soon");
		return;
	}
	check->found = xstrndup(sandbox->text, strcspn(sandbox->text, "\n"));
	if (hint && hint[1])
		check->remedy = xstrdup(hint + 1);
}

static void check_net_namespaces(doctor_list *checks, const struct trial *trial)
{
	long long limit = kernel_limit("user/max_net_namespaces");
	struct doctor_check *check;

	if (trial->inside) {
		add(checks, DOCTOR_OK, "network namespaces",
		    allowed(limit, "user.max_net_namespaces"));
		return;
	}
	check = add(checks, DOCTOR_BROKEN, "network namespaces", NULL);
	if (access("/proc/self/ns/net", F_OK) < 0) {
		check->found = xstrdup("this kernel has none");
		check->remedy = xstrdup("a kernel with CONFIG_NET_NS");
	} else if (limit == 0) {
		check->found = xstrdup("switched off: user.max_net_namespaces is 0");
		check->remedy =
			xstrdup("as root: sysctl -w user.max_net_namespaces=10000");
	} else {
		check->found = xstrdup("cannot be made, see user namespaces");
	}
}

/*
 * A part of the kernel that was tried. MODULE and CONFIG, where it comes from; WITHOUT,
 * what there is not without it, or NULL.
 */
static void check_part(doctor_list *checks, const char *name,
		       const struct outcome *outcome, bool needed, const char *module,
		       const char *config, const char *without)
{
	struct doctor_check *check;

	if (outcome->tried && outcome->number == 0) {
		add(checks, DOCTOR_OK, name, xstrdup("works"));
		return;
	}
	check = add(checks, needed ? DOCTOR_BROKEN : DOCTOR_LACKS, name, NULL);
	if (!outcome->tried) {
		check->found = xstrdup("not tried");
		return;
	}
	check->found = xasprintf("%s%s%s", outcome->text, without ? ": no " : "",
				 without ? without : "");
	check->remedy =
		module ? xasprintf("as root: modprobe %s (CONFIG_%s)", module, config)
		       : xasprintf("a kernel with CONFIG_%s", config);
}

static void check_tun(doctor_list *checks, const struct outcome *tun)
{
	struct doctor_check *check;

	if (!tun->tried || tun->number == 0) {
		check_part(checks, "tun", tun, false, "tun", "TUN", NULL);
		return;
	}
	check = add(checks, DOCTOR_LACKS, "tun",
		    xasprintf("%s: %s", tun->text, strerror(tun->number)));
	if (tun->number == EACCES || tun->number == EPERM)
		check->remedy = xstrdup("as root: chmod 0666 /dev/net/tun");
	else
		check->remedy = xstrdup("as root: modprobe tun (CONFIG_TUN)");
}

/* Of the network namespace that nsh is in. */
static void check_br_netfilter(doctor_list *checks)
{
	long long on = kernel_limit("net/bridge/bridge-nf-call-iptables");
	struct doctor_check *check;

	if (on != 1) {
		add(checks, DOCTOR_OK, "br_netfilter",
		    xstrdup(on < 0 ? "not loaded: bridges pass frames on unfiltered"
				   : "off: bridges pass frames on unfiltered"));
		return;
	}
	check = add(checks, DOCTOR_NOTE, "br_netfilter",
		    xstrdup("on: iptables may drop what a bridge passes on, by its FORWARD policy"));
	check->remedy = xstrdup("sysctl -w net.bridge.bridge-nf-call-iptables=0, or "
				"iptables -P FORWARD ACCEPT");
}

/* The nearest directory of NETNS_DIR that is there must take a new name. */
static void check_netns_dir(doctor_list *checks)
{
	struct stat st;
	const char *directory = stat(NETNS_DIR, &st) == 0 ? NETNS_DIR : "/run";
	struct doctor_check *check;

	if (!machine_allowed()) {
		add(checks, DOCTOR_OK, NETNS_DIR,
		    xstrdup("a private one in the sandbox"));
		return;
	}
	if (directory[4] && !S_ISDIR(st.st_mode)) {
		check = add(checks, DOCTOR_BROKEN, NETNS_DIR, xstrdup("is no directory"));
		check->remedy = xstrdup("as root: rm " NETNS_DIR);
	} else if (faccessat(AT_FDCWD, directory, W_OK | X_OK, AT_EACCESS) < 0) {
		check = add(
			checks, DOCTOR_BROKEN, NETNS_DIR,
			xasprintf("cannot write to %s: %s", directory, strerror(errno)));
		check->remedy = xstrdup("nsh --sandbox has a private one");
	} else {
		add(checks, DOCTOR_OK, NETNS_DIR,
		    xstrdup(directory[4] ? "usable" : "made with the first namespace"));
	}
}

static void check_ipv6(doctor_list *checks, const struct outcome *ipv6)
{
	struct doctor_check *check;

	if (ipv6->tried && ipv6->number) {
		check = add(checks, DOCTOR_LACKS, "IPv6", xstrdup(ipv6->text));
		check->remedy = xstrdup("boot without ipv6.disable=1 (CONFIG_IPV6)");
	} else if (kernel_limit("net/ipv6/conf/all/disable_ipv6") == 1) {
		check = add(
			checks, DOCTOR_LACKS, "IPv6",
			xstrdup("switched off on host: net.ipv6.conf.all.disable_ipv6"));
		check->remedy =
			xstrdup("as root: sysctl -w net.ipv6.conf.all.disable_ipv6=0");
	} else {
		check_part(checks, "IPv6", ipv6, false, NULL, "IPV6", NULL);
	}
}

/* How many nsh may open itself does not matter: it keeps open what there is room for. */
static void check_files(doctor_list *checks)
{
	long long open = kernel_files_open(), most = kernel_limit("fs/file-max");
	size_t limit = descriptors_hard_limit();
	struct doctor_check *check;

	if (limit < FILES_FEW) {
		check = add(checks, DOCTOR_LACKS, "open files",
			    xasprintf("at most %zu: nsh opens namespaces again and again", limit));
		check->remedy = xstrdup("ulimit -Hn 65536 before starting nsh, as root");
	} else if (limit == SIZE_MAX) {
		add(checks, DOCTOR_OK, "open files", xstrdup("no limit"));
	} else {
		add(checks, DOCTOR_OK, "open files",
		    xasprintf("up to %zu, for any number of namespaces", limit));
	}
	if (open < 0 || most <= 0)
		return;
	check = add(checks, open > most - most / 10 ? DOCTOR_LACKS : DOCTOR_OK,
		    "files of the machine", xasprintf("%lld of %lld (fs.file-max)", open, most));
	if (check->verdict != DOCTOR_OK)
		check->remedy = xasprintf("as root: sysctl -w fs.file-max=%lld", 2 * most);
}

/* What a large lab meets. */
static void check_limits(doctor_list *checks)
{
	long long mounts = kernel_limit("fs/mount-max");
	long long neighbours = kernel_limit("net/ipv4/neigh/default/gc_thresh3");

	add(checks, DOCTOR_OK, "ports of a bridge",
	    xasprintf("at most %d, in any kernel", BRIDGE_PORTS_MAX));
	if (mounts >= 0)
		add(checks, DOCTOR_OK, "mounts",
		    xasprintf("%zu of %lld (fs.mount-max); each name of a namespace is one",
			      kernel_mounts((size_t)mounts), mounts));
	/* Not to be seen in a sandbox. */
	if (neighbours < 0)
		return;
	add(checks, DOCTOR_OK, "neighbours",
	    xasprintf("%lld in all (net.ipv4.neigh.default.gc_thresh3)%s", neighbours,
		      neighbours < 8192 ? ": few for hundreds of rooms" : ""));
}

/* Lets a child try things; what it did not come to stays untried. */
static void run_trial(struct trial *trial)
{
	pid_t child = fork();

	if (child == 0) {
		child_run(trial);
		_exit(STATUS_OK);
	}
	while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
}

void doctor_run(doctor_list *checks)
{
	const struct trial untried = { 0 };
	struct trial *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	const struct trial *trial = shared == MAP_FAILED ? &untried : shared;

	doctor_free(checks);
	if (shared != MAP_FAILED)
		run_trial(shared);
	check_kernel(checks);
	check_user_namespaces(checks, &trial->sandbox);
	check_net_namespaces(checks, trial);
	for (size_t i = 0; i < KINDS; i++)
		check_part(checks, kinds[i].name, &trial->kinds[i], kinds[i].needed,
			   kinds[i].module, kinds[i].config, NULL);
	check_tun(checks, &trial->tun);
	check_part(checks, "bridge VLAN filtering", &trial->vlan_filtering, false, NULL,
		   "BRIDGE_VLAN_FILTERING", NULL);
	check_part(checks, "nf_tables", &trial->nft, false, "nf_tables", "NF_TABLES",
		   "nat and publish");
	check_part(checks, "nf_tables NAT", &trial->nat, false, "nft_chain_nat nft_masq",
		   "NFT_NAT and CONFIG_NFT_MASQ", "nat and publish");
	check_br_netfilter(checks);
	check_netns_dir(checks);
	check_ipv6(checks, &trial->ipv6);
	check_files(checks);
	check_limits(checks);
	if (shared != MAP_FAILED)
		munmap(shared, sizeof(*shared));
}

void doctor_free(doctor_list *checks)
{
	for (size_t i = 0; i < checks->n; i++) {
		free(checks->v[i].found);
		free(checks->v[i].remedy);
	}
	vector_free(checks);
}
