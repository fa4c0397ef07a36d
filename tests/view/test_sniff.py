# SPDX-License-Identifier: GPL-3.0-or-later
"""sniff: the same packets as packet sockets of this test see, in the words of tcpdump, and a
pcapng file with the interfaces by their names; several namespaces at once, those that come later
too; filters, limits, hostile names."""
import json
import os
import re
import select
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from capture import Eyes, read_pcapng
from nshtest import (NSH, PATIENCE, in_private_machine, nsh, nsh_argv, public_dir, run, sh, tap)

in_private_machine()
HAS_PCAP = any(os.path.exists(os.path.join(path, name))
               for path in ("/usr/lib", "/usr/lib64", "/usr/lib/x86_64-linux-gnu",
                            "/usr/lib/aarch64-linux-gnu", "/lib/x86_64-linux-gnu")
               for name in ("libpcap.so.0.8", "libpcap.so.1"))
FILE = os.path.join(public_dir(), "lecture.pcapng")
# The lecture's network after chapter 6: rooms on a switch, a neighbour on the LAN, NAT.
LAB = ["ns add red blue neighbour",
       "bridge v-net-0 attach red blue addr 192.168.15.1/24 192.168.15.2/24",
       "addr host:v-net-0 192.168.15.5/24",
       "cable host:lan0 neighbour:eth0 addr 192.168.1.2/24 192.168.1.3/24",
       "route blue 192.168.1.0/24 via 192.168.15.5", "nat on for 192.168.15.0/24"]
TIME = r"\d\d:\d\d:\d\d\.\d{6} "


def has(program):
    return run(["sh", "-c", "command -v " + program]).status == 0


def is_asked_for(frame):
    """Not what the kernel sends by itself and in its own time: IPv6's looking for others, groups."""
    return frame[12:14] != b"\x86\xdd" and frame[23:24] != b"\x02"


def are_asked_for(lines):
    return [line for line in lines if line and not re.search(r"\bIP6 |: igmp ", line)]


def until_seen(process, what, ping="ping red blue count 1"):
    """Pings until the process tells of WHAT; returns what it has told."""
    end, told = time.monotonic() + PATIENCE, ""
    while what not in told and time.monotonic() < end:
        nsh("-c", ping)
        while select.select([process.stdout], [], [], 0.05)[0]:
            got = os.read(process.stdout.fileno(), 65536).decode()
            told += got
            if not got:
                return told
    return told


def traffic(lines):
    return [re.sub("^" + TIME, "", line) for line in lines.splitlines()
            if re.match(TIME, line)]


# --- chapter 6 ---

DUMPED = ["blue:veth-blue", "host:v-net-0", "host:lan0", "neighbour:eth0"]


class Dump:
    """tcpdump on an interface, into a file; nothing where there is no tcpdump."""

    def __init__(self, ns, name):
        self.path = os.path.join(public_dir(), "%s-%s.pcap" % (ns, name))
        inside = [] if ns == "host" else ["ip", "netns", "exec", ns]
        self.process = has("tcpdump") and subprocess.Popen(
            [*inside, "tcpdump", "--immediate-mode", "-Uni", name, "-Z", "root", "-w", self.path],
            stderr=subprocess.PIPE, text=True)
        while self.process and "listening on" not in self.process.stderr.readline():
            pass

    def end(self):
        """How many packets there were but those of the kernel's own."""
        if not self.process:
            return 0
        time.sleep(0.3)
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=PATIENCE)
        return len(are_asked_for(run(["tcpdump", "-nr", self.path]).out.splitlines()))


