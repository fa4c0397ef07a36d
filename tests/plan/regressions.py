# SPDX-License-Identifier: GPL-3.0-or-later
"""Small labs on which a property of the plan did not hold once: what it is about, the lines that
go before, the lines themselves. They are tried like the random labs, of which most come."""

SWITCH = "bridge sw1 add\n"
# A switch with a neighbour for good, and a port whose MAC address is above those that come by chance.
NEIGHBOUR = (SWITCH + "ns add red; cable red:far host:p1; link p1 mac fe:ff:ff:ff:ff:ff\n"
             "ip link set p1 master sw1; addr sw1 10.1.1.1/24\n")
LOWER = "cable red:low host:p2; link p2 mac 02:00:00:00:00:01\n"
# Ports of which each is smaller than the one before.
SMALLER = (SWITCH + "ns add red blue green; cable host:p1 red:e1; cable host:p2 blue:e2 mtu 1400\n"
           "cable host:p3 green:e3 mtu 1300\n")
KNOWN = "arp host add 10.1.1.9 02:00:00:00:00:09\n"

CASES = [
    ("a primary address before another network's",
     SWITCH + "addr sw1 10.1.3.9/30; addr sw1 10.1.1.13/30",
     "addr del sw1 10.1.3.9/30"),
    ("a primary address with secondary ones, one of them between another's",
     SWITCH + "addr sw1 10.1.1.1/24; addr sw1 10.1.2.1/24; addr sw1 10.1.1.2/24\n"
     "addr sw1 10.1.2.2/24; addr sw1 10.1.1.3/24",
     "addr del sw1 10.1.1.1/24"),
    ("a secondary address before others",
     SWITCH + "addr sw1 10.1.1.1/24; addr sw1 10.1.1.2/24; addr sw1 10.1.1.3/24",
     "addr del sw1 10.1.1.2/24"),
    ("a primary address whose secondary one becomes primary",
     "sysctl -w net.ipv4.conf.all.promote_secondaries=1\n" + SWITCH +
     "addr sw1 10.1.1.1/24; addr sw1 10.1.2.1/24; addr sw1 10.1.1.2/24; addr sw1 10.1.1.3/24",
     "addr del sw1 10.1.1.1/24\naddr del sw1 10.1.1.2"),
    ("routes that have their source from an address, or from one that moves with it",
     SWITCH + "ns add red; cable red host:eth9 addr 10.9.0.1/24 10.9.0.2/24\n"
     "addr sw1 10.1.1.1/24; addr sw1 10.1.2.1/24; addr sw1 10.1.1.2/24\n"
     "ip route add 10.7.0.0/16 via 10.9.0.1 src 10.1.2.1\n"
     "ip route add 10.8.0.0/16 dev sw1 src 10.1.1.2",
     "addr del sw1 10.1.1.1/24"),
    ("the last IPv4 address of a link, with which all its routes go",
     SWITCH + "addr sw1 10.1.1.1/24; route host 10.7.0.0/16 dev sw1; addr sw1 fd00:1::1/64\n"
     "arp host add 10.1.1.9 02:00:00:00:00:09",
     "addr del sw1 10.1.1.1/24\naddr sw1 10.1.1.2/24"),
    ("the first IPv4 address of a link that has routes",
     SWITCH + "addr sw1 fd00:1::1/64; ip route add 10.7.0.0/16 dev sw1\n"
     "ip route add 10.8.0.0/16 via inet6 fd00:1::9 dev sw1; ip route add 10.9.0.0/16 dev sw1 metric 5",
     "addr sw1 10.1.1.1/24\naddr sw1 10.1.2.1/24"),
    ("the first IPv4 address of a link made, and given routes, in the same breath",
     "", SWITCH + "route host 10.7.0.0/16 dev sw1\naddr sw1 10.1.1.1/24\nundo\nns add red"),
    ("a neighbour for good on a link that has no IPv4 address yet",
     SWITCH + KNOWN.strip() + " dev sw1",
     "addr sw1 10.1.1.1/24\nip route add 10.7.0.0/16 via 10.1.1.9"),
    ("the neighbours of a switch that a new port gives another MAC address",
     NEIGHBOUR + KNOWN, "ns add blue\nbridge sw1 attach blue"),
    ("the neighbours of a switch that a port comes to", NEIGHBOUR + LOWER + KNOWN,
     "ip link set p2 master sw1\nip link set p2 nomaster"),
    ("the neighbours of a switch that a port leaves",
     NEIGHBOUR + LOWER + "ip link set p2 master sw1\n" + KNOWN, "ip link set p2 nomaster"),
    ("the neighbours of a switch whose port is deleted",
     NEIGHBOUR + LOWER + "ip link set p2 master sw1\n" + KNOWN, "link del red:low"),
    ("the neighbours of a switch whose port gets another MAC address", NEIGHBOUR + KNOWN,
     "link p1 mac 02:00:00:00:00:07"),
    ("the neighbours of a switch whose port moves away",
     NEIGHBOUR + LOWER + "ip link set p2 master sw1\n" + KNOWN, "link p2 to red"),
    ("the neighbours of a switch whose ports' other ends are deleted",
     NEIGHBOUR + LOWER + "ip link set p2 master sw1\n" + KNOWN, "ns del red"),
    ("the neighbours of a switch that is deleted",
     NEIGHBOUR + LOWER + "ip link set p2 master sw1\n" + KNOWN, "bridge sw1 del"),
    ("the neighbours of a switch in a namespace that is deleted",
     "ns add red\nip -n red link add sw2 type bridge\nip -n red link set sw2 up\n"
     "ip -n red addr add 10.1.1.1/24 dev sw2\ncable red:p1 host:far1; cable red:p2 host:far2\n"
     "ip -n red link set p1 master sw2; ip -n red link set p2 master sw2\n"
     "arp red add 10.1.1.9 02:00:00:00:00:09 dev sw2", "ns del red"),
    ("the middle one of three IPv6 addresses",
     SWITCH + "addr sw1 fd00:1::1/64; addr sw1 fd00:2::1/64; addr sw1 fd00:3::1/64",
     "addr del sw1 fd00:2::1"),
    ("an IPv6 address that a route has its source from",
     SWITCH + "addr sw1 fd00:1::1/64; addr sw1 fd00:2::1/64; addr sw1 fd00:1::2/64\n"
     "ip -6 route add fd00:77::/64 via fd00:1::9 src fd00:2::1\n"
     "ip -6 route add fd00:78::/64 dev sw1 src fd00:1::2",
     "addr del sw1 fd00:1::1/64\naddr del sw1 fd00:2::1"),
    ("IPv6 addresses of a link that goes down, and of one that is deleted",
     "ns add red; cable red host:eth9 addr fd00:1::1/64 fd00:1::2/64\n"
     "addr host:eth9 fd00:2::1/64; addr host:eth9 fd00:3::1/64; addr host:eth9 10.1.1.1/24",
     "link host:eth9 down\nlink host:eth9 up\nlink del host:eth9"),
    ("lo's own addresses",
     "ns add red",
     "addr red:lo fd00:9::1/128\nin red ip addr del 127.0.0.1/8 dev lo\nin red ip -6 addr del ::1/128 dev lo"),
    ("the route that an address brings, once taken away",
     SWITCH + "addr sw1 10.1.1.1/24; addr sw1 10.1.2.1/24; addr sw1 fd00:1::1/64\n"
     "ip route del 10.1.1.0/24 dev sw1; ip -6 route del fd00:1::/64 dev sw1",
     "addr del sw1 10.1.1.1/24\naddr del sw1 fd00:1::1\nlink sw1 down"),
    ("a lo with a MAC address, and settings of a room",
     "ns add red", "link red:lo mac 02:00:00:00:00:c2\n"
     "in red sysctl -w net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.all.proxy_arp=1\n"
     "ns del red"),
    ("rules of both families",
     "", "nft add rule inet nsh forward accept\nnft add rule inet nsh prerouting tcp dport 80 "
     "redirect to :8080\niptables -A FORWARD -j DROP\niptables -t nat -A POSTROUTING -j MASQUERADE"),
    ("rules deleted while the machine forwards",
     "bridge sw1 add\nforwarding on", "iptables -A FORWARD -p icmp -j DROP\niptables -F"),
    ("rules by their numbers, those that keep what a setting was among them",
     "bridge sw1 add\nnat on\nforwarding on", "iptables -A FORWARD -p icmp -j DROP\n"
     "iptables -D FORWARD 2\niptables -D FORWARD 3\niptables -D FORWARD 1"),
    ("a setting that is so already",
     "ns add red", "in red sysctl -w net.ipv4.ip_forward=0\nns add blue"),
    ("a link with two addresses that gets another name",
     "ns add red; cable red host:eth9 addr 10.1.1.1/24 10.1.1.2/24; addr red 10.1.2.1/24\n"
     "addr red 10.1.1.3/24; ip -n red route add 10.7.0.0/16 via 10.1.1.2 src 10.1.2.1",
     "link red:veth-red name eth7"),
    ("labels of addresses, which a link that got another name leaves them",
     "ns add red; cable red:e0 host:eth9 addr 10.1.1.1/24 10.1.1.2/24; addr red:e0 10.1.2.1/24\n"
     "addr red:e0 10.1.1.3/24; link red:e0 name e1",
     "addr del red:e1 10.1.1.1/24\nlink red:e1 name e2\nlink red:e2 to host\ncable del eth9"),
    ("addresses of a lo that a line before has made",
     "", "ns add red\nin red ip addr flush dev lo\nip netns add blue\nip -n blue link set lo up\n"
     "ip -n blue addr del 127.0.0.1/8 dev lo"),
    ("a change of which the kernel makes the first half only",
     "ns add red; cable red:eth1 host:if0; link red:eth1 down",
     "ip -n red link set dev eth1 up master eth1\nns add blue"),
    ("a setting that one line sets twice",
     "ns add red", "sysctl -w net.ipv4.ip_forward=1 net/ipv4/ip_forward=1"),
    ("a rule that is there twice",
     "", "iptables -t nat -A POSTROUTING -s 10.1.1.0/24 -j MASQUERADE\n"
     "nft add rule inet nsh postrouting ip saddr 10.1.1.0/24 masquerade"),
    ("rules that are there twice, with others between",
     SWITCH, "iptables -A FORWARD -s 10.1.0.0/16 -j ACCEPT\niptables -A FORWARD -s 10.1.0.0/16 -j ACCEPT\n"
     "iptables -A FORWARD -j DROP\niptables -A FORWARD -s 10.1.0.0/16 -j ACCEPT\nnat on\n"
     "nft add rule inet nsh postrouting ip saddr 10.1.1.0/24 masquerade\npublish 8080 10.1.1.2:80\n"
     "nft add rule inet nsh postrouting ip saddr 10.1.1.0/24 masquerade"),
    ("a rule behind those that a setting brings",
     "bridge sw1 add", "echo 1 > /proc/sys/net/ipv6/conf/all/forwarding\nnat on\n"
     "nft add rule inet nsh forward iifname \"sw1\" accept"),
    ("rules between those that settings bring",
     "bridge sw1 add", "sysctl -w net.ipv6.conf.all.forwarding=1\niptables -A FORWARD -j ACCEPT\n"
     "sysctl -w net.ipv4.ip_forward=1\nnft add rule inet nsh forward iifname \"sw1\" drop"),
    ("a lo too small for IPv6", "ns add red", "link red:lo mtu 1000\naddr red:lo 10.7.3.118/8"),
    ("a setting of host beside a route of it", "ns add red",
     "ip route add prohibit 10.9.0.0/16\necho 1 | tee /proc/sys/net/ipv6/conf/all/disable_ipv6"),
    ("IPv4 through an IPv6 gateway",
     "ns add red; cable red host:eth9 addr fd00:1::1/64 fd00:1::2/64; addr red 10.5.0.1/24",
     "ip -n red route add 10.6.0.0/16 via inet6 fd00:1::2 dev veth-red\n"
     "ip -n red route add default via inet6 fd00:1::2\naddr del red fd00:1::1"),
    ("further names of a link, all of which it is known by",
     "ns add red; cable red:e1 host:if1; bridge sw1 add; link sw1 altname the-first-of-the-switch",
     "link red:e1 altname the-first-name\nlink red:e1 altname the-second-name\n"
     "addr red:the-first-name 10.1.1.1/24\nroute red 10.7.0.0/16 dev the-second-name\n"
     "link red:the-second-name altname third\nlink sw1 altname another-one\n"
     "link the-first-of-the-switch mtu 1400\nlink red:the-first-name to host\nlink third mtu 1300"),
    ("routes that were there before an address of the same network",
     SWITCH + "ns add red; cable red host:eth9 addr 10.9.0.1/24 10.9.0.2/24\n"
     "ip route add blackhole 10.1.1.0/24; ip -6 route add prohibit fd00:1::/64 metric 256\n"
     "ip -n red route add 10.1.2.0/24 via 10.9.0.2",
     "addr sw1 10.1.1.1/24; addr sw1 fd00:1::1/64; ip -n red addr add 10.1.2.1/24 dev veth-red\n"
     "ip route add blackhole 10.1.3.0/24 metric 9\naddr sw1 10.1.3.1/24"),
    ("such a route that is deleted, with its namespace, or behind whose back the address moves",
     "ns add red\nip -n red route add blackhole 10.1.1.0/24\ncable red host:eth9\n"
     "addr red 10.1.1.1/24; bridge sw1 add; ip route add unreachable 10.1.2.0/24\n"
     "addr sw1 10.1.2.1/24; ip route prepend 10.1.2.0/24 dev eth9",
     "ip route del unreachable 10.1.2.0/24\nns del red\naddr del sw1 10.1.2.1/24\n"
     "addr sw1 10.1.2.1/24"),
    ("routes put before others and behind them",
     SWITCH + "ns add red; cable red host:eth9 addr 10.9.0.1/24 10.9.0.2/24; addr sw1 10.1.1.1/24\n",
     "ip route append blackhole 10.1.1.0/24\nip route prepend 10.1.1.0/24 via 10.9.0.1\n"
     "ip route prepend prohibit 10.1.1.0/24\nip route append unreachable 10.1.1.0/24\n"
     "ip route append 10.7.0.0/16 dev sw1\nip route append blackhole 10.7.0.0/16\n"
     "ip route prepend 10.7.0.0/16 via 10.9.0.1\nip -6 route append blackhole fd00:7::/64\n"
     "ip -6 route append prohibit fd00:7::/64\nlink del red:veth-red"),
    ("settings of rooms and of their new links, which some are older than",
     "ns add red blue; ip netns add green; cable red:e1 host:f1; addr red:e1 10.1.1.1/24\n"
     "in blue sysctl -w net.ipv4.conf.all.rp_filter=1; cable blue:e5 host:f5",
     "in red sysctl -w net.ipv4.conf.default.rp_filter=1 net.ipv4.conf.all.log_martians=1\n"
     "in red sysctl -w net.ipv6.conf.default.accept_ra=2 net.ipv4.conf.all.proxy_arp=1\n"
     "cable red:e2 host:f2; addr red:e2 10.1.2.1/24\n"
     "in red sysctl -w net.ipv4.conf.default.rp_filter=2 net.ipv6.conf.default.accept_ra=0\n"
     "in red sysctl -w net.ipv4.conf.default.forwarding=1; cable red:e3 host:f3\n"
     "in green sysctl -w net.ipv4.conf.default.rp_filter=1\nforwarding blue on\n"
     "in blue sysctl -w net.ipv4.conf.default.forwarding=0 net.ipv6.conf.default.disable_ipv6=1\n"
     "cable blue:e4 red:e4\nsysctl -w net.ipv4.conf.all.rp_filter=2 net.ipv4.conf.all.proxy_arp=1"),
    ("a neighbour on a network that only lo is in",
     "ns add red; addr red:lo 10.5.0.1/24",
     "arp red add 10.5.0.9 02:00:00:00:00:09\nip -n red addr add 10.5.1.1/24 dev lo"),
    ("all addresses of a link",
     SWITCH + "addr sw1 10.1.1.1/24; addr sw1 10.1.2.1/24; addr sw1 10.1.1.2/24\n"
     "addr sw1 fd00:1::1/64; addr sw1 fd00:1::2/64; route host 10.7.0.0/16 via 10.1.2.9",
     "ip addr flush dev sw1"),
    ("a line that sets what cannot be taken back and asks for a port of no switch",
     "ns add red", "ip -n red link set lo address 02:00:00:00:00:ed master lo"),
    ("IPv6 beside a link that is too small for it",
     "ns add red green; bridge sw1 attach red; bridge sw1 attach green addr fd00:2::2/64\n"
     "bridge sw2 add; cable host:p2 red:e2; bridge sw2 attach p2\nlink host:p2 mtu 1000\n"
     "link sw2 mtu 1500; addr sw2 fd00:3::1/64",
     "link host:veth-green-br mtu 1000\nlink red:e2 mtu 1000; addr red:veth-red fd00:2::1/64\n"
     "link red:veth-red mtu 1000\nlink red:veth-red mtu 1500\naddr red:veth-red fd00:2::1/64"),
    ("switches whose MTU follows their ports, and is set after that",
     "ns add red; bridge sw1 add addr fd00:1::1/64; bridge sw2 add; link sw2 mtu 1450\n"
     "cable host:p1 red:e1; cable host:p2 red:e2; bridge sw1 attach p1; link host:p2 mtu 1400\n"
     "cable host:p3 red:e3 mtu 1000; bridge sw2 attach p3; addr sw2 fd00:2::1/64",
     "link host:p1 mtu 1400\nlink sw1 mtu 1450\nbridge sw1 attach p2\nlink host:p2 mtu 1000\n"
     "bridge sw1 detach p2\nlink sw1 mtu 1300\nlink del host:p1\nlink sw1 mtu 1350\n"
     "link host:p3 to red"),
    ("a switch that an attached port, and another that a new one, makes too small for IPv6",
     "ns add red; bridge sw1 add addr fd00:1::1/64; bridge sw2 add addr fd00:2::1/64\n"
     "cable host:p1 red:e1 mtu 1000; ip route add fd00:9::/64 via fd00:1::9",
     "bridge sw1 attach p1\nip link add p2 mtu 1000 master sw2 type veth peer name e2 netns red\n"
     "link sw1 mtu 1500; link sw2 mtu 1500\nlink del host:p2"),
    ("switches with their own MTU that go and come again",
     "ns add red blue; in blue bridge sw1 add; cable blue:p1 red:e1 mtu 1000\n"
     "in blue bridge sw1 attach p1; link blue:sw1 mtu 1450; addr blue:sw1 fd00:1::1/64\n"
     "bridge sw2 add; cable host:p2 red:e2 mtu 1400; bridge sw2 attach p2; link sw2 mtu 1450",
     "link del sw2\nns del blue"),
    ("switches that still follow their ports when several that left are back",
     SMALLER + "bridge sw1 attach p1 p2 p3",
     "bridge sw1 detach p3 p2\nundo\nbridge sw1 detach p3"),
    ("switches whose smallest port leaves, and which are set after that",
     SMALLER + "bridge sw1 attach p1 p2 p3; bridge sw2 attach red green\n"
     "link host:veth-green-br mtu 1350",
     "bridge sw1 detach p3\nlink sw1 mtu 1450\nbridge sw2 detach green\nlink sw2 mtu 1450"),
    ("a switch that is set before a port comes, in the same breath",
     SMALLER, "link sw1 mtu 1450; bridge sw1 attach p2; bridge sw1 detach p2"),
    ("further names of lo", "ns add red blue; link red:lo altname the-loop-of-red",
     "link blue:lo altname the-loop\nlink red:lo altname another\nns del red"),
    ("IPv6 that is switched off where it is in use",
     "ns add red green; cable red green addr fd00:1::1/64 fd00:1::2/64; addr red 10.1.1.1/24\n"
     "route red fd00:9::/64 via fd00:1::2; route green default via fd00:1::1\n"
     "ip -n red -6 route add unreachable fd00:8::/64; arp red add fd00:1::9 02:00:00:00:00:09\n"
     "bridge sw1 attach green addr fd00:3::2/64; addr sw1 fd00:3::1/64",
     "in red sysctl -w net.ipv6.conf.all.disable_ipv6=1\n"
     "in green sysctl -w net.ipv6.conf.veth-green.disable_ipv6=1\n"
     "echo 1 > /proc/sys/net/ipv6/conf/sw1/disable_ipv6"),
]
