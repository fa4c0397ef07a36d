# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a lab as ip(8), nft(8) and /proc tell it, made comparable.

Everything is named, nothing numbered: a link by namespace and name, never by its interface
number. Left out is what the kernel does by itself and in its own time: link-local addresses
and what comes of them, carrier, timers and counters.

Each lab lives in network and mount namespaces of its own, with a /run of its own: Lab().
"""
import ctypes
import fcntl
import json
import os
import pickle
import socket
import struct
import subprocess
import sys
import traceback

import nshtest

CLONE_NEWNS, CLONE_NEWNET = 0x00020000, 0x40000000
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
MS_REC, MS_PRIVATE, MNT_DETACH = 0x4000, 1 << 18, 2
libc = ctypes.CDLL(None, use_errno=True)


def check(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def mount(kind, where):
    check(libc.mount(kind.encode(), where.encode(), kind.encode(), 0, None))


def lo_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        request = struct.pack("16sh14x", b"lo", IFF_UP)
        fcntl.ioctl(sock, SIOCSIFFLAGS, request)


def in_lab(function, *arguments):
    """Calls FUNCTION in a process with a machine of its own: a new network, a new /run.
    Returns what it returns, raises what it raises. All of it is gone afterwards."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.close(read_end)
            check(libc.unshare(CLONE_NEWNET | CLONE_NEWNS))
            check(libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None))
            mount("tmpfs", "/run")
            lo_up()
            answer = (True, function(*arguments))
            status = 0
        except BaseException:
            answer = (False, traceback.format_exc())
        with os.fdopen(write_end, "wb") as pipe:
            pickle.dump(answer, pipe)
        os._exit(status)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as pipe:
        data = pipe.read()
    os.waitpid(pid, 0)
    if not data:
        raise RuntimeError("the lab's process died")
    good, value = pickle.loads(data)
    if not good:
        raise RuntimeError(value)
    return value


# --- one namespace ---

class Inside:
    """With Inside("red"): the process is in that namespace."""
    home = None

    def __init__(self, name):
        self.name = name

    def __enter__(self):
        if Inside.home is None:
            Inside.home = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        if self.name != "host":
            fd = os.open("/run/netns/" + self.name, os.O_RDONLY | os.O_CLOEXEC)
            check(libc.setns(fd, CLONE_NEWNET))
            os.close(fd)

    def __exit__(self, *_):
        check(libc.setns(Inside.home, CLONE_NEWNET))


def documents(text):
    """Several JSON values, one behind the other."""
    decoder = json.JSONDecoder()
    at, values = 0, []
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        value, at = decoder.raw_decode(text, at)
        values.append(value)
    return values


FLAGS = {"UP", "LOOPBACK", "BROADCAST", "MULTICAST", "NOARP", "POINTOPOINT", "PROMISC", "ALLMULTI"}


def link_state(link):
    state = {key: link.get(key) for key in ("ifname", "mtu", "txqlen", "master", "group", "altnames")}
    state["flags"] = sorted(FLAGS & set(link["flags"]))
    info = link.get("linkinfo", {})
    state["kind"] = info.get("info_kind")
    state["slave"] = info.get("info_slave_kind")
    if state["kind"] == "bridge":
        state["bridge"] = {key: info["info_data"].get(key)
                           for key in ("stp_state", "vlan_filtering", "forward_delay",
                                       "ageing_time", "priority", "mcast_snooping")}
    state["mac"] = link.get("address")
    state["mac_set"] = is_mac_set(link["ifname"])
    return state


def is_mac_set(name):
    """Whether somebody has given the link its MAC address: NET_ADDR_SET."""
    try:
        with open("/run/sys/class/net/%s/addr_assign_type" % name) as file:
            return file.read().strip() == "3"
    except OSError:
        return False


def is_automatic(address):
    return address.startswith(("fe80:", "ff00:"))


def addr_state(link):
    """In order: the first IPv4 address of a network is the primary one, and where nothing else
    decides, a packet's source is the first."""
    kept = []
    for addr in link.get("addr_info", []):
        if is_automatic(addr["local"]):
            continue
        kept.append({key: addr.get(key) for key in
                     ("local", "prefixlen", "broadcast", "scope", "label", "secondary",
                      "nodad", "protocol")})
    return kept


