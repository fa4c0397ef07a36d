# SPDX-License-Identifier: GPL-3.0-or-later
"""Labs for the property tests: random lines over a few namespaces, from a seed. Some are made
so that they go well together; the others come from the grammar of any command that changes
something, with values from what there is."""
import os
import random
import re

import grammar

ROOMS = ["red", "blue", "green", "a-room-with-a-very-long-name"]
SWITCHES = ["v-net-0", "sw1"]
NETS = ["10.1.%d", "192.168.%d", "172.16.%d"]


class Maker:
    """Knows roughly what there is, so that most of its lines make sense; not all, and those
    that fail must leave nothing behind."""

    def __init__(self, seed, examples):
        """EXAMPLES: of the commands that change something, as "nsh --examples" has them."""
        self.random = random.Random(seed)
        self.seed = seed
        self.examples = examples
        self.said = {}      # which command a line is: its grammar
        self.here = "host"  # where a line in other programs' words acts
        self.rules = []     # of iptables, as they were added
        self.given = {}     # values of types that a line is to have, instead of random ones
        self.rooms = []
        self.ends = []      # "red:veth-red", as nsh names them
        self.switches = []
        self.addrs = []     # (end, cidr)
        self.routes = []    # (room, dest)
        self.neighs = []    # (room, ip)
        self.ports = []
        self.next_host = 1

    def pick(self, values, other="red"):
        return self.random.choice(values) if values else other

    def cidr(self, net=None):
        self.next_host += 1
        if self.random.random() < 0.25:
            return "fd00:%x::%x/64" % (net or self.random.randint(1, 3), self.next_host)
        prefix = self.pick([24, 24, 24, 16, 30, 32])
        return "%s.%d/%d" % (self.pick(NETS) % (net or self.random.randint(1, 3)),
                             self.next_host * 4 % 250 + 1, prefix)

    def mac(self):
        return "02:00:00:00:00:%02x" % self.random.randint(1, 255)

    def gateway(self):
        """An address near one that somebody has."""
        if not self.addrs:
            return "10.9.9.9"
        ip = self.pick(self.addrs)[1].split("/")[0]
        if ":" in ip:
            return ip.rsplit(":", 1)[0] + ":fe"
        return ip.rsplit(".", 1)[0] + ".254"

    def line(self):
        chances = [
            (6, self.room_add), (1, self.room_del), (5, self.cable), (1, self.cable_del),
            (3, self.switch_add), (6, self.attach), (2, self.detach), (1, self.switch_del),
            (6, self.addr), (3, self.addr_del), (6, self.link), (1, self.link_del),
            (1, self.link_add), (7, self.route), (2, self.route_del), (3, self.neigh),
            (1, self.neigh_del), (2, self.forwarding), (3, self.nat), (1, self.nat_off),
            (3, self.publish), (1, self.unpublish),
        ]
        if len(self.rooms) < 2:
            return self.room_add()
        if self.random.random() < 0.5:
            return self.any_command(self.random.choices(
                self.examples, [0.2 if e["grammar"] in RARE else 1 for e in self.examples])[0])
        line = self.random.choices([c[1] for c in chances], [c[0] for c in chances])[0]()
        self.said[line] = self.command_of(line)
        return line

    def command_of(self, line):
        """The grammar of a line in nsh's own words, by the words that it begins with."""
        words, best = line.split(), (0, None)
        for example in self.examples:
            lead = re.match(r"[^\[(]*", example["grammar"]).group().split()
            if len(lead) <= len(words) and all(
                    a == b or a.strip(".").isupper() for a, b in zip(lead, words)):
                best = max(best, (sum(not a.strip(".").isupper() for a in lead),
                                  example["grammar"]), key=lambda one: one[0])
        return best[1]

    def lines(self, count):
        """They begin with something to work on, most of the time."""
        first = [self.room_add(), self.room_add()]
        if self.random.random() < 0.8:
            first += [self.pick([self.cable, self.attach, self.attach])(), self.addr()]
        lines = first + [self.line() for _ in range(count)]
        # Each command has its turn: in one place of one lab in so many, as its example has it.
        example = self.examples[self.seed % len(self.examples)]
        lines.insert(self.random.randint(0, len(lines)), self.as_its_example(example))
        return "\n".join(lines).split("\n")

    def room_add(self):
        name = self.pick([r for r in ROOMS if r not in self.rooms])
        if name not in self.rooms:
            self.rooms.append(name)
        return "ns add " + name

    def room_del(self):
        name = self.pick(self.rooms)
        self.rooms.remove(name)
        self.ends = [e for e in self.ends if not e.startswith(name + ":")]
        return "ns del " + name

    def place(self):
        return self.pick(self.rooms + ["host"])

    def cable(self):
        a, b = self.place(), self.place()
        line = "cable "
        if self.random.random() < 0.5:
            a += ":eth%d" % self.random.randint(0, 3)
            b += ":if%d" % self.random.randint(0, 3)
        else:
            self.ends += ["%s:veth-%s" % (x, x) for x in (a, b)]
        self.ends += [e for e in (a, b) if ":" in e]
        line += "%s %s" % (a, b)
        if self.random.random() < 0.6:
            net = self.random.randint(1, 3)
            x, y = self.cidr(net), self.cidr(net)
            self.addrs += [(a, x), (b, y)]
            line += " addr %s %s" % (x, y)
        if self.random.random() < 0.2:
            line += " mtu %d" % self.random.choice([1400, 9000, 1280])
        return line

    def cable_del(self):
        return "cable del " + self.pick(self.ends)

    def switch(self):
        name = self.pick(SWITCHES)
        return name if self.random.random() < 0.8 else self.pick(self.rooms) + ":" + name

    def switch_add(self):
        name = self.switch()
        self.switches.append(name)
        line = "bridge %s add" % name
        if self.random.random() < 0.6:
            cidr = self.cidr()
            self.addrs.append((name, cidr))
            line += " addr " + cidr
        return line

    def attach(self):
        name = self.pick(self.switches or [self.switch()])
        members = self.random.sample(self.rooms, self.random.randint(1, len(self.rooms)))
        if self.random.random() < 0.2:
            members = [self.pick(self.ends)]
        line = "bridge %s attach %s" % (name, " ".join(members))
        how = self.random.random()
        if how < 0.5:
            net = self.random.randint(1, 3)
            cidrs = [self.cidr(net) for _ in members]
            line += " addr " + " ".join(cidrs)
            self.addrs += zip(members, cidrs)
        elif how < 0.7:
            line += " auto"
        self.ends += ["%s:veth-%s" % (m, m) for m in members if ":" not in m]
        self.ends += ["host:veth-%s-br" % m for m in members if ":" not in m]
        return line

    def detach(self):
        return "bridge %s detach %s" % (self.pick(self.switches, "sw1"),
                                        self.pick(self.rooms + self.ends))

    def switch_del(self):
        return "bridge %s del" % self.pick(self.switches, "sw1")

    def end(self):
        return self.pick(self.ends + self.switches + self.rooms)

    def addr(self):
        end, cidr = self.end(), self.cidr()
        self.addrs.append((end, cidr))
        return "addr %s %s" % (end, cidr)

    def addr_del(self):
        return "addr del %s %s" % self.pick(self.addrs, ("red", "10.1.1.1/24"))

    def link(self):
        end = self.end()
        what = self.pick(["up", "down", "mtu 1300", "mtu 2000", "queue 10", "mac " + self.mac(),
                          "name new%d" % self.random.randint(0, 3), "to " + self.place()])
        if what.startswith("name") and ":" in end:
            self.ends.append(end.split(":")[0] + ":" + what[5:])
        if what.startswith("to") and ":" in end:
            self.ends.append(what[3:] + ":" + end.split(":")[1])
        return "link %s %s" % (end, what)

    def link_del(self):
        return "link del " + self.end()

    def link_add(self):
        end = "%s:br%d" % (self.place(), self.random.randint(0, 2))
        self.ends.append(end)
        return "link add %s bridge" % end

    def route(self):
        room, dest = self.place(), self.pick(
            ["default", "10.%d.0.0/16" % self.random.randint(10, 13), "192.0.2.1",
             "fd00:%x::/32" % self.random.randint(10, 13)])
        self.routes.append((room, dest))
        if self.random.random() < 0.25:
            end = self.end()
            if ":" in end:
                room, link = end.split(":")
                return "route %s %s dev %s" % (room, dest if dest != "default" else "10.99.0.0/16",
                                               link)
        return "route %s %s via %s" % (room, dest, self.gateway())

    def route_del(self):
        return "route del %s %s" % self.pick(self.routes, ("red", "default"))

    def neigh(self):
        room, ip = self.place(), self.gateway()
        link = self.pick(self.links(room))
        self.neighs.append((room, ip, link))
        dev = " dev " + link if self.random.random() < 0.5 else ""
        return "arp %s add %s %s%s" % (room, ip, self.mac(), dev)

    def neigh_del(self):
        return "arp %s del %s" % self.pick(self.neighs, ("red", "10.1.1.1", "lo"))[:2]

    def forwarding(self):
        return "forwarding %s %s" % (self.place(), self.pick(["on", "on", "off"]))

    def nat(self):
        return self.pick(["nat on", "nat on " + self.place(), "nat on for 10.1.1.0/24",
                          "nat on %s for 10.1.1.0/24" % self.place(),
                          "nat on out %s" % self.pick(SWITCHES),
                          "nat on host for fd00:1::/64"])

    def nat_off(self):
        return self.pick(["nat off", "nat off " + self.place(), "nat off for 10.1.1.0/24",
                          "nat off out %s" % self.pick(SWITCHES)])

    def publish(self):
        port = self.pick([80, 8080, 53])
        self.ports.append(port)
        return "publish %s%d %s%s%s" % (
            self.pick(["", "", "192.0.2.9:"]), port, self.pick(self.rooms),
            self.pick(["", ":80", ":81"]), self.pick(["", "", " udp"]))

    def unpublish(self):
        return self.pick(["unpublish %d" % self.pick(self.ports, 80)] * 3 + ["unpublish all"])

    # --- any line of a grammar ---

    def any_command(self, example):
        if self.random.random() < 0.25:
            return self.as_its_example(example)
        lines = self.from_grammar(example["grammar"])
        self.said[lines.split("\n")[-1]] = example["grammar"]
        return lines

    def as_its_example(self, example):
        """With what its own example has to go before: so it finds what it needs."""
        self.said[example["example"]] = example["grammar"]
        return "\n".join(filter(None, example["setup"].split("; ") + [example["example"]]))

    def from_grammar(self, text):
        self.here, before = self.place(), ""
        self.given = {}
        if text in DELETIONS:
            before = self.what_is_deleted(DELETIONS[text])
        line = before + grammar.words(grammar.parse(text), self.random, self.value)
        self.given = {}
        if before:
            before, line = line.split("\n")
            return before + "\n" + self.in_place(text, line)
        return self.in_place(text, line)

    def what_is_deleted(self, kind):
        """Has the line name something that is there; or is made in a line before, given back."""
        line = getattr(self, kind)() + "\n" if self.random.random() < 0.5 else ""
        if kind == "route" and self.routes:
            self.here, dest = self.routes[-1] if line else self.pick(self.routes)
            self.given = {"NS": self.here, "DEST": dest}
        elif kind == "neigh" and self.neighs:
            self.here, ip, link = self.neighs[-1] if line else self.pick(self.neighs)
            self.given = {"NS": self.here, "IP": ip, "LINK": link}
        elif kind == "addr" and self.addrs:
            end, cidr = self.addrs[-1] if line else self.pick(self.addrs)
            self.given = {"END": end, "ADDR": cidr}
            self.here = end.split(":")[0] if ":" in end else end
            if end in self.switches:
                self.here = "host"
            self.given["LINK"] = end.split(":")[1] if ":" in end else (
                end if end in self.switches else "veth-" + end)
        elif kind in ("attach", "switch_add") and self.switches:
            name = self.switches[-1] if line else self.pick(self.switches)
            self.here = name.split(":")[0] if ":" in name else "host"
            self.given = {"BR": name}
            if kind == "attach":
                member = line.split()[3] if line else self.pick(self.rooms)
                self.given["MEMBER"] = member
        elif kind == "add_rule":
            self.here, self.given = "host", {"XOPTS": "-t nat", "CHAIN": "POSTROUTING"}
        elif kind == "publish" and self.ports:
            self.given = {"LISTEN": line.split()[1] if line else str(self.pick(self.ports))}
        return line

    def add_rule(self):
        self.here = "host"
        return "iptables -t nat -A POSTROUTING -s %s -j MASQUERADE" % self.net()

    def in_place(self, text, line):
        if not text.startswith(FOREIGN):
            return line
        if line.startswith("iptables"):
            line = self.rule(line)
        if self.here != "host" and not re.match(r"ip .*-n ", line):
            # A shell would redirect "ip netns exec red echo 1 > FILE" elsewhere.
            line = self.pick(["in %s %s", "ip netns exec %s %s"]
                             if not line.startswith("echo") else ["in %s %s"]) % (self.here, line)
        return line if self.random.random() < 0.8 else "sudo " + line

    def rule(self, line):
        """Most rules to be deleted are such as were added."""
        words = line.split()
        for add in ("-A", "--append"):
            if add in words:
                self.rules.append((self.here, line.replace(add, "-D")))
        if ("-D" in words or "--delete" in words) and self.rules and self.random.random() < 0.7:
            self.here, line = self.pick(self.rules)
        return line

    def links(self, room):
        there = [e.split(":")[1] for e in self.ends if e.startswith(room + ":")]
        if room == "host":
            there += [s for s in self.switches if ":" not in s]
        # The machine's own lo is not the lab's.
        return there or [SWITCHES[0] if room == "host" else "lo"]

    def ip(self, room=None):
        """An address that somebody has; of ROOM where it has one."""
        own = [c for e, c in self.addrs if not room or e.split(":")[0] == room]
        return self.pick(own or [c for _, c in self.addrs], "10.1.1.1/24").split("/")[0]

    def net(self):
        return self.pick(["10.1.%d.0/24", "192.168.%d.0/24", "10.%d.0.0/16", "172.16.%d.9"]) % (
            self.random.randint(1, 3))

    def value(self, kind, line):
        """What stands for the type KIND of src/shell/types.c and foreign_types.c."""
        if kind in self.given:
            return self.given[kind]
        maker = getattr(self, "value_" + kind.lower(), None)
        if not maker:
            raise KeyError("labs.py has no values for %s" % kind)
        return maker(line)

    def value_newns(self, line):
        name = self.pick([r for r in ROOMS + ["room1", "room2"] if r not in self.rooms])
        if name not in self.rooms:
            self.rooms.append(name)
        return name

    def value_room(self, line):
        return self.pick(self.rooms)

    def value_ns(self, line):
        # In "forwarding NS", "route NS DEST via GW" the rest is about that one.
        if line and line[0] in ("link",):
            return self.place()
        return self.here

    def value_from(self, line):
        return self.here

    def value_pid(self, line):
        return str(os.getpid())

    def value_path(self, line):
        return "/proc/self/ns/net"

    def value_a(self, line):
        end = self.pick([self.place(), "%s:eth%d" % (self.place(), self.random.randint(0, 5))])
        self.ends.append(end if ":" in end else "%s:veth-%s" % (end, end))
        return end

    value_b = value_a

    def value_cidr(self, line):
        cidr = self.cidr(1 if line and line[0] == "cable" else None)
        if line[0] == "addr":
            self.addrs.append((line[1], cidr))
        return cidr

    def value_newaddr(self, line):
        if line and line[0] == "ifconfig":
            return "10.7.%d.%d" % (self.random.randint(1, 3), self.random.randint(1, 250))
        cidr = self.cidr()
        self.addrs.append(("%s:%s" % (self.here, self.pick(self.links(self.here))), cidr))
        return cidr

    def value_mtu(self, line):
        return str(self.pick([1300, 1400, 2000, 9000, 1000]))

    def value_queue(self, line):
        return str(self.pick([0, 10, 500, 1000]))

    def value_end(self, line):
        return self.end()

    def value_br(self, line):
        return self.pick(self.switches or SWITCHES)

    def value_member(self, line):
        return self.pick(self.rooms + self.ends)

    def value_newend(self, line):
        end = "%s:br%d" % (self.place(), self.random.randint(0, 5))
        self.ends.append(end)
        return end

    def value_kind(self, line):
        if line and line[0] == "ip":
            return "bridge"
        return self.pick(["bridge", "bridge", "ifb", "dummy"])

    value_ifkind = value_kind

    def value_addr(self, line):
        # "addr del END ADDR", and ip's, which knows the link only later.
        end = line[2] if line[:2] == ["addr", "del"] else None
        own = [c for e, c in self.addrs if e == end] if end else []
        return self.pick(own or [c for _, c in self.addrs], "10.1.1.1/24")

    def value_newif(self, line):
        name = "new%d" % self.random.randint(0, 9)
        self.ends.append("%s:%s" % (self.here, name))
        return name

    def value_altname(self, line):
        return "a-much-longer-name-%d" % self.random.randint(0, 3)

    def value_mac(self, line):
        return self.mac()

    def value_dest(self, line):
        if "-host" in line:
            return "10.77.0.%d" % self.random.randint(1, 9)
        if "-net" in line:
            return "10.%d.0.0/16" % self.random.randint(40, 49)
        return self.pick([d for _, d in self.routes] + [
            "default", "10.50.0.0/16", "10.51.0.0/16", "fd00:51::/32", self.net()])

    def value_gw(self, line):
        own = self.ip(self.here)
        near = own.rsplit(":", 1)[0] + ":fd" if ":" in own else own.rsplit(".", 1)[0] + ".253"
        return self.pick([near, near, near, self.gateway(), self.ip(), self.pick(self.rooms)])

    value_src = lambda self, line: self.ip(self.here)

    def value_link(self, line):
        return self.pick(self.links(self.here))

    value_ifname = value_link

    def value_ip(self, line):
        return self.pick([ip for _, ip, _ in self.neighs] + [self.gateway(), self.ip()])

    def value_net(self, line):
        return self.net()

    value_netw = value_net

    def value_listen(self, line):
        return str(self.pick(self.ports + [80, 8080, 443]))

    def value_target(self, line):
        return self.pick([self.pick(self.rooms), "%s:81" % self.pick(self.rooms), self.ip()])

    def value_n(self, line):
        return str(self.random.randint(1, 2))

    def value_ipopts(self, line):
        if self.here != "host":
            return "-n " + self.here
        return "-6" if any(":" in str(v) for v in self.given.values()) else "-4"

    def value_newifopt(self, line):
        return self.pick(["mtu 1400", "address " + self.mac(), "up"] +
                         ["netns " + r for r in self.rooms])

    def value_ifchange(self, line):
        return self.pick(["up", "down", "mtu 1400", "name new%d" % self.random.randint(0, 9),
                          "address " + self.mac(), "nomaster", "netns " + self.place(),
                          "master " + self.pick(self.links(self.here))])

    def value_addropt(self, line):
        return self.pick(["brd +", "broadcast -", "nodad", "brd 10.1.1.255"])

    def value_routeopt(self, line):
        if not {"via", "dev", "del", "delete"} & set(line) and self.random.random() < 0.8:
            if self.random.random() < 0.5:
                return "dev " + self.value_link(line)
            return "via " + self.value_gw(line)
        return self.pick(["via " + self.value_gw(line), "dev " + self.value_link(line),
                          "src " + self.ip(self.here), "metric %d" % self.pick([10, 1024]),
                          "table %d" % self.pick([100, 254, 1000]), "onlink"])

    def value_owngroup(self, line):
        return "7238504"

    def value_ownproto(self, line):
        return "110"

    def value_nftline(self, line):
        return "'add rule inet nsh postrouting %s'" % self.value_text(["postrouting"])

    def value_mask(self, line):
        return self.pick(["255.255.255.0", "255.255.0.0"])

    def value_metric(self, line):
        return self.pick(["0", "5", "1024"])

    def value_xopts(self, line):
        return self.pick(["-t nat", "-t nat", "-t nat", "-w"])

    def value_chain(self, line):
        if "-P" in line or "--policy" in line:
            return "FORWARD"
        if "nat" in line or "-t nat" in line:
            return self.pick(["POSTROUTING", "PREROUTING", "OUTPUT"])
        return self.pick(["INPUT", "FORWARD", "FORWARD", "OUTPUT"])

    def value_policy(self, line):
        return self.pick(["ACCEPT", "ACCEPT", "DROP"])

    def value_xrule(self, line):
        chain = line[-1] if not line[-1].isdigit() else line[-2]
        nat = "nat" in line or "-t nat" in line
        rule = ""
        for chance, part in [(0.5, "-s " + self.net()), (0.3, "! -d " + self.net()),
                             (0.3, ("-o " if chain == "POSTROUTING" else "-i ") + "sw1"),
                             (0.1, "-m comment --comment \"why not\"")]:
            if self.random.random() < chance and not (
                    chain == "OUTPUT" and part.startswith("-i ")):
                rule += part + " "
        port = self.pick(["-p tcp --dport 80 ", "-p udp --dport 53 ", "-p tcp ! --dport 8000:8080 ",
                          "-p tcp --sport 1024 --dport 80 "])
        if chain == "POSTROUTING":
            return rule + self.pick(["-j MASQUERADE", "-j SNAT --to-source 192.0.2.1",
                                     port + "-j MASQUERADE"])
        if chain == "PREROUTING" or (chain == "OUTPUT" and nat):
            return rule + port + self.pick(["-j DNAT --to-destination 10.1.1.5:80",
                                            "-j DNAT --to-destination 10.1.1.5",
                                            "-j REDIRECT --to-ports 8080"])
        return rule + self.pick([port, "", "-p icmp ", "-m conntrack --ctstate DNAT ",
                                 "-m conntrack --ctstate RELATED,ESTABLISHED ",
                                 "-m state ! --state INVALID "]) + self.pick(
            ["-j ACCEPT", "-j DROP", "-j REJECT --reject-with icmp-admin-prohibited"])

    def value_text(self, line):
        """A rule for "nft add rule inet nsh CHAIN"."""
        words = self.pick(["", "ip saddr %s " % self.net(), "iifname \"sw1\" ",
                           "ip6 saddr fd00:1::/64 ", "ip daddr != %s " % self.net()])
        if line[-1] == "postrouting":
            return words + "masquerade"
        if line[-1] in ("input", "forward", "output_filter"):
            return words + self.pick(["", "ct state established,related "]) + self.pick(
                ["accept", "drop"] + (["reject with icmp type port-unreachable"]
                                      if words.startswith("ip ") else []))
        return words + self.pick(["tcp dport 80 ", "udp dport 53 "]) + "redirect to :8080"

    def key(self):
        """Some of them the machine may have for itself: what is the lab's then nobody can tell."""
        keys = ["net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding"]
        if self.here != "host":
            keys += ["net/ipv6/conf/all/disable_ipv6", "net/ipv4/conf/all/rp_filter",
                     "net/ipv4/conf/all/proxy_arp"]
        return self.pick(keys)

    def value_setting(self, line):
        return "%s=%d" % (self.key().replace("/", "."), self.random.randint(0, 1))

    def value_value(self, line):
        return str(self.random.randint(0, 1))

    def value_procfile(self, line):
        return "/proc/sys/" + self.key()

    def value_pipe(self, line):
        return "|"


