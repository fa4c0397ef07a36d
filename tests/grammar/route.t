# Routes and neighbours.

with ns add red blue; bridge v-net-0 add addr 192.168.15.5/24
with bridge v-net-0 attach red blue addr 192.168.15.1/24 192.168.15.2/24
> route red default via 192.168.15.5
ip -n red route add default via 192.168.15.5 proto 110

> route red default via v-net-0
ip -n red route add default via 192.168.15.5 proto 110

> route red default via blue
ip -n red route add default via 192.168.15.2 proto 110

> route red default via host
ip -n red route add default via 192.168.15.5 proto 110

> route red default via blue:veth-blue
ip -n red route add default via 192.168.15.2 proto 110

> route red default via 192.168.16.5
                        ^^^^^^^^^^^^
error 1: 192.168.16.5 cannot be a gateway for red: it is in none of its networks (192.168.15.0/24)
  a gateway must itself be reached directly

> route red default via 192.168.15.1
                        ^^^^^^^^^^^^
error 1: 192.168.15.1 is red's own address: it cannot be its own gateway

> route red default via red
                        ^^^
error 1: 192.168.15.1 is red's own address: it cannot be its own gateway

> route red default via 192.168.15.300
                                   ^^^
error 2: 192.168.15.300 is not an address: 300 is over 255

> route red default via 192.168.15.5/24
                                    ^^^
error 2: 192.168.15.5/24: an address without a prefix length is wanted here

> route red default via bleu
                        ^^^^
error 1: there is no namespace bleu, and no such interface in host
  did you mean blue?

> route red default via
                       ^
error 2: "route red default via" is incomplete
  next comes GW (a gateway: an address, or a name that stands for one)

> route red default
                   ^
error 2: "route red default" is incomplete
  next comes via, dev

> route red via 192.168.15.5
            ^^^
error 2: via does not belong here
  it is written: route NS DEST via GW [dev LINK]

> route red defualt via 192.168.15.5
            ^^^^^^^
error 1: there is no namespace defualt, and no such interface in host
  did you mean default?

> route red 192.168.1.0/24 via 192.168.15.5
ip -n red route add 192.168.1.0/24 via 192.168.15.5 proto 110

> route red 192.168.1.0/24 via v-net-0 dev veth-red
ip -n red route add 192.168.1.0/24 via 192.168.15.5 dev veth-red proto 110

> route red 192.168.1.0/24 via 10.0.0.1 dev veth-red
                               ^^^^^^^^
error 1: 10.0.0.1 cannot be a gateway for red: it is in none of its networks (192.168.15.0/24)
  a gateway must itself be reached directly

> route red 192.168.1.0/24 via v-net-0 dev eth0
                                           ^^^^
error 1: red has no interface eth0
  red has veth-red

> route red 192.168.1.3/24 via 192.168.15.5
            ^^^^^^^^^^^^^^
error 2: 192.168.1.3/24 is an address, not a network
  did you mean 192.168.1.0/24?

> route red 192.168.1.3 via 192.168.15.5
ip -n red route add 192.168.1.3/32 via 192.168.15.5 proto 110

> route red 192.168.1.3/32 via 192.168.15.5
ip -n red route add 192.168.1.3/32 via 192.168.15.5 proto 110

> route red 192.168.1.0/33 via 192.168.15.5
                       ^^^
error 2: /33 is longer than an IPv4 address: 32 is the most

> route red 192.168.1.0/24 dev veth-red
ip -n red route add 192.168.1.0/24 dev veth-red proto 110

> route red 192.168.1.0/24 dev veth-rde
                               ^^^^^^^^
error 1: red has no interface veth-rde
  did you mean veth-red?

> route red 192.168.1.0/24 dev
                              ^
error 2: "route red 192.168.1.0/24 dev" is incomplete
  next comes LINK (an interface)

> route red default dev veth-red
ip -n red route add default dev veth-red proto 110

> route red blue via 192.168.15.5
ip -n red route add 192.168.15.2/32 via 192.168.15.5 proto 110

> route red bleu via 192.168.15.5
            ^^^^
error 1: there is no namespace bleu, and no such interface in host
  did you mean blue?

> route red 0.0.0.0/0 via 192.168.15.5
ip -n red route add default via 192.168.15.5 proto 110

> route red 192.168.15.0/24 via 192.168.15.5
            ^^^^^^^^^^^^^^^
