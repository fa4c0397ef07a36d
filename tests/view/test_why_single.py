#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""One fault at a time: the code, the sentence and the line that mends it, word for word; and
what "why" must not do."""
import json
import os
import re

from nshtest import Prompt, in_private_machine, machine_state, needs_program, nsh, tap

in_private_machine()
for program in ("ip", "nft", "bridge"):
    needs_program(program)

NET4 = ("10.0.1.%d", 24, "10.0.2.%d", "10.0.1.0/24", "10.0.2.0/24", "198.51.100.1")
NET6 = ("fd00:1::%d", 64, "fd00:2::%d", "fd00:1::/64", "fd00:2::/64", "2001:db8:99::1")


def lab(net):
    """red and blue on a switch with host, which is the router to far."""
    near, prefix, far = net[:3]
    text = """ns add red blue far
for N in host red blue far { in $N sysctl -w net.ipv6.conf.default.accept_dad=0; }
bridge sw add
cable red:eth0 host:red0
cable blue:eth0 host:blue0
ip link set red0 master sw
ip link set blue0 master sw
cable far:eth0 host:out0
addr host:sw N1/P
addr red:eth0 N2/P
addr blue:eth0 N3/P
addr host:out0 F1/P
addr far:eth0 F2/P
route red default via N1
route blue default via N1
route far default via F1
forwarding host on
""".replace("{ in $N", "{\nin $N").replace("=0; }", "=0\n}")
    if net is NET6:  # whose addresses take some moments, and neighbours that nobody asked for
        text += "wait ping red N3 count 1\nwait ping red F2 count 1\n"
        text += "".join("arp %s flush\n" % ns for ns in ("host", "red", "blue", "far"))
    return fill(text, net)


def fill(text, net):
    near, prefix, far, near_net, far_net, elsewhere = net
    text = re.sub(r"\bN(\d+)\b", lambda m: near % int(m.group(1)), text)
    text = re.sub(r"\bF(\d+)\b", lambda m: far % int(m.group(1)), text)
    for name, number in (("SIDE", 8), ("UP", 9)):
        text = re.sub(name + r"(\d)", ("10.0.%d." if net is NET4 else "fd00:%d::") % number + r"\1",
                      text)
    text = text.replace("NEARNET", near_net).replace("FARNET", far_net)
    return text.replace("ELSEWHERE", elsewhere).replace("/P", "/%d" % prefix)


def ask(lines, question):
    answer = nsh("-k", "-q", "-S", "-", stdin=lines + "\njson " + question + "\n")
    for line in answer.out.splitlines():
        if line.startswith("{\"code\""):
            return json.loads(line), answer
    return {"code": None, "sentence": repr(answer), "mend": None, "steps": []}, answer


BOTH = (NET4, NET6)
LEAD_OUT = ("exec host nft \"add table inet t; add chain inet t o { type nat hook output priority "
            "-100; }; add rule inet t o FAMILY daddr SELF tcp dport 80 dnat FAMILY to N2\"\n"
            "serve red 80")
CASES = [
    # name, families, fault, question, code, sentence, mend ("": there is none)
    ("nothing is wrong", BOTH, "", "why red far", "ARRIVES",
     "red reaches far, and the answer comes back", None),
    ("on a switch", BOTH, "", "why red blue", "ARRIVES",
     "red reaches blue, and the answer comes back", None),
    ("the target's interface is down", BOTH[:1], "link blue:eth0 down", "why red N3", "LINK_DOWN",
     "the interface eth0 of blue is down", "link blue:eth0 up"),
    ("so is the router's", BOTH[:1], "link host:out0 down", "why red F2", "LINK_DOWN",
     "the interface out0 of host is down, and its routes are gone with it",
     "link host:out0 up"),
    ("a port of the switch is down", BOTH, "link host:blue0 down", "why red N3",
     "BRIDGE_PORT_DOWN", "the port blue0 of switch sw in host is down", "link host:blue0 up"),
    ("so is one's own", BOTH, "link host:red0 down", "why red N3",
     "BRIDGE_PORT_DOWN", "the port red0 of switch sw in host is down", "link host:red0 up"),
    ("a port is on no switch", BOTH, "ip link set blue0 nomaster", "why red N3", "NOT_ATTACHED",
     "the cable of blue ends in blue0 of host, which is on no switch and has no address", None),
    ("no route", BOTH, "route del red default", "why red F2", "NO_ROUTE",
     "red has no route to F2", "route red default via N1"),
    ("no route back", BOTH, "route del far default", "why red F2", "NO_RETURN_ROUTE",
     "the packet arrives, but far has no route back to N2", "route far default via F1"),
    ("no forwarding", BOTH, "forwarding host off", "why red F2", "FORWARDING_OFF",
     "host gets the packet for F2, but does not forward between its interfaces",
     "forwarding host on"),
    ("a gateway that is not there", BOTH, "route del red default; route red default via N9",
     "why red F2", "NO_NEIGHBOUR",
     "nobody on the link of red (eth0) answers for the gateway N9",
     "route del red default; route red default via N1"),
    ("and one that does not forward would hand on to the router of the link", BOTH,
     "cable red:x blue:x addr SIDE2/P SIDE3/P\nroute del red default; route red default via N9",
     "why red ELSEWHERE", "NO_NEIGHBOUR",
     "nobody on the link of red (eth0) answers for the gateway N9",
     "route del red default; route red default via N1"),
    ("but not if it has a way on of its own", BOTH,
     "cable red:x blue:x addr SIDE2/P SIDE3/P\ncable blue:y far:y addr UP2/P UP3/P\n"
     "route del blue default; route blue default via UP3\n"
     "route del red default; route red default via N9", "why red ELSEWHERE", "NO_NEIGHBOUR",
     None, "route del red default; route red default via N3"),
    ("an address that nobody has", BOTH, "", "why red N77", "NO_NEIGHBOUR",
     "nobody on the link of red (eth0) answers for N77", None),
    ("a gateway off the link", BOTH,
     "route del red default\nexec red ip route add default via ELSEWHERE dev eth0 onlink",
     "why red F2", "GATEWAY_OFF_LINK",
     "red sends to the gateway ELSEWHERE, which is in no network of eth0, and nobody answers "
     "for it there", "route del red default; route red default via N1"),
    ("a wrong neighbour entry", BOTH, "arp red add N3 02:00:00:00:00:99 dev eth0",
     "why red N3", "WRONG_NEIGHBOUR",
     "nobody on the link of eth0 has the hardware address that red holds for the next hop",
     "arp red del N3"),
    ("an address twice", BOTH[:1], "addr far:eth0 N3/P\nip link set out0 master sw",
     "why red N3", "ADDRESS_TWICE", None, None),
    ("a prefix length that takes in another link", BOTH,
     "addr del red:eth0 N2/P; addr red:eth0 N2/8", "why red F2", "WRONG_PREFIX",
     "red has the address N2/8, whose prefix length takes in F2, which is on another link",
     "addr del red:eth0 N2/8; addr red:eth0 N2/P"),
    ("a prefix length of 32", BOTH[:1], "addr del red:eth0 N2/P; addr red:eth0 N2/32",
     "why red N3", "WRONG_PREFIX",
     "red has the address N2/32, whose prefix length leaves out N3, which is on the same link",
     "addr del red:eth0 N2/32; addr red:eth0 N2/P"),
    ("no address to be sent to", BOTH[:1], "addr del blue:eth0 N3/P\n"
     "in blue sysctl -w net.ipv6.conf.eth0.disable_ipv6=1", "why red blue",
     "NO_ADDRESS", "blue has no address that red could send to", "addr blue:eth0 N3/P"),
    ("no address to send from", BOTH[:1], "addr del red:eth0 N2/P", "why red N3", "NO_ADDRESS",
     "red has no address on eth0, and so no route", "addr red:eth0 N2/P"),
    ("a reverse path filter", BOTH[:1],
     "sysctl -w net.ipv4.conf.sw.rp_filter=1\nip route add N2/32 dev out0",
     "why red F2", "RP_FILTER",
     "host drops the packet from N2 on sw: its own way to that address is another one "
     "(rp_filter)",
     "in host sysctl -w net.ipv4.conf.sw.rp_filter=0 net.ipv4.conf.all.rp_filter=0"),
    ("a blackhole", BOTH, "exec red ip route add blackhole F2", "why red F2", "BLACKHOLE",
     "a route of red to F2 drops all for it", "route del red F2/FULL"),
    ("a prohibition", BOTH, "exec host ip route add prohibit F2", "why red F2",
     "PROHIBITED", "a route of host to F2 prohibits it", "route del host F2/FULL"),
    ("unreachable", BOTH, "exec red ip route add unreachable F2", "why red F2",
     "UNREACHABLE_ROUTE", "a route of red to F2 says that it is unreachable",
     "route del red F2/FULL"),
    ("a rule drops", BOTH, "exec host nft \"add table inet t; add chain inet t f { type filter "
     "hook forward priority 0; }; add rule inet t f oifname out0 drop\"", "why red F2",
     "DROPPED_BY_RULE", "rule 1 of chain f (table inet t) of host drops the packet at forward",
     "exec host nft delete rule inet t f handle 2"),
    ("a policy drops", BOTH, "exec far nft \"add table inet t; add chain inet t i { type filter "
     "hook input priority 0; policy drop; }; add rule inet t i icmpv6 type { 135, 136 } accept\"",
     "why red F2", "DROPPED_BY_RULE",
     "the policy of chain i (table inet t) of far drops the packet at input",
     "exec far nft \"add chain inet t i { policy accept; }\""),
    ("a rule refuses", BOTH, "exec far nft \"add table inet t; add chain inet t i { type filter "
     "hook input priority 0; }; add rule inet t i tcp dport 80 reject\"", "why red F2 tcp 80",
     "REJECTED_BY_RULE", "rule 1 of chain i (table inet t) of far refuses the packet at input",
     None),
    ("a rule drops the answer", BOTH, "exec red nft \"add table inet t; add chain inet t i { type "
     "filter hook input priority 0; }; add rule inet t i ct state established drop\"",
     "why red F2", "DROPPED_BY_RULE",
     "rule 1 of chain i (table inet t) of red drops the answer at input", None),
    ("a packet mark that nobody else knows", BOTH, "exec far nft \"add table inet t; add chain "
     "inet t i { type filter hook input priority 0; }; add rule inet t i numgen inc mod 2 0 drop\"",
     "why red F2", "UNKNOWN",
     "whether the rules of chain i let the packet pass cannot be judged: the expression "
     "\"numgen\" (the policy of chain i (table inet t))", None),
    ("nobody listens", BOTH, "", "why red F2 tcp 80", "NO_LISTENER",
     "the packet reaches far, but no program there listens on tcp port 80 of F2",
     "serve far 80"),
    ("somebody listens", BOTH, "serve far 80", "why red F2 tcp 80", "ARRIVES",
     "red reaches F2, and the answer comes back", None),
    ("pings are ignored", BOTH[:1], "in far sysctl -w net.ipv4.icmp_echo_ignore_all=1",
     "why red F2", "ECHO_IGNORED",
     "the ping reaches far, which is told not to answer any (net/ipv4/icmp_echo_ignore_all)",
     "in far sysctl -w net.ipv4.icmp_echo_ignore_all=0"),
    ("a link takes shorter packets", BOTH[:1], "link far:eth0 mtu 70", "why red F2", "MTU",
     "the packet has 84 bytes, but eth0 of far takes no more than 70", "link far:eth0 mtu 1500"),
    ("lo is down", BOTH[:1], "link red:lo down", "why red N2", "LINK_DOWN",
     "lo of red is down: it carries what red sends to itself", "link red:lo up"),
    ("IPv6 is off", BOTH[1:], "in far sysctl -w net.ipv6.conf.eth0.disable_ipv6=1", "why red F2",
     "IPV6_OFF", "IPv6 is switched off on eth0 of far: its addresses are gone with it",
     "in far sysctl -w net.ipv6.conf.eth0.disable_ipv6=0"),
    ("a circle", BOTH, "exec far ip route add ROUNDNET via F1\n"
     "exec host ip route add ROUNDNET via F2\nforwarding far on", "why red ROUND", "LOOP",
     None, None),
    ("the NAT of a lab", BOTH[:1], "addr far:eth0 203.0.113.9/24; addr host:out0 203.0.113.1/24; "
     "route del far default", "why red 203.0.113.9", "NO_NAT",
     "the packet arrives, but far has no route back to N2, and no NAT on host hides that address",
     "nat on host for NEARNET"),
    ("and with it", BOTH[:1], "addr far:eth0 203.0.113.9/24; addr host:out0 203.0.113.1/24; "
     "route del far default; nat on for NEARNET", "why red 203.0.113.9", "ARRIVES", None, None),
    ("a published port", BOTH, "publish 8080 red:80; serve red 80", "why far F1 tcp 8080",
     "ARRIVES", None, None),
    ("a published port, asked at a loopback address", BOTH, "publish 8080 red:80; serve red 80",
     "why host SELF tcp 8080", "NO_LISTENER", "no program of host listens on tcp port 8080 of SELF, "
     "and published ports do not cover loopback addresses: ask N1, whose port 8080 leads to port 80 "
     "of N2", ""),
    ("another port there", BOTH, "publish 8080 red:80; serve red 80", "why host SELF tcp 8081",
     "NO_LISTENER", "the packet reaches host, but no program there listens on tcp port 8081 of SELF",
     "serve host 8081"),
    ("a loopback address that NAT leads out", BOTH[:1], LEAD_OUT, "why host SELF tcp 80", "MARTIAN",
     "host sends nothing from 127.0.0.1 to N2: a loopback address stays within its namespace", ""),
    ("a loopback address that comes in", BOTH[:1],
     LEAD_OUT + "\nsysctl -w net.ipv4.conf.sw.route_localnet=1", "why host SELF tcp 80", "MARTIAN",
     "red does not take a packet from 127.0.0.1 on eth0: a loopback address is good within a "
     "namespace only", ""),
    ("a loopback address that comes in", BOTH[1:], LEAD_OUT, "why host SELF tcp 80", "MARTIAN",
     "red does not take a packet from ::1 on eth0: a loopback address is good within a namespace "
     "only", ""),
    ("a loopback address that NAT leads to", BOTH[:1], "publish 8080 127.0.0.1:80; serve host 80",
     "why far F1 tcp 8080", "MARTIAN",
     "host does not take a packet for 127.0.0.1 on out0: a loopback address is good within a "
     "namespace only", "in host sysctl -w net.ipv4.conf.out0.route_localnet=1"),
    ("and its mend", BOTH[:1], "publish 8080 127.0.0.1:80; serve host 80; "
     "in host sysctl -w net.ipv4.conf.out0.route_localnet=1", "why far F1 tcp 8080", "ARRIVES",
     None, None),
    ("a published port, asked by the target itself", BOTH, "sysctl -w BRNF=1\n"
     "publish 8080 red:80; serve red 80", "why red N1 tcp 8080", "BR_NETFILTER",
     "NAT of host turns the packet round to N2 while it is in the switch sw (br_netfilter), which "
     "sends nothing back out of the port that it came in by, red0",
     "exec host bridge link set dev red0 hairpin on"),
    ("and its mend", BOTH, "sysctl -w BRNF=1\npublish 8080 red:80; serve red 80\n"
     "exec host bridge link set dev red0 hairpin on\nget red WEB", "why red N1 tcp 8080",
     "ARRIVES", None, None),
    ("without br_netfilter", BOTH, "sysctl -w BRNF=0\npublish 8080 red:80; serve red 80\n"
     "get red WEB", "why red N1 tcp 8080", "ARRIVES", None, None),
    ("a rule of routing that drops", BOTH[:1], "exec host ip rule add blackhole to F2 priority 10",
     "why host F2", "BLACKHOLE", "a rule of routing (ip rule) of host to F2 drops all for it; "
     "\"exec host ip rule\" lists such rules", ""),
    ("a rule of routing that leads to a table that drops", BOTH[:1],
     "exec host ip rule add from N2 lookup 77\nexec host ip route add blackhole default table 77",
     "why red F2", "BLACKHOLE", "a rule of routing (ip rule) of host to F2 drops all for it; "
     "\"exec host ip rule\" lists such rules", ""),
    ("rules of routing that do not come to the route", BOTH[:1],
     "exec host ip rule del lookup main", "why red F2", "NO_ROUTE",
     "host has the route FARNET, but its rules of routing (ip rule) do not take it for F2; "
     "\"exec host ip rule\" lists such rules", ""),
    ("isolated ports", BOTH, "exec host bridge link set dev red0 isolated on\n"
     "exec host bridge link set dev blue0 isolated on", "why red N3", "BRIDGE_PORT_BLOCKED",
     "the ports red0 and blue0 of switch sw in host are isolated from each other",
     "exec host bridge link set dev blue0 isolated off"),
    ("an isolated port is heard by the others", BOTH,
     "exec host bridge link set dev red0 isolated on", "why red N3", "ARRIVES", None, None),
    ("a router sends the packet back", BOTH, "exec host ip route add F2/FULL via N2",
     "why red F2", "LOOP", "the packet for F2 comes back to red, which has sent it: host routes it "
     "there", "route del host F2/FULL"),
    ("and the answer", BOTH, "exec host ip route add N2/FULL via F2", "why red F2", "LOOP",
     "the answer for N2 comes back to far, which has sent it: host routes it there",
     "route del host N2/FULL"),
    ("a short hop limit", BOTH[:1], "in red sysctl -w net.ipv4.ip_default_ttl=1", "why red F2",
     "TTL", "the packet has passed as many routers as it may when it comes to host",
     "in red sysctl -w net.ipv4.ip_default_ttl=64"),
    ("of the target", BOTH[1:], "in far sysctl -w net.ipv6.conf.eth0.hop_limit=1", "why red F2",
     "TTL", "the answer has passed as many routers as it may when it comes to host", ""),
    ("ARP is off", BOTH[:1], "exec far ip link set eth0 arp off", "why red F2", "NO_NEIGHBOUR",
     "eth0 of far has ARP switched off: it asks for nobody, and answers nobody",
     "exec far ip link set eth0 arp on"),
    ("a neighbour that has another hardware address since", BOTH[:1], "ping red N3 count 1\n"
     "exec blue ip link set eth0 address 02:00:00:00:00:77", "why red N3", "WRONG_NEIGHBOUR",
     "nobody on the link of eth0 has the hardware address that red holds for the next hop",
     "arp red del N3"),
    ("longer packets would be lost", BOTH[:1], "link far:eth0 mtu 600", "why red F2", "ARRIVES",
     "red reaches F2, and the answer comes back; but packets longer than 600 bytes are lost at "
     "far:eth0", "link far:eth0 mtu 1500"),
    ("the port is another program's", BOTH[:1], "exec far sh -c 'python3 -m http.server 80 --bind "
     "127.0.0.1 >/dev/null 2>&1 &'\nwait exec far grep -q 0100007F:0050 /proc/net/tcp",
     "why red F2 tcp 80", "NO_LISTENER", "the packet reaches far, but no program there listens on "
     "tcp port 80 of F2; one listens on 127.0.0.1", ""),
    ("a name for an address that the sender has too", BOTH, "addr far:eth0 N2/P; addr del far:eth0 "
     "F2/P", "why red far", "ADDRESS_TWICE",
     "the packet for N2 of far ends in red, which has that address too", ""),
    ("a name whose address another has on the link", BOTH, "addr far:eth0 N3/P; addr del far:eth0 "
     "F2/P", "why red far", "ADDRESS_TWICE",
     "the packet for N3 of far ends in blue, which has that address too", ""),
    ("a name without an address, on another link", BOTH, "addr del far:eth0 F2/P", "why red far",
     "NO_ADDRESS", "far has no address that red could send to", "addr far:eth0 F2/P"),
    ("a name whose interface is down", BOTH[1:], "link far:eth0 down", "why red far", "LINK_DOWN",
     "far has no address, and its interface eth0 is down: if it had any of IPv6, they are gone "
     "with it", "link far:eth0 up"),
    ("a name that has IPv6 switched off", BOTH[1:],
     "in far sysctl -w net.ipv6.conf.eth0.disable_ipv6=1", "why red far", "IPV6_OFF",
     "IPv6 is switched off on eth0 of far: its addresses are gone with it",
     "in far sysctl -w net.ipv6.conf.eth0.disable_ipv6=0"),
]


def full(text, net):
    near = net[0]
    text = text.replace("/FULL", "/32" if net is NET4 else "/128")
    text = text.replace("ROUNDNET", "192.0.2.0/24" if net is NET4 else "2001:db8:7::/64")
    text = text.replace("BRNF", "net.bridge.bridge-nf-call-ip%stables"
                        % ("" if net is NET4 else "6"))
    text = text.replace("WEB", "http://%s:8080/" % (near % 1 if net is NET4 else "[%s]" % near % 1))
    text = text.replace("FAMILY", "ip" if net is NET4 else "ip6")
    text = text.replace("SELF", "127.0.0.1" if net is NET4 else "::1")
    return text.replace("ROUND", "192.0.2.7" if net is NET4 else "2001:db8:7::7")


for name, nets, fault, question, code, sentence, mend in CASES:
    if "BRNF" in fault and not os.path.exists("/proc/sys/net/bridge/bridge-nf-call-iptables"):
        tap.skip(name + ": no br_netfilter here")
        continue
    for net in nets:
        texts = [full(fill(text, net), net) if text else text
                 for text in (fault, question, sentence, mend)]
        if net is NET6:
            texts[0] = texts[0].replace("exec red ip route", "exec red ip -6 route")
            texts[0] = texts[0].replace("exec host ip route", "exec host ip -6 route")
            texts[0] = texts[0].replace("exec far ip route", "exec far ip -6 route")
        found, answer = ask(lab(net) + texts[0], texts[1])
        title = "%s (IPv%d)" % (name, 4 if net is NET4 else 6)
        tap.equal(found["code"], code, title) or tap.note(found["sentence"])
        if "get red" in texts[0]:
            tap.has(answer.out, "200 OK", title + ": really")
        if sentence:
            tap.equal(found["sentence"], texts[2], title + ": the sentence")
        if mend is not None:
            tap.equal(found["mend"] or "", texts[3], title + ": what mends it")

# The verdict is the exit status.
tap.equal(nsh("-q", "-S", "-c", "ns add red blue; cable red blue addr 10.0.0.1/24 10.0.0.2/24; "
              "why red blue").status, 0, "status 0 where it arrives")
tap.equal(nsh("-q", "-S", "-c", "ns add red blue; cable red blue addr 10.0.0.1/24 10.0.0.2/24; "
              "link blue:veth-blue down; why red blue").status, 1, "status 1 where it does not")

# It only looks.
made = nsh("-q", "-c", lab(NET4).replace("\nfor N in host red blue far {\n", "\n")
           .replace("in $N sysctl -w net.ipv6.conf.default.accept_dad=0\n}\n", ""))
tap.equal(made.status, 0, "a lab on the private machine") or tap.note(repr(made))


def all_state():
    state = machine_state()
    for ns in ("red", "blue", "far"):
        for what in ("ip neigh", "ip route show table all", "nft list ruleset", "ip addr"):
            state += nsh("-c", "exec %s %s" % (ns, what)).out
    neigh = [line for line in state.splitlines() if "fe80" not in line and "valid_lft" not in line]
    return "\n".join(re.sub(r" (tentative|state [A-Z]+|<[A-Z_,-]*>)", "", line) for line in neigh)


before = all_state()
asked = nsh("-c", "why red far; why red 10.0.1.77", "-k")
tap.has(asked.out, "ARRIVES", "why answers there")
tap.equal(all_state(), before, "why changes nothing")

# Hostile names are shown, not obeyed.
bad = nsh("-q", "-S", "-k", "-", stdin="ns add red blue\ncable red blue addr 10.0.0.1/24 "
          "10.0.0.2/24\nexec blue ip link set veth-blue name \"a\x1b[31mb\"\nwhy red 10.0.0.2\n")
tap.lacks(bad.out + bad.err, "\x1b", "no control bytes of a name reach the terminal")

# Who fails is offered it.
prompt = Prompt("-S")
prompt.run("ns add red blue")
prompt.run("cable red blue addr 10.0.0.1/24 10.0.0.2/24")
prompt.run("link blue:veth-blue down")
tap.has(prompt.run("ping red blue count 1"), "\"why red blue\" tells why", "ping offers it")
tap.has(prompt.run("get red http://10.0.0.9:81/"), "\"why red 10.0.0.9 tcp 81\" tells why",
        "get offers it")
prompt.leave()
failed = nsh("--tap", "-S", "-", stdin="ns add red blue\ncable red blue addr 10.0.0.1/24 "
             "10.0.0.2/24\nlink blue:veth-blue down\nexpect ping red blue\n")
tap.has(failed.out, "# LINK_DOWN: the interface veth-blue of blue is down",
        "and under TAP it is told in full")

# Who asks for a name and talks to itself is told.
same = nsh("-S", "-c", "ns add red blue; cable red host addr 10.0.0.2/24 10.0.0.1/24; "
           "cable blue host addr 10.0.0.2/24 10.0.1.1/24; serve red 80; ping red blue count 1; "
           "get red http://blue/; trace red blue; ping red red count 1")
tap.equal(same.err.count("note: 10.0.0.2 of blue is an address of red too: what is sent there does "
                         "not leave red\n"), 3, "a name for an address of one's own is noted")
same = nsh("-S", "-k", "-c", "ns add red blue; cable red host addr 10.0.0.2/24 10.0.0.1/24; "
           "cable blue host addr 10.0.0.2/24 10.0.1.1/24; addr blue 10.0.5.2/24; "
           "ping red blue count 1")
tap.has(same.out, "ping 10.0.5.2 from red", "... and not taken where there is another")
tap.done()
