# Lines in the words of ip, iptables and other programs.

with ns add red blue
with bridge v-net-0 add addr 192.168.15.5/24

# --- ip netns ---

> ip netns add green
ip netns add green
ip -n green link set lo group 7238504
in nsh's words: ns add green (and lo is up in it; ip leaves it down)

> ip netns a green
ip netns add green
ip -n green link set lo group 7238504
in nsh's words: ns add green (and lo is up in it; ip leaves it down)

> ip net add green
ip netns add green
ip -n green link set lo group 7238504
in nsh's words: ns add green (and lo is up in it; ip leaves it down)

> ip n add green
           ^^^^^
error 2: green is not an address

> ip netns add red
               ^^^
error 1: there is a namespace red already
  "show red" shows what is in it

> ip netns add
              ^
error 2: "ip netns add" is incomplete
  next comes NEWNS (a name for a namespace)

> ip netns del red
ip netns del red
in nsh's words: ns del red

> ip netns d host
             ^^^^
error 1: host is where nsh lives: it cannot be deleted

> ip netns delete bleu
                  ^^^^
error 1: there is no namespace bleu
  did you mean blue?

! ip netns
blue
red
in nsh's words: ns

! ip netns exec red ip netns list
blue
red
in nsh's words: ns

> ip netns exec red ip link set lo up
ip -n red link set lo up
in nsh's words: link red:lo up

> ip netns e red ip l s lo up
ip -n red link set lo up
in nsh's words: link red:lo up

> ip netns exec red true
ip netns exec red true

> ip netns exec bleu ip link
                ^^^^
error 1: there is no namespace bleu
  did you mean blue?

> ip netns exec red ip link set eth0 up
                                ^^^^
error 1: red has no interface eth0

> ip netns exec red ip lnk
                       ^^^
error 2: lnk is not understood here
  did you mean link?

> ip netns exec red
                   ^
error 2: "ip netns exec red" is incomplete
  next comes LINE (a command)

> ip netns identify
           ^^^^^^^^
error 2: identify is not understood here
  here may stand: show, list, ls, lst, add, delete, attach, exec

> ip <TAB>
-4 -6 -br -brief -c -color -n -netns -o -oneline address link neighbor neighbour netns
route

> ip netns <TAB>
add attach delete exec list ls lst show

> ip netns del <TAB>
blue red

> ip netns exec red ip link <TAB>
add delete list ls lst property set show

> ip netns exec <?>
  NS           a namespace: blue, host, red

# --- ip link ---

> ip link add veth-red type veth peer name veth-blue
ip link add veth-red type veth peer name veth-blue
ip link set veth-red group 7238504
ip link set veth-blue group 7238504
in nsh's words: cable A B, with namespaces for A and B: makes veth-red and veth-blue in place, and up

> ip link add veth-red type veth peer veth-blue
ip link add veth-red type veth peer name veth-blue
ip link set veth-red group 7238504
ip link set veth-blue group 7238504
in nsh's words: cable A B, with namespaces for A and B: makes veth-red and veth-blue in place, and up

> ip link add veth-red netns red type veth peer name veth-blue netns blue
ip -n red link add veth-red type veth peer name veth-blue netns blue
ip -n red link set veth-red group 7238504
ip -n blue link set veth-blue group 7238504
in nsh's words: cable A B, with namespaces for A and B: makes veth-red and veth-blue in place, and up

> ip link add veth-red mtu 1400 type veth peer name veth-blue
ip link add veth-red type veth peer name veth-blue
ip link set veth-red group 7238504
ip link set veth-blue group 7238504
ip link set veth-red mtu 1400
in nsh's words: cable A B, with namespaces for A and B: makes veth-red and veth-blue in place, and up

> ip link add veth-red address 02:00:00:00:00:01 up type veth peer name veth-blue
ip link add veth-red address 02:00:00:00:00:01 type veth peer name veth-blue
ip link set veth-red group 7238504 up
ip link set veth-blue group 7238504
in nsh's words: cable A B, with namespaces for A and B: makes veth-red and veth-blue in place, and up

> ip link add veth-red type veth peer name veth-red
                                           ^^^^^^^^
error 1: the ends of a cable need two names

> ip link add veth-red type veth peer name veth-blue up
                                           ^^^^^^^^^
error 2: the other end cannot be made up: "ip link set veth-blue up" does it

> ip link add v-net-0 type bridge
              ^^^^^^^
error 1: host has an interface v-net-0 already

> ip -n red link add br0 type bridge
ip -n red link add br0 type bridge
ip -n red link set br0 group 7238504
in nsh's words: bridge red:br0 add (which is up)

> ip -n bleu link add br0 type bridge
        ^^^^
error 1: there is no namespace bleu
  did you mean blue?

> ip link add br0 type vlan id 5
                       ^^^^
error 2: nsh does not make interfaces of the kind vlan
  it makes bridge, dummy and ifb; cables come from "cable"

> ip link add br0 type brigde
                       ^^^^^^
error 2: nsh does not make interfaces of the kind brigde
  did you mean bridge?

> ip link set dev v-net-0 down
ip link set v-net-0 down
in nsh's words: link v-net-0 down

> ip link set v-net-0 down
ip link set v-net-0 down
in nsh's words: link v-net-0 down

> ip link set down v-net-0
ip link set v-net-0 down
in nsh's words: link v-net-0 down

> ip link set v-net-0 up down
                         ^^^^
error 2: this is said twice

> ip link set v-net-0 txqueuelen 100
ip link set v-net-0 txqueuelen 100
in nsh's words: link v-net-0 queue 100