def route_state(route):
    # Of an IPv6 address the kernel makes the local route when it finds time.
    if is_automatic(route["dst"]) or route["dst"] == "multicast" or (
            ":" in route["dst"] and route.get("table") == "local"):
        return None
    if "nexthops" in route:
        return {"nexthops": route["nexthops"], "dst": route["dst"]}
    state = {key: route.get(key) for key in
             ("type", "dst", "gateway", "via", "dev", "table", "protocol", "scope", "prefsrc",
              "metric", "place")}
    # Not "onlink": a route whose gateway is not reached any more is made again with it.
    return state


def with_places(routes):
    """Of IPv4 routes to the same network, which the first of counts, those that somebody has made
    tell their place: how many of them stand before, and whether one of the kernel's does."""
    before = {}
    for route in routes:
        if ":" in route["dst"] or route.get("table") == "local":
            continue
        key = (route["dst"], route.get("table"), route.get("metric"))
        alike, kernels = before.get(key, (0, False))
        if route.get("protocol") == "kernel":
            before[key] = (alike, True)
        else:
            route["place"] = [alike, kernels]
            before[key] = (alike + 1, kernels)
    return routes


SYSCTLS = ["net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding",
           "net/ipv6/conf/default/forwarding", "net/ipv6/conf/all/disable_ipv6",
           "net/ipv4/conf/all/rp_filter", "net/ipv4/conf/all/proxy_arp",
           "net/ipv4/conf/all/log_martians", "net/ipv4/conf/default/forwarding",
           "net/ipv4/conf/default/rp_filter", "net/ipv6/conf/default/disable_ipv6",
           "net/ipv6/conf/default/accept_ra"]
LINK_SYSCTLS = ["net/ipv4/conf/%s/forwarding", "net/ipv4/conf/%s/proxy_arp",
                "net/ipv4/conf/%s/rp_filter", "net/ipv6/conf/%s/accept_ra",
                "net/ipv6/conf/%s/forwarding", "net/ipv6/conf/%s/disable_ipv6"]


def sysctls(links):
    keys = SYSCTLS + [key % link for key in LINK_SYSCTLS for link in links]
    values = {}
    for key in keys:
        try:
            with open("/proc/sys/" + key) as file:
                values[key] = file.read().strip()
        except OSError:
            pass
    return values


def nft_state(text):
    """Tables, chains in any order, the rules of each in theirs; without handles."""
    tables, chains, rules = [], [], {}
    for item in json.loads(text or '{"nftables": []}')["nftables"]:
        for kind, value in item.items():
            if kind == "metainfo":
                continue
            value.pop("handle", None)
            if kind == "rule":
                key = "%(family)s %(table)s %(chain)s" % value
                rules.setdefault(key, []).append(value)
            elif kind == "table":
                tables.append(value)
            else:
                chains.append(value)
    key = lambda value: json.dumps(value, sort_keys=True)
    return {"tables": sorted(tables, key=key), "chains": sorted(chains, key=key), "rules": rules}


