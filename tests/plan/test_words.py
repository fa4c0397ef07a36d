# SPDX-License-Identifier: GPL-3.0-or-later
"""The lecture's own words: chapters 1 to 8 typed as the lecturer types them (with prefix lengths).

The same file is run by nsh and by sh with iproute2, net-tools and iptables, and the network is
said in nsh's words too: the same links, addresses and routes come of all three.
"""
import json
import os
import re
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import nshtest
from nshtest import run, tap

nshtest.in_private_machine()
for program in ("ip", "nft", "sysctl"):
    nshtest.needs_program(program)

import state
from state import Shell, difference, in_lab, must, nsh, same_macs, without_chance

# The world around it: the LAN 192.168.1.0/24, a neighbour on it, and the internet behind it.
WORLD = """
ip netns add lan
ip netns add neighbour
ip netns add internet
ip -n lan link add lan0 type bridge
ip -n lan link set lan0 up
ip link add eth0 type veth peer name host-lan
ip link set host-lan netns lan
ip -n lan link set host-lan master lan0 up
ip -n neighbour link add eth0 type veth peer name neighbour-lan netns lan
ip -n lan link set neighbour-lan master lan0 up
ip -n internet link add eth0 type veth peer name internet-lan netns lan
ip -n lan link set internet-lan master lan0 up
ip addr add 192.168.1.2/24 dev eth0
ip link set eth0 up
ip -n neighbour addr add 192.168.1.3/24 dev eth0
ip -n neighbour link set eth0 up
ip -n internet addr add 192.168.1.1/24 dev eth0
ip -n internet addr add 8.8.8.8/32 dev eth0
ip -n internet link set eth0 up
ip route add default via 192.168.1.1
"""

# A line that the lecture lets fail ends in "# fails".
CHAPTERS = """
ip netns add red
ip netns add blue
ip netns
ip link
ip netns exec red ip link
ip -n red link
arp
ip netns exec red arp
route
ip netns exec red route

ip link add veth-red type veth peer name veth-blue
ip link set veth-red netns red
ip link set veth-blue netns blue
ip -n red addr add 192.168.15.1/24 dev veth-red
ip -n blue addr add 192.168.15.2/24 dev veth-blue
ip -n red link set veth-red up
ip -n blue link set veth-blue up
ip netns exec red ping 192.168.15.2
ip netns exec red arp
ip netns exec blue arp
arp

ip netns add orange
ip netns add gray
ip link add v-net-0 type bridge
ip link set dev v-net-0 up
ip -n red link del veth-red
ip link add veth-red type veth peer name veth-red-br
ip link add veth-blue type veth peer name veth-blue-br
ip link add veth-orange type veth peer name veth-orange-br
ip link add veth-gray type veth peer name veth-gray-br
ip link set veth-red netns red
ip link set veth-red-br master v-net-0
ip link set veth-blue netns blue
ip link set veth-blue-br master v-net-0
ip link set veth-orange netns orange
ip link set veth-orange-br master v-net-0
ip link set veth-gray netns gray
ip link set veth-gray-br master v-net-0
ip -n red addr add 192.168.15.1/24 dev veth-red
ip -n blue addr add 192.168.15.2/24 dev veth-blue
ip -n orange addr add 192.168.15.3/24 dev veth-orange
ip -n gray addr add 192.168.15.4/24 dev veth-gray
ip -n red link set veth-red up
ip -n blue link set veth-blue up
ip -n orange link set veth-orange up
ip -n gray link set veth-gray up
ip link set veth-red-br up
ip link set veth-blue-br up
ip link set veth-orange-br up
ip link set veth-gray-br up
ip netns exec red ping 192.168.15.4

ping 192.168.15.1 # fails
ip addr add 192.168.15.5/24 dev v-net-0
ping 192.168.15.1

ip netns exec blue ping 192.168.1.3 # fails
ip netns exec blue route
ip netns exec blue ip route add 192.168.1.0/24 via 192.168.1.2 # fails
ip netns exec blue ip route add 192.168.1.0/24 via 192.168.15.5
ip netns exec blue ping 192.168.1.3 # fails
echo 1 > /proc/sys/net/ipv4/ip_forward

iptables -t nat -A POSTROUTING -s 192.168.15.0/24 -j MASQUERADE
ip netns exec blue ping 192.168.1.3

ip netns exec blue ping 8.8.8.8 # fails
ip netns exec blue ip route add default via 192.168.15.5
ip netns exec blue ping 8.8.8.8

ip netns exec neighbour ip route add 192.168.15.0/24 via 192.168.1.2
iptables -t nat -A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 192.168.15.2:80
"""

OWN = """
ns add lan neighbour internet
in lan bridge lan0 add
cable host:eth0 lan:host-lan
cable neighbour:eth0 lan:neighbour-lan
cable internet:eth0 lan:internet-lan
in lan bridge lan0 attach :host-lan :neighbour-lan :internet-lan
addr eth0 192.168.1.2/24
addr neighbour 192.168.1.3/24
addr internet 192.168.1.1/24
addr internet 8.8.8.8/32
route host default via 192.168.1.1

ns add red blue
cable red blue addr 192.168.15.1/24 192.168.15.2/24
cable del red blue
ns add orange gray
bridge v-net-0 attach red blue orange gray addr 192.168.15.1/24 192.168.15.2/24 \\
	192.168.15.3/24 192.168.15.4/24
addr v-net-0 192.168.15.5/24
route blue 192.168.1.0/24 via 192.168.15.5
forwarding on
nat on for 192.168.15.0/24
route blue default via 192.168.15.5
route neighbour 192.168.15.0/24 via 192.168.1.2
publish 80 blue
"""