> ip link set v-net-0 mtu 1400 qlen 0
ip link set v-net-0 mtu 1400 txqueuelen 0
in nsh's words: link v-net-0 queue 0

> ip link add v0 txqlen 10 type veth peer name v1
ip link add v0 type veth peer name v1
ip link set v0 group 7238504
ip link set v1 group 7238504
ip link set v0 txqueuelen 10
in nsh's words: cable A B, with namespaces for A and B: makes v0 and v1 in place, and up

> ip link set v-net-0 txqueuelen lots
                                 ^^^^
error 2: lots is not a length of a queue: a number from 0 to 4294967295

> ifconfig v-net-0 txqueuelen 100
ip link set v-net-0 txqueuelen 100
in nsh's words: link host:v-net-0 queue 100

> ip link set v-net-0 mtu 1400 address 02:00:00:00:00:01 up
ip link set v-net-0 mtu 1400 address 02:00:00:00:00:01 up
in nsh's words: link v-net-0 up

> ip link set v-net-0 name br0
ip link set v-net-0 name br0
in nsh's words: link host:v-net-0 name br0

> ip link set v-net-0 name lo
                           ^^
error 1: host has an interface lo already

> ip link set v-net-0 netns red
ip link set v-net-0 netns red
in nsh's words: link host:v-net-0 to red

> ip link set v-net-0 netns red name br0 up
ip link set v-net-0 netns red
ip -n red link set v-net-0 name br0
ip -n red link set br0 up
in nsh's words: link red:br0 up

> ip -n red link set lo netns 1
                              ^
error 1: lo stays where it is: every namespace has its own

> ip link set v-net-0 netns 1
in nsh's words: link host:v-net-0 to host

> ip link set v-net-0 master br0
                             ^^^
error 1: host has no interface br0
  host has v-net-0

> ip link set v-net-0 master lo
                             ^^
error 1: lo is no switch

> ip link set v-net-0 nomaster
ip link set v-net-0 nomaster

> ip link set v-net-1 up
              ^^^^^^^
error 1: host has no interface v-net-1
  did you mean v-net-0?

> ip link set v-net-0
                     ^
error 2: "ip link set v-net-0" is incomplete
  next comes up, down, mtu, txqueuelen, txqlen, qlen, name, address, master, nomaster, netns, group

> ip link set v-net-0 promisc on
                      ^^^^^^^
error 2: promisc is not understood here
  here may stand: up, down, mtu, txqueuelen, txqlen, qlen, name, address, master, nomaster, netns, group

> ip link del v-net-0
ip link del v-net-0
in nsh's words: link del v-net-0

> ip link delete dev v-net-0 type bridge
ip link del v-net-0
in nsh's words: link del v-net-0

> ip link del v-net-0 type veth
                           ^^^^
error 1: v-net-0 is of the kind bridge

> ip link del lo
              ^^
error 1: lo cannot be deleted

> ip link set v-net-0 <TAB>
address down group master mtu name netns nomaster qlen txqlen txqueuelen up

> ip link set v-net-0 netns <TAB>
blue host red

> ip -n red l s <TAB>
dev down up

! ip -n red link
NAME  KIND      STATE    MTU  MAC  SWITCH  OTHER END
lo    loopback  up     65536  -    -       -
in nsh's words: link red

! ip l show lo
NAME  KIND      STATE    MTU  MAC  SWITCH  OTHER END
lo    loopback  up     65536  -    -       -
in nsh's words: link host:lo

# --- ip addr ---

> ip addr add 192.168.15.6/24 dev v-net-0
ip addr add 192.168.15.6/24 dev v-net-0
in nsh's words: addr v-net-0 192.168.15.6/24

> ip a a 192.168.15.6/24 brd + dev v-net-0
ip addr add 192.168.15.6/24 dev v-net-0 brd +
in nsh's words: addr v-net-0 192.168.15.6/24

> ip a a 192.168.15.6/24 broadcast 192.168.15.255 dev v-net-0
ip addr add 192.168.15.6/24 dev v-net-0 brd +
in nsh's words: addr v-net-0 192.168.15.6/24

> ip a a 192.168.15.6/24 brd 192.168.15.9 dev v-net-0
                             ^^^^^^^^^^^^
error 2: nsh sets no other broadcast address than the network's own, 192.168.15.255

> ip addr add dev v-net-0 192.168.15.6/24
ip addr add 192.168.15.6/24 dev v-net-0
in nsh's words: addr v-net-0 192.168.15.6/24

> ip addr add 192.168.15.6 dev v-net-0
ip addr add 192.168.15.6/32 dev v-net-0
in nsh's words: addr v-net-0 192.168.15.6/32

> ip addr add 2001:db8::1/64 dev v-net-0
ip addr add 2001:db8::1/64 dev v-net-0
in nsh's words: addr v-net-0 2001:db8::1/64

> ip -6 addr add 2001:db8::1/64 dev v-net-0 nodad
ip addr add 2001:db8::1/64 dev v-net-0 nodad
in nsh's words: addr v-net-0 2001:db8::1/64

> ip -6 addr add 192.168.15.6/24 dev v-net-0
                 ^^^^^^^^^^^^^^^
error 2: 192.168.15.6/24 is not an IPv6 address

> ip addr add 192.168.15.5/24 dev v-net-0
              ^^^^^^^^^^^^^^^
error 1: host:v-net-0 has 192.168.15.5/24 already

> ip addr replace 192.168.15.5/24 dev v-net-0
ok

> ip addr add 192.168.15.6/24
                             ^
error 2: "ip addr add 192.168.15.6/24" is incomplete
  next comes brd, broadcast, nodad, dev

