# SPDX-License-Identifier: GPL-3.0-or-later
"""Labs for the property tests: random lines over a few namespaces, from a seed."""
import random

ROOMS = ["red", "blue", "green", "a-room-with-a-very-long-name"]
SWITCHES = ["v-net-0", "sw1"]
NETS = ["10.1.%d", "192.168.%d", "172.16.%d"]


class Maker:
    """Knows roughly what there is, so that most of its lines make sense; not all, and those
    that fail must leave nothing behind."""

    def __init__(self, seed):
        self.random = random.Random(seed)
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
        return self.random.choices([c[1] for c in chances], [c[0] for c in chances])[0]()

    def lines(self, count):
        return [self.line() for _ in range(count)]

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
        what = self.pick(["up", "down", "mtu 1300", "mtu 2000", "mac " + self.mac(),
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
        self.neighs.append((room, ip))
        return "arp %s add %s %s" % (room, ip, self.mac())

    def neigh_del(self):
        return "arp %s del %s" % self.pick(self.neighs, ("red", "10.1.1.1"))

    def forwarding(self):
        return "forwarding %s %s" % (self.place(), self.pick(["on", "on", "off"]))

    def nat(self):
        return self.pick(["nat on", "nat on " + self.place(), "nat on for 10.1.1.0/24",
                          "nat on %s for 10.1.1.0/24" % self.place(),
                          "nat on out %s" % self.pick(SWITCHES),
                          "nat on host for fd00:1::/64"])

    def nat_off(self):
        return self.pick(["nat off", "nat off " + self.place()])

    def publish(self):
        port = self.pick([80, 8080, 53])
        self.ports.append(port)
        return "publish %s%d %s%s%s" % (
            self.pick(["", "", "192.0.2.9:"]), port, self.pick(self.rooms),
            self.pick(["", ":80", ":81"]), self.pick(["", "", " udp"]))

    def unpublish(self):
        return "unpublish %d" % self.pick(self.ports, 80)