SCRIPT = "#!/bin/sh\n# The lecture, as typed.\n" + WORLD + CHAPTERS


# --- states, as far as they are to be the same ---

def unmarked(there):
    """Without nsh's marks, and without the rules: iptables has tables of its own."""
    there = without_chance(there)
    for ns in there.values():
        del ns["nft"]
        for link in ns["links"].values():
            del link["group"]
        for addrs in ns["addrs"].values():
            for addr in addrs:
                addr["protocol"] = None if addr["protocol"] in (None, "110") else addr["protocol"]
        for route in ns["routes"]:
            route["protocol"] = {"110": "boot"}.get(route["protocol"], route["protocol"])
        ns["routes"].sort(key=lambda r: json.dumps(r, sort_keys=True))
    return there


def network(there):
    """Also without what nsh does unasked and ip does not: lo up in new namespaces, broadcast
    addresses; and without settings, of which "forwarding on" has more than one."""
    there = unmarked(there)
    for name, ns in there.items():
        del ns["sysctls"]
        if name != "host":
            del ns["links"]["lo"], ns["addrs"]["lo"]
            ns["routes"] = [r for r in ns["routes"] if r["dev"] != "lo"]
        ns["routes"] = [r for r in ns["routes"] if r["type"] != "broadcast"]
        for addrs in ns["addrs"].values():
            for addr in addrs:
                del addr["broadcast"]
    return there


# --- the three ways to say it; each in a lab of its own ---

def by_nsh(path, *options):
    result = nsh("-k", *options, path)
    return result.status, result.out, result.err, state.read()


def by_shell(path, programs):
    """Its pings are not to run for ever: a program that does nothing stands for them."""
    environment = dict(os.environ, PATH=programs + ":" + os.environ["PATH"])
    result = run(["sh", path], env=environment)
    return result.status, result.out, result.err, state.read()


def own_words():
    must(nsh("-q", "-", stdin=OWN))
    return state.read()


def same(one, other, name):
    lines = difference(one, other)
    tap.ok(not lines, name, "\n".join(lines))


def failing_lines(text):
    return [number for number, line in enumerate(text.split("\n"), 1)
            if line.endswith("# fails")]


def test_lecture(directory):
    path = os.path.join(directory, "lecture.sh")
    with open(path, "w") as file:
        file.write(SCRIPT)
    status, out, err, there = in_lab(by_nsh, path)
    # A failure is told as "FILE:LINE:COLUMN: what".
    failed = [int(n) for n in re.findall(re.escape(path) + r":(\d+):", err)]
    tap.equal(failed, failing_lines(SCRIPT), "the lines that the lecture lets fail do, no others")
    tap.equal(status, 1, "and the run ends with 1")
    tap.has(err, "Network is unreachable", "blue does not know the way at first")
    tap.equal(len(re.findall("3 sent, 3 received", out)), 5, "all other pings answer")
    tap.has(out, re.compile(r"^red$", re.M), "ip netns prints bare names")

    same(network(in_lab(own_words)), network(there), "it is the network that nsh's words make")

    programs = os.path.join(directory, "programs")
    os.mkdir(programs)
    for name in ("ping", "curl"):
        with open(os.path.join(programs, name), "w") as file:
            file.write("#!/bin/sh\n")
        os.chmod(file.name, 0o755)
    _, _, shell_err, shell_there = in_lab(by_shell, path, programs)
    same(unmarked(shell_there), unmarked(there), "it is the network that sh makes of the file")
    tap.note(shell_err.strip())


# --- explain: the lines that a dry run prints do the same in sh ---

def explained(text):
    result = must(nsh("-q", "-n", "-", stdin=text))
    done = run(["sh", "-e"], stdin=result.out)
    if done.status != 0:
        raise RuntimeError("%r\n--- of\n%s" % (done, result.out))
    return result.out, state.read()


def changing_lines(text):
    """Those that are to succeed, without the looks and the pings."""
    return [line for line in text.split("\n") if line and not line.endswith("# fails") and
            re.search(r" (add|set|del|-A) |^echo", line)]


def test_explain():
    script = "\n".join(changing_lines(WORLD + CHAPTERS)) + "\n"

    def run_it():
        must(nsh("-q", "-", stdin=script))
        return state.read()
    there = in_lab(run_it)
    _, explained_there = in_lab(explained, script)
    same(without_chance(there), without_chance(explained_there),
         "the explained lines do the same, marks and rules included")

    def each():
        wrong = []
        shell = Shell("-q")
        for line in changing_lines(WORLD + CHAPTERS):
            text = shell.lines("explain " + line)
            if not re.match(r"(ip |sysctl |nft |ip netns exec )", text):
                wrong.append("%s: %r" % (line, text))
            shell.lines(line)
        shell.end()
        return wrong
    wrong = in_lab(each)
    tap.ok(not wrong, "each line can be explained", "\n".join(wrong))


# --- undo ---

def test_undo():
    def each():
        wrong = []
        shell = Shell("-q")
        before = state.read()
        for line in changing_lines(WORLD + CHAPTERS):
            shell.lines(line)
            after = state.read()
            if not difference(*same_macs(before, after)):
                wrong.append("%s: does nothing" % line)
            shell.lines("undo")
            lines = difference(*same_macs(before, state.read()))
            wrong += ["%s: %s" % (line, one) for one in lines]
            shell.lines(line)
            before = state.read()
        # All of it, in one go.
        count = len(changing_lines(WORLD + CHAPTERS))
        answer = shell.lines("undo %d" % count)
        left = [name for name in state.read() if name != "host"]
        if left:
            wrong.append("undo %d: %s are left\n%s" % (count, left, answer))
        shell.end()
        return wrong
    wrong = in_lab(each)
    tap.ok(not wrong, "each line can be taken back, and all of them", "\n".join(wrong))