error 1: red has a route to 192.168.15.0/24 already
  its address on veth-red brought it along

> route red 2001:db8::/64 via 192.168.15.5
                              ^^^^^^^^^^^^
error 2: the gateway and the destination are of different families

> route red default via 2001:db8::1
                        ^^^^^^^^^^^
error 1: 2001:db8::1 cannot be a gateway for red: it is in none of its networks
  red has no IPv6 address yet

> route red default via fe80::1
                        ^^^^^^^
error 1: fe80::1 is an address of every link alone: say which is meant
  "dev IF" behind it says so

> route red default via fe80::1 dev veth-red
ip -n red -6 route add default via fe80::1 dev veth-red proto 110

> route red default via v-net-0; route red default via v-net-0
ip -n red route add default via 192.168.15.5 proto 110
                                           ^^^^^^^
error 1: red has a route to default already, via 192.168.15.5
  "route del red default" first

> route red default via v-net-0; route red default via blue
ip -n red route add default via 192.168.15.5 proto 110
                                           ^^^^^^^
error 1: red has a route to default already, via 192.168.15.5
  "route del red default" first

> route bleu default via v-net-0
        ^^^^
error 1: there is no namespace bleu
  did you mean blue?

> route red
ok

> route
ok

> route gren
ok

> route red add default via 192.168.15.5
            ^^^
error 2: add does not belong here
  it is written: route NS DEST via GW [dev LINK]

> route default via 192.168.15.5
                ^^^
error 2: via does not belong here
  it is written: route NS DEST via GW [dev LINK]

> route host 10.0.0.0/8 via red
ip route add 10.0.0.0/8 via 192.168.15.1 proto 110

> route host default via red
ip route add default via 192.168.15.1 proto 110

> route del red default
                ^^^^^^^
error 1: red has no route to default

> route red del default
            ^^^
error 2: del does not belong here
  it is written: route del NS DEST

> route del red 192.168.15.0/24
ip -n red route del 192.168.15.0/24 dev veth-red src 192.168.15.1 proto 2

> route del red 10.0.0.0/8
                ^^^^^^^^^^
error 1: red has no route to 10.0.0.0/8

> route del
           ^
error 2: "route del" is incomplete
  next comes NS (a namespace)

> route red 10.0.0.0/8 via v-net-0; route del red 10.0.0.0/8
ip -n red route add 10.0.0.0/8 via 192.168.15.5 proto 110
ip -n red route del 10.0.0.0/8 via 192.168.15.5 dev veth-red proto 110

> link red down; route red 10.0.0.0/8 dev veth-red
ip -n red link set veth-red down
                                          ^^^^^^^^
error 1: red:veth-red is down
  "link red:veth-red up" first

> ns add green; route green default via v-net-0
ip netns add green
ip -n green link set lo up group 7238504
ip netns exec green sysctl -qw net.ipv4.ip_forward=0
                                        ^^^^^^^
error 1: 192.168.15.5 cannot be a gateway for green: it is in none of its networks
  green has no IPv4 address yet

> ns add green; cable green red; route green default via v-net-0
ip netns add green
ip -n green link set lo up group 7238504
ip netns exec green sysctl -qw net.ipv4.ip_forward=0
ip -n green link add veth-green type veth peer name veth-red2 netns red
ip -n green link set veth-green group 7238504 up
ip -n red link set veth-red2 group 7238504 up
                                                         ^^^^^^^
error 1: 192.168.15.5 cannot be a gateway for green: it is in none of its networks
  green has no IPv4 address yet

> ns add green; cable green red; route green default via red
ip netns add green
ip -n green link set lo up group 7238504
ip netns exec green sysctl -qw net.ipv4.ip_forward=0
ip -n green link add veth-green type veth peer name veth-red2 netns red
ip -n green link set veth-green group 7238504 up
ip -n red link set veth-red2 group 7238504 up
                                                         ^^^
error 1: 192.168.15.1 cannot be a gateway for green: it is in none of its networks
  green has no IPv4 address yet

> route <TAB>
blue del host red

> route red <TAB>
192.168.15.0/24 default

> route red default <TAB>
dev via

> route red default via <TAB>
192.168.15.2 192.168.15.5 v-net-0

> route red 10.0.0.0/8 dev <TAB>
veth-red

> route del <TAB>
blue host red

> route del red <TAB>
192.168.15.0/24

