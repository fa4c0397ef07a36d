# Forwarding, NAT, published ports.

with ns add red blue
> forwarding red on
ip netns exec red sysctl -qw net.ipv4.ip_forward=1
ip netns exec red sysctl -qw net.ipv6.conf.all.forwarding=1

> forwarding on
sysctl -qw net.ipv4.ip_forward=1
sysctl -qw net.ipv6.conf.all.forwarding=1

> forwarding red off
ok

> forwarding red on; forwarding red off
ip netns exec red sysctl -qw net.ipv4.ip_forward=1
ip netns exec red sysctl -qw net.ipv6.conf.all.forwarding=1
ip netns exec red sysctl -qw net.ipv4.ip_forward=0
ip netns exec red sysctl -qw net.ipv6.conf.all.forwarding=0

> forwarding red on; forwarding red on
ip netns exec red sysctl -qw net.ipv4.ip_forward=1
ip netns exec red sysctl -qw net.ipv6.conf.all.forwarding=1

> forwarding red
                ^
error 2: "forwarding red" is incomplete
  next comes on, off

> forwarding
ok

> forwarding bleu on
             ^^^^
error 1: there is no namespace bleu
  did you mean blue?

> forwarding red onn
                 ^^^
error 2: onn is not understood here
  did you mean on?

> forwarding red enable
                 ^^^^^^
error 2: enable is not understood here
  did you mean on?

> forwarding on red
                ^^^
error 2: nothing more belongs here
  it is written: forwarding [NS] (on|off)

> forwarding host on
sysctl -qw net.ipv4.ip_forward=1
sysctl -qw net.ipv6.conf.all.forwarding=1

> forwarding red on off
                    ^^^
error 2: nothing more belongs here
  it is written: forwarding [NS] (on|off)

> forwarding <TAB>
blue host off on red

> forwarding <?>
  NS           a namespace: blue, host, red
  on           make a namespace a router, or end that
  off          make a namespace a router, or end that
  <Enter>      the line is complete

% forw red of
ok

% forw red o
           ^
error 2: o is ambiguous
  it could be on, off

! forwarding
NAMESPACE  IPV4  IPV6
host       no    no
blue       no    no
red        no    no

with ns add red blue; bridge v-net-0 add addr 192.168.15.5/24
with bridge v-net-0 attach red blue addr 192.168.15.1/24 192.168.15.2/24
> nat on
nft add table inet nsh
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting iifgroup 7238504 oifgroup != 7238504 masquerade comment "nat on"'
sysctl -qw net.ipv4.ip_forward=1

> nat on for 192.168.15.0/24
nft add table inet nsh
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting oifname != "v-net-0" ip saddr 192.168.15.0/24 masquerade comment "nat on for 192.168.15.0/24"'
sysctl -qw net.ipv4.ip_forward=1

> nat on for 192.168.15.5/24
             ^^^^^^^^^^^^^^^
error 2: 192.168.15.5/24 is an address, not a network
  did you mean 192.168.15.0/24?

> nat on for 192.168.15.0
             ^^^^^^^^^^^^
error 2: 192.168.15.0 lacks a prefix length: alone it is an address, not a network
  did you mean 192.168.15.0/24?

> nat on for 10.0.0.0/8
nft add table inet nsh
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting ip saddr 10.0.0.0/8 ip daddr != 10.0.0.0/8 masquerade comment "nat on for 10.0.0.0/8"'
sysctl -qw net.ipv4.ip_forward=1

> nat on for 192.168.15.0/24 out v-net-0
nft add table inet nsh
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting oifname "v-net-0" ip saddr 192.168.15.0/24 masquerade comment "nat on for 192.168.15.0/24 out v-net-0"'
sysctl -qw net.ipv4.ip_forward=1

> nat on out v-net-0 for 192.168.15.0/24
nft add table inet nsh
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting oifname "v-net-0" ip saddr 192.168.15.0/24 masquerade comment "nat on for 192.168.15.0/24 out v-net-0"'
sysctl -qw net.ipv4.ip_forward=1

> nat on out v-net-0
nft add table inet nsh
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting oifname "v-net-0" masquerade comment "nat on out v-net-0"'
sysctl -qw net.ipv4.ip_forward=1

> nat on out eth0
             ^^^^
error 1: host has no interface eth0
  host has v-net-0, veth-red-br, veth-blue-br

> nat on out
            ^
error 2: "nat on out" is incomplete
  next comes LINK (an interface)

> nat on for
            ^
error 2: "nat on for" is incomplete
  next comes NET (a network, as 192.168.15.0/24)

> nat on for red
             ^^^
error 2: red is not an address

> nat on for 2001:db8::/64
nft add table inet nsh
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting ip6 saddr 2001:db8::/64 ip6 daddr != 2001:db8::/64 masquerade comment "nat on for 2001:db8::/64"'
sysctl -qw net.ipv4.ip_forward=1
sysctl -qw net.ipv6.conf.all.forwarding=1

> nat on for 192.168.15.0/24 for 10.0.0.0/8
                             ^^^
error 2: for is not understood here
  here may stand: out

> nat on red
ip netns exec red nft add table inet nsh
ip netns exec red nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
ip netns exec red nft 'add rule inet nsh postrouting iifgroup 7238504 oifgroup != 7238504 masquerade comment "nat on"'
ip netns exec red sysctl -qw net.ipv4.ip_forward=1

> nat on red for 192.168.15.0/24
ip netns exec red nft add table inet nsh
ip netns exec red nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
ip netns exec red nft 'add rule inet nsh postrouting oifname != "veth-red" ip saddr 192.168.15.0/24 masquerade comment "nat on for 192.168.15.0/24"'
ip netns exec red sysctl -qw net.ipv4.ip_forward=1

> nat on bleu
         ^^^^
error 1: there is no namespace bleu
  did you mean blue?

> nat on fro 192.168.15.0/24
             ^^^^^^^^^^^^^^^
