# SPDX-License-Identifier: GPL-3.0-or-later
"""trace against what packet sockets of this test see: in random labs it names every interface
that the packet, its answer or an error about it passes, and no other, with the addresses that it
had there. What it says was rewritten is what connection tracking has."""
import os
import random
import re
import struct
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from capture import Eyes, ipv4
from nshtest import NSH, in_private_machine, nsh, run, scaled, seed, sh, tap

in_private_machine()


def build(lines):
    result = run([NSH, "-q", "-"], stdin="\n".join(lines) + "\n")
    if result.status != 0:
        raise RuntimeError("%s\n%r" % ("\n".join(lines), result))


def clear():
    # Twice: a link that is still on its way out does not hold the second up.
    nsh("-q", "-c", "reset")
    sh("nft flush ruleset 2>/dev/null; true")


# --- what this test sees by itself ---

def is_mine(frame, target):
    """The leg that a frame belongs to, with its addresses as trace writes them; None."""
    packet = ipv4(frame)
    if not packet:
        return None
    protocol, source, to, data = packet
    if protocol == 1 and len(data) >= 8:
        if data[0] == 8 and target == "icmp":
            return "request", source, to
        if data[0] == 0 and target == "icmp":
            return "answer", source, to
        if data[0] in (3, 5, 11, 12):
            return "error", source, to
    if protocol == 6 and target == "tcp":
        sport, dport = struct.unpack("!HH", data[:4])
        flags = data[13]
        ends = "%s:%d" % (source, sport), "%s:%d" % (to, dport)
        if flags & 0x12 == 0x02:
            return ("request", *ends)
        if flags & 0x12 == 0x12 or flags & 0x14 == 0x14:
            return ("answer", *ends)
    if protocol == 17 and target == "udp":
        sport, dport = struct.unpack("!HH", data[:4])
        return "udp", "%s:%d" % (source, sport), "%s:%d" % (to, dport)
    return None


def seen_by(eyes, target):
    found = []
    for name, link, out, frame in eyes.seen():
        mine = is_mine(frame, target)
        if mine:
            found.append((name, link, out, *mine))
    # What TCP sends again is another packet.
    return sorted(set(found) if target == "tcp" else found)


def told_by(result, target):
    found = []
    for one in result.json()["sightings"]:
        leg = "udp" if target == "udp" and one["leg"] != "error" else one["leg"]
        found.append((one["namespace"], one["interface"], one["direction"] == "out", leg,
                      one["from"], one["to"]))
    return sorted(set(found) if target == "tcp" else found)


# --- random labs ---