# Where they act is said before them. In front of "route NS" and "arp NS" nothing needs to be.
FOREIGN = ("ip [", "arp -", "route add", "route del [", "ifconfig", "brctl", "iptables", "nft",
           "sysctl", "echo")
DELETIONS = {
    "iptables [XOPTS] (-F|--flush) [CHAIN] [XOPTS]": "add_rule",
    "addr del END ADDR": "addr", "route del NS DEST": "route", "arp NS del IP": "neigh",
    "nat off [NS] [for NET] [out LINK]": "nat", "unpublish LISTEN [tcp|udp]": "publish",
    "unpublish all": "publish",
    "bridge BR detach MEMBER...": "attach", "bridge BR del": "switch_add",
    "ip [IPOPTS] address/a delete/d ADDR dev LINK": "addr",
    "ip [IPOPTS] route/r delete/d DEST [ROUTEOPT...]": "route",
    "ip [IPOPTS] (neighbor/n|neighbour) delete/d IP dev LINK": "neigh",
    "arp -d IP": "neigh", "brctl delbr BR": "switch_add", "brctl (addif|delif) BR LINK": "attach",
    "route del [-net|-host] DEST [netmask MASK] [gw GW] [metric METRIC] [dev LINK]": "route",
}
RARE = ("reset",)