def chapter_six():
    result = nsh("-q", *sum((["-c", line] for line in LAB), []))
    tap.equal(result.status, 0, "the network of chapter 6")
    eyes, dumps = Eyes(), [Dump(*end.split(":")) for end in DUMPED]
    result = nsh("-c", "serve neighbour 80 \"hello\"", "-c",
                 "sniff to %s while get blue http://192.168.1.3/" % FILE)
    seen = eyes.seen()
    eyes.close()
    dumped = {end: dump.end() for end, dump in zip(DUMPED, dumps)}
    tap.equal(result.status, 0, "sniff while a page is fetched")
    interfaces, packets, statistics = read_pcapng(FILE)
    counts, wanted = {}, {}
    for number, _, flags, frame in packets:
        counts.setdefault(interfaces[number]["name"], []).append(frame)
    everything = {name: len(frames) for name, frames in counts.items()}
    for name in list(counts):
        counts[name] = [frame for frame in counts[name] if is_asked_for(frame)]
    for name, link, _, frame in seen:
        if is_asked_for(frame):
            wanted.setdefault("%s:%s" % (name, link), []).append(frame)
    counts = {name: frames for name, frames in counts.items() if frames}
    # The machine's own interfaces are left out where nobody names host: here all are nsh's.
    tap.equal({name: len(frames) for name, frames in counts.items()},
              {name: len(frames) for name, frames in wanted.items()},
              "as many packets on each interface as this test sees")
    if has("tcpdump"):
        # The last acknowledgement may come when the line is done, and sniff with it.
        late = {name: dumped[name] - len(counts.get(name, [])) for name in DUMPED}
        tap.ok(all(0 <= missing <= 1 for missing in late.values()),
               "... and as tcpdump keeps meanwhile, on both sides of the NAT", (late, dumped))
    else:
        tap.skip("tcpdump is not installed")
    tap.ok(all(sorted(counts[name]) == sorted(wanted.get(name, [])) for name in counts),
           "and the same bytes")
    for name in ["blue:veth-blue", "host:veth-blue-br", "host:v-net-0", "host:lan0",
                 "neighbour:eth0"]:
        tap.ok(name in counts, "%s is among the interfaces" % name, sorted(counts))
    tap.ok(all(one["resolution"] == 9 and one["link"] == 1 for one in interfaces),
           "Ethernet, in nanoseconds", interfaces)
    tap.equal(interfaces[0]["description"], "interface %s of namespace %s" %
              tuple(reversed(interfaces[0]["name"].split(":"))), "a description")
    times = [packet[1] for packet in packets]
    tap.ok(times == sorted(times) and abs(times[0] / 1e9 - time.time()) < 3600,
           "in the order of time")
    out = {(interfaces[number]["name"], flags & 3) for number, _, flags, _ in packets}
    tap.ok(("blue:veth-blue", 2) in out and ("blue:veth-blue", 1) in out,
           "each with its direction", out)
    tap.equal(sorted((number, everything[one["name"]], 0)
                     for number, one in enumerate(interfaces)), sorted(statistics),
              "and how many there were of each at the end")
    tap.has(result.err, "%d packets in %s" % (len(packets), FILE), "which the note says too")
    check_lines(result, len(packets))
    check_tools(everything)


def check_lines(result, count):
    lines = traffic(result.out)
    tap.equal(len(lines), count, "a line for each packet")
    text = "\n".join(lines)
    for part in [r"^blue:veth-blue Out IP 192\.168\.15\.2\.\d+ > 192\.168\.1\.3\.80: Flags \[S\]",
                 r"^host:lan0 Out IP 192\.168\.1\.2\.\d+ > 192\.168\.1\.3\.80: Flags \[S\]",
                 r"^neighbour:eth0 In  IP 192\.168\.1\.2\.\d+ > .*HTTP: GET / HTTP/1\.1$",
                 r"^blue:veth-blue In  IP 192\.168\.1\.3\.80 > .*HTTP: HTTP/1\.1 200 OK$"]:
        tap.has(text, re.compile(part, re.M), "both sides of the NAT: " + part)
    if not has("tcpdump"):
        tap.skip("tcpdump is not installed")
        return
    theirs = run(["tcpdump", "-tnr", FILE]).out.splitlines()
    mine = [re.sub(r"^\S+ (In|Out|B|M|P) +", "", line) for line in lines]
    tap.equal("\n".join(mine), "\n".join(theirs), "the lines are those of tcpdump")