# --- the page of chapter 8 ---

def test_page():
    def serve():
        shell = Shell("-q")
        for line in changing_lines(WORLD + CHAPTERS):
            shell.lines(line)
        shell.lines("serve blue 80 hello from blue")
        answers = []
        for host in ("192.168.1.2:80", "192.168.15.2"):
            line = "ip netns exec neighbour curl -s http://%s/" % host
            shell.lines("wait %s within 10s" % line)
            answers.append(shell.lines(line))
        lists = shell.lines("iptables -t nat -L -n"), shell.lines("iptables -t nat -S")
        shell.end()
        return answers, lists
    answers, (listed, lines) = in_lab(serve)
    tap.equal(answers, ["hello from blue\n"] * 2, "blue's page is seen from the neighbour, both ways")
    tap.has(listed, re.compile(r"^Chain PREROUTING \(policy ACCEPT\)\n"
                               r"target +prot +opt +source +destination\n"
                               r"DNAT +tcp +-- +0\.0\.0\.0/0 +0\.0\.0\.0/0 +"
                               r"tcp dpt:80 to:192\.168\.15\.2:80$", re.M),
            "iptables -L lists the rules in iptables' form")
    tap.has(lines, "-A POSTROUTING -s 192.168.15.0/24 -j MASQUERADE\n", "iptables -S too")
    tap.has(lines, "-A PREROUTING -p tcp -m tcp --dport 80 -j DNAT --to-destination "
                   "192.168.15.2:80\n", "with all that a rule says")


# --- ping's options ---

def test_ping():
    def each():
        found = []  # of another process: told by this one

        def ping(arguments, wanted, name):
            result = nsh("-q", "-c", arguments)
            found.append((bool(wanted(result)), name, repr(result)))

        must(nsh("-q", "-c", "ns add red blue; "
                             "cable red blue addr 192.168.15.1/24 192.168.15.2/24; "
                             "addr red 192.168.15.3/24; addr red 10.0.0.1/24"))
        ping("ip netns exec red ping -qc1 -W1 -I10.0.0.1 192.168.15.2",
             lambda r: r.out == "ping 192.168.15.2 from red\n1 sent, 0 received\n",
             "-I is where a ping comes from: blue does not know the way there")
        for source in ("192.168.15.3", "veth-red"):
            ping("in red ping -c1 -W5 -I %s 192.168.15.2" % source, lambda r: r.status == 0,
                 "-I %s: that one it does know" % source)
        ping("in red ping -c1 -Iveth-blue 192.168.15.2",
             lambda r: "red has no interface veth-blue" in r.err,
             "-I of an interface that is not there")
        ping("in red ping -c1 -I 192.168.15.2 192.168.15.2",
             lambda r: "cannot ping from 192.168.15.2: " in r.err, "-I of somebody else's address")
        ping("in red ping -c1 -I fd00::1 192.168.15.2",
             lambda r: "cannot ping from fd00::1: it is of another family" in r.err,
             "-I of the other family")
        ping("in red ping -qc2 -i0.01 -w60 192.168.15.2", lambda r: r.status == 0,
             "-w waits for no more answers than -c says")
        run(["ip", "netns", "exec", "blue", "sysctl", "-qw", "net.ipv4.icmp_echo_ignore_all=1"])
        ping("in red ping -qc1 -i0.01 -w0.5 192.168.15.2",
             lambda r: r.status == 1 and re.search("^([2-9]|[1-9][0-9]+) sent, 0 received$", r.out,
                                                   re.M),
             "-w asks again for its time where nobody answers")
        ping("in red ping -c1 -w60 10.0.0.9", lambda r: "Destination Host Unreachable" in r.err,
             "but not where the kernel says that nobody is there")
        return found
    for ok, name, result in in_lab(each):
        tap.ok(ok, name, result)


# --- what is not known is an error at that word ---