> ip addr add 192.168.15.6/33 dev v-net-0
                          ^^^
error 2: /33 is longer than an IPv4 address: 32 is the most

> ip addr add 192.168.15.6/24 dev v-net-0 label x
                                          ^^^^^
error 2: label is not understood here
  here may stand: brd, broadcast, nodad

> ip addr del 192.168.15.5/24 dev v-net-0
ip addr del 192.168.15.5/24 dev v-net-0
in nsh's words: addr del v-net-0 192.168.15.5/24

> ip addr del 192.168.15.9/24 dev v-net-0
              ^^^^^^^^^^^^^^^
error 1: host:v-net-0 does not have 192.168.15.9/24

> ip addr flush dev v-net-0
ip addr del 192.168.15.5/24 dev v-net-0

> ip addr del <TAB>
127.0.0.1/8 192.168.15.5/24 ::1/128

> ip addr add <?>
  NEWADDR      an address with its prefix length, as 192.168.15.1/24: 192.168.15.1/24, 192.168.15.2/24, 192.168.15.3/24, ... (8)
  dev          give an interface an address

! ip -4 a s dev v-net-0
INTERFACE  ADDRESS          SCOPE
v-net-0    192.168.15.5/24  global
in nsh's words: addr host

# --- ip route ---

> ip route add 192.168.1.0/24 via 192.168.15.9
ip route add 192.168.1.0/24 via 192.168.15.9 proto 110
in nsh's words: route host 192.168.1.0/24 via 192.168.15.9

> ip r a default via 192.168.15.9 dev v-net-0 metric 100
ip route add default via 192.168.15.9 dev v-net-0 metric 100 proto 110

> ip route add 192.168.1.0/24 via 192.168.1.1
                                  ^^^^^^^^^^^
error 1: 192.168.1.1 cannot be a gateway for host: it is in none of its networks (192.168.15.0/24)
  a gateway must itself be reached directly

> ip route add 192.168.1.0/24 dev v-net-0
ip route add 192.168.1.0/24 dev v-net-0 proto 110
in nsh's words: route host 192.168.1.0/24 dev v-net-0

> ip route add 192.168.1.0/24
                             ^
error 2: the route leads nowhere yet
  next comes via GW (a gateway) or dev LINK (an interface)

> ip route add 192.168.1.7/24 via 192.168.15.9
               ^^^^^^^^^^^^^^
error 2: 192.168.1.7/24 is an address, not a network
  did you mean 192.168.1.0/24?

> ip route add blackhole 10.0.0.0/8
ip route add blackhole 10.0.0.0/8 proto 110

> ip route add blackhole 10.0.0.0/8 via 192.168.15.9
                                        ^^^^^^^^^^^^
error 2: such a route leads nowhere: it has no gateway and no interface

> ip route add 192.168.1.0/24 proto static via 192.168.15.9
                                    ^^^^^^
error 2: nsh knows what it makes by the protocol 110, and sets no other
  leave it out: nsh puts that there by itself

> ip route replace 192.168.15.0/24 dev v-net-0 src 192.168.15.5
ip route del 192.168.15.0/24 dev v-net-0 src 192.168.15.5 proto 2
ip route add 192.168.15.0/24 dev v-net-0 src 192.168.15.5 proto 110

> ip route del 192.168.15.0/24
ip route del 192.168.15.0/24 dev v-net-0 src 192.168.15.5 proto 2
in nsh's words: route del host 192.168.15.0/24

> ip route del default
               ^^^^^^^
error 1: host has no route to default

> ip -6 route add default via 2001:db8::9
                              ^^^^^^^^^^^
error 1: 2001:db8::9 cannot be a gateway for host: it is in none of its networks
  host has no IPv6 address yet

> ip route add 192.168.1.0/24 <TAB>
dev metric onlink proto protocol src table via

! ip route show default
host has no routes
in nsh's words: route host

# --- ip neigh ---

> ip neigh add 192.168.15.9 lladdr 02:00:00:00:00:09 dev v-net-0
ip neigh replace 192.168.15.9 lladdr 02:00:00:00:00:09 dev v-net-0 nud permanent protocol 110
in nsh's words: arp host add 192.168.15.9 02:00:00:00:00:09

> ip n a 192.168.15.9 dev v-net-0 lladdr 02:00:00:00:00:09 nud permanent
ip neigh replace 192.168.15.9 lladdr 02:00:00:00:00:09 dev v-net-0 nud permanent protocol 110
in nsh's words: arp host add 192.168.15.9 02:00:00:00:00:09

> ip neighbour del 192.168.15.9 dev v-net-0
                   ^^^^^^^^^^^^
error 1: 192.168.15.9 is not in the ARP table of host

# --- ip's options ---

> ip -s link
     ^^
error 2: -s is not understood here
  here may stand: netns, -n, -netns, -4, -6, -o, -oneline, -br, -brief, -c, -color, link, address, route, neighbor, neighbour

> ip -j addr
     ^^
error 2: -j is not understood here
  here may stand: netns, -n, -netns, -4, -6, -o, -oneline, -br, -brief, -c, -color, link, address, route, neighbor, neighbour

> ip -n red -n blue link
ok

> ip rule
     ^^^^
error 2: nsh's ip does not know rule

# --- arp, route, ifconfig, bridge, brctl ---

! arp -n
the ARP table of host is empty
in nsh's words: arp host

> arp -s 192.168.15.9 02:00:00:00:00:09
ip neigh replace 192.168.15.9 lladdr 02:00:00:00:00:09 dev v-net-0 nud permanent protocol 110
in nsh's words: arp host add 192.168.15.9 02:00:00:00:00:09