error 2: 192.168.15.0/24 is not understood here
  here may stand: for, out

> nat onn
      ^^^
error 2: onn is not understood here
  did you mean on?

> nat off
error 1: NAT is not on in host

> nat on; nat off
nft add table inet nsh
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting iifgroup 7238504 oifgroup != 7238504 masquerade comment "nat on"'
sysctl -qw net.ipv4.ip_forward=1
nft delete table inet nsh

> nat on; nat on
nft add table inet nsh
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting iifgroup 7238504 oifgroup != 7238504 masquerade comment "nat on"'
sysctl -qw net.ipv4.ip_forward=1

> nat on; nat on for 10.0.0.0/8; nat off
nft add table inet nsh
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting iifgroup 7238504 oifgroup != 7238504 masquerade comment "nat on"'
sysctl -qw net.ipv4.ip_forward=1
nft 'add rule inet nsh postrouting ip saddr 10.0.0.0/8 ip daddr != 10.0.0.0/8 masquerade comment "nat on for 10.0.0.0/8"'
nft flush chain inet nsh postrouting
nft 'add rule inet nsh postrouting ip saddr 10.0.0.0/8 ip daddr != 10.0.0.0/8 masquerade comment "nat on for 10.0.0.0/8"'
nft delete table inet nsh

> nat on for 10.0.0.0/8; nat on for 10.1.0.0/16; nat on for 10.0.0.0/8 out v-net-0; nat off for 10.0.0.0/8
nft add table inet nsh
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting ip saddr 10.0.0.0/8 ip daddr != 10.0.0.0/8 masquerade comment "nat on for 10.0.0.0/8"'
sysctl -qw net.ipv4.ip_forward=1
nft 'add rule inet nsh postrouting ip saddr 10.1.0.0/16 ip daddr != 10.1.0.0/16 masquerade comment "nat on for 10.1.0.0/16"'
nft 'add rule inet nsh postrouting oifname "v-net-0" ip saddr 10.0.0.0/8 masquerade comment "nat on for 10.0.0.0/8 out v-net-0"'
nft flush chain inet nsh postrouting
nft 'add rule inet nsh postrouting ip saddr 10.1.0.0/16 ip daddr != 10.1.0.0/16 masquerade comment "nat on for 10.1.0.0/16"'
nft 'add rule inet nsh postrouting oifname "v-net-0" ip saddr 10.0.0.0/8 masquerade comment "nat on for 10.0.0.0/8 out v-net-0"'
nft flush chain inet nsh postrouting
nft 'add rule inet nsh postrouting ip saddr 10.1.0.0/16 ip daddr != 10.1.0.0/16 masquerade comment "nat on for 10.1.0.0/16"'

> nat on out v-net-0; nat on for 10.0.0.0/8; nat off out v-net-0
nft add table inet nsh
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting oifname "v-net-0" masquerade comment "nat on out v-net-0"'
sysctl -qw net.ipv4.ip_forward=1
nft 'add rule inet nsh postrouting ip saddr 10.0.0.0/8 ip daddr != 10.0.0.0/8 masquerade comment "nat on for 10.0.0.0/8"'
nft flush chain inet nsh postrouting
nft 'add rule inet nsh postrouting ip saddr 10.0.0.0/8 ip daddr != 10.0.0.0/8 masquerade comment "nat on for 10.0.0.0/8"'

> nat on for 10.0.0.0/8; nat on for 10.0.0.0/8 out v-net-0; nat off out v-net-0 for 10.0.0.0/8
nft add table inet nsh
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting ip saddr 10.0.0.0/8 ip daddr != 10.0.0.0/8 masquerade comment "nat on for 10.0.0.0/8"'
sysctl -qw net.ipv4.ip_forward=1
nft 'add rule inet nsh postrouting oifname "v-net-0" ip saddr 10.0.0.0/8 masquerade comment "nat on for 10.0.0.0/8 out v-net-0"'
nft flush chain inet nsh postrouting
nft 'add rule inet nsh postrouting ip saddr 10.0.0.0/8 ip daddr != 10.0.0.0/8 masquerade comment "nat on for 10.0.0.0/8"'

> nat on; nat off for 10.0.0.0/8
nft add table inet nsh
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting iifgroup 7238504 oifgroup != 7238504 masquerade comment "nat on"'
sysctl -qw net.ipv4.ip_forward=1
                      ^^^^^^^^^^
error 1: NAT is not on for 10.0.0.0/8 in host by itself
  "nat" lists for what it is

> nat on; nat off for 10.0.0.0/8 out nowhere
nft add table inet nsh
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting iifgroup 7238504 oifgroup != 7238504 masquerade comment "nat on"'
sysctl -qw net.ipv4.ip_forward=1
                      ^^^^^^^^^^
error 1: NAT is not on for 10.0.0.0/8 out nowhere in host by itself
  "nat" lists for what it is

> iptables -t nat -A POSTROUTING ! -s 10.0.0.0/8 -j MASQUERADE; nat off for 10.0.0.0/8
nft add table inet nsh
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting ip saddr != 10.0.0.0/8 masquerade'
                                                                            ^^^^^^^^^^
error 1: NAT is not on for 10.0.0.0/8 in host by itself
  "nat" lists for what it is

> iptables -t nat -A POSTROUTING -o eth0 -j MASQUERADE; nat off out eth0
nft add table inet nsh
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting oifname "eth0" ip saddr 0.0.0.0/0 masquerade'
nft delete table inet nsh

> nat off for 10.0.0.0/8
error 1: NAT is not on in host

> nat off for 10.0.0.1
              ^^^^^^^^
error 2: 10.0.0.1 lacks a prefix length: alone it is an address, not a network
  did you mean 10.0.0.0/24?

> nat off red
error 1: NAT is not on in red

> nat enable
      ^^^^^^
error 2: enable is not understood here
  did you mean on?