def ruleset():
    """What "nft -j list ruleset" prints, from the library behind it where that can be had: it
    spares a process, which is most of the time."""
    if libnftables:
        context = libnftables.nft_ctx_new(0)
        libnftables.nft_ctx_output_set_flags(context, 1 << 4)  # NFT_CTX_OUTPUT_JSON
        libnftables.nft_ctx_buffer_output(context)
        libnftables.nft_ctx_buffer_error(context)
        libnftables.nft_run_cmd_from_buffer(context, b"list ruleset")
        text = libnftables.nft_ctx_get_output_buffer(context).decode()
        libnftables.nft_ctx_free(context)
        return text
    return subprocess.run(["nft", "-j", "list", "ruleset"], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


try:
    libnftables = ctypes.CDLL("libnftables.so.1")
    libnftables.nft_ctx_new.restype = ctypes.c_void_p
    libnftables.nft_ctx_get_output_buffer.restype = ctypes.c_char_p
    for _name in ("nft_ctx_output_set_flags", "nft_ctx_buffer_output", "nft_ctx_buffer_error",
                  "nft_run_cmd_from_buffer", "nft_ctx_get_output_buffer", "nft_ctx_free"):
        getattr(libnftables, _name).argtypes = [ctypes.c_void_p] + {
            "nft_ctx_output_set_flags": [ctypes.c_uint],
            "nft_run_cmd_from_buffer": [ctypes.c_char_p]}.get(_name, [])
except (OSError, AttributeError):
    libnftables = None


def read_ns(name):
    with Inside(name):
        # A sysfs shows the namespace that it was mounted in.
        os.makedirs("/run/sys", exist_ok=True)
        mount("sysfs", "/run/sys")
        done = subprocess.run(
            ["ip", "-j", "-d", "-batch", "-"], text=True, stdout=subprocess.PIPE, check=True,
            input="addr show\nroute show table all\nneigh show nud permanent\nnetns list-id\n")
        links, routes, neighs, nsids = documents(done.stdout)
        state = {
            "links": {link["ifname"]: link_state(link) for link in links},
            "addrs": {link["ifname"]: addr_state(link) for link in links},
            "routes": sorted(filter(None, map(route_state, with_places(routes))),
                             key=lambda r: json.dumps(r, sort_keys=True)),
            "neighs": sorted(([n.get("dst"), n.get("lladdr"), n.get("dev")] for n in neighs)),
            "nft": nft_state(ruleset()),
            "sysctls": sysctls([link["ifname"] for link in links]),
        }
        check(libc.umount2(b"/run/sys", MNT_DETACH))
        wires = {link["ifindex"]: (link["ifname"], link.get("link"), link.get("link_index"),
                                   link.get("link_netnsid")) for link in links}
        return state, wires, {entry["nsid"]: entry.get("name", "host") for entry in nsids}


def read():
    """All namespaces."""
    try:
        names = sorted(os.listdir("/run/netns"))
    except OSError:
        names = []
    states, wires, nsids = {}, {}, {}
    seen = {os.stat("/proc/self/ns/net").st_ino: "host"}
    others = {}
    for name in names:
        first = seen.setdefault(os.stat("/run/netns/" + name).st_ino, name)
        if first != name:
            others.setdefault(first, []).append(name)
    for name in [name for name in ["host"] + names if name in seen.values()]:
        states[name], wires[name], nsids[name] = read_ns(name)
    for name, same in others.items():
        states[name]["other names"] = same
    # Which end of a cable leads where.
    for name in states:
        for ifname, link, index, nsid in wires[name].values():
            if link:
                states[name]["links"][ifname]["peer"] = "%s:%s" % (name, link)
            elif index:
                far = nsids[name].get(nsid, "?")
                far = next((first for first in others if far in others[first]), far)
                states[name]["links"][ifname]["peer"] = "%s:%s" % (
                    far, wires.get(far, {}).get(index, ["?"])[0])
    return states


def without_chance(state):
    """The same without the MAC addresses that are random, different each time, and what the kernel
    makes of them: the link-local address of a gateway."""
    copy = json.loads(json.dumps(state))
    for ns in copy.values():
        for link in ns["links"].values():
            if not link.pop("mac_set"):
                del link["mac"]
        for route in ns["routes"]:
            if is_automatic(route.get("gateway") or ""):
                route["gateway"] = "fe80::"
    return copy


def done_again(state):
    """The same without what depends on these: with each port a switch may have another MAC address,
    and then the kernel drops the neighbours on it, those for good too."""
    copy = without_chance(state)
    for ns in copy.values():
        by_chance = {name for name, link in ns["links"].items()
                     if link["kind"] == "bridge" and "mac" not in link}
        ns["neighs"] = [neigh for neigh in ns["neighs"] if neigh[2] not in by_chance]
    return copy


def as_saved(state):
    """The same without what a saved script says that it does not hold: further names of a
    namespace, labels of addresses."""
    copy = json.loads(json.dumps(state))
    for ns in copy.values():
        ns.pop("other names", None)
        # Rules that differ in their comments alone do the same in any order.
        for rules in ns["nft"]["rules"].values():
            for i in range(len(rules)):
                for j in range(i, 0, -1):
                    a, b = rules[j - 1], rules[j]
                    if a["expr"] == b["expr"] and a.get("comment", "") > b.get("comment", ""):
                        rules[j - 1], rules[j] = b, a
        for addrs in ns["addrs"].values():
            for addr in addrs:
                addr.pop("label", None)
    return copy


def same_macs(before, after):
    """Both without what taking back does not give back: who gave a link its MAC address, that
    lo had none, and the address of a switch that nobody has set: it is the lowest of its ports',
    and nobody's once the last has gone."""
    copies = json.loads(json.dumps([before, after]))
    for name, ns in copies[0].items():
        for ifname, link in ns["links"].items():
            other = copies[1].get(name, {"links": {}})["links"].get(ifname, {})
            if (link["kind"] == "bridge" and not link["mac_set"]) or (
                    link["mac"] == "00:00:00:00:00:00"):
                link.pop("mac")
                other.pop("mac", None)
            link.pop("mac_set")
            other.pop("mac_set", None)
    return copies


def as_nsh_makes_it(state):
    """The same without what nsh's own words leave to nsh: its marks, and that an address has
    a broadcast address, a label or skips duplicate detection."""
    copy = json.loads(json.dumps(state))
    for ns in copy.values():
        for link in ns["links"].values():
            link.pop("group")
        for addrs in ns["addrs"].values():
            for addr in addrs:
                for key in ("broadcast", "label", "nodad", "protocol"):
                    addr.pop(key, None)
        ns["routes"] = [route for route in ns["routes"] if route.get("type") != "broadcast"]
        for route in ns["routes"]:
            if route.get("protocol") in ("boot", "static", "110"):
                route["protocol"] = "somebody"
        ns["routes"].sort(key=lambda r: json.dumps(r, sort_keys=True))
    return copy


def difference(a, b, path=""):
    """Where two states differ, a line each: path: a's value -> b's."""
    if type(a) is not type(b):
        return ["%s: %r -> %r" % (path, a, b)]
    if isinstance(a, dict):
        lines = []
        for key in sorted(set(a) | set(b), key=str):
            lines += difference(a.get(key), b.get(key), "%s/%s" % (path, key))
        return lines
    if isinstance(a, list) and a and all(isinstance(x, dict) for x in a + b):
        gone = [x for x in a if x not in b]
        new = [x for x in b if x not in a]
        if not gone and not new and a != b:
            return ["%s: another order: %r -> %r" % (path, a, b)]
        short = lambda x: {k: v for k, v in x.items() if v not in (None, False, "")}
        return (["%s: - %r" % (path, short(x)) for x in gone] +
                ["%s: + %r" % (path, short(x)) for x in new])
    return [] if a == b else ["%s: %r -> %r" % (path, a, b)]


# --- acting in a lab ---

def nsh(*arguments, stdin=""):
    return nshtest.nsh(*arguments, stdin=stdin)


def must(result, may="\0"):
    """It has to succeed, or to fail saying MAY."""
    if result.status != 0 and may not in result.err:
        raise RuntimeError(repr(result))
    return result


class Shell:
    """An nsh that stays, so that its journal does."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(
            nshtest.nsh_argv(*arguments, "-"), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True)
        self.said = 0

    def lines(self, text):
        """Has the lines done; returns what it answered."""
        self.said += 1
        mark = "that was %d" % self.said
        self.process.stdin.write("%s\nsay \"%s\"\n" % (text, mark))
        self.process.stdin.flush()
        answer = ""
        for line in self.process.stdout:
            if line.strip() == mark:
                return answer
            answer += line
        raise RuntimeError("nsh ended: " + answer)

    def end(self):
        answer, _ = self.process.communicate()
        if "Sanitizer" in answer or "runtime error" in answer:
            raise RuntimeError(answer)


if __name__ == "__main__":
    json.dump(read(), sys.stdout, indent=1, sort_keys=True)