MISTAKES = [
    ("ip -s link", "-s"),
    ("ip -j addr", "-j"),
    ("ip -x link", "-x"),
    ("ip lnk", "lnk"),
    ("ip rule", "rule"),
    ("ip netns identify 1", "identify"),
    ("ip link add v type vlan id 5", "vlan"),
    ("ip link add v type macvlan", "macvlan"),
    ("ip link add v type bridge stp_state 1", "stp_state"),
    ("ip link add a-name-longer-than-15 type bridge", "han-15"),
    ("ip link set v-net-0 promisc on", "promisc"),
    ("ip link set v-net-0 mtu big", "big"),
    ("ip route add prohibit 10.9.0.0/16 src fd00::1", "fd00::1"),
    ("ip link set v-net-0 qlen big", "big"),
    ("ip link set v-net-0 qlen 1 txqueuelen 2", "2"),
    ("ip addr add 10.0.0.1/24 dev v-net-0 label x", "label"),
    ("ip addr add 10.0.0.1/24 scope link dev v-net-0", "scope"),
    ("ip addr add 10.0.0.300/24 dev v-net-0", "300"),
    ("ip addr add 10.0.0.1/24 brd 10.0.0.9 dev v-net-0", "10.0.0.9"),
    ("ip route add 10.0.0.0/24 proto static via 10.1.0.1", "static"),
    ("ip route add 10.0.0.0/24 table local via 10.1.0.1", "local"),
    ("ip neigh add 10.0.0.1 lladdr 02:00:00:00:00:01 dev v-net-0 nud stale", "stale"),
    ("ping -f 127.0.0.1", "-f"),
    ("ping -c x 127.0.0.1", "x"),
    ("ping -cx 127.0.0.1", "x"),
    ("ping -nc1q 127.0.0.1", "1q"),
    ("iptables -tnat -APOSTROUTING -s10.0.0.0/33 -jMASQUERADE", "/33"),
    ("iptables -t nat -A PREROUTING -p tcp --dport=90:80 -j DNAT --to 1.2.3.4", "90:80"),
    ("curl -k http://127.0.0.1/", "-k"),
    ("curl http://127.0.0.1/ -o file", "-o"),
    ("arp -v", "-v"),
    ("route -C", "-C"),
    ("route add -net 10.0.0.0/24 reject", "reject"),
    ("ifconfig v-net-0 promisc", "promisc"),
    ("brctl stp v-net-0 on", "stp"),
    ("sysctl -p", "-p"),
    ("sysctl -w net.ipv4.ip_forward", "net.ipv4.ip_forward"),
    ("echo 1 > /etc/passwd", "/etc/passwd"),
    ("echo 1 >> /proc/sys/net/ipv4/ip_forward", ">>"),
    ("cat /etc/passwd", "/etc/passwd"),
    ("ip netns exec red echo 1 > /proc/sys/net/ipv4/ip_forward", ">"),
    ("ip netns exec red true | cat", "|"),
    ("ip netns exec red true 2>/dev/null", "2>/dev/null"),
    ("set -o posix", "posix"),
    ("iptables -t mangle -A PREROUTING -j ACCEPT", "mangle"),
    ("iptables -t nat -A POSTROUTNG -j MASQUERADE", "POSTROUTNG"),
    ("iptables -A POSTROUTING -j MASQUERADE", "POSTROUTING"),
    ("iptables -t nat -A POSTROUTING -j TEE", "TEE"),
    ("iptables -t nat -A POSTROUTING -j MASQUERADE --random", "--random"),
    ("iptables -t nat -A POSTROUTING -m limit -j MASQUERADE", "limit"),
    ("iptables -t nat -A POSTROUTING -s 1.2.3.0/24 -s 1.2.4.0/24 -j MASQUERADE", "1.2.4.0/24"),
    ("iptables -t nat -A POSTROUTING -i eth0 -j MASQUERADE", "-i"),
    ("iptables -t nat -A PREROUTING -o eth0 -p tcp -j DNAT --to 1.2.3.4", "-o"),
    ("iptables -t nat -A PREROUTING --dport 80 -j DNAT --to 1.2.3.4", "--dport"),
    ("iptables -t nat -A PREROUTING -p tcp -j DNAT --to-source 1.2.3.4", "--to-source"),
    ("iptables -t nat -A PREROUTING -p tcp -j DNAT --to-destination 1.2.3.4:80-90", "1.2.3.4:80-90"),
    ("iptables -t nat -A POSTROUTING ! -j MASQUERADE", "!"),
    ("iptables -t nat -A POSTROUTING ! -t nat -j MASQUERADE", "-t"),
    ("iptables -A FORWARD -m conntrack --ctstate ESTABLISHED,SNAT -j ACCEPT", "SNAT"),
    ("iptables -A FORWARD -m conntrack --ctstate ESTABLISHED,DNAT -j ACCEPT", "ESTABLISHED,DNAT"),
    ("iptables -A FORWARD -m conntrack --ctstate NEW --ctstate INVALID -j ACCEPT", "INVALID"),
    ("iptables -A FORWARD -m state --state established -j ACCEPT", "established"),
    ("iptables -A FORWARD -m conntrack ! --ctstate DNAT -j ACCEPT", "!"),
    ("iptables -A FORWARD -j MASQUERADE", "MASQUERADE"),
    ("iptables -A FORWARD -j REJECT --reject-with tcp-reset", "tcp-reset"),
    ("iptables -A FORWARD ! -p tcp -j REJECT --reject-with tcp-reset", "tcp-reset"),
    ("iptables -A FORWARD -j REJECT --reject-with icmp6-no-route", "icmp6-no-route"),
    ("iptables -A FORWARD -j DROP --reject-with icmp-host-prohibited", "--reject-with"),
    ("iptables -t nat -A POSTROUTING -j REJECT", "REJECT"),
    ("iptables -P FORWARD DROP", "DROP"),
    ("iptables -N MINE", "-N"),
]
INCOMPLETE = [
    "ip", "ip link set v-net-0", "ip link add v type veth", "ip addr add 10.0.0.1/24",
    "ip route add 10.0.0.0/24", "ip netns exec red", "iptables -t nat -A POSTROUTING",
    "iptables -t nat -A POSTROUTING -s 10.0.0.0/8", "iptables -t nat -A POSTROUTING -j SNAT",
    "route add -net 10.0.0.0/24", "sysctl", "sudo", "iptables -t nat -A POSTROUTING -j MASQUERADE !",
]


def blamed(result):
    """The part of the line that stands above the carets; None where there are none."""
    lines = result.err.split("\n")
    for line, under in zip(lines, lines[1:]):
        if under.strip() and not under.strip("^ "):
            at = under.index("^")
            return line[at:at + under.count("^")]
    return None