class Lab:
    def __init__(self, dice):
        self.dice, self.lines, self.rooms, self.servers = dice, [], [], {}
        getattr(self, dice.choice(["switch", "chain", "nat", "switches"]))()
        self.fault()

    def room(self, name):
        self.lines.append("ns add " + name)
        self.rooms.append(name)

    def switch(self, gateway=True, net="192.168.15", bridge="v-net-0"):
        names = ["%s%d" % (self.dice.choice("abcd"), i + 10 * len(self.rooms))
                 for i in range(self.dice.randint(2, 4))]
        for i, name in enumerate(names):
            self.room(name)
            self.lines.append("bridge %s attach %s addr %s.%d/24" % (bridge, name, net, i + 1))
        if gateway:
            self.lines.append("addr host:%s %s.254/24" % (bridge, net))
            self.lines += ["route %s default via %s.254" % (name, net) for name in names]
        return names

    def switches(self):
        self.switch()
        self.switch(net="192.168.16", bridge="v-net-1")
        self.lines.append("forwarding on")

    def chain(self):
        count = self.dice.randint(2, 5)
        names = ["n%d" % i for i in range(count)]
        for name in names:
            self.room(name)
        for i in range(count - 1):
            self.lines.append("cable n%d:r n%d:l addr 10.0.%d.1/24 10.0.%d.2/24"
                              % (i, i + 1, i, i))
        for i in range(1, count - 1):
            self.lines.append("forwarding n%d on" % i)
        for i in range(count):
            for net in range(count - 1):
                if net > i:
                    self.lines.append("route n%d 10.0.%d.0/24 via 10.0.%d.2" % (i, net, i))
                elif net < i - 1:
                    self.lines.append("route n%d 10.0.%d.0/24 via 10.0.%d.1" % (i, net, i - 1))

    def nat(self):
        names = self.switch()
        self.room("outside")
        self.lines += ["cable host:eth9 outside:eth0 addr 203.0.113.1/24 203.0.113.2/24",
                       "nat on host for 192.168.15.0/24 out eth9"]
        self.servers[names[0]] = 80
        self.lines.append("publish 8080 %s:80" % names[0])

    def fault(self):
        room = self.dice.choice(self.rooms)
        self.foreign = None
        kind = self.dice.choice(["none"] * 4 + ["down", "route", "forwarding", "drop", "reject"])
        if kind == "down":
            self.lines.append("in %s link lo down" % room)
            self.lines.append("link %s down" % room if room[0] != "n" else "link n1:l down")
        elif kind == "route" and room[0] != "n" and room != "outside":
            self.lines.append("route del %s default" % room)
        elif kind == "forwarding":
            self.lines.append("forwarding off")
        elif kind in ("drop", "reject"):
            self.foreign = (self.dice.choice(self.rooms + ["host"]),
                            self.dice.choice(["forward", "input", "output"]), kind)

    def build(self):
        build(self.lines)
        if self.foreign:
            room, hook, verdict = self.foreign
            where = [] if room == "host" else ["ip", "netns", "exec", room]
            result = run(where + ["nft", "add table inet t; add chain inet t c { type filter "
                                  "hook %s priority 5; }; add rule inet t c %s" % (hook, verdict)])
            if result.status != 0:
                raise RuntimeError(repr(result))

    def question(self):
        start = self.dice.choice(self.rooms + (["host"] if self.rooms[0] != "n0" else []))
        end = self.dice.choice([room for room in self.rooms if room != start])
        if "outside" in self.rooms and self.dice.random() < 0.4:
            return "outside", "203.0.113.1", "tcp", 8080
        target = self.dice.choice(["icmp", "icmp", "tcp", "udp"])
        return start, end, target, self.dice.choice([80, 81])

    def text(self):
        return "\n".join(self.lines + ([repr(self.foreign)] if self.foreign else []))


def one_lab(number, dice):
    lab = Lab(dice)
    start, end, target, port = lab.question()
    line = "trace %s %s" % (start, end) + (" %s %d" % (target, port) if target != "icmp" else "")
    try:
        lab.build()
    except RuntimeError as error:
        tap.ok(False, "lab %d is built" % number, str(error))
        clear()
        return
    eyes = Eyes()
    servers = ["serve %s %d" % server for server in lab.servers.items()]
    result = nsh(*sum((["-c", one] for one in servers), []), "-c", "json " + line)
    seen, told = seen_by(eyes, target), None
    eyes.close()
    if result.out.startswith("{"):
        told = told_by(result, target)
    if not tap.ok(told == seen, "lab %d: %s: %d sightings" % (number, line, len(seen)),
                  "%s\nseen by this test alone: %s\ntold by trace alone: %s\n%r" %
                  (lab.text(), sorted(set(seen) - set(told or [])),
                   sorted(set(told or []) - set(seen)), result)):
        tap.note("%d seen, %d told" % (len(seen), len(told or [])))
    answered = result.status == 0
    legs = {one[3] for one in seen}
    if target == "icmp":
        tap.ok(not answered or "answer" in legs, "lab %d: it is answered where an answer was seen"
               % number, repr(result))
    clear()


# --- rewrites, and connection tracking ---

def conntrack(protocol):
    """[(the ends as they came, the ends of the answer)]"""
    found = []
    for line in run(["conntrack", "-L", "-p", protocol]).out.splitlines():
        ends = re.findall(r"src=(\S+) dst=(\S+)(?: sport=(\d+) dport=(\d+))?", line)
        found.append([tuple("%s:%s" % (ip, port) if port else ip
                            for ip, port in ((one[0], one[2]), (one[1], one[3])))
                      for one in ends[:2]])
    return found


def rewrites(result):
    """(was, is) of each rewrite of the request, source and destination."""
    found = {}
    for one in result.json()["sightings"]:
        if one["rewritten"] and one["leg"] == "request":
            for which, was, now in re.findall(r"(source|destination) (\S+) -> ([^\s,]+)",
                                              one["rewritten"]):
                found[which] = (was, now, one["by"])
    return found