> nat red on
      ^^^
error 2: red is not understood here
  here may stand: on, off

> nat
ok

! nat
NAT is off

> nat <TAB>
off on

> nat on <TAB>
blue for host out red

> nat on for <TAB>
192.168.15.0/24

> nat on out <TAB>
v-net-0 veth-blue-br veth-red-br

> nat on red out <TAB>
veth-red

> nat <?>
  on           hide the lab's addresses behind the namespace's own (masquerade)
  off          stop hiding addresses: all, or those of a network or behind an interface
  <Enter>      the line is complete

> nat on <?>
  NS           a namespace: blue, host, red
  for          a network, as 192.168.15.0/24
  out          an interface
  <Enter>      the line is complete

> nat on for <?>
  NET          a network, as 192.168.15.0/24: 192.168.15.0/24

% nat o
      ^
error 2: o is ambiguous
  it could be on, off

with ns add red; cable red host addr 10.0.0.2/24 10.0.0.1/24; route host default via red
> nat on
nft add table inet nsh
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting iifgroup 7238504 oifgroup != 7238504 masquerade comment "nat on"'
nft 'add rule inet nsh postrouting iifname != "veth-host" oifname "veth-host" iifgroup 7238504 masquerade comment "nat on"'
sysctl -qw net.ipv4.ip_forward=1

with ns add red; nat on; cable red host addr 10.0.0.2/24 10.0.0.1/24
> route host default via red
ip route add default via 10.0.0.2 proto 110
nft 'add rule inet nsh postrouting iifname != "veth-host" oifname "veth-host" iifgroup 7238504 masquerade comment "nat on"'

# --- published ports ---

with ns add red blue; bridge v-net-0 add addr 192.168.15.5/24
with bridge v-net-0 attach red blue addr 192.168.15.1/24 192.168.15.2/24
> publish 8080 blue:80
nft add table inet nsh
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting fib daddr type local tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 8080 blue:80"'
nft 'add chain inet nsh output { type nat hook output priority -100; policy accept; }'
nft 'add rule inet nsh output ip daddr != 127.0.0.0/8 fib daddr type local tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 8080 blue:80"'
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting ip saddr 192.168.15.0/24 ip daddr 192.168.15.2 ct status dnat tcp dport 80 masquerade comment "publish 8080 blue:80"'
sysctl -qw net.ipv4.ip_forward=1

> publish 8080 blue
nft add table inet nsh
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting fib daddr type local tcp dport 8080 dnat ip to 192.168.15.2:8080 comment "publish 8080 blue"'
nft 'add chain inet nsh output { type nat hook output priority -100; policy accept; }'
nft 'add rule inet nsh output ip daddr != 127.0.0.0/8 fib daddr type local tcp dport 8080 dnat ip to 192.168.15.2:8080 comment "publish 8080 blue"'
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting ip saddr 192.168.15.0/24 ip daddr 192.168.15.2 ct status dnat tcp dport 8080 masquerade comment "publish 8080 blue"'
sysctl -qw net.ipv4.ip_forward=1

> publish 8080 blue:80 tcp
nft add table inet nsh
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting fib daddr type local tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 8080 blue:80"'
nft 'add chain inet nsh output { type nat hook output priority -100; policy accept; }'
nft 'add rule inet nsh output ip daddr != 127.0.0.0/8 fib daddr type local tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 8080 blue:80"'
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting ip saddr 192.168.15.0/24 ip daddr 192.168.15.2 ct status dnat tcp dport 80 masquerade comment "publish 8080 blue:80"'
sysctl -qw net.ipv4.ip_forward=1

> publish 53 blue udp
nft add table inet nsh
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting fib daddr type local udp dport 53 dnat ip to 192.168.15.2:53 comment "publish 53 blue udp"'
nft 'add chain inet nsh output { type nat hook output priority -100; policy accept; }'
nft 'add rule inet nsh output ip daddr != 127.0.0.0/8 fib daddr type local udp dport 53 dnat ip to 192.168.15.2:53 comment "publish 53 blue udp"'
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting ip saddr 192.168.15.0/24 ip daddr 192.168.15.2 ct status dnat udp dport 53 masquerade comment "publish 53 blue udp"'
sysctl -qw net.ipv4.ip_forward=1

> publish 8080 192.168.15.2:80
nft add table inet nsh
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting fib daddr type local tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 8080 192.168.15.2:80"'
nft 'add chain inet nsh output { type nat hook output priority -100; policy accept; }'
nft 'add rule inet nsh output ip daddr != 127.0.0.0/8 fib daddr type local tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 8080 192.168.15.2:80"'
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting ip saddr 192.168.15.0/24 ip daddr 192.168.15.2 ct status dnat tcp dport 80 masquerade comment "publish 8080 192.168.15.2:80"'
sysctl -qw net.ipv4.ip_forward=1

> publish 192.168.15.5:8080 blue:80
nft add table inet nsh
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting ip daddr 192.168.15.5 tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 192.168.15.5:8080 blue:80"'
nft 'add chain inet nsh output { type nat hook output priority -100; policy accept; }'
nft 'add rule inet nsh output ip daddr 192.168.15.5 tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 192.168.15.5:8080 blue:80"'
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting ip saddr 192.168.15.0/24 ip daddr 192.168.15.2 ct status dnat tcp dport 80 masquerade comment "publish 192.168.15.5:8080 blue:80"'
sysctl -qw net.ipv4.ip_forward=1

> publish 192.168.15.5:8080 blue:80 udp
nft add table inet nsh
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting ip daddr 192.168.15.5 udp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 192.168.15.5:8080 blue:80 udp"'
nft 'add chain inet nsh output { type nat hook output priority -100; policy accept; }'
nft 'add rule inet nsh output ip daddr 192.168.15.5 udp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 192.168.15.5:8080 blue:80 udp"'
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting ip saddr 192.168.15.0/24 ip daddr 192.168.15.2 ct status dnat udp dport 80 masquerade comment "publish 192.168.15.5:8080 blue:80 udp"'
sysctl -qw net.ipv4.ip_forward=1