def check_tools(everything):
    if not has("tshark"):
        tap.skip("tshark is not installed")
        return
    names = tshark("frame.interface_name")
    tap.equal({name: names.count([name]) for name in everything},
              everything, "tshark shows the interfaces by their names, with as many packets each")
    tap.equal(len(names), sum(everything.values()), "... and no others")
    opened = {(name, source) for name, source, target in
              tshark("frame.interface_name", "ip.src", "ip.dst", only="tcp.flags.syn == 1 && "
                     "tcp.flags.ack == 0") if target == "192.168.1.3"}
    tap.equal(opened, {("blue:veth-blue", "192.168.15.2"), ("host:veth-blue-br", "192.168.15.2"),
                       ("host:v-net-0", "192.168.15.2"), ("host:lan0", "192.168.1.2"),
                       ("neighbour:eth0", "192.168.1.2")}, "tshark sees both sides of the NAT")
    tap.equal(tshark("frame.number", only="_ws.malformed"), [], "and nothing malformed")


def tshark(*fields, only=""):
    """Of each packet of FILE these fields."""
    asked = sum((["-e", field] for field in fields), [])
    out = run(["tshark", "-r", FILE, "-Y", only, "-T", "fields", *asked]).out
    return [line.split("\t") for line in out.splitlines()]


def same_as_tcpdump():
    """On one interface, at the same time."""
    if not has("tcpdump"):
        tap.skip("tcpdump is not installed")
        return
    # -l and a line to wait for: it says when it listens.
    theirs = subprocess.Popen(["tcpdump", "-tnli", "v-net-0"], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True)
    while "listening on" not in theirs.stderr.readline():
        pass
    mine = nsh("-c", "sniff host:v-net-0 while ping red blue count 2")
    time.sleep(0.3)
    theirs.send_signal(signal.SIGINT)
    out = are_asked_for(theirs.communicate(timeout=PATIENCE)[0].splitlines())
    lines = are_asked_for(traffic(mine.out))
    tap.equal([re.sub(r"^\S+ (In|Out|B|M|P) +", "", line) for line in lines], out,
              "a switch that is named: what tcpdump sees there, what it passes on as well")
    tap.has(mine.out, "echo reply", "pings among it")


# --- which packets, and how many ---