def check_nat():
    build(["ns add red outside", "bridge v-net-0 attach red addr 192.168.15.1/24",
           "addr host:v-net-0 192.168.15.5/24", "route red default via 192.168.15.5",
           "cable host:eth9 outside:eth0 addr 203.0.113.1/24 203.0.113.2/24",
           "nat on host for 192.168.15.0/24 out eth9", "publish 8080 red:80"])
    has_tool = run(["sh", "-c", "command -v conntrack"]).status == 0
    if has_tool:
        run(["conntrack", "-F"])
    result = nsh("-c", "json trace red outside")
    tap.equal(result.status, 0, "a ping through NAT is answered")
    found = rewrites(result)
    tap.equal(found, {"source": ("192.168.15.1", "203.0.113.1",
                                 "nat on for 192.168.15.0/24 out eth9")},
              "and its source is rewritten once, by nat on")
    if has_tool:
        # Of an echo conntrack shows type, code and identifier in place of ports.
        tap.ok([["192.168.15.1", "203.0.113.2"], ["203.0.113.2", "203.0.113.1"]] in
               [[list(a), list(b)] for a, b in conntrack("icmp")],
               "conntrack has the same", run(["conntrack", "-L"]).out)
    else:
        tap.skip("conntrack is not installed")
    result = nsh("-c", "serve red 80", "-c", "json trace outside 203.0.113.1 tcp 8080")
    tap.equal(result.status, 0, "a published port answers")
    found = rewrites(result)
    tap.equal({which: one[1:] for which, one in found.items()},
              {"destination": ("192.168.15.1:80", "publish 8080 red:80")},
              "and its destination is rewritten by publish")
    back = [one for one in result.json()["sightings"]
            if one["leg"] == "answer" and one["rewritten"]]
    tap.ok(len(back) == 1 and back[0]["by"] == "connection tracking" and
           back[0]["rewritten"].startswith("source 192.168.15.1:80 -> 203.0.113.1:8080"),
           "the answer goes the other way round", back)
    if has_tool:
        request = result.json()["sightings"][0]
        tap.ok([[request["from"], request["to"]], ["192.168.15.1:80", request["from"]]] in
               [[list(a), list(b)] for a, b in conntrack("tcp")],
               "conntrack has the same", run(["conntrack", "-L"]).out)
    else:
        tap.skip("conntrack is not installed")
    if run(["sh", "-c", "command -v nft"]).status != 0:
        tap.skip("nft is not installed", 2)
        clear()
        return
    sh("nft 'add table ip t; add chain ip t p { type nat hook postrouting priority 90; }; "
       "add rule ip t p ip saddr 192.168.15.0/24 snat to 203.0.113.1'")
    found = rewrites(nsh("-c", "json trace red outside"))
    tap.has(found.get("source", ("", "", ""))[2],
            "nat on for 192.168.15.0/24 out eth9, or chain p of table ip t",
            "where somebody else's rule comes first, it may have been that")
    nsh("-c", "nat off host")
    found = rewrites(nsh("-c", "json trace red outside"))
    tap.equal(found.get("source", ("", "", ""))[2], "chain p of table ip t",
              "a rule of somebody else's is named by its chain")
    clear()


def check_words():
    """What it says of a packet that goes missing."""
    lab = "ns add red blue; cable red blue addr 192.168.15.1/24 192.168.15.2/24; "
    for line, wanted in [
            ("trace red blue", "the answer came back to red"),
            ("trace red 192.168.15.9", "red asked on veth-red who has 192.168.15.9, and nobody"),
            ("trace red 10.9.9.9", "it never left red: Network is unreachable"),
            ("trace red blue tcp 80", "was refused: nobody listens on port 80"),
            ("trace red blue udp 80", "udp port 80 unreachable"),
            ("serve blue 80; trace red blue tcp 80", "the answer came back to red"),
            ("in blue addr veth-blue fd00::2/64; in red addr veth-red fd00::1/64; "
             "trace red fd00::2", "the answer came back to red"),
            ("trace red red", "the answer came back to red")]:
        result = nsh("-S", "-c", lab + line)
        tap.has(result.out + result.err, wanted, "%s: %s" % (line, wanted))
        tap.equal(result.status, 0 if "came back" in wanted else 1, "its exit status")
    result = nsh("-S", "-c", lab + "trace red blue", user=True)
    tap.equal(result.status, 0, "an ordinary user's sandbox can do it")


check_words()
check_nat()
value = seed()
for number in range(scaled(100, 5)):
    one_lab(number, random.Random("%d %d" % (value, number)))
tap.done()