> route red <?>
  DEST         a network, an address or "default": 192.168.15.0/24, default
  <Enter>      the line is complete

> route red default via <?>
  GW           a gateway: an address, or a name that stands for one: 192.168.15.2, 192.168.15.5, v-net-0

> route red default via v-net-0 <?>
  dev          send what goes to a network through a gateway
  <Enter>      the line is complete

% ro red default v v-net-0<CANON>
route red default via v-net-0

! route red
DESTINATION      GATEWAY  INTERFACE  MADE BY
192.168.15.0/24  -        veth-red   kernel

# --- IPv6 ---

with ns add red blue; bridge v-net-0 add addr 2001:db8::5/64
with bridge v-net-0 attach red blue addr 2001:db8::1/64 2001:db8::2/64
> route red default via v-net-0
ip -n red -6 route add default via 2001:db8::5 proto 110

> route red default via 2001:db8::5
ip -n red -6 route add default via 2001:db8::5 proto 110

> route red ::/0 via 2001:db8::5
ip -n red -6 route add default via 2001:db8::5 proto 110

> route red 2001:db8:1::/48 via 2001:db8::5
ip -n red -6 route add 2001:db8:1::/48 via 2001:db8::5 proto 110

> route red 2001:db8:1::1/48 via 2001:db8::5
            ^^^^^^^^^^^^^^^^
error 2: 2001:db8:1::1/48 is an address, not a network
  did you mean 2001:db8:1::/48?

> route red 2001:db8:1::1 via 2001:db8::5
ip -n red -6 route add 2001:db8:1::1/128 via 2001:db8::5 proto 110

> route red default via 2001:db9::5
                        ^^^^^^^^^^^
error 1: 2001:db9::5 cannot be a gateway for red: it is in none of its networks (2001:db8::/64)
  a gateway must itself be reached directly

> route red default via 192.168.15.5
                        ^^^^^^^^^^^^
error 1: 192.168.15.5 cannot be a gateway for red: it is in none of its networks
  red has no IPv4 address yet

> route red 10.0.0.0/8 via v-net-0
                           ^^^^^^^
error 1: host:v-net-0 has no IPv4 address
  "addr host:v-net-0 ADDRESS/PREFIX" gives it one

> route red 2001:db8:1::/48 via v-net-0 dev veth-red
ip -n red -6 route add 2001:db8:1::/48 via 2001:db8::5 dev veth-red proto 110

> route red 2001:db8:1::/48 dev veth-red
ip -n red -6 route add 2001:db8:1::/48 dev veth-red proto 110

> route red default via v-net-0; route del red default
ip -n red -6 route add default via 2001:db8::5 proto 110
ip -n red -6 route del default via 2001:db8::5 dev veth-red proto 110

> route red default via v-net-0; route red default via blue
ip -n red -6 route add default via 2001:db8::5 proto 110
                                           ^^^^^^^
error 1: red has a route to default already, via 2001:db8::5
  "route del red default" first

> route red 2001:db8::/129 via v-net-0
                      ^^^^
error 2: /129 is longer than an IPv6 address: 128 is the most

> nat on; route host default via red
nft add table inet nsh
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting iifgroup 7238504 oifgroup != 7238504 masquerade comment "nat on"'
sysctl -qw net.ipv4.ip_forward=1
sysctl -qw net.ipv6.conf.all.forwarding=1
ip -6 route add default via 2001:db8::1 proto 110
nft 'add rule inet nsh postrouting iifname != "v-net-0" oifname "v-net-0" iifgroup 7238504 masquerade comment "nat on"'

> arp red add 2001:db8::9 02:00:00:00:00:09
ip -n red neigh replace 2001:db8::9 lladdr 02:00:00:00:00:09 dev veth-red nud permanent protocol 110

> arp red add 2001:db8::9 02:00:00:00:00:09; arp red del 2001:db8::9
ip -n red neigh replace 2001:db8::9 lladdr 02:00:00:00:00:09 dev veth-red nud permanent protocol 110
ip -n red neigh del 2001:db8::9 dev veth-red

> route red default via <TAB>
2001:db8::2 2001:db8::5 v-net-0

# --- neighbours ---

with ns add red blue; cable red blue addr 192.168.15.1/24 192.168.15.2/24
> arp
ok

> arp red
ok

> arp bleu
ok

! arp red
the ARP table of red is empty

