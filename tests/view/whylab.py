# SPDX-License-Identifier: GPL-3.0-or-later
"""Random labs with a fault in them, each in a private machine of its own, and what really
happens there: the other side of "why"."""
import ctypes
import json
import os
import random
import select
import socket
import struct
import sys
import time

from nshtest import NSH, run

CLONE_NEWNS, CLONE_NEWNET = 0x00020000, 0x40000000
MS_REC, MS_PRIVATE = 0x4000, 1 << 18
libc = ctypes.CDLL(None, use_errno=True)


def private_machine():
    """This process goes on in new network and mount namespaces."""
    if libc.unshare(CLONE_NEWNET | CLONE_NEWNS) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    libc.mount(None, b"/", None, MS_REC | MS_PRIVATE, None)
    if libc.mount(b"tmpfs", b"/run", b"tmpfs", 0, None) != 0:
        raise OSError(ctypes.get_errno(), "mount")
    os.mkdir("/run/netns", 0o755)


def enter(ns):
    """This thread's network namespace; "host" is where it began."""
    path = HOST if ns == "host" else "/run/netns/" + ns
    fd = os.open(path, os.O_RDONLY) if isinstance(path, str) else path
    if libc.setns(fd, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns " + ns)
    if isinstance(path, str):
        os.close(fd)


HOST = -1


def remember_host():
    global HOST
    HOST = os.open("/proc/self/ns/net", os.O_RDONLY)


def socket_in(ns, *kind):
    enter(ns)
    try:
        return socket.socket(*kind)
    finally:
        enter("host")


# --- what really happens ---

def checksum(data):
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    total = (total >> 16) + (total & 0xffff)
    return ~(total + (total >> 16)) & 0xffff


def ping_once(ns, to, number, patience):
    six = ":" in to
    if six:
        sock = socket_in(ns, socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
    else:
        sock = socket_in(ns, socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    ident = (os.getpid() + number * 7919) & 0xffff
    packet = struct.pack("!BBHHH", 128 if six else 8, 0, 0, ident, 1) + bytes(56)
    if not six:
        packet = packet[:2] + struct.pack("!H", checksum(packet)) + packet[4:]
    with sock:
        try:
            sock.sendto(packet, (to, 0))
        except OSError:
            return False
        end = time.monotonic() + patience
        while True:
            left = end - time.monotonic()
            if left <= 0 or not select.select([sock], [], [], left)[0]:
                return False
            try:
                data, sender = sock.recvfrom(2048)
            except OSError:
                continue
            if not six:
                data = data[(data[0] & 15) * 4:]
            if data[0] == (129 if six else 0) and data[4:6] == struct.pack("!H", ident) \
                    and sender[0] == to:
                return True


def connect_once(ns, to, port, patience, listener):
    """A connection that a byte comes through: one that the client alone believes in is none."""
    family = socket.AF_INET6 if ":" in to else socket.AF_INET
    with socket_in(ns, family, socket.SOCK_STREAM) as sock:
        sock.settimeout(patience)
        try:
            sock.connect((to, port))
            while listener and select.select([listener], [], [], patience)[0]:
                connection, _ = listener.accept()
                with connection:
                    connection.send(b"x")
                if select.select([sock], [], [], 0.05)[0]:
                    break
            return bool(sock.recv(1))
        except OSError:
            return False


def really(ns, to, port, listener, tries=((2, 0.25),)):
    for count, patience in tries:
        for i in range(count):
            if port and connect_once(ns, to, port, patience, listener):
                return True
            if not port and ping_once(ns, to, i + int(patience * 100), patience):
                return True
    return False


def listen(ns, port, address="::", family=socket.AF_INET6):
    sock = socket_in(ns, family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((address, port))
    sock.listen(64)
    return sock


# --- labs ---

class Lab:
    """A chain of one to three segments, with routers between, and stations on them."""

    def __init__(self, rng):
        self.rng = rng
        self.six = rng.random() < 0.35
        self.lines = []
        self.members = {}    # segment -> [(ns, if, address)]
        self.switch = {}     # segment -> (ns, bridge), where there is one
        self.ports = {}      # (ns, if) -> (switch's ns, port)
        self.interfaces = {}  # ns -> [(if, segment, address)]
        self.routers = []
        self.stations = []
        self.nat = None
        self.publish = None
        self.listeners = []
        self.build()

    def net(self, segment):
        if self.six:
            return "2001:db8:%x::/64" % (segment + 1) if segment == self.public \
                else "fd00:%x::/64" % (segment + 1)
        return "203.0.113.0/24" if segment == self.public else "10.%d.0.0/24" % (segment + 1)

    def address(self, segment, host):
        net = self.net(segment).split("/")[0]
        return net + "%x" % host if self.six else net[:-1] + str(host)

    @property
    def prefix(self):
        return 64 if self.six else 24

    def build(self):
        rng = self.rng
        segments = rng.choice((1, 2, 2, 2, 3))
        self.public = segments - 1 if segments > 1 and rng.random() < 0.35 else -1
        names = list("abcdefgh")
        rng.shuffle(names)
        for segment in range(segments):
            self.members[segment] = []
        for i in range(segments - 1):
            name = "r%d" % (i + 1)
            self.routers.append(name)
            self.members[i].append((name, "out%d" % i, self.address(i, 1)))
            self.members[i + 1].append((name, "in%d" % i, self.address(i + 1, 2)))
        limit = 6 - (segments - 1)
        for segment in range(segments):
            count = 2 if segments == 1 else 1
            if limit - 1 > segments and rng.random() < 0.4:
                count += 1
            for _ in range(count):
                name = names.pop()
                self.stations.append(name)
                host = rng.randint(10, 200)
                while self.address(segment, host) in [m[2] for m in self.members[segment]]:
                    host += 1
                self.members[segment].append((name, "eth0", self.address(segment, host)))
        self.lines.append("ns add " + " ".join(self.routers + self.stations))
        if self.six:
            for ns in ["host"] + self.routers + self.stations:
                for key in ("default", "all"):
                    self.lines.append("in %s sysctl -w net.ipv6.conf.%s.accept_dad=0"
                                      % (ns, key))
        for segment in self.members:
            self.build_segment(segment)
        self.build_routes()

    def build_segment(self, segment):
        members = self.members[segment]
        for ns, link, address in members:
            self.interfaces.setdefault(ns, []).append((link, segment, address))
        if len(members) == 2 and self.rng.random() < 0.4:
            (a, a_if, a_ip), (b, b_if, b_ip) = members
            self.lines.append("cable %s:%s %s:%s" % (a, a_if, b, b_if))
        else:
            where = "host"
            bridge = "br%d" % segment
            self.lines.append("bridge %s add" % bridge)
            self.switch[segment] = (where, bridge)
            for i, (ns, link, _) in enumerate(members):
                port = "p%d%d" % (segment, i)
                self.lines.append("cable %s:%s %s:%s" % (ns, link, where, port))
                self.lines.append("ip link set %s master %s" % (port, bridge))
                self.ports[ns, link] = (where, port)
        for ns, link, address in members:
            self.lines.append("addr %s:%s %s/%d" % (ns, link, address, self.prefix))

    def build_routes(self):
        last = len(self.members) - 1
        for name in self.routers:
            self.lines.append("forwarding %s on" % name)
        for i in range(last):  # towards the last segment by default
            for ns, link, _ in self.members[i]:
                if link != "out%d" % i:
                    self.lines.append("route %s default via %s" % (ns, self.address(i, 1)))
        self.nat = self.routers[-1] if self.public >= 0 else None
        for i in range(last, 0, -1):  # and back, one route for each
            if i == self.public:
                continue
            for ns, link, _ in self.members[i]:
                if link == "in%d" % (i - 1):
                    continue
                if i == last and ns not in self.routers:
                    self.lines.append("route %s default via %s" % (ns, self.address(i, 2)))
                else:
                    for back in range(i):
                        self.lines.append("route %s %s via %s" % (ns, self.net(back),
                                                                 self.address(i, 2)))
        if self.nat:
            self.build_nat("in%d" % (last - 1), self.address(last, 2))
            inside = [m for m in self.members[last - 1] if m[0] in self.stations]
            if not self.six and inside and self.rng.random() < 0.5:
                self.publish = (self.address(last, 2), inside[0][0])
                self.build_publish(inside[0][0], inside[0][2])

    # NAT, in nsh's words or in somebody else's.
    def build_nat(self, out, address):
        word = "ip6" if self.six else "ip"
        iptables = "exec %s %stables -t nat -A POSTROUTING -o %s -j " % (self.nat, word, out)
        nft = ["add table inet n",
               "add chain inet n post { type nat hook postrouting priority srcnat; }"]
        self.nat_by = self.rng.randrange(6)
        if self.nat_by == 0:
            self.lines.append(iptables + "MASQUERADE")
        elif self.nat_by == 1:
            self.lines.append(iptables + "SNAT --to-source " + address)
        elif self.nat_by == 2:
            nft.append("add rule inet n post oifname %s snat %s to %s" % (out, word, address))
        elif self.nat_by == 3:
            nft.append("add rule inet n post meta oifname vmap { %s : jump m }" % out)
            nft.insert(2, "add chain inet n m")
            nft.insert(3, "add rule inet n m masquerade")
        else:
            self.lines.append("nat on %s out %s" % (self.nat, out))
        if self.nat_by in (2, 3):
            self.lines += ["exec %s nft \"%s\"" % (self.nat, command) for command in nft]

    def build_publish(self, inside, address):
        by = self.rng.randrange(4)
        if by == 0:
            self.lines.append("exec %s iptables -t nat -A PREROUTING -p tcp --dport 8080 -j DNAT "
                              "--to-destination %s:80" % (self.nat, address))
        elif by == 1:
            for command in ("add table ip d",
                            "add chain ip d pre { type nat hook prerouting priority dstnat; }",
                            "add rule ip d pre fib daddr type local dnat ip to tcp dport map "
                            "{ 22 : 192.0.2.1, 8080 : %s } : 80" % address):
                self.lines.append("exec %s nft \"%s\"" % (self.nat, command))
        else:
            self.lines.append("in %s publish 8080 %s:80" % (self.nat, inside))

    def segment_of(self, ns):
        return self.interfaces[ns][0][1]

    def address_of(self, ns):
        return self.interfaces[ns][0][2]


class Case:
    """A lab, a fault, and a question."""

    def __init__(self, number):
        self.rng = random.Random(number)
        self.number = number
        self.lab = Lab(self.rng)
        self.port = 0
        self.fault = "none"
        self.codes = set()  # what names the fault
        self.exclusive = True  # mending the fault is all there is to mend
        self.faults = []
        self.pick_question()
        from whyfaults import inject
        inject(self)

    def pick_question(self):
        rng, lab = self.rng, self.lab
        self.source, self.target = rng.sample(lab.stations, 2)
        if lab.nat and lab.segment_of(self.source) == lab.public:
            # Nobody outside knows the private addresses: ask from the inside.
            if lab.publish and lab.publish[1] != self.source and rng.random() < 0.7:
                self.target = lab.publish[1]
            elif lab.segment_of(self.target) != lab.public:
                self.source, self.target = self.target, self.source
        self.to = lab.address_of(self.target)
        if lab.publish and lab.segment_of(self.source) == lab.public \
                and self.target == lab.publish[1]:
            self.to, self.port, self.listen_port = lab.publish[0], 8080, 80
        elif rng.random() < 0.35:
            self.port = self.listen_port = 80

    # The way there: [(ns, in, out)], ends included.
    def way(self):
        lab = self.lab
        a, b = lab.segment_of(self.source), lab.segment_of(self.target)
        hops = [(self.source, None, "eth0")]
        step = 1 if b > a else -1
        for i in range(a, b, step):
            router = "r%d" % (i + 1 if step > 0 else i)
            index = i if step > 0 else i - 1
            hops.append((router, "out%d" % index, "in%d" % index) if step > 0 else
                        (router, "in%d" % index, "out%d" % index))
        hops.append((self.target, "eth0", None))
        return hops

    def question(self):
        return "why %s %s%s" % (self.source, self.to, " tcp %d" % self.port if self.port else "")

    def script(self):
        return self.lab.lines + self.faults


def settle(case):
    """The kernel puts IPv6 addresses to use some time after their cable has two ends."""
    end = time.monotonic() + 5
    waiting = case.lab.stations + case.lab.routers if case.lab.six else []
    while waiting and time.monotonic() < end:
        enter(waiting[-1])
        with open("/proc/thread-self/net/if_inet6") as lines:
            addresses = {line.split()[0] for line in lines}
        with open("/proc/thread-self/net/ipv6_route") as lines:
            local = {line.split()[0] for line in lines if int(line.split()[8], 16) >> 31}
        enter("host")
        if addresses <= local:
            waiting.pop()
        else:
            time.sleep(0.01)


def execute(case):
    """Builds the lab, asks, looks, mends. Returns a dictionary."""
    said = {"number": case.number, "fault": case.fault}
    private_machine()
    remember_host()
    text = "\n".join(case.script()) + "\n"
    built = run([NSH, "-q", "-"], stdin=text)
    if built.status != 0:
        said["broken"] = repr(built)
        return said
    settle(case)
    listener = None
    if case.port and case.listeners_wanted:
        listener = listen(case.target, case.listen_port, *case.listen_at)
    said["before"] = why(case)
    said["real"] = really(case.source, case.to, case.port, listener)
    if said["real"] != (said["before"]["code"] == "ARRIVES"):
        # A machine under load may need longer; the verdict does not.
        said["real"] = really(case.source, case.to, case.port, listener, ((3, 2.0),))
        said["again"] = why(case)
    mend = said["before"].get("mend")
    if mend and not said["real"]:
        mended = run([NSH, "-q", "-c", mend], stdin="")
        said["mended"] = mended.status
        said["mend_error"] = mended.err
        case.listener_by_mend = "serve" in mend
        said["after"] = really(case.source, case.to, case.port, listener,
                               ((2, 0.4), (2, 2.0))) \
            if not case.listener_by_mend else None
        if not said["after"]:
            said["then"] = why(case)
    return said


def why(case):
    answer = run([NSH, "-c", "json " + case.question()], stdin="")
    try:
        return json.loads(answer.out)
    except ValueError:
        return {"code": "FAILED", "sentence": repr(answer), "steps": []}


def run_cases(numbers, workers):
    """Each in a process of its own, several at once. Yields what they said."""
    numbers = list(numbers)
    running = {}
    while numbers or running:
        while numbers and len(running) < workers:
            number = numbers.pop(0)
            reader, writer = os.pipe()
            pid = os.fork()
            if pid == 0:
                os.close(reader)
                try:
                    said = execute(Case(number))
                except BaseException as problem:  # told to the parent, whatever it is
                    said = {"number": number, "fault": "?", "broken": repr(problem)}
                with os.fdopen(writer, "w") as to:
                    json.dump(said, to)
                os._exit(0)
            os.close(writer)
            running[reader] = (pid, number, [])
        for reader in select.select(list(running), [], [])[0]:
            data = os.read(reader, 1 << 20)
            if data:
                running[reader][2].append(data)
                continue
            pid, number, parts = running.pop(reader)
            os.close(reader)
            os.waitpid(pid, 0)
            text = b"".join(parts).decode()
            yield json.loads(text) if text else {"number": number, "broken": "died"}


if __name__ == "__main__":
    case = Case(int(sys.argv[1]))
    print("\n".join(case.script()))
    print("# %s; expects %s; %s" % (case.question(), sorted(case.codes), case.fault))