> publish 8080 blue:0
                    ^
error 2: 0 is not a port: a number from 1 to 65535

> publish 8080 blue:70000
                    ^^^^^
error 2: 70000 is not a port: a number from 1 to 65535

> publish 8080 blue:http
                    ^^^^
error 1: blue has no interface http
  blue has veth-blue

> publish 8080 blue:veth-blue
nft add table inet nsh
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting fib daddr type local tcp dport 8080 dnat ip to 192.168.15.2:8080 comment "publish 8080 blue:veth-blue"'
nft 'add chain inet nsh output { type nat hook output priority -100; policy accept; }'
nft 'add rule inet nsh output ip daddr != 127.0.0.0/8 fib daddr type local tcp dport 8080 dnat ip to 192.168.15.2:8080 comment "publish 8080 blue:veth-blue"'
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting ip saddr 192.168.15.0/24 ip daddr 192.168.15.2 ct status dnat tcp dport 8080 masquerade comment "publish 8080 blue:veth-blue"'
sysctl -qw net.ipv4.ip_forward=1

> publish 8080 blue:veth-blue:80
nft add table inet nsh
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting fib daddr type local tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 8080 blue:veth-blue:80"'
nft 'add chain inet nsh output { type nat hook output priority -100; policy accept; }'
nft 'add rule inet nsh output ip daddr != 127.0.0.0/8 fib daddr type local tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 8080 blue:veth-blue:80"'
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting ip saddr 192.168.15.0/24 ip daddr 192.168.15.2 ct status dnat tcp dport 80 masquerade comment "publish 8080 blue:veth-blue:80"'
sysctl -qw net.ipv4.ip_forward=1

> publish 0 blue
          ^
error 2: 0 is not a port: a number from 1 to 65535

> publish 65536 blue
          ^^^^^
error 2: 65536 is not a port: a number from 1 to 65535

> publish 80x blue
          ^^^
error 2: 80x is not a port: a number from 1 to 65535

> publish http blue
          ^^^^
error 2: http is not a port: a number from 1 to 65535

> publish blue 80
          ^^^^
error 2: blue is not a port: a number from 1 to 65535

> publish 192.168.15.300:80 blue
                     ^^^
error 2: 192.168.15.300 is not an address: 300 is over 255

> publish blue:80 red
          ^^^^^^^
error 2: blue is not an address

> publish :80 blue
          ^^^
error 2: :80 lacks the address before its port

> publish 8080 bleu:80
               ^^^^^^^
error 1: there is no namespace bleu, and no such interface in host
  did you mean blue?

> publish 8080 host
nft add table inet nsh
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting fib daddr type local tcp dport 8080 dnat ip to 192.168.15.5:8080 comment "publish 8080 host"'
nft 'add chain inet nsh output { type nat hook output priority -100; policy accept; }'
nft 'add rule inet nsh output ip daddr != 127.0.0.0/8 fib daddr type local tcp dport 8080 dnat ip to 192.168.15.5:8080 comment "publish 8080 host"'
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting ip saddr 192.168.15.0/24 ip daddr 192.168.15.5 ct status dnat tcp dport 8080 masquerade comment "publish 8080 host"'
sysctl -qw net.ipv4.ip_forward=1

> publish 8080 blue sctp
                    ^^^^
error 2: sctp is not understood here
  did you mean tcp?

> publish 8080
              ^
error 2: "publish 8080" is incomplete
  next comes TARGET (a namespace or address, with :PORT where that differs)

> publish 8080 blue:80 tcp udp
                           ^^^
error 2: nothing more belongs here
  it is written: publish LISTEN TARGET [tcp|udp]

> publish 8080 blue:80; publish 192.168.15.5:8080 red:80
nft add table inet nsh
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting fib daddr type local tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 8080 blue:80"'
nft 'add chain inet nsh output { type nat hook output priority -100; policy accept; }'
nft 'add rule inet nsh output ip daddr != 127.0.0.0/8 fib daddr type local tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 8080 blue:80"'
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting ip saddr 192.168.15.0/24 ip daddr 192.168.15.2 ct status dnat tcp dport 80 masquerade comment "publish 8080 blue:80"'
sysctl -qw net.ipv4.ip_forward=1
                                ^^^^^^^^^^^^^^^^^
error 1: port 8080 is published on every address already, this one among them
  "unpublish 8080" first; "publish 8080" behind this takes the rest

> publish 192.168.15.5:8080 red:80; publish 8080 blue:80
nft add table inet nsh
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting ip daddr 192.168.15.5 tcp dport 8080 dnat ip to 192.168.15.1:80 comment "publish 192.168.15.5:8080 red:80"'
nft 'add chain inet nsh output { type nat hook output priority -100; policy accept; }'
nft 'add rule inet nsh output ip daddr 192.168.15.5 tcp dport 8080 dnat ip to 192.168.15.1:80 comment "publish 192.168.15.5:8080 red:80"'
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting ip saddr 192.168.15.0/24 ip daddr 192.168.15.1 ct status dnat tcp dport 80 masquerade comment "publish 192.168.15.5:8080 red:80"'
sysctl -qw net.ipv4.ip_forward=1
nft 'add rule inet nsh prerouting fib daddr type local tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 8080 blue:80"'
nft 'add rule inet nsh output ip daddr != 127.0.0.0/8 fib daddr type local tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 8080 blue:80"'
nft 'add rule inet nsh postrouting ip saddr 192.168.15.0/24 ip daddr 192.168.15.2 ct status dnat tcp dport 80 masquerade comment "publish 8080 blue:80"'