> route add default gw 192.168.15.9
ip route add default via 192.168.15.9 proto 110
in nsh's words: route host default via 192.168.15.9

> route add -net 192.168.1.0 netmask 255.255.255.0 gw 192.168.15.9
ip route add 192.168.1.0/24 via 192.168.15.9 proto 110
in nsh's words: route host 192.168.1.0/24 via 192.168.15.9

> route add -net 192.168.1.0 netmask 255.0.255.0 gw 192.168.15.9
                                     ^^^^^^^^^^^
error 2: 255.0.255.0 is no netmask
  255.255.255.0 is one, of /24

> route add -net 192.168.1.0 gw 192.168.15.9
                 ^^^^^^^^^^^
error 2: 192.168.1.0 lacks its length
  192.168.1.0/24, or netmask 255.255.255.0 behind it

> route add -host 192.168.1.7 dev v-net-0
ip route add 192.168.1.7/32 dev v-net-0 proto 110
in nsh's words: route host 192.168.1.7 dev v-net-0

> route add -net 192.168.1.0/24
                               ^
error 2: the route leads nowhere yet
  next comes gw GW (a gateway) or dev LINK (an interface)

> route del -net 192.168.15.0/24
ip route del 192.168.15.0/24 dev v-net-0 src 192.168.15.5 proto 2
in nsh's words: route del host 192.168.15.0/24

> ifconfig v-net-0 down
ip link set v-net-0 down
in nsh's words: link host:v-net-0 down

> ifconfig v-net-0 10.0.0.1
ip addr del 192.168.15.5/24 dev v-net-0
ip addr add 10.0.0.1/8 dev v-net-0 brd +
ip link set v-net-0 up
in nsh's words: addr del host:v-net-0 192.168.15.5/24; addr host:v-net-0 10.0.0.1/8

> ifconfig v-net-0 192.168.15.7 netmask 255.255.255.0 up
ip addr del 192.168.15.5/24 dev v-net-0
ip addr add 192.168.15.7/24 dev v-net-0 brd +
ip link set v-net-0 up
in nsh's words: addr del host:v-net-0 192.168.15.5/24; addr host:v-net-0 192.168.15.7/24

> ip link set v-net-0 down; addr del v-net-0 192.168.15.5; ifconfig v-net-0 10.0.0.1 mtu 1400
ip link set v-net-0 down
ip addr del 192.168.15.5/24 dev v-net-0
ip addr add 10.0.0.1/8 dev v-net-0 brd +
ip link set v-net-0 mtu 1400 up
in nsh's words: link v-net-0 down
in nsh's words: addr host:v-net-0 10.0.0.1/8; link host:v-net-0 mtu 1400; link host:v-net-0 up

> ifconfig v-net-0 promisc
                   ^^^^^^^
error 2: promisc is not an address

> brctl addbr br0
ip link add br0 type bridge
ip link set br0 group 7238504
in nsh's words: bridge br0 add (which is up)

> brctl addif v-net-0 lo
ip link set lo master v-net-0
in nsh's words: bridge v-net-0 attach lo (which is up then)

> brctl delif v-net-0 lo
                      ^^
error 1: lo is not attached to v-net-0

> brctl stp v-net-0 on
        ^^^
error 2: stp is not understood here
  here may stand: show, addbr, delbr, addif, delif

! bridge vlan show
         ^^^^
error 2: nsh's bridge does not know vlan

> bridge vlan
         ^^^^
error 2: nsh's bridge does not know vlan

> bridge vlan add
ip link add vlan type bridge
ip link set vlan group 7238504 up

! ip link show up
NAME     KIND      STATE         MTU  MAC  SWITCH  OTHER END
lo       loopback  up          65536  -    -       -
v-net-0  bridge    no carrier   1500  -    -       -
in nsh's words: link host

! ip link show up dev v-net-0
NAME     KIND    STATE        MTU  MAC  SWITCH  OTHER END
v-net-0  bridge  no carrier  1500  -    -       -
in nsh's words: link host:v-net-0

! bridge link
nothing is attached to a switch
in nsh's words: bridge BR show

# --- settings ---

> sysctl -w net.ipv4.ip_forward=1
sysctl -qw net.ipv4.ip_forward=1
in nsh's words: forwarding host on

> sysctl net/ipv4/ip_forward=1
sysctl -qw net.ipv4.ip_forward=1
in nsh's words: forwarding host on

> sysctl -w net.ipv4.ip_forward
            ^^^^^^^^^^^^^^^^^^^
error 2: net.ipv4.ip_forward sets nothing
  net.ipv4.ip_forward=1 does

> sysctl -p
         ^^
error 2: nsh's sysctl does not know the option -p

> echo 1 > /proc/sys/net/ipv4/ip_forward
sysctl -qw net.ipv4.ip_forward=1
in nsh's words: forwarding host on

> echo 1 >/proc/sys/net/ipv4/ip_forward
sysctl -qw net.ipv4.ip_forward=1
in nsh's words: forwarding host on

> echo 1 | sudo tee /proc/sys/net/ipv4/ip_forward
sysctl -qw net.ipv4.ip_forward=1
in nsh's words: forwarding host on

> echo 1 > /etc/passwd
           ^^^^^^^^^^^
error 2: /etc/passwd is not a file below /proc/sys
  nsh reads and writes settings of the kernel, no other files

! echo two rooms
two rooms
in nsh's words: say TEXT

! echo two > rooms
             ^^^^^
error 2: rooms is not a file below /proc/sys
  nsh reads and writes settings of the kernel, no other files

! echo -e two
       ^^