def test_mistakes():
    setup = "ip link add v-net-0 type bridge; ip netns add red"
    for line, word in MISTAKES:
        result = nsh("-S", "-q", "-c", setup, "-c", line)
        where = blamed(result)
        tap.ok(result.status in (1, 2) and where == word,
               "%s: blames %s" % (line, word), "blamed: %r\n%r" % (where, result))
    for line in INCOMPLETE:
        result = nsh("-S", "-q", "-c", setup, "-c", line)
        tap.ok(result.status == 2 and blamed(result) == "", "%s: is incomplete" % line,
               "blamed: %r\n%r" % (blamed(result), result))
    result = nsh("-S", "-q", "-c", "ip link add d type ifb2")
    tap.equal(result.status, 2, "a kind that nsh does not make is a usage error")


# --- what other programs do, and shells ---

WAYS_ON = [
    # A line, and the hint that it gets where there are the programs of ELSEWHERE.
    ("tcpdump -i v2 -c 3", '"exec host tcpdump -i v2 -c 3" runs the program; nsh\'s own command is '
                           '"sniff"'),
    ("in red ss -ltn", '"exec red ss -ltn" runs the program'),
    ("use red; sudo ss -ltn", '"exec red ss -ltn" runs the program'),
    ("ip netns exec red ip -s link",
     re.compile('; "exec red ip -s link" runs ip itself$', re.M)),
    ("ss -ltn | grep 80", "\"exec host sh -c 'ss -ltn | grep 80'\" runs the program"),
    ("traceroute 10.0.0.1", "did you mean trace?"),
    ("brige", "did you mean bridge?"),
    ("nc -l 80", '"help" lists the commands'),
    ("vlan", '"help" lists the commands'),
    ("iptables -N MINE", re.compile('^  here may stand: .*; "exec host iptables -N MINE" runs '
                                    'iptables itself$', re.M)),
    ("iptables -A MINE -j DROP", '; "exec host iptables -A MINE -j DROP" runs iptables itself'),
    ("ip -4 rule", '"exec host ip -4 rule" runs ip itself'),
    ("bridge vlan show", '"exec host bridge vlan show" runs bridge itself'),
    ("ip link set vrf up", "host has no interface vrf"),
    ("ns add green; ns add blue > file", "nsh has no pipes and redirections, and knows no >"),
    ("\"bridge\"", "without quotes it is"),
    ("ip lnk", re.compile("^  did you mean link\\?$", re.M)),
    ("ip link set red mtu big", re.compile("big is not an MTU.*\n.*\n +\\^+\n$")),
    ("exec red ip route | head -1", "exec red sh -c 'ip route | head -1' has a shell do it there"),
    ("exec red true > file", "exec red sh -c 'true > file' has a shell do it there"),
    ("exec red true && true", "passes no && on to true"),
    ("ip netns exec red true | cat", "exec red sh -c 'true | cat' has a shell do it there"),
    ("ns add green > file", "in a shell: nsh -c 'LINE' > ..."),
    ("ip link | grep red", "in a shell: nsh -c 'LINE' | ..."),
    ("ns | tee file", "nsh has no pipes and redirections, and knows no |"),
]
ELSEWHERE = ("tcpdump", "ss", "ip", "iptables", "bridge")


def test_ways_on(directory):
    programs = os.path.join(directory, "elsewhere")
    os.mkdir(programs)
    for name in ELSEWHERE:
        with open(os.path.join(programs, name), "w") as file:
            file.write("#!/bin/sh\n")
        os.chmod(file.name, 0o755)
    # What cannot be started is no program.
    os.mkdir(os.path.join(programs, "brige"))
    open(os.path.join(programs, "nc"), "w").close()
    environment = dict(os.environ, PATH=programs)
    for line, hint in WAYS_ON:
        result = run([nshtest.NSH, "-S", "-q", "-c", "ns add red; " + line], env=environment)
        tap.ok(result.status != 0, line + ": fails", repr(result))
        tap.has(result.err, hint, "and says how to go on")
    result = nsh("-S", "-q", "-c", "ns add red; exec red echo \"|\" '>' ; exec red sh -c 'echo a | cat'")
    tap.equal(result.out, "| >\na\n", "in quotes they are words like any other")


def test_stations():
    result = nsh("-S", "-q", "-c", "ns add a b; bridge sw attach a b addr 10.0.0.1/24 10.0.0.2/24; "
                                   "ping a b count 1; exec a ip -br link show veth-a; bridge fdb; "
                                   "say --; bridge fdb show dev veth-b-br")
    mac = re.search("^veth-a@.* ([0-9a-f:]{17}) ", result.out, re.M)
    listed, only = result.out.split("--")
    tap.has(listed, re.compile("^%s +veth-a-br +sw +learned$" % (mac and mac.group(1)), re.M),
            "bridge fdb: a station behind its port")
    tap.ok("veth-a-br" not in only and "veth-b-br" in only, "and those of one port", result.out)
    result = nsh("-S", "-q", "--json", "-c", "ip link add b0 type bridge; ip link show up")
    tap.equal([link["name"] for link in json.loads(result.out)], ["lo"],
              "ip link show up: what is down is left out")


# --- how nsh says it ---