> publish 8080 blue:80; publish 127.0.0.1:8080 host:80
nft add table inet nsh
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting fib daddr type local tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 8080 blue:80"'
nft 'add chain inet nsh output { type nat hook output priority -100; policy accept; }'
nft 'add rule inet nsh output ip daddr != 127.0.0.0/8 fib daddr type local tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 8080 blue:80"'
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting ip saddr 192.168.15.0/24 ip daddr 192.168.15.2 ct status dnat tcp dport 80 masquerade comment "publish 8080 blue:80"'
sysctl -qw net.ipv4.ip_forward=1
nft 'add rule inet nsh prerouting ip daddr 127.0.0.1 tcp dport 8080 dnat ip to 192.168.15.5:80 comment "publish 127.0.0.1:8080 host:80"'
nft 'add rule inet nsh output ip daddr 127.0.0.1 tcp dport 8080 dnat ip to 192.168.15.5:80 comment "publish 127.0.0.1:8080 host:80"'
nft 'add rule inet nsh postrouting ip saddr 192.168.15.0/24 ip daddr 192.168.15.5 ct status dnat tcp dport 80 masquerade comment "publish 127.0.0.1:8080 host:80"'

> publish 127.0.0.1:8080 red:80
          ^^^^^^^^^^^^^^
error 1: 127.0.0.1 is a loopback address: what host sends to it never leaves host, so that it cannot be passed on to red:80
  "publish 8080 red:80" is for every other address, 192.168.15.5 among them

> publish 127.3.0.1:53 blue udp
          ^^^^^^^^^^^^
error 1: 127.3.0.1 is a loopback address: what host sends to it never leaves host, so that it cannot be passed on to blue
  "publish 53 blue udp" is for every other address, 192.168.15.5 among them

> publish [::1]:8080 [2001:db8::1]:80
          ^^^^^^^^^^
error 1: ::1 is a loopback address: what host sends to it never leaves host, so that it cannot be passed on to [2001:db8::1]:80
  "publish 8080 [2001:db8::1]:80" is for every other address

> publish 8080 blue:80; publish 192.168.15.5:8080 red:80 udp
nft add table inet nsh
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting fib daddr type local tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 8080 blue:80"'
nft 'add chain inet nsh output { type nat hook output priority -100; policy accept; }'
nft 'add rule inet nsh output ip daddr != 127.0.0.0/8 fib daddr type local tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 8080 blue:80"'
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting ip saddr 192.168.15.0/24 ip daddr 192.168.15.2 ct status dnat tcp dport 80 masquerade comment "publish 8080 blue:80"'
sysctl -qw net.ipv4.ip_forward=1
nft 'add rule inet nsh prerouting ip daddr 192.168.15.5 udp dport 8080 dnat ip to 192.168.15.1:80 comment "publish 192.168.15.5:8080 red:80 udp"'
nft 'add rule inet nsh output ip daddr 192.168.15.5 udp dport 8080 dnat ip to 192.168.15.1:80 comment "publish 192.168.15.5:8080 red:80 udp"'
nft 'add rule inet nsh postrouting ip saddr 192.168.15.0/24 ip daddr 192.168.15.1 ct status dnat udp dport 80 masquerade comment "publish 192.168.15.5:8080 red:80 udp"'

> publish 8080 blue:80; publish 192.0.2.9:8080 red:80
nft add table inet nsh
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting fib daddr type local tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 8080 blue:80"'
nft 'add chain inet nsh output { type nat hook output priority -100; policy accept; }'
nft 'add rule inet nsh output ip daddr != 127.0.0.0/8 fib daddr type local tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 8080 blue:80"'
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting ip saddr 192.168.15.0/24 ip daddr 192.168.15.2 ct status dnat tcp dport 80 masquerade comment "publish 8080 blue:80"'
sysctl -qw net.ipv4.ip_forward=1
nft 'add rule inet nsh prerouting ip daddr 192.0.2.9 tcp dport 8080 dnat ip to 192.168.15.1:80 comment "publish 192.0.2.9:8080 red:80"'
nft 'add rule inet nsh output ip daddr 192.0.2.9 tcp dport 8080 dnat ip to 192.168.15.1:80 comment "publish 192.0.2.9:8080 red:80"'
nft 'add rule inet nsh postrouting ip saddr 192.168.15.0/24 ip daddr 192.168.15.1 ct status dnat tcp dport 80 masquerade comment "publish 192.0.2.9:8080 red:80"'

> publish 8080 blue:80; publish 8080 red:80
nft add table inet nsh
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting fib daddr type local tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 8080 blue:80"'
nft 'add chain inet nsh output { type nat hook output priority -100; policy accept; }'
nft 'add rule inet nsh output ip daddr != 127.0.0.0/8 fib daddr type local tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 8080 blue:80"'
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting ip saddr 192.168.15.0/24 ip daddr 192.168.15.2 ct status dnat tcp dport 80 masquerade comment "publish 8080 blue:80"'
sysctl -qw net.ipv4.ip_forward=1
                                ^^^^
error 1: port 8080 is published already
  "unpublish 8080" first

> publish 8080 blue:80; publish 8080 red:80 udp
nft add table inet nsh
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting fib daddr type local tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 8080 blue:80"'
nft 'add chain inet nsh output { type nat hook output priority -100; policy accept; }'
nft 'add rule inet nsh output ip daddr != 127.0.0.0/8 fib daddr type local tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 8080 blue:80"'
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting ip saddr 192.168.15.0/24 ip daddr 192.168.15.2 ct status dnat tcp dport 80 masquerade comment "publish 8080 blue:80"'
sysctl -qw net.ipv4.ip_forward=1
nft 'add rule inet nsh prerouting fib daddr type local udp dport 8080 dnat ip to 192.168.15.1:80 comment "publish 8080 red:80 udp"'
nft 'add rule inet nsh output ip daddr != 127.0.0.0/8 fib daddr type local udp dport 8080 dnat ip to 192.168.15.1:80 comment "publish 8080 red:80 udp"'
nft 'add rule inet nsh postrouting ip saddr 192.168.15.0/24 ip daddr 192.168.15.1 ct status dnat udp dport 80 masquerade comment "publish 8080 red:80 udp"'