error 2: nsh's echo does not know -e
  of a shell's redirections nsh knows "echo VALUE > /proc/sys/..."

! cat /proc/sys/net/ipv4/ip_forward
0
in nsh's words: forwarding

> cat /etc/passwd
      ^^^^^^^^^^^
error 2: /etc/passwd is not a file below /proc/sys
  nsh reads and writes settings of the kernel, no other files

> cat <TAB>
/proc/sys/

# --- iptables ---

> iptables -t nat -A POSTROUTING -s 192.168.15.0/24 -j MASQUERADE
nft add table inet nsh
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting ip saddr 192.168.15.0/24 masquerade'
in nsh's words: nat on for 192.168.15.0/24

> iptables -t nat -A POSTROUTING -s 192.168.15.0/24 ! -o v-net-0 -j MASQUERADE
nft add table inet nsh
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting oifname != "v-net-0" ip saddr 192.168.15.0/24 masquerade'
in nsh's words: nat on for 192.168.15.0/24

> iptables -A POSTROUTING -t nat -o eth0 -j MASQUERADE
nft add table inet nsh
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting oifname "eth0" ip saddr 0.0.0.0/0 masquerade'

> iptables -t nat -A POSTROUTING -o v-net-0 -j MASQUERADE
nft add table inet nsh
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting oifname "v-net-0" ip saddr 0.0.0.0/0 masquerade'
in nsh's words: nat on out v-net-0

> iptables -t nat -A POSTROUTING -s 10.0.0.0/8 -j SNAT --to-source 192.168.1.2
nft add table inet nsh
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting ip saddr 10.0.0.0/8 snat ip to 192.168.1.2'

> iptables -t nat -A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 192.168.15.2:80
nft add table inet nsh
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting tcp dport 80 dnat ip to 192.168.15.2:80'
in nsh's words: publish 80 192.168.15.2:80

> iptables -t nat -A PREROUTING -p tcp -m tcp --dport 8000:8010 -j DNAT --to 192.168.15.2
nft add table inet nsh
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting tcp dport 8000-8010 dnat ip to 192.168.15.2'

> iptables -t nat -A PREROUTING -p udp --dport 53 -j REDIRECT --to-ports 5353
nft add table inet nsh
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting ip saddr 0.0.0.0/0 udp dport 53 redirect to :5353'

> iptables -t nat -A OUTPUT -d 1.2.3.4 -p tcp --dport 80 -j DNAT --to-destination 192.168.15.2:80
nft add table inet nsh
nft 'add chain inet nsh output { type nat hook output priority -100; policy accept; }'
nft 'add rule inet nsh output ip daddr 1.2.3.4 tcp dport 80 dnat ip to 192.168.15.2:80'
in nsh's words: publish 80 192.168.15.2:80

> iptables -A FORWARD -i v-net-0 -o eth0 -j ACCEPT
nft add table inet nsh
nft 'add chain inet nsh forward { type filter hook forward priority filter; policy accept; }'
nft 'add rule inet nsh forward iifname "v-net-0" oifname "eth0" ip saddr 0.0.0.0/0 accept'

> iptables -A FORWARD -p icmp -j DROP
nft add table inet nsh
nft 'add chain inet nsh forward { type filter hook forward priority filter; policy accept; }'
nft 'add rule inet nsh forward ip saddr 0.0.0.0/0 meta l4proto icmp drop'

> iptables -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
nft add table inet nsh
nft 'add chain inet nsh forward { type filter hook forward priority filter; policy accept; }'
nft 'add rule inet nsh forward ip saddr 0.0.0.0/0 ct state established,related accept'

> iptables -A FORWARD -o v-net-0 -m state ! --state INVALID -j ACCEPT
nft add table inet nsh
nft 'add chain inet nsh forward { type filter hook forward priority filter; policy accept; }'
nft 'add rule inet nsh forward oifname "v-net-0" ip saddr 0.0.0.0/0 ct state established,related,new,untracked accept'

> nft add rule inet nsh forward ct state related,established accept
nft add table inet nsh
nft 'add chain inet nsh forward { type filter hook forward priority filter; policy accept; }'
nft 'add rule inet nsh forward ct state established,related accept'

> nft add rule inet nsh forward ct state old accept
                                         ^^^
error 2: old is no state of a connection

> nft add rule inet nsh forward ct state new ct state established drop
                                                      ^^^^^^^^^^^
error 2: the rule asks for this twice: one of nsh's does so once

> iptables -A FORWARD -m conntrack ! --ctstate INVALID,NEW,RELATED,ESTABLISHED,UNTRACKED -j DROP
                                               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
error 2: every packet is in one of these states

> iptables -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHD -j ACCEPT
                                                     ^^^^^^^^^^
error 2: nsh's rules do not match on the state ESTABLISHD
  did you mean ESTABLISHED?

> iptables -A FORWARD -m conntrack --ctstate RELATED,DNAT -j ACCEPT
                                             ^^^^^^^^^^^^
error 2: DNAT is no state among others
  a rule of its own says it

> iptables -A FORWARD -m conntrack --ctstate <TAB>
DNAT ESTABLISHED INVALID NEW RELATED RELATED,ESTABLISHED UNTRACKED

> iptables -A FORWARD -d 192.168.15.0/24 -j REJECT
nft add table inet nsh
nft 'add chain inet nsh forward { type filter hook forward priority filter; policy accept; }'
nft 'add rule inet nsh forward ip daddr 192.168.15.0/24 reject with icmp type port-unreachable'