def test_notes():
    lines = ("ip netns add red; ip netns add blue; ip link add v-net-0 type bridge; "
             "ip link set v-net-0 up; ip -n red link set lo up")
    result = nsh("-S", "-c", lines)
    told = re.findall(r"^in nsh's words: (.*)$", result.err, re.M)
    tap.equal(len(told), 3, "each kind of line is told in nsh's words once")
    tap.has(told[0] if told else "", "ns add red", "the first as it is")
    result = nsh("-S", "-q", "-c", lines)
    tap.equal(result.err, "", "and not at all in quiet mode")
    result = nsh("-S", "-c", "ns add red; link red:lo down")
    tap.lacks(result.err, "in nsh's words", "nsh's own lines are not told")
    # What is told does the same.
    for setup, line in (
            ("bridge b0 add addr 192.168.15.5/24", "ifconfig b0 10.1.1.1/24"),
            ("bridge b0 add addr 192.168.15.5/24; link b0 down",
             "ifconfig b0 10.1.1.1 netmask 255.255.0.0 mtu 1400"),
            ("bridge b0 add; addr b0 192.168.15.5/24; addr b0 192.168.16.5/24",
             "ifconfig b0 10.1.1.1/24")):
        result = nsh("-S", "-c", setup + "; " + line + "; addr host; link host")
        told = re.findall(r"^in nsh's words: (.*)$", result.err, re.M)
        again = nsh("-S", "-q", "-c", setup + "; " + (told[0] if told else "none") +
                    "; addr host; link host")
        kept = [[re.sub(r"([0-9a-f]{2}:){5}[0-9a-f]{2}", "MAC", text).split()
                 for text in r.out.splitlines() if "fe80::" not in text] for r in (result, again)]
        tap.ok(again.status == 0 and kept[0] == kept[1], "%s: what is told does the same" % line,
               "%r\n%r" % (result, again))
    result = nsh("-S", "-c", "iptables -t nat -A POSTROUTING -o eth0 -j MASQUERADE")
    tap.equal((result.status, result.err), (0, ""),
              "a rule for an interface that is not there has no words of nsh's")


# --- ip's abbreviations, and what else people type ---

SAME = [
    ("ip l", "ip link"), ("ip a", "ip addr show"), ("ip ad", "ip address"), ("ip r", "ip route"),
    ("ip n", "ip neigh"), ("ip net", "ip netns list"), ("ip a s dev lo", "ip addr show lo"),
    ("ip -br a", "ip addr"), ("ip -c -o link", "ip link show"), ("ip l ls lo", "ip link show dev lo"),
    ("ip -netns red a", "ip -n red addr"), ("route -n", "route"), ("arp -an", "arp"), ("arp -ae -n", "arp -aen"),
    ("ip netns exec red ip l", "ip -n red l"), ("sudo ip l", "ip l"),
    ("ip route show default", "ip r list default"),
]
PLANS = [
    # What may be said in more ways than one, with what it is explained with.
    ("ip l a b0 type bridge", "ip link add b0 type bridge\nip link set b0 group 7238504\n"),
    ("ip link set up dev v-net-0", "ip link set v-net-0 up\n"),
    ("ip l s v-net-0 up mtu 1400", "ip link set v-net-0 mtu 1400 up\n"),
    ("ip addr add 10.0.0.1/24 dev v-net-0", "ip addr add 10.0.0.1/24 dev v-net-0\n"),
    ("ip addr add 10.0.0.1/24 brd + dev v-net-0",
     "ip addr add 10.0.0.1/24 dev v-net-0 brd +\n"),
    ("ip a a 2001:db8::1/64 dev v-net-0 nodad",
     "ip addr add 2001:db8::1/64 dev v-net-0 nodad\n"),
    ("ip -6 addr add 2001:db8::1/64 dev v-net-0",
     "ip addr add 2001:db8::1/64 dev v-net-0\n"),
    ("ip route add blackhole 10.9.0.0/16", "ip route add blackhole 10.9.0.0/16 proto 110\n"),
    ("echo 1 >/proc/sys/net/ipv4/ip_forward", "sysctl -qw net.ipv4.ip_forward=1\n"),
    ("echo 1 | sudo tee /proc/sys/net/ipv4/ip_forward", "sysctl -qw net.ipv4.ip_forward=1\n"),
    ("sudo sysctl -w net.ipv4.ip_forward=1", "sysctl -qw net.ipv4.ip_forward=1\n"),
    ("sysctl net/ipv4/ip_forward=1", "sysctl -qw net.ipv4.ip_forward=1\n"),
    ("brctl addbr b0", "ip link add b0 type bridge\nip link set b0 group 7238504\n"),
    ("ifconfig v-net-0 10.0.0.1 netmask 255.255.255.0",
     "ip addr add 10.0.0.1/24 dev v-net-0 brd +\nip link set v-net-0 up\n"),
]
RULES = [
    # Rules in iptables' words; and with -S again as they are to come back.
    ("POSTROUTING -s 10.0.0.0/8 ! -o eth0 -j MASQUERADE", None),
    ("POSTROUTING ! -s 10.0.0.0/8 -d 10.1.0.0/16 -j SNAT --to-source 1.2.3.4", None),
    ("PREROUTING -i eth0 -p udp -m udp --dport 53 -j DNAT --to-destination 10.0.0.2:5353", None),
    ("PREROUTING -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 8080", None),
    ("OUTPUT -d 10.0.0.9/32 -p tcp -m tcp --dport 8000:8010 -j DNAT --to-destination 10.0.0.2", None),
    ("PREROUTING -p tcp -m tcp --dport 80 -m addrtype --dst-type LOCAL -j DNAT "
     "--to-destination 10.0.0.2:80", None),
    ("POSTROUTING -o eth0 -m comment --comment \"hide it all\" -j MASQUERADE", None),
    ("POSTROUTING --source 10.0.0.1/8 --out-interface eth0 --jump MASQUERADE",
     "POSTROUTING -s 10.0.0.0/8 -o eth0 -j MASQUERADE"),
    ("PREROUTING -p tcp --dport 80 -j DNAT --to 10.0.0.2:80",
     "PREROUTING -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.2:80"),
    ("POSTROUTING -j MASQUERADE", None),
    ("POSTROUTING -p tcp -m conntrack --ctstate INVALID,NEW,RELATED -j MASQUERADE", None),
    ("POSTROUTING -m state --state NEW,UNTRACKED -j MASQUERADE",
     "POSTROUTING -m conntrack --ctstate NEW,UNTRACKED -j MASQUERADE"),
    ("POSTROUTING -m conntrack ! --ctstate ESTABLISHED,NEW -j MASQUERADE",
     "POSTROUTING -m conntrack --ctstate INVALID,RELATED,UNTRACKED -j MASQUERADE"),
]