> publish 8080 blue:80; unpublish 8080
nft add table inet nsh
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting fib daddr type local tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 8080 blue:80"'
nft 'add chain inet nsh output { type nat hook output priority -100; policy accept; }'
nft 'add rule inet nsh output ip daddr != 127.0.0.0/8 fib daddr type local tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 8080 blue:80"'
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting ip saddr 192.168.15.0/24 ip daddr 192.168.15.2 ct status dnat tcp dport 80 masquerade comment "publish 8080 blue:80"'
sysctl -qw net.ipv4.ip_forward=1
nft delete chain inet nsh prerouting
nft delete chain inet nsh output
nft delete table inet nsh

> publish 8080 blue:80 udp; unpublish 8080
nft add table inet nsh
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting fib daddr type local udp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 8080 blue:80 udp"'
nft 'add chain inet nsh output { type nat hook output priority -100; policy accept; }'
nft 'add rule inet nsh output ip daddr != 127.0.0.0/8 fib daddr type local udp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 8080 blue:80 udp"'
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting ip saddr 192.168.15.0/24 ip daddr 192.168.15.2 ct status dnat udp dport 80 masquerade comment "publish 8080 blue:80 udp"'
sysctl -qw net.ipv4.ip_forward=1
                                      ^^^^
error 1: port 8080 is not published in host

> publish 8080 blue:80 udp; unpublish 8080 udp
nft add table inet nsh
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting fib daddr type local udp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 8080 blue:80 udp"'
nft 'add chain inet nsh output { type nat hook output priority -100; policy accept; }'
nft 'add rule inet nsh output ip daddr != 127.0.0.0/8 fib daddr type local udp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 8080 blue:80 udp"'
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting ip saddr 192.168.15.0/24 ip daddr 192.168.15.2 ct status dnat udp dport 80 masquerade comment "publish 8080 blue:80 udp"'
sysctl -qw net.ipv4.ip_forward=1
nft delete chain inet nsh prerouting
nft delete chain inet nsh output
nft delete table inet nsh

> publish 192.168.15.5:8080 blue:80; unpublish 8080
nft add table inet nsh
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting ip daddr 192.168.15.5 tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 192.168.15.5:8080 blue:80"'
nft 'add chain inet nsh output { type nat hook output priority -100; policy accept; }'
nft 'add rule inet nsh output ip daddr 192.168.15.5 tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 192.168.15.5:8080 blue:80"'
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting ip saddr 192.168.15.0/24 ip daddr 192.168.15.2 ct status dnat tcp dport 80 masquerade comment "publish 192.168.15.5:8080 blue:80"'
sysctl -qw net.ipv4.ip_forward=1
                                               ^^^^
error 1: port 8080 is not published in host

> publish 192.168.15.5:8080 blue:80; unpublish 192.168.15.5:8080
nft add table inet nsh
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting ip daddr 192.168.15.5 tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 192.168.15.5:8080 blue:80"'
nft 'add chain inet nsh output { type nat hook output priority -100; policy accept; }'
nft 'add rule inet nsh output ip daddr 192.168.15.5 tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 192.168.15.5:8080 blue:80"'
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting ip saddr 192.168.15.0/24 ip daddr 192.168.15.2 ct status dnat tcp dport 80 masquerade comment "publish 192.168.15.5:8080 blue:80"'
sysctl -qw net.ipv4.ip_forward=1
nft delete chain inet nsh prerouting
nft delete chain inet nsh output
nft delete table inet nsh

> publish 8080 blue:80; publish 9090 red:80; unpublish 8080
nft add table inet nsh
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting fib daddr type local tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 8080 blue:80"'
nft 'add chain inet nsh output { type nat hook output priority -100; policy accept; }'
nft 'add rule inet nsh output ip daddr != 127.0.0.0/8 fib daddr type local tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 8080 blue:80"'
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting ip saddr 192.168.15.0/24 ip daddr 192.168.15.2 ct status dnat tcp dport 80 masquerade comment "publish 8080 blue:80"'
sysctl -qw net.ipv4.ip_forward=1
nft 'add rule inet nsh prerouting fib daddr type local tcp dport 9090 dnat ip to 192.168.15.1:80 comment "publish 9090 red:80"'
nft 'add rule inet nsh output ip daddr != 127.0.0.0/8 fib daddr type local tcp dport 9090 dnat ip to 192.168.15.1:80 comment "publish 9090 red:80"'
nft 'add rule inet nsh postrouting ip saddr 192.168.15.0/24 ip daddr 192.168.15.1 ct status dnat tcp dport 80 masquerade comment "publish 9090 red:80"'
nft flush chain inet nsh prerouting
nft 'add rule inet nsh prerouting fib daddr type local tcp dport 9090 dnat ip to 192.168.15.1:80 comment "publish 9090 red:80"'
nft flush chain inet nsh output
nft 'add rule inet nsh output ip daddr != 127.0.0.0/8 fib daddr type local tcp dport 9090 dnat ip to 192.168.15.1:80 comment "publish 9090 red:80"'
nft flush chain inet nsh postrouting
nft 'add rule inet nsh postrouting ip saddr 192.168.15.0/24 ip daddr 192.168.15.1 ct status dnat tcp dport 80 masquerade comment "publish 9090 red:80"'