> iptables -A FORWARD -p tcp --dport 25 -j REJECT --reject-with tcp-reset
nft add table inet nsh
nft 'add chain inet nsh forward { type filter hook forward priority filter; policy accept; }'
nft 'add rule inet nsh forward ip saddr 0.0.0.0/0 tcp dport 25 reject with tcp reset'

> iptables -A FORWARD -p udp -j REJECT --reject-with tcp-reset
                                                     ^^^^^^^^^
error 2: only TCP can be reset: -p tcp is missing

> iptables -A FORWARD -j REJECT --reject-with icmp-unreachable
                                              ^^^^^^^^^^^^^^^^
error 2: nsh's rules do not reject with icmp-unreachable
  it knows icmp-port-unreachable, icmp-host-unreachable, icmp-net-unreachable, icmp-proto-unreachable, icmp-net-prohibited, icmp-host-prohibited, icmp-admin-prohibited, tcp-reset

> iptables -A FORWARD -j DROP --reject-with tcp-reset
                              ^^^^^^^^^^^^^
error 2: --reject-with does not go with DROP

> nft add rule inet nsh forward ip saddr 10.0.0.0/8 reject with icmp port-unreachable
nft add table inet nsh
nft 'add chain inet nsh forward { type filter hook forward priority filter; policy accept; }'
nft 'add rule inet nsh forward ip saddr 10.0.0.0/8 reject with icmp type port-unreachable'

> nft add rule inet nsh forward reject with icmp port-unreachable
                                       ^^^^
error 2: ICMP is IPv4's: "ip saddr 0.0.0.0/0" is missing

> nft add rule inet nsh forward udp dport 53 reject with tcp reset
                                                    ^^^^
error 2: only TCP can be reset: "meta l4proto tcp" is missing

> iptables -P FORWARD ACCEPT
ok

> iptables -P FORWARD DROP
                      ^^^^
error 2: nsh's chains have no other policy than ACCEPT
  a last rule does the same: iptables -A FORWARD -j DROP

> iptables -t nat -A POSTROUTING -m comment --comment "for the lab" -o eth0 -j MASQUERADE
nft add table inet nsh
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting oifname "eth0" ip saddr 0.0.0.0/0 masquerade comment "for the lab"'

> iptables -A POSTROUTING -j MASQUERADE
              ^^^^^^^^^^^
error 2: nsh has no chain POSTROUTING in iptables' table filter
  it has INPUT, FORWARD and OUTPUT; is "-t nat" missing?

> iptables -t nat -A POSTROUTNG -j MASQUERADE
                     ^^^^^^^^^^
error 2: nsh's iptables has no chain POSTROUTNG
  did you mean POSTROUTING?

> iptables -t nat -A POSTROUTING -j MASQERADE
                                    ^^^^^^^^^
error 2: nsh's iptables does not know the target MASQERADE
  did you mean MASQUERADE?

> iptables -t nat -A POSTROUTING
                                ^
error 2: "iptables -t nat -A POSTROUTING" is incomplete
  next comes !, -t, --table, -w, --wait, -s, --source, --src, -d, --destination, --dst, -i, --in-interface, -o, --out-interface, -p, --protocol, --sport, --source-port, --dport, --destination-port, -m, --match, --comment, --dst-type, --ctstate, --state, --src-group, --dst-group, -j, --jump, --reject-with, --to-destination, --to-source, --to-ports, --to

> iptables -t nat -A POSTROUTING -j DNAT --to-destination 1.2.3.4
                                    ^^^^
error 2: DNAT belongs in PREROUTING and OUTPUT (of table nat)

> iptables -t nat -A PREROUTING -j DNAT
                                       ^
error 2: DNAT needs --to-destination

> iptables -t nat -A PREROUTING --dport 80 -j DNAT --to-destination 1.2.3.4
                                ^^^^^^^
error 2: a port needs -p tcp or -p udp

> iptables -t nat -A PREROUTING -p tcp -j DNAT --to-destination 1.2.3.4:80-90
                                                                ^^^^^^^^^^^^^
error 2: 80-90 is not a port: a number from 1 to 65535
  nsh's rules have one address and one port, no ranges

> iptables -t nat -A PREROUTING -p tcp --dport 90:80 -j DNAT --to-destination 1.2.3.4
                                               ^^^^^
error 2: 90:80 runs backwards

> iptables -t nat -A POSTROUTING -s ::1 -j MASQUERADE
                                    ^^^
error 2: iptables is for IPv4: ::1 is an IPv6 address

> iptables -t nat -A POSTROUTING ! -j MASQUERADE
                                 ^
error 2: ! does not belong before -j

> iptables -t nat -A POSTROUTING -i eth0 -j MASQUERADE
                                 ^^
error 2: POSTROUTING cannot match on where a packet came in

> iptables -t mangle -L
              ^^^^^^
error 2: mangle is not understood here
  here may stand: nat, filter

> iptables -t nat -D POSTROUTING 1
                                 ^
error 1: POSTROUTING has only 0 rules

> iptables -t nat -D POSTROUTING -j MASQUERADE
                     ^^^^^^^^^^^
error 1: POSTROUTING has no such rule of nsh's

> iptables -t nat -A <TAB>
OUTPUT POSTROUTING PREROUTING

> iptables -t <TAB>
filter nat

> iptables -t nat -A POSTROUTING -j <TAB>
ACCEPT DNAT DROP MASQUERADE REDIRECT REJECT SNAT

! iptables -t nat -L -n
Chain PREROUTING (policy ACCEPT)
target     prot opt source               destination
~
Chain OUTPUT (policy ACCEPT)
target     prot opt source               destination
~
Chain POSTROUTING (policy ACCEPT)
target     prot opt source               destination
in nsh's words: nat; publish; show host