def limits():
    ping = " while ping red blue count 2"
    lines = traffic(nsh("-c", "sniff red" + ping).out)
    tap.ok(lines and all(line.startswith("red:") for line in lines), "one namespace", lines)
    lines = traffic(nsh("-c", "in red sniff" + ping).out)
    tap.ok(lines and all(line.startswith("red:") for line in lines), "in red sniff", lines)
    lines = traffic(nsh("-c", "sniff red host:veth-blue-br" + ping).out)
    tap.equal({line.split()[0] for line in lines}, {"red:veth-red", "host:veth-blue-br"},
              "a namespace and an interface of another")
    lines = nsh("-c", "json sniff red" + ping).out.splitlines()
    found = [json.loads(line) for line in lines if line.startswith('{"time"')]
    requests = [one for one in found if "echo request" in one["text"]]
    tap.ok(len(requests) == 2 and requests[0]["namespace"] == "red" and
           requests[0]["interface"] == "veth-red" and requests[0]["direction"] == "out" and
           requests[0]["from"] == "192.168.15.1" and requests[0]["length"] == 98,
           "json: an object for each packet", found)
    result = run([NSH, "-c", "sniff red for 50ms filter icmp"])
    tap.ok(result.status == 0 and "0 packets" in result.err, "for a time", repr(result))
    process = subprocess.Popen([NSH, "-c", "sniff red count 2"], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    while process.poll() is None:
        nsh("-c", "ping red blue count 1")
    out, err = process.communicate(timeout=PATIENCE)
    tap.ok(process.returncode == 0 and len(traffic(out)) == 2 and "2 packets" in err,
           "a number of packets", out + err)
    process = subprocess.Popen([NSH, "-c", "sniff"], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    told = until_seen(process, "echo reply")
    tap.has(told, "echo request", "the lines come as the packets do")
    process.send_signal(signal.SIGINT)
    err = process.communicate(timeout=PATIENCE)[1]
    tap.ok(process.returncode == 0 and re.search(r"\d+ packets?", err), "until Ctrl-C",
           "%s %s" % (process.returncode, err))


def errors():
    for line, wanted, status in [
            ("sniff bleu for 10ms", "there is no namespace bleu", 1),
            ("sniff red:eth7 for 10ms", "eth7", 1),
            ("sniff red for 10ms to /nowhere/x.pcapng", "cannot write /nowhere/x.pcapng", 1),
            ("sniff red to /nowhere/x.pcapng while ping red blue", "cannot write /nowhere", 1),
            ("sniff red while ping red 192.168.15.77 count 1", "192.168.15.77", 1),
            ("sniff red count 0", "0", 2)]:
        result = nsh("-c", line)
        tap.has(result.err, wanted, "%s: %s" % (line, wanted))
        tap.equal(result.status, status, "and its status")


def files():
    path = os.path.join(public_dir(), "mine")
    for work in (b"# mine\n", b"\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a\1\0\0\0" + b"\xff" * 8 +
                 b"\x1c\0\0\0"):
        with open(path, "wb") as file:
            file.write(work)
        result = nsh("-c", "sniff red to %s while ping red blue count 1" % path)
        tap.equal(result.status, 1, "a file of somebody else's is not written over")
        tap.has(result.err, "mine is there already, and holds something else", "which is said")
        with open(path, "rb") as file:
            tap.equal(file.read(), work, "and it stays as it is")
    os.unlink(path)
    for count in (2, 1):
        result = nsh("-c", "sniff red to %s while ping red blue count %d" % (path, count))
        tap.equal(result.status, 0, "a file that nsh wrote is") or tap.note(repr(result))
    pings = [p for p in read_pcapng(path)[1] if p[3][12:14] == b"\x08\0" and p[3][23] == 1]
    tap.equal(len(pings), 2, "from its beginning")
    os.unlink(path)


def filters():
    if not HAS_PCAP:
        tap.skip("libpcap is not installed", 9)
        result = nsh("-c", "sniff filter icmp for 10ms")
        tap.ok(result.status == 4 and "libpcap" in result.err, "without libpcap: said so")
        return
    line = "sniff red filter %s while ping red blue count 1"
    lines = traffic(nsh("-c", line % "icmp").out)
    tap.ok(len(lines) == 2 and all("ICMP echo" in one for one in lines), "a filter", lines)
    lines = traffic(nsh("-c", line % '"icmp[icmptype] == icmp-echoreply"').out)
    tap.ok(len(lines) == 1 and "reply" in lines[0], "a longer one", lines)
    tap.equal(traffic(nsh("-c", line % '"udp port 9"').out), [], "one that nothing passes")
    lines = traffic(nsh("-c", line % "icmp or udp").out)
    tap.equal(len(lines), 2, "\"while\" ends one of several words") or tap.note(repr(lines))
    result = nsh("-c", line % "tcp port 80 to %s" % FILE)
    tap.ok(result.status == 0 and "1 received" in result.out and not read_pcapng(FILE)[1],
           "so does \"to\"", repr(result))
    result = nsh("-c", line % "\"host while\"")
    tap.ok(result.status != 0 and "'while'" in result.err, "but not where it is quoted",
           repr(result))
    result = nsh("-c", "sniff red for 10ms filter tcp port")
    tap.ok(result.status == 2 and "not a filter" in result.err, "one that makes no sense",
           repr(result))
    nsh("-c", "sniff red to %s filter icmp while ping red blue count 1" % FILE)
    tap.equal(read_pcapng(FILE)[0][0]["filter"], b"\0icmp", "the file tells the filter")
    process = subprocess.Popen([NSH, "-c", "sniff red"], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    until_seen(process, "echo reply")
    maps = open("/proc/%d/maps" % process.pid).read()
    tap.ok("libnftnl" in maps and "libpcap" not in maps, "libpcap is loaded for filters alone")
    process.kill()
    process.communicate()
    hidden = run(["unshare", "-m", "sh", "-c",
                  "for lib in $(find /usr/lib /usr/lib64 /lib -name 'libpcap.so*' 2>/dev/null); "
                  "do mount --bind /dev/null $lib; done; "
                  "exec %s -c 'sniff red filter icmp for 10ms'" % NSH])
    tap.ok(hidden.status == 4 and "libpcap" in hidden.err, "without libpcap: said so",
           repr(hidden))


# --- namespaces that come and go ---

def coming_and_going():
    process = subprocess.Popen([NSH, "-c", "sniff"], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    nsh("-q", "-c", "ns add late later; cable late later addr 10.1.1.1/24 10.1.1.2/24")
    told = until_seen(process, "late:veth-late", "ping late later count 1")
    end = time.monotonic() + PATIENCE
    tap.has(told, "late:veth-late", "a namespace that comes later is seen, too")
    nsh("-q", "-c", "ns del late")
    while time.monotonic() < end and "veth-later" in nsh("-c", "link later").out:
        time.sleep(0.05)
    tap.lacks(nsh("-c", "link later").out, "veth-later",
              "one that is deleted is not kept alive by the looking")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE)
    nsh("-q", "-c", "ns del later")


def hostile():
    name, link = "e\u202evil\x1b", "a\x1b[31mb"
    sh("ip netns add '%s'; ip -n '%s' link add '%s' type veth peer name p" % (name, name, link))
    sh("ip -n '%s' addr add 10.9.9.1/24 dev '%s'; ip -n '%s' link set '%s' up; "
       "ip -n '%s' link set p up" % (name, link, name, link, name))
    sh("ip -n '%s' neigh add 10.9.9.2 lladdr 02:00:00:00:00:09 dev '%s'" % (name, link))
    # nsh takes no such name at the prompt: all are looked at.
    script = os.path.join(public_dir(), "send.sh")
    with open(script, "w") as file:
        file.write("""exec ip netns exec '%s' %s -c 'import socket
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("10.9.9.2", 9))'
""" % (name, sys.executable))
    result = nsh("-c", "sniff to %s while exec host sh %s" % (FILE, script))
    lines = [line for line in traffic(result.out) if "10.9.9.2.9: UDP" in line]
    tap.ok(lines and lines[0].startswith("e\\u202evil\\x1b:a\\x1b[31mb"),
           "hostile names are made visible", repr(result))
    tap.lacks(result.out + result.err, "\x1b", "and no escape gets through")
    names = [one["name"] for one in read_pcapng(FILE)[0]]
    tap.ok("%s:%s" % (name, link) in names, "in the file they are what they are", names)
    result = nsh("-c", "json sniff while exec host sh %s" % script)
    found = [json.loads(line) for line in result.out.splitlines()]
    tap.ok("\x1b" not in result.out and "\u202e" not in result.out and
           (name, link) in {(one["namespace"], one["interface"]) for one in found},
           "and in JSON they are escaped", found)
    sh("ip netns del '%s'" % name)


def as_user():
    lab = "ns add red blue; cable red blue addr 10.0.0.1/24 10.0.0.2/24; "
    path = os.path.join(public_dir(), "user.pcapng")
    result = run(nsh_argv("-S", "-q", "-c",
                          lab + "sniff to %s while ping red blue count 1" % path, user=True))
    tap.equal(result.status, 0, "an ordinary user can sniff in a sandbox")
    interfaces, packets, _ = read_pcapng(path)
    tap.ok({one["name"] for one in interfaces} == {"red:veth-red", "blue:veth-blue"} and packets,
           "and has the file", interfaces)


chapter_six()
same_as_tcpdump()
limits()
errors()
files()
filters()
coming_and_going()
hostile()
as_user()
tap.done()