REFUSALS = [
    # The same in FORWARD; and what becomes of a packet by the first that matches.
    ("-p tcp -m tcp --dport 80 -j REJECT --reject-with tcp-reset", None),
    ("-s 10.0.0.0/8 -j REJECT", "-s 10.0.0.0/8 -j REJECT --reject-with icmp-port-unreachable"),
] + [("-d 10.0.0.0/8 -j REJECT --reject-with icmp-%s" % code, None)
     for code in ("net-unreachable", "host-unreachable", "proto-unreachable", "port-unreachable",
                  "net-prohibited", "host-prohibited", "admin-prohibited")]


ANSWERS = [
    ("ping a b count 1", "1 sent, 1 received", "an answer is of what is established"),
    ("ping b a count 1", "Destination Host Prohibited",
     "what is new is refused, and its sender is told"),
    ("get a b", "Connection refused", "TCP with a reset"),
    ("why b a", "REJECTED_BY_RULE: rule 4 of chain forward", "why knows which rule it is"),
    ("why a b", "ARRIVES: a reaches b, and the answer comes back",
     "and that the answer comes back"),
]


def test_refusals():
    for rule, again in REFUSALS:
        result = nsh("-S", "-q", "-c", "iptables -A FORWARD %s; iptables -S FORWARD; "
                                       "iptables -D FORWARD %s; iptables -S FORWARD"
                     % (rule, again or rule))
        tap.equal(result.out, "-P FORWARD ACCEPT\n-A FORWARD %s\n-P FORWARD ACCEPT\n"
                  % (again or rule), "iptables -A FORWARD " + rule)

    def each():
        must(nsh("-q", "-c", "ns add a b r; cable a r addr 10.0.1.2/24 10.0.1.1/24; "
                             "cable b r addr 10.0.2.2/24 10.0.2.1/24; forwarding r on; "
                             "route a default via 10.0.1.1; route b default via 10.0.2.1; "
                             "in r iptables -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT; "
                             "in r iptables -A FORWARD -s 10.0.1.0/24 -p icmp -j ACCEPT; "
                             "in r iptables -A FORWARD -p tcp -j REJECT --reject-with tcp-reset; "
                             "in r iptables -A FORWARD -j REJECT --reject-with icmp-host-prohibited"))
        # Of another process: told by this one.
        return [(nsh("-q", "-c", line), wanted, name) for line, wanted, name in ANSWERS]
    for result, wanted, name in in_lab(each):
        tap.has(result.out + result.err, wanted, name)


FILTERED = [
    # A rule, where; what is asked; what must be seen of it without the rule, with it, and why.
    ("b", "INPUT -p tcp --dport 80 -j DROP", "expect get a b", "expect not get a b",
     "DROPPED_BY_RULE: rule 1 of chain input (table inet nsh) of b drops the packet"),
    ("b", "INPUT ! -s 10.0.1.1 -j ACCEPT", "expect get a b", "expect get a b", "ARRIVES"),
    ("a", "OUTPUT -p tcp --dport 80 -j REJECT", "expect get a b", "expect not get a b",
     "REJECTED_BY_RULE: rule 1 of chain output_filter (table inet nsh) of a refuses the packet"),
    ("a", "INPUT -m conntrack --ctstate ESTABLISHED -j DROP", "expect get a b",
     "expect not get a b", None),
]


def test_filters():
    def each():
        must(nsh("-q", "-c", "ns add a b; cable a b addr 10.0.1.1/24 10.0.1.2/24"))
        seen = []
        for room, rule, without, with_it, why in FILTERED:
            mended = ["in %s iptables -D %s" % (room, rule)]
            lines = ["serve b 80", without, "in %s iptables -A %s" % (room, rule), with_it]
            seen.append((nsh("-q", "-c", "; ".join(lines)).status, 0, "%s: works" % rule))
            if why:
                told = nsh("-q", "-c", "serve b 80; why a b tcp 80").out
                seen.append((why in told, True, "%s: is told by why" % rule))
                mended = re.findall("this would mend it: (.*)", told) or mended
            seen.append((nsh("-q", "-c", "serve b 80; %s; %s" % (mended[0], without)).status, 0,
                         "%s: mended by %s" % (rule, mended[0])))
        left = [nsh("-q", "-c", "in %s iptables -S" % room).out for room in "ab"]
        seen.append(("-A" in "".join(left), False, "and no rule is left"))
        return seen
    for got, wanted, name in in_lab(each):
        tap.equal(got, wanted, name)