! iptables -S
-P INPUT ACCEPT
-P FORWARD ACCEPT
-P OUTPUT ACCEPT
in nsh's words: nat; publish; show host

# --- ping, curl, scripts ---

> ping -c 1 127.0.0.1
ok

> ping -c 0 127.0.0.1
          ^
error 2: 0 is not a count: a number from 1 to 1000000

> ping -f 127.0.0.1
       ^^
error 2: nsh's ping does not know the option -f

> ping 127.0.0.1 -I lo -w 5
ok

> ping -f1 127.0.0.1
       ^^^
error 2: nsh's ping does not know the option -f1

# Options as getopt(3) reads them: glued to their values, and several in one.

> ping -c1 127.0.0.1
ok

> ping -nqc1 -W1 -i0.2 -w5 -Ilo 127.0.0.1
ok

> ping -nc 1 127.0.0.1
ok

> ip netns exec red ping -c1 -W1 127.0.0.1
in nsh's words: in red ping

> ping -nc0 127.0.0.1
          ^
error 2: 0 is not a count: a number from 1 to 1000000

> ping -W1s 127.0.0.1
         ^^
error 2: 1s is not a number of seconds

> ping -n1 127.0.0.1
       ^^^
error 2: -n1 is not understood here
  did you mean -n?

> ping -c1
          ^
error 2: "ping -c1" is incomplete
  next comes -c, -W, -w, -i, -I, -s, -t, -n, -q, -4, -6, TO (an address, or a name that stands for one)

> curl -sSm5 http://192.168.15.2/
ok

! arp -ane
the ARP table of host is empty
in nsh's words: arp host

> arp -s192.168.15.9 02:00:00:00:00:09
ip neigh replace 192.168.15.9 lladdr 02:00:00:00:00:09 dev v-net-0 nud permanent protocol 110
in nsh's words: arp host add 192.168.15.9 02:00:00:00:00:09

> iptables -tnat -APREROUTING -ptcp --dport=80 -jDNAT --to-destination=192.168.15.2:80
nft add table inet nsh
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting tcp dport 80 dnat ip to 192.168.15.2:80'
in nsh's words: publish 80 192.168.15.2:80

> iptables -tnat -APOSTROUTING -s10.0.0.0/33 -jMASQUERADE
                                         ^^^
error 2: /33 is longer than an IPv4 address: 32 is the most

> iptables -tnat -APOSTROUTING -s::1 -jMASQUERADE
                                 ^^^
error 2: iptables is for IPv4: ::1 is an IPv6 address

> iptables -tnat -APOSTROUTING -ieth0 -jMASQUERADE
                                 ^^^^
error 2: POSTROUTING cannot match on where a packet came in

> iptables -tmangle -L
             ^^^^^^
error 2: mangle is not understood here
  here may stand: nat, filter

> iptables -APOSTROUTING -jMASQUERADE
             ^^^^^^^^^^^
error 2: nsh has no chain POSTROUTING in iptables' table filter
  it has INPUT, FORWARD and OUTPUT; is "-t nat" missing?

! iptables -tnat -nvL POSTROUTING
Chain POSTROUTING (policy ACCEPT)
target     prot opt in     out    source               destination
in nsh's words: nat; publish; show host

> curl -s http://192.168.15.2/
ok

> curl -k http://192.168.15.2/
       ^^
error 2: nsh's curl does not know the option -k

> sudo ip netns add green
ip netns add green
ip -n green link set lo group 7238504
in nsh's words: ns add green (and lo is up in it; ip leaves it down)

> sudo
      ^
error 2: "sudo" is incomplete
  next comes LINE (a command)

> set -e
ok

> set -euo pipefail
ok

> set -a
      ^^
error 2: -a is no name for a variable: letters, digits and _ make one

# --- abbreviations are nsh's own; other programs' names are typed whole ---

% br v-net-1 add
ip link add v-net-1 type bridge
ip link set v-net-1 group 7238504 up

% ipt -S
  ^^^
error 2: there is no command ipt
  did you mean ip?

> i<TAB>
in

> ip<TAB>
ip iptables

> ca<TAB>
cable

# --- what explain and save as sh write ---

> ip -n red link set lo up group 7238504
ip -n red link set lo up
in nsh's words: link red:lo up

> ip link set v-net-0 group 5
                            ^
error 2: nsh knows what it makes by the group 7238504, and sets no other
  leave it out: nsh puts that there by itself

> ip link property add dev v-net-0 altname the-switch-of-all-rooms
ip link property add dev v-net-0 altname the-switch-of-all-rooms
in nsh's words: link v-net-0 altname the-switch-of-all-rooms

> ip link property add dev v-net-0 altname v-net-0
                                           ^^^^^^^
error 1: host has an interface v-net-0 already

> ip route add 10.9.0.0/16 via 192.168.15.9 proto 110
ip route add 10.9.0.0/16 via 192.168.15.9 proto 110
in nsh's words: route host 10.9.0.0/16 via 192.168.15.9

> ip route add 10.9.0.0/16 via 192.168.15.9 proto static
                                                  ^^^^^^
error 2: nsh knows what it makes by the protocol 110, and sets no other
  leave it out: nsh puts that there by itself

> ip -6 route add unreachable fd00:9::/64 dev lo
ip -6 route add unreachable fd00:9::/64 proto 110

> ip route add unreachable 10.9.0.0/16 dev lo
                                           ^^
error 2: such a route leads nowhere: it has no gateway and no interface

