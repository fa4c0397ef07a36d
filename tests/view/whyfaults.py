# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults to put into a random lab. Each says which codes name it; it may lie beside the way, where
it stops nothing."""
import socket

WRONG_MAC = "02:00:00:00:00:99"


def inject(case):
    case.listeners_wanted = True
    case.listen_at = ("::", socket.AF_INET6)
    case.mends = True
    names = sorted(FAULTS)
    name = case.rng.choice(["none", "none", "none"] + names)
    for _ in range(20):
        if name == "none" or FAULTS[name](case):
            case.fault = name
            return
        case.faults, case.codes = [], set()
        case.listeners_wanted, case.listen_at = True, ("::", socket.AF_INET6)
        name = case.rng.choice(names)


def some_end(case):
    """An interface: mostly one on the way."""
    if case.rng.random() < 0.8:
        ends = [(ns, link) for ns, into, out in case.way() for link in (into, out) if link]
    else:
        ends = [(ns, i[0]) for ns, all in case.lab.interfaces.items() for i in all]
    return case.rng.choice(ends)


def some_ns(case):
    if case.rng.random() < 0.8:
        return case.rng.choice([hop[0] for hop in case.way()])
    return case.rng.choice(case.lab.stations + case.lab.routers)


def routers_on_way(case):
    return [hop for hop in case.way() if hop[1] and hop[2]]


def ip(case):
    return "ip -6" if case.lab.six else "ip"


def lines(case, *more):
    case.faults += more
    return True


def link_down(case):
    ns, link = some_end(case)
    case.codes = {"LINK_DOWN"}
    case.exclusive = not case.lab.six  # its addresses are gone too
    return lines(case, "link %s:%s down" % (ns, link))


def port_down(case):
    end = some_end(case)
    if end not in case.lab.ports:
        return False
    case.codes = {"BRIDGE_PORT_DOWN"}
    return lines(case, "link %s:%s down" % case.lab.ports[end])


def port_blocked(case):
    end = some_end(case)
    if end not in case.lab.ports:
        return False
    case.codes = {"BRIDGE_PORT_BLOCKED"}
    ns, port = case.lab.ports[end]
    return lines(case, "exec %s bridge link set dev %s state 4" % (ns, port))


def port_detached(case):
    end = some_end(case)
    if end not in case.lab.ports:
        return False
    case.codes = {"NOT_ATTACHED"}
    case.mends = False
    return lines(case, "ip link set %s nomaster" % case.lab.ports[end][1])


def bridge_down(case):
    if not case.lab.switch:
        return False
    ns, bridge = case.rng.choice(sorted(case.lab.switch.values()))
    case.codes = {"BRIDGE_DOWN"}
    return lines(case, "link %s:%s down" % (ns, bridge))


def no_address(case):
    ns = case.source if case.rng.random() < 0.5 else case.target
    case.codes = {"NO_ADDRESS", "NO_NEIGHBOUR"}
    case.mends = ns == case.source
    # The line gives another address, and the routes went with the old one.
    case.exclusive = False
    return lines(case, "addr del %s:eth0 %s/%d" % (ns, case.lab.address_of(ns),
                                                   case.lab.prefix))


def no_route(case):
    ns = case.source
    if len(case.way()) < 3 or ns in case.lab.routers:
        return False
    case.codes = {"NO_ROUTE"}
    return lines(case, "exec %s sh -c \"%s route del default; true\"" % (ns, ip(case)),
                 *["exec %s sh -c \"%s route del %s 2>/dev/null; true\"" %
                   (ns, ip(case), case.lab.net(i)) for i in case.lab.members
                   if i != case.lab.segment_of(ns)])


def no_return_route(case):
    ns = case.target
    if len(case.way()) < 3:
        return False
    # Where the way there leads out by default it may be said to want NAT.
    case.codes = {"NO_RETURN_ROUTE", "NO_NAT"}
    return lines(case, "exec %s sh -c \"%s route del default; true\"" % (ns, ip(case)),
                 *["exec %s sh -c \"%s route del %s 2>/dev/null; true\"" %
                   (ns, ip(case), case.lab.net(i)) for i in case.lab.members
                   if i != case.lab.segment_of(ns)])


def wrong_gateway(case):
    ns = case.source
    segment = case.lab.segment_of(ns)
    if len(case.way()) < 3:
        return False
    case.codes = {"NO_NEIGHBOUR"}
    return lines(case, "exec %s %s route replace default via %s" %
                 (ns, ip(case), case.lab.address(segment, 250)))


def gateway_off_link(case):
    ns = case.source
    if len(case.way()) < 3:
        return False
    case.codes = {"GATEWAY_OFF_LINK"}
    gateway = "2001:db8:99::1" if case.lab.six else "198.51.100.1"
    return lines(case, "exec %s %s route replace default via %s dev eth0 onlink" %
                 (ns, ip(case), gateway))


def forwarding_off(case):
    if not case.lab.routers:
        return False
    case.codes = {"FORWARDING_OFF"}
    hops = routers_on_way(case)
    return lines(case, "forwarding %s off" %
                 (case.rng.choice(hops)[0] if hops else case.lab.routers[0]))


def forwarding_off_one(case):
    hops = routers_on_way(case)
    if not hops or case.lab.six:
        return False
    ns, into, out = case.rng.choice(hops)
    case.codes = {"FORWARDING_OFF"}
    link = case.rng.choice((into, out))
    return lines(case, "in %s sysctl -w net.ipv4.conf.%s.forwarding=0" % (ns, link))


def rp_filter(case):
    hops = routers_on_way(case)
    if not hops or case.lab.six:
        return False
    ns, into, out = case.rng.choice(hops)
    case.codes = {"RP_FILTER"}
    case.exclusive = False
    how = case.rng.choice(("all", into))
    lines(case, "in %s sysctl -w net.ipv4.conf.%s.rp_filter=1" % (ns, how),
          "exec %s ip route add %s/32 dev %s" % (ns, case.lab.address_of(case.source), out))
    return True


def blackhole(case):
    kind, code = case.rng.choice((("blackhole", "BLACKHOLE"), ("prohibit", "PROHIBITED"),
                                  ("unreachable", "UNREACHABLE_ROUTE")))
    hops = routers_on_way(case)
    ns = case.rng.choice([case.source] + [hop[0] for hop in hops])
    case.codes = {code}
    return lines(case, "exec %s %s route add %s %s" %
                 (ns, ip(case), kind, case.lab.address_of(case.target)))


def loop(case):
    if len(case.lab.routers) < 2 or "r1" not in [h[0] for h in case.way()]:
        return False
    a, b = case.lab.segment_of(case.source), case.lab.segment_of(case.target)
    if a != 0 or b != 2:
        return False
    case.codes = {"LOOP"}
    case.mends = False
    return lines(case, "exec r2 %s route add %s via %s" %
                 (ip(case), case.lab.address_of(case.target), case.lab.address(1, 2)))


def nat_off(case):
    if not case.lab.nat:
        return False
    case.codes = {"NO_NAT"}
    if case.to == "203.0.113.2" or case.port == 8080:
        return False
    if case.lab.nat_by < 4:
        return lines(case, "exec %s nft flush ruleset" % case.lab.nat)
    return lines(case, "nat off " + case.lab.nat)


def mtu(case):
    ns, link = some_end(case)
    if case.lab.six or case.port:
        return False
    end = case.lab.ports.get((ns, link))
    case.codes = {"MTU"}
    if end and case.rng.random() < 0.5:
        return lines(case, "ip link set %s mtu 70" % end[1])
    return lines(case, "ip -n %s link set %s mtu 70" % (ns, link))


def wrong_mac(case):
    case.codes = {"WRONG_NEIGHBOUR"}
    way = case.way()
    if case.rng.random() < 0.5:
        way.reverse()
        way = [(ns, out, into) for ns, into, out in way]
    at = case.rng.randrange(len(way) - 1)
    ns, _, out = way[at]
    neighbour, into, _ = way[at + 1]
    address = [i[2] for i in case.lab.interfaces[neighbour] if i[0] == into][0]
    return lines(case, "arp %s add %s %s dev %s" % (ns, address, WRONG_MAC, out))


def wrong_prefix(case):
    ns = case.source if case.rng.random() < 0.5 else case.target
    if case.lab.six:
        return False
    case.codes = {"WRONG_PREFIX"}
    case.exclusive = len(case.way()) == 2
    address = case.lab.address_of(ns)
    return lines(case, "addr del %s:eth0 %s/24" % (ns, address),
                 "addr %s:eth0 %s/32" % (ns, address))


def wide_prefix(case):
    ns = case.source
    if case.lab.six or len(case.way()) < 3 or case.to.startswith("203"):
        return False
    case.codes = {"WRONG_PREFIX"}
    address = case.lab.address_of(ns)
    segment = case.lab.segment_of(ns)
    gateway = case.lab.address(segment, 1 if segment < len(case.lab.members) - 1 else 2)
    return lines(case, "addr del %s:eth0 %s/24" % (ns, address),
                 "addr %s:eth0 %s/8" % (ns, address),
                 "exec %s ip route replace default via %s" % (ns, gateway))


def echo_ignored(case):
    if case.port:
        return False
    case.codes = {"ECHO_IGNORED"}
    key = "net.ipv6.icmp.echo_ignore_all" if case.lab.six else "net.ipv4.icmp_echo_ignore_all"
    return lines(case, "in %s sysctl -w %s=1" % (some_ns(case), key))


def no_listener(case):
    if not case.port:
        return False
    case.codes = {"NO_LISTENER"}
    case.mends = False
    if case.rng.random() < 0.5:
        case.listeners_wanted = False
    elif case.lab.six:
        case.listen_at = ("::1", socket.AF_INET6)
    else:
        case.listen_at = ("127.0.0.1", socket.AF_INET)
    return True


def ipv6_off(case):
    if not case.lab.six:
        return False
    ns, link = some_end(case)
    case.codes = {"IPV6_OFF"}
    case.mends = False
    return lines(case, "in %s sysctl -w net.ipv6.conf.%s.disable_ipv6=1" % (ns, link))


# --- rules ---

def match(case):
    """A match, in nft's words, and whether it holds for the question's packets there."""
    rng, lab = case.rng, case.lab
    net = lab.net(lab.segment_of(case.source))
    word = "ip6" if lab.six else "ip"
    proto = "tcp" if case.port else "icmpv6" if lab.six else "icmp"
    echo = "icmpv6 type echo-request" if lab.six else "icmp type echo-request"
    port = getattr(case, "listen_port", 0)
    choices = [
        "meta l4proto %s" % proto,
        "%s daddr %s" % (word, lab.address_of(case.target)),
        "%s saddr %s" % (word, net),
        "%s saddr { %s, %s }" % (word, net, "fd77::/64" if lab.six else "192.0.2.0/24"),
        "ct state new",
        "ct state new,established %s daddr %s" % (word, lab.address_of(case.target)),
        "%s daddr . meta l4proto { %s . %s }" % (word, lab.address_of(case.target), proto),
        "%s saddr %s %s daddr != %s" % (word, net, word, "fd88::1" if lab.six else "192.0.2.9"),
        "iifname \\\"out*\\\"", "iifname { \\\"in0\\\", \\\"in1\\\", \\\"eth0\\\" }",
        "fib daddr type local", "fib daddr type != local",
        "meta length > 10", "limit rate 100/second meta l4proto %s" % proto,
        "meta mark 0", "meta pkttype host meta l4proto %s" % proto,
        "%s saddr & %s == %s" % (word, "ffff:ffff:ffff:ffff::" if lab.six else "255.255.255.0",
                                 net.split("/")[0]),
    ]
    if case.port:
        choices += ["tcp dport %d" % port, "tcp dport { 22, %d, 443 }" % port,
                    "tcp dport 1-%d" % (port + 1), "tcp dport != %d" % port,
                    "tcp flags syn", "tcp sport 1024-65535", "tcp dport 22",
                    "tcp flags & (syn | ack) == syn | ack"]
    else:
        choices += [echo, echo.replace("request", "reply")]
    return rng.choice(choices)


def nft(case, ns, *commands):
    return lines(case, *["exec %s nft \"%s\"" % (ns, command) for command in commands])


HOOKS = ("prerouting", "input", "forward", "output", "postrouting")


def drop_rule(case, verdict="drop"):
    rng = case.rng
    ns = some_ns(case)
    hook = rng.choice(HOOKS)
    if verdict == "reject" and hook in ("prerouting", "postrouting"):
        hook = rng.choice(("input", "forward", "output"))
    family = rng.choice(("inet", "ip6" if case.lab.six else "ip"))
    table = "add table %s filter" % family
    base = "add chain %s filter c { type filter hook %s priority %s; policy %s; }"
    priority = rng.choice(("0", "0", "-300", "-150", "50"))
    nd = "add rule %s filter c meta l4proto ipv6-icmp icmpv6 type { 133, 134, 135, 136 } accept" \
        % family
    case.codes = {"REJECTED_BY_RULE" if verdict == "reject" else "DROPPED_BY_RULE"}
    case.exclusive = False  # the answer may meet the same rule
    text = match(case)
    keep = [nd] if case.lab.six and rng.random() < 0.8 else []
    shape = rng.randrange(5)
    if shape == 0:
        return nft(case, ns, table, base % (family, hook, priority, "accept"), *keep,
                   "add rule %s filter c %s counter %s comment mine" % (family, text, verdict))
    if shape == 1:  # behind a jump
        return nft(case, ns, table, base % (family, hook, priority, "accept"), *keep,
                   "add chain %s filter sub" % family,
                   "add rule %s filter sub %s %s" % (family, text, verdict),
                   "add rule %s filter c %s jump sub" % (family, match(case)))
    if shape == 2:  # all but what is let in
        if verdict == "reject":
            return nft(case, ns, table, base % (family, hook, priority, "accept"), *keep,
                       "add rule %s filter c %s accept" % (family, text),
                       "add rule %s filter c reject" % family)
        return nft(case, ns, table, base % (family, hook, priority, "drop"), *keep,
                   "add rule %s filter c %s accept" % (family, text),
                   "add rule %s filter c ct state established,related accept" % family)
    if shape == 3:  # two chains at one hook
        return nft(case, ns, table, base % (family, hook, priority, "accept"), *keep,
                   "add rule %s filter c accept" % family, "add table inet late",
                   "add chain inet late c { type filter hook %s priority 60; }" % hook,
                   "add rule inet late c %s %s" % (text, verdict))
    case.codes = {"DROPPED_BY_RULE"}
    return nft(case, ns, table, base % (family, hook, priority, "accept"), *keep,
               "add map %s filter m { type inet_proto : verdict; }" % family,
               "add element %s filter m { tcp : %s, icmp : %s, ipv6-icmp : %s }"
               % ((family,) + (("drop", "accept", "accept") if case.port else
                               ("accept", "drop", "drop"))),
               "add rule %s filter c %s meta l4proto vmap @m" % (family, text))


def reject_rule(case):
    return drop_rule(case, "reject")


def iptables_rule(case):
    rng = case.rng
    ns = some_ns(case)
    program = "ip6tables" if case.lab.six else "iptables"
    proto = "tcp" if case.port else "ipv6-icmp" if case.lab.six else "icmp"
    chain = rng.choice(("INPUT", "FORWARD", "OUTPUT"))
    port = getattr(case, "listen_port", 0)
    choices = ["-p " + proto, "-p %s -m conntrack --ctstate NEW" % proto,
               "-d %s" % case.lab.address_of(case.target), "-p %s -m comment --comment x" % proto,
               "-p %s -m addrtype --dst-type LOCAL" % proto,
               "-p %s -m mark --mark 0" % proto, "-p %s -m limit --limit 5/s" % proto,
               "-p %s -m length --length 10:2000" % proto,
               "-p %s -m pkttype --pkt-type unicast" % proto]
    if case.port:
        choices += ["-p tcp --dport %d" % port, "-p tcp -m multiport --dports 22,%d" % port,
                    "-p tcp -m multiport ! --dports 22,%d" % port, "-p tcp --syn",
                    "-p tcp -m state --state ESTABLISHED"]
    target = rng.choice(("DROP", "DROP", "REJECT"))
    if case.lab.six and "-p" not in rng.choice(choices):
        choices = [c for c in choices if "-p" in c]
    rule = rng.choice(choices)
    case.codes = {"DROPPED_BY_RULE", "REJECTED_BY_RULE"}
    case.exclusive = False
    return lines(case, "exec %s %s -A %s %s -j %s" % (ns, program, chain, rule, target))


def br_netfilter(case):
    if not case.lab.switch:
        return False
    family = case.rng.choice(("inet", "ip6" if case.lab.six else "ip"))
    ns = sorted(case.lab.switch.values())[0][0]
    case.codes = {"BR_NETFILTER"}
    if case.rng.random() < 0.5:
        return nft(case, ns, "add table %s f" % family,
                   "add chain %s f c { type filter hook forward priority 0; policy drop; }" % family)
    return nft(case, ns, "add table %s f" % family,
               "add chain %s f c { type filter hook %s priority 0; }" %
               (family, case.rng.choice(("prerouting", "forward", "postrouting"))),
               "add rule %s f c %s drop" % (family, match(case)))


def bridge_rule(case):
    if not case.lab.switch:
        return False
    ns = sorted(case.lab.switch.values())[0][0]
    case.codes = {"DROPPED_BY_RULE"}
    case.exclusive = False
    hook = case.rng.choice(("prerouting", "forward", "postrouting"))
    text = case.rng.choice(("meta protocol %s" % ("ip6" if case.lab.six else "ip"),
                            "ether type arp arp operation request",
                            "meta l4proto %s" % ("tcp" if case.port else
                                                 "ipv6-icmp" if case.lab.six else "icmp")))
    return nft(case, ns, "add table bridge f",
               "add chain bridge f c { type filter hook %s priority 0; }" % hook,
               "add rule bridge f c %s drop" % text)


def ttl_rule(case):
    hops = routers_on_way(case)
    if not hops:
        return False
    case.codes = {"TTL"}
    case.mends = False
    field = "ip6 hoplimit" if case.lab.six else "ip ttl"
    return nft(case, case.source, "add table inet m",
               "add chain inet m c { type filter hook output priority -150; }",
               "add rule inet m c %s set %d" % (field, case.rng.choice((1, 1, 2))))


def mark_rule(case):
    case.codes = {"NO_ROUTE", "PROHIBITED"}
    case.mends = False
    family = "ip6" if case.lab.six else "ip"
    nft(case, case.source, "add table %s m" % family,
        "add chain %s m c { type route hook output priority -150; }" % family,
        "add rule %s m c %s meta mark set 7" % (family, match(case)))
    return lines(case, "exec %s %s rule add fwmark 7 prohibit" % (case.source, ip(case)))


def arp_rule(case):
    if case.lab.six:
        return False
    ns = some_ns(case)
    case.codes = {"DROPPED_BY_RULE"}
    hook = case.rng.choice(("input", "output"))
    return nft(case, ns, "add table arp f",
               "add chain arp f c { type filter hook %s priority 0; }" % hook,
               "add rule arp f c arp operation %s drop" %
               case.rng.choice(("request", "reply")))


def netdev_rule(case):
    ns, link = some_end(case)
    case.codes = {"DROPPED_BY_RULE"}
    case.exclusive = False
    return nft(case, ns, "add table netdev f",
               "add chain netdev f c { type filter hook ingress device %s priority 0; }" % link,
               "add rule netdev f c meta protocol %s drop" %
               case.rng.choice(("ip6" if case.lab.six else "ip", "arp")))


FAULTS = {f.__name__: f for f in (
    arp_rule, blackhole, br_netfilter, bridge_down, bridge_rule, drop_rule, echo_ignored,
    forwarding_off, forwarding_off_one, gateway_off_link, iptables_rule, ipv6_off, link_down,
    loop, mark_rule, mtu, nat_off, netdev_rule, no_address, no_listener, no_return_route,
    no_route, port_blocked, port_detached, port_down, reject_rule, rp_filter, ttl_rule,
    wide_prefix, wrong_gateway, wrong_mac, wrong_prefix)}