def test_ways_to_say():
    setup = "ip link add v-net-0 type bridge; ip netns add red"
    for one, other in SAME:
        first, second = nsh("-S", "-q", "-c", setup + "; " + one), nsh(
            "-S", "-q", "-c", setup + "; " + other)
        # Random MAC addresses.
        texts = [re.sub(r"([0-9a-f]{2}:){5}[0-9a-f]{2}", "MAC", r.out) for r in (first, second)]
        tap.ok(first.status == 0 and second.status == 0 and texts[0] == texts[1] and texts[0],
               "%s is %s" % (one, other), "%r\n%r" % (first, second))
    for line, wanted in PLANS:
        result = nsh("-S", "-q", "-c", setup + "; explain " + line)
        tap.equal((result.status, result.out), (0, wanted), line)
    for rule, again in RULES:
        result = nsh("-S", "-q", "-c", "iptables -t nat -A %s; iptables -t nat -S" % rule)
        wanted = "-A " + (again or rule)
        if not tap.has(result.out.split("\n"), wanted, "iptables -t nat -A " + rule):
            tap.note(result)
            continue
        result = nsh("-S", "-q", "-c", "iptables -t nat %s; iptables -t nat -D %s; "
                     "iptables -t nat -S" % (wanted, rule))
        tap.lacks(result.out, "-A", "and -D takes it out again")
    order = nsh("-S", "-q", "-c", """
        iptables -t nat -A POSTROUTING -o a -j MASQUERADE
        iptables -t nat -A POSTROUTING -o b -j MASQUERADE
        iptables -t nat -I POSTROUTING -o first -j MASQUERADE
        iptables -t nat -I POSTROUTING 3 -o third -j MASQUERADE
        iptables -t nat -D POSTROUTING 2
        iptables -t nat -S""")
    tap.equal(re.findall(r"-o (\w+)", order.out), ["first", "third", "b"],
              "rules are inserted and deleted by their numbers")
    foreign = in_lab(other_tables)
    tap.ok(foreign, "no table but nsh's is touched")
    for result, there in in_lab(records):
        tap.ok(result.status == 1 and "for reset to know" in result.err and there,
               "what a setting was is not deleted with a rule", (result, there))


def other_tables():
    must(run(["nft", "-f", "-"], stdin="table ip nat {\nchain POSTROUTING {\ntype nat hook "
             "postrouting priority srcnat;\nip saddr 10.7.0.0/16 masquerade\n}\n}\n"))
    before = run(["nft", "list", "table", "ip", "nat"]).out
    must(nsh("-q", "-c", "iptables -t nat -A POSTROUTING -s 10.8.0.0/16 -j MASQUERADE; "
             "iptables -t nat -F; iptables -F"))
    return before and run(["nft", "list", "table", "ip", "nat"]).out == before


def records():
    """The rules that keep what forwarding was: of the machine, of somebody's namespace."""
    must(run(["ip", "netns", "add", "red"]))
    must(nsh("-q", "-c", "forwarding on; forwarding red on"))
    results = []
    for line in "iptables -D FORWARD 2", "in red iptables -D FORWARD 1":
        before = kept()
        result = nsh("-q", "-c", line)
        results.append((result, len(before) == 4 and kept() == before))
    return results


def kept():
    text = run(["nft", "list", "ruleset"]).out
    text += run(["ip", "netns", "exec", "red", "nft", "list", "ruleset"]).out
    return re.findall(r"\S+ was 0", text)


# --- an old script ---

LAB = """#!/bin/sh
# A lab as people keep them.
set -eu

echo "making two rooms"
sudo ip netns add red
sudo ip netns add blue   # the other
sudo ip link add veth-red type veth \\
    peer name veth-blue
sudo ip link set veth-red netns red
sudo ip link set veth-blue netns blue
ip netns exec red ip addr add 192.168.15.1/24 dev veth-red
ip netns exec blue ip addr add 192.168.15.2/24 dev veth-blue
ip netns exec red ip link set dev veth-red up
ip netns exec blue ip link set dev veth-blue up
ip netns exec red ping -c 1 -W 2 192.168.15.2
ip netns exec red sh -c 'exit 0'
exit 0
ip netns add never
"""


def test_script(directory):
    path = os.path.join(directory, "lab.sh")
    with open(path, "w") as file:
        file.write(LAB)

    def replay():
        return nsh("-q", path), state.read()
    result, there = in_lab(replay)
    tap.equal(result.status, 0, "an old shell script replays")
    tap.has(result.out, "making two rooms\n", "with what it says")
    tap.equal(sorted(there), ["blue", "host", "red"], "and ends where it says so")
    tap.equal(there["red"]["addrs"]["veth-red"][0]["local"], "192.168.15.1", "the lab is there")
    with open(path, "w") as file:
        file.write("#!/bin/sh\nset -e\nip netns add red\nip netns add red\nip netns add blue\n")
    result, there = in_lab(replay)
    tap.equal(result.status, 1, "it ends at the first failure")
    tap.has(result.err, path + ":4:14:", "which is told with its place")
    tap.equal(sorted(there), ["host"], "and takes back what it had done")


directory = tempfile.mkdtemp(prefix="nsh-words-")
try:
    test_lecture(directory)
    test_ways_on(directory)
    test_explain()
    test_undo()
    test_page()
    test_ping()
    test_stations()
    test_mistakes()
    test_notes()
    test_ways_to_say()
    test_refusals()
    test_filters()
    test_script(directory)
finally:
    shutil.rmtree(directory, ignore_errors=True)
tap.done()