> ip neigh replace 192.168.15.9 lladdr 02:00:00:00:00:09 dev v-net-0 nud permanent protocol 110
ip neigh replace 192.168.15.9 lladdr 02:00:00:00:00:09 dev v-net-0 nud permanent protocol 110
in nsh's words: arp host add 192.168.15.9 02:00:00:00:00:09

> nft add table inet nsh
ok

> nft add table inet filter
                     ^^^^^^
error 2: filter is not understood here
  here may stand: nsh

> nft 'add table inet nsh'
ok

> nft add chain inet nsh postrouting '{ type nat hook postrouting priority srcnat; policy accept; }'
ok

> nft 'add chain inet nsh postrouting {type nat hook postrouting priority srcnat ; policy accept ; }'
ok

> nft 'add chain inet nsh forward { type filter hook forward priority filter; policy drop; }'
      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
error 2: this is not what the chain forward of nsh's table is
  it is { type filter hook forward priority filter; policy accept; }

> nft 'add rule inet nsh prerouting tcp dport 80 dnat ip to 192.168.15.2:80 comment "publish 80 blue"'
nft add table inet nsh
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting tcp dport 80 dnat ip to 192.168.15.2:80 comment "publish 80 blue"'

> nft 'add rule inet nsh prerouting tcp dport 80 dnat ip to'
      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
error 2: the rule is not whole yet

> nft 'add rule inet nsh prerouting tcp sideways'
                                        ^^^^^^^^
error 2: nsh does not know sideways here
  "explain nat on" shows rules that it knows

> nft 'add rule ip filter FORWARD accept'
      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
error 2: nsh knows only those of nft's commands that add to its own table

> nft 'flush ruleset'
      ^^^^^^^^^^^^^^^
error 2: nsh knows only those of nft's commands that add to its own table

> nft "add rule inet nsh postrouting ip saddr 10.0.0.0/8 \"masquerade"
      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
error 2: nsh does not know "masquerade here
  "explain nat on" shows rules that it knows

> nft list ruleset
      ^^^^
error 2: nsh knows only those of nft's commands that add to its own table
  "nat" and "publish" list what is in it

> nft add rule inet nsh postrouting ip saddr 10.0.0.0/8 ip saddr 10.1.0.0/16 masquerade
                                                                 ^^^^^^^^^^^
error 2: the rule asks for this twice: one of nsh's does so once

> nft add rule inet nsh prerouting tcp dport 80 tcp sport 1024 tcp dport 81 redirect to :8080
                                                                         ^^
error 2: the rule asks for this twice: one of nsh's does so once

> nft add rule inet nsh prerouting tcp dport 80 udp sport 53 redirect to :8080
                                                ^^^
error 2: nsh does not know udp here
  "explain nat on" shows rules that it knows

> nft add rule inet nsh prerouting tcp dport 80 tcp sport 1024 redirect to :8080
nft add table inet nsh
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting tcp sport 1024 tcp dport 80 redirect to :8080'

# --- filters ---

> iptables -A INPUT -p tcp --dport 80 -j DROP
nft add table inet nsh
nft 'add chain inet nsh input { type filter hook input priority filter; policy accept; }'
nft 'add rule inet nsh input ip saddr 0.0.0.0/0 tcp dport 80 drop'

> iptables -A INPUT -o v-net-0 -j DROP
                    ^^
error 2: INPUT cannot match on where a packet goes out: it stays here

> iptables -A OUTPUT -p udp -j REJECT
nft add table inet nsh
nft 'add chain inet nsh output_filter { type filter hook output priority filter; policy accept; }'
nft 'add rule inet nsh output_filter ip saddr 0.0.0.0/0 meta l4proto udp reject with icmp type port-unreachable'

> iptables -A OUTPUT -i v-net-0 -j REJECT
                     ^^
error 2: OUTPUT cannot match on where a packet came in

> iptables -t nat -A OUTPUT -i v-net-0 -p tcp --dport 80 -j REDIRECT --to-ports 8080
                            ^^
error 2: OUTPUT cannot match on where a packet came in

> iptables -t nat -A INPUT -j ACCEPT
                     ^^^^^
error 2: nsh has no chain INPUT in iptables' table nat
  it has PREROUTING, OUTPUT and POSTROUTING

> iptables -A INPUT -j MASQUERADE
                       ^^^^^^^^^^
error 2: MASQUERADE belongs in POSTROUTING (of table nat)

> iptables -t nat -A OUTPUT -p tcp -j DROP
                                      ^^^^
error 2: DROP belongs in INPUT, FORWARD and OUTPUT (of table filter)

> iptables -P INPUT DROP
                    ^^^^
error 2: nsh's chains have no other policy than ACCEPT
  a last rule does the same: iptables -A INPUT -j DROP

> nft add rule inet nsh output_filter udp dport 53 drop
nft add table inet nsh
nft 'add chain inet nsh output_filter { type filter hook output priority filter; policy accept; }'
nft 'add rule inet nsh output_filter udp dport 53 drop'

> ip netns exec red nft 'add rule inet nsh postrouting masquerade'
ip netns exec red nft add table inet nsh
ip netns exec red nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
ip netns exec red nft 'add rule inet nsh postrouting masquerade'

> ip netns exec red nft list ruleset
                        ^^^^
error 2: nsh knows only those of nft's commands that add to its own table
  "nat" and "publish" list what is in it

> nft add rule inet nsh prerouting meta l4proto != tcp tcp dport 80 redirect to :8080
                                                       ^^^
error 2: nsh does not know tcp here
  "explain nat on" shows rules that it knows

> ip -6 route add blackhole default dev lo
ip -6 route add blackhole default proto 110