> nat on; publish 8080 blue:80; nat off
nft add table inet nsh
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting iifgroup 7238504 oifgroup != 7238504 masquerade comment "nat on"'
sysctl -qw net.ipv4.ip_forward=1
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting fib daddr type local tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 8080 blue:80"'
nft 'add chain inet nsh output { type nat hook output priority -100; policy accept; }'
nft 'add rule inet nsh output ip daddr != 127.0.0.0/8 fib daddr type local tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 8080 blue:80"'
nft 'add rule inet nsh postrouting ip saddr 192.168.15.0/24 ip daddr 192.168.15.2 ct status dnat tcp dport 80 masquerade comment "publish 8080 blue:80"'
nft flush chain inet nsh postrouting
nft 'add rule inet nsh postrouting ip saddr 192.168.15.0/24 ip daddr 192.168.15.2 ct status dnat tcp dport 80 masquerade comment "publish 8080 blue:80"'

> nat on; publish 8080 blue:80; unpublish 8080
nft add table inet nsh
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting iifgroup 7238504 oifgroup != 7238504 masquerade comment "nat on"'
sysctl -qw net.ipv4.ip_forward=1
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting fib daddr type local tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 8080 blue:80"'
nft 'add chain inet nsh output { type nat hook output priority -100; policy accept; }'
nft 'add rule inet nsh output ip daddr != 127.0.0.0/8 fib daddr type local tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 8080 blue:80"'
nft 'add rule inet nsh postrouting ip saddr 192.168.15.0/24 ip daddr 192.168.15.2 ct status dnat tcp dport 80 masquerade comment "publish 8080 blue:80"'
nft delete chain inet nsh prerouting
nft delete chain inet nsh output
nft flush chain inet nsh postrouting
nft 'add rule inet nsh postrouting iifgroup 7238504 oifgroup != 7238504 masquerade comment "nat on"'

> publish 8080 blue:80; publish 53 red udp; nat on; unpublish all
nft add table inet nsh
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting fib daddr type local tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 8080 blue:80"'
nft 'add chain inet nsh output { type nat hook output priority -100; policy accept; }'
nft 'add rule inet nsh output ip daddr != 127.0.0.0/8 fib daddr type local tcp dport 8080 dnat ip to 192.168.15.2:80 comment "publish 8080 blue:80"'
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting ip saddr 192.168.15.0/24 ip daddr 192.168.15.2 ct status dnat tcp dport 80 masquerade comment "publish 8080 blue:80"'
sysctl -qw net.ipv4.ip_forward=1
nft 'add rule inet nsh prerouting fib daddr type local udp dport 53 dnat ip to 192.168.15.1:53 comment "publish 53 red udp"'
nft 'add rule inet nsh output ip daddr != 127.0.0.0/8 fib daddr type local udp dport 53 dnat ip to 192.168.15.1:53 comment "publish 53 red udp"'
nft 'add rule inet nsh postrouting ip saddr 192.168.15.0/24 ip daddr 192.168.15.1 ct status dnat udp dport 53 masquerade comment "publish 53 red udp"'
nft 'add rule inet nsh postrouting iifgroup 7238504 oifgroup != 7238504 masquerade comment "nat on"'
nft flush chain inet nsh prerouting
nft 'add rule inet nsh prerouting fib daddr type local udp dport 53 dnat ip to 192.168.15.1:53 comment "publish 53 red udp"'
nft flush chain inet nsh output
nft 'add rule inet nsh output ip daddr != 127.0.0.0/8 fib daddr type local udp dport 53 dnat ip to 192.168.15.1:53 comment "publish 53 red udp"'
nft flush chain inet nsh postrouting
nft 'add rule inet nsh postrouting ip saddr 192.168.15.0/24 ip daddr 192.168.15.1 ct status dnat udp dport 53 masquerade comment "publish 53 red udp"'
nft 'add rule inet nsh postrouting iifgroup 7238504 oifgroup != 7238504 masquerade comment "nat on"'
nft delete chain inet nsh prerouting
nft delete chain inet nsh output
nft flush chain inet nsh postrouting
nft 'add rule inet nsh postrouting iifgroup 7238504 oifgroup != 7238504 masquerade comment "nat on"'

> iptables -t nat -A PREROUTING -p tcp --dport 80 -d 192.168.15.5 -j DNAT --to 192.168.15.2; iptables -t nat -A PREROUTING -p tcp --dport 81 -j DNAT --to 192.168.15.2; unpublish 192.168.15.5:80
nft add table inet nsh
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting ip daddr 192.168.15.5 tcp dport 80 dnat ip to 192.168.15.2'
nft 'add rule inet nsh prerouting tcp dport 81 dnat ip to 192.168.15.2'
nft flush chain inet nsh prerouting
nft 'add rule inet nsh prerouting tcp dport 81 dnat ip to 192.168.15.2'
in nsh's words: publish 80 192.168.15.2:80

> unpublish all
error 1: no ports are published in host

> unpublish 8080
            ^^^^
error 1: port 8080 is not published in host

> unpublish
           ^
error 2: "unpublish" is incomplete
  next comes LISTEN (a port, or ADDRESS:PORT), all

> unpublish 0
            ^
error 2: 0 is not a port: a number from 1 to 65535

> publish <TAB>
nothing

> publish 8080 <TAB>
blue red

> publish 8080 blue <TAB>
tcp udp

> publish 8080 <?>
  TARGET       a namespace or address, with :PORT where that differs: blue, red

> publish 8080 blue:80 <?>
  tcp          pass connections to a port on to a namespace
  udp          pass connections to a port on to a namespace
  <Enter>      the line is complete

> publish
ok

! publish
no ports are published

% publ 8080 blue:80 u<CANON>
publish 8080 blue:80 udp

with ns add red; cable red host
> publish 8080 red
               ^^^
error 1: red has no address
  "addr red ADDRESS/PREFIX" gives it one