> arp red add 192.168.15.9 02:00:00:00:00:09
ip -n red neigh replace 192.168.15.9 lladdr 02:00:00:00:00:09 dev veth-red nud permanent protocol 110

> arp red add 192.168.15.9 02:00:00:00:00:09 dev veth-red
ip -n red neigh replace 192.168.15.9 lladdr 02:00:00:00:00:09 dev veth-red nud permanent protocol 110

> arp red add 192.168.15.9 02:00:00:00:00:09 dev eth0
                                                 ^^^^
error 1: red has no interface eth0
  red has veth-red

> arp red add 10.0.0.9 02:00:00:00:00:09
              ^^^^^^^^
error 1: 10.0.0.9 is in none of red's networks
  "dev IF" says on which interface it is

> arp red add 10.0.0.9 02:00:00:00:00:09 dev veth-red
ip -n red neigh replace 10.0.0.9 lladdr 02:00:00:00:00:09 dev veth-red nud permanent protocol 110

> arp red add 192.168.15.9/24 02:00:00:00:00:09
                          ^^^
error 2: 192.168.15.9/24: an address without a prefix length is wanted here

> arp red add 192.168.15.9 02:00:00:00:00
                           ^^^^^^^^^^^^^^
error 2: 02:00:00:00:00 is not a MAC address
  it has six pairs of hexadecimal digits: 02:00:00:00:00:01

> arp red add 192.168.15.9 01:00:5e:00:00:01
                           ^^^^^^^^^^^^^^^^^
error 2: 01:00:5e:00:00:01 is a multicast address: no interface can have it

> arp red add blue 02:00:00:00:00:09
              ^^^^
error 2: blue is not an address

> arp red add 192.168.15.9
                          ^
error 2: "arp red add 192.168.15.9" is incomplete
  next comes MAC (a MAC address, as 02:00:00:00:00:01)

> arp red add
             ^
error 2: "arp red add" is incomplete
  next comes IP (an address)

> arp red ad 192.168.15.9 02:00:00:00:00:09
          ^^
error 2: ad is not understood here
  did you mean add?

> arp red del 192.168.15.9
              ^^^^^^^^^^^^
error 1: 192.168.15.9 is not in the ARP table of red

> arp red add 192.168.15.9 02:00:00:00:00:09; arp red del 192.168.15.9
ip -n red neigh replace 192.168.15.9 lladdr 02:00:00:00:00:09 dev veth-red nud permanent protocol 110
ip -n red neigh del 192.168.15.9 dev veth-red

> arp red add 192.168.15.9 02:00:00:00:00:09; arp red flush
ip -n red neigh replace 192.168.15.9 lladdr 02:00:00:00:00:09 dev veth-red nud permanent protocol 110

> arp red del
             ^
error 2: "arp red del" is incomplete
  next comes IP (an address)

> arp red flush
ok

> arp bleu flush
      ^^^^
error 1: there is no namespace bleu
  did you mean blue?

> arp red <TAB>
add del flush

> arp red <?>
  add          enter a neighbour for good
  del          forget a neighbour
  flush        forget all neighbours but those entered for good
  <Enter>      the line is complete

> arp red add 192.168.15.9 02:00:00:00:00:09 <?>
  dev          enter a neighbour for good
  <Enter>      the line is complete

with ip route add unreachable 10.99.0.0/16 table 200; ip route add blackhole 10.98.0.0/16; ip route add unreachable 10.98.0.0/16 table 200

> route del host 10.99.0.0/16
                 ^^^^^^^^^^^^
error 1: host has no route to 10.99.0.0/16
  but for one in table 200: "in host ip route del 10.99.0.0/16 table 200"

> ip route del 10.99.0.0/16
               ^^^^^^^^^^^^
error 1: host has no route to 10.99.0.0/16
  but for one in table 200: "in host ip route del 10.99.0.0/16 table 200"

> ip route del 10.99.0.0/16 table 200
ip route del unreachable 10.99.0.0/16 table 200 proto 110

> route del host 10.98.0.0/16
ip route del blackhole 10.98.0.0/16 proto 110

! route
DESTINATION               GATEWAY      INTERFACE  MADE BY
10.99.0.0/16 (table 200)  unreachable  -          nsh
10.98.0.0/16              blackhole    -          nsh
10.98.0.0/16 (table 200)  unreachable  -          nsh