with ns add blue; bridge v-net-0 add addr 2001:db8::5/64
with bridge v-net-0 attach blue addr 2001:db8::2/64
> publish 8080 blue:80
nft add table inet nsh
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting fib daddr type local tcp dport 8080 dnat ip6 to [2001:db8::2]:80 comment "publish 8080 blue:80"'
nft 'add chain inet nsh output { type nat hook output priority -100; policy accept; }'
nft 'add rule inet nsh output ip6 daddr != ::1 fib daddr type local tcp dport 8080 dnat ip6 to [2001:db8::2]:80 comment "publish 8080 blue:80"'
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting ip6 saddr 2001:db8::/64 ip6 daddr 2001:db8::2 ct status dnat tcp dport 80 masquerade comment "publish 8080 blue:80"'
sysctl -qw net.ipv4.ip_forward=1
sysctl -qw net.ipv6.conf.all.forwarding=1

> publish 8080 2001:db8::2:80
               ^^^^^^^^^^^^^^
error 1: 2001:db8::2:80: nobody here has this address, and one before a port stands in brackets
  did you mean [2001:db8::2]:80?

> publish [2001:db8::5]:8080 blue:80
nft add table inet nsh
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting ip6 daddr 2001:db8::5 tcp dport 8080 dnat ip6 to [2001:db8::2]:80 comment "publish [2001:db8::5]:8080 blue:80"'
nft 'add chain inet nsh output { type nat hook output priority -100; policy accept; }'
nft 'add rule inet nsh output ip6 daddr 2001:db8::5 tcp dport 8080 dnat ip6 to [2001:db8::2]:80 comment "publish [2001:db8::5]:8080 blue:80"'
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting ip6 saddr 2001:db8::/64 ip6 daddr 2001:db8::2 ct status dnat tcp dport 80 masquerade comment "publish [2001:db8::5]:8080 blue:80"'
sysctl -qw net.ipv4.ip_forward=1
sysctl -qw net.ipv6.conf.all.forwarding=1

> publish 2001:db8::5:8080 blue:80
          ^^^^^^^^^^^^^^^^
error 2: 2001:db8::5:8080: an IPv6 address before a port stands in brackets
  [ADDRESS]:PORT

> publish [2001:db8::5] blue:80
          ^^^^^^^^^^^^^
error 2: [2001:db8::5] lacks its port
  [ADDRESS]:PORT

> publish 8080 [2001:db8::2]:80
nft add table inet nsh
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting fib daddr type local tcp dport 8080 dnat ip6 to [2001:db8::2]:80 comment "publish 8080 [2001:db8::2]:80"'
nft 'add chain inet nsh output { type nat hook output priority -100; policy accept; }'
nft 'add rule inet nsh output ip6 daddr != ::1 fib daddr type local tcp dport 8080 dnat ip6 to [2001:db8::2]:80 comment "publish 8080 [2001:db8::2]:80"'
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting ip6 saddr 2001:db8::/64 ip6 daddr 2001:db8::2 ct status dnat tcp dport 80 masquerade comment "publish 8080 [2001:db8::2]:80"'
sysctl -qw net.ipv4.ip_forward=1
sysctl -qw net.ipv6.conf.all.forwarding=1

> publish 8080 2001:db8::2
nft add table inet nsh
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting fib daddr type local tcp dport 8080 dnat ip6 to [2001:db8::2]:8080 comment "publish 8080 2001:db8::2"'
nft 'add chain inet nsh output { type nat hook output priority -100; policy accept; }'
nft 'add rule inet nsh output ip6 daddr != ::1 fib daddr type local tcp dport 8080 dnat ip6 to [2001:db8::2]:8080 comment "publish 8080 2001:db8::2"'
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting ip6 saddr 2001:db8::/64 ip6 daddr 2001:db8::2 ct status dnat tcp dport 8080 masquerade comment "publish 8080 2001:db8::2"'
sysctl -qw net.ipv4.ip_forward=1
sysctl -qw net.ipv6.conf.all.forwarding=1

> publish 8080 [2001:db8::2
               ^^^^^^^^^^^^
error 2: [2001:db8::2 lacks its ]

> publish 8080 [2001:db8::2]x
               ^^^^^^^^^^^^^^
error 2: [2001:db8::2]x lacks its port
  [ADDRESS]:PORT

> publish 192.168.15.5:8080 blue:80
                            ^^^^^^^
error 1: blue has no IPv4 address
  "addr blue ADDRESS/PREFIX" gives it one

> publish [2001:db8::5]:8080 blue:80; unpublish [2001:db8::5]:8080
nft add table inet nsh
nft 'add chain inet nsh prerouting { type nat hook prerouting priority dstnat; policy accept; }'
nft 'add rule inet nsh prerouting ip6 daddr 2001:db8::5 tcp dport 8080 dnat ip6 to [2001:db8::2]:80 comment "publish [2001:db8::5]:8080 blue:80"'
nft 'add chain inet nsh output { type nat hook output priority -100; policy accept; }'
nft 'add rule inet nsh output ip6 daddr 2001:db8::5 tcp dport 8080 dnat ip6 to [2001:db8::2]:80 comment "publish [2001:db8::5]:8080 blue:80"'
nft 'add chain inet nsh postrouting { type nat hook postrouting priority srcnat; policy accept; }'
nft 'add rule inet nsh postrouting ip6 saddr 2001:db8::/64 ip6 daddr 2001:db8::2 ct status dnat tcp dport 80 masquerade comment "publish [2001:db8::5]:8080 blue:80"'
sysctl -qw net.ipv4.ip_forward=1
sysctl -qw net.ipv6.conf.all.forwarding=1
nft delete chain inet nsh prerouting
nft delete chain inet nsh output
nft delete table inet nsh

with ns add blue; bridge v-net-0 add addr 192.168.15.5/24; publish 8080 192.168.15.2:80
> unpublish <TAB>
8080 all

> unpublish 8080 <?>
  tcp          stop passing connections on
  udp          stop passing connections on
  <Enter>      the line is complete

with iptables -t nat -A PREROUTING -p tcp --dport 81 -j DNAT --to-destination 192.168.15.2:80

> unpublish 81
nft delete table inet nsh

> unpublish 81 udp
            ^^
error 1: port 81 is not published in host
