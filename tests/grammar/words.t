# Lines in the words of ip, iptables and other programs.

with ns add red blue
with bridge v-net-0 add addr 192.168.15.5/24

# --- ip netns ---

> ip netns add green

> ip netns a green

> ip net add green

> ip n add green

> ip netns add red

> ip netns add

> ip netns del red

> ip netns d host

> ip netns delete bleu

! ip netns

! ip netns exec red ip netns list

> ip netns exec red ip link set lo up

> ip netns e red ip l s lo up

> ip netns exec red true

> ip netns exec bleu ip link

> ip netns exec red ip link set eth0 up

> ip netns exec red ip lnk

> ip netns exec red

> ip netns identify

> ip <TAB>

> ip netns <TAB>

> ip netns del <TAB>

> ip netns exec red ip link <TAB>

> ip netns exec <?>

# --- ip link ---

> ip link add veth-red type veth peer name veth-blue

> ip link add veth-red type veth peer veth-blue

> ip link add veth-red netns red type veth peer name veth-blue netns blue

> ip link add veth-red mtu 1400 type veth peer name veth-blue

> ip link add veth-red address 02:00:00:00:00:01 up type veth peer name veth-blue

> ip link add veth-red type veth peer name veth-red

> ip link add veth-red type veth peer name veth-blue up

> ip link add v-net-0 type bridge

> ip -n red link add br0 type bridge

> ip -n bleu link add br0 type bridge

> ip link add br0 type vlan id 5

> ip link add br0 type brigde

> ip link set dev v-net-0 down

> ip link set v-net-0 down

> ip link set down v-net-0

> ip link set v-net-0 up down

> ip link set v-net-0 mtu 1400 address 02:00:00:00:00:01 up

> ip link set v-net-0 name br0

> ip link set v-net-0 name lo

> ip link set v-net-0 netns red

> ip link set v-net-0 netns red name br0 up

> ip -n red link set lo netns 1

> ip link set v-net-0 netns 1

> ip link set v-net-0 master br0

> ip link set v-net-0 nomaster

> ip link set v-net-1 up

> ip link set v-net-0

> ip link set v-net-0 promisc on

> ip link del v-net-0

> ip link delete dev v-net-0 type bridge

> ip link del v-net-0 type veth

> ip link del lo

> ip link set v-net-0 <TAB>

> ip link set v-net-0 netns <TAB>

> ip -n red l s <TAB>

! ip -n red link

! ip l show lo

# --- ip addr ---

> ip addr add 192.168.15.6/24 dev v-net-0

> ip a a 192.168.15.6/24 brd + dev v-net-0

> ip a a 192.168.15.6/24 broadcast 192.168.15.255 dev v-net-0

> ip a a 192.168.15.6/24 brd 192.168.15.9 dev v-net-0

> ip addr add dev v-net-0 192.168.15.6/24

> ip addr add 192.168.15.6 dev v-net-0

> ip addr add 2001:db8::1/64 dev v-net-0

> ip -6 addr add 2001:db8::1/64 dev v-net-0 nodad

> ip -6 addr add 192.168.15.6/24 dev v-net-0

> ip addr add 192.168.15.5/24 dev v-net-0

> ip addr replace 192.168.15.5/24 dev v-net-0

> ip addr add 192.168.15.6/24

> ip addr add 192.168.15.6/33 dev v-net-0

> ip addr add 192.168.15.6/24 dev v-net-0 label x

> ip addr del 192.168.15.5/24 dev v-net-0

> ip addr del 192.168.15.9/24 dev v-net-0

> ip addr flush dev v-net-0

> ip addr del <TAB>

> ip addr add <?>

! ip -4 a s dev v-net-0

# --- ip route ---

> ip route add 192.168.1.0/24 via 192.168.15.9

> ip r a default via 192.168.15.9 dev v-net-0 metric 100

> ip route add 192.168.1.0/24 via 192.168.1.1

> ip route add 192.168.1.0/24 dev v-net-0

> ip route add 192.168.1.0/24

> ip route add 192.168.1.7/24 via 192.168.15.9

> ip route add blackhole 10.0.0.0/8

> ip route add blackhole 10.0.0.0/8 via 192.168.15.9

> ip route add 192.168.1.0/24 proto static via 192.168.15.9

> ip route replace 192.168.15.0/24 dev v-net-0 src 192.168.15.5

> ip route del 192.168.15.0/24

> ip route del default

> ip -6 route add default via 2001:db8::9

> ip route add 192.168.1.0/24 <TAB>

! ip route show default

# --- ip neigh ---

> ip neigh add 192.168.15.9 lladdr 02:00:00:00:00:09 dev v-net-0

> ip n a 192.168.15.9 dev v-net-0 lladdr 02:00:00:00:00:09 nud permanent

> ip neighbour del 192.168.15.9 dev v-net-0

# --- ip's options ---

> ip -s link

> ip -j addr

> ip -n red -n blue link

> ip rule

# --- arp, route, ifconfig, bridge, brctl ---

! arp -n

> arp -s 192.168.15.9 02:00:00:00:00:09

> route add default gw 192.168.15.9

> route add -net 192.168.1.0 netmask 255.255.255.0 gw 192.168.15.9

> route add -net 192.168.1.0 netmask 255.0.255.0 gw 192.168.15.9

> route add -net 192.168.1.0 gw 192.168.15.9

> route add -host 192.168.1.7 dev v-net-0

> route add -net 192.168.1.0/24

> route del -net 192.168.15.0/24

> ifconfig v-net-0 down

> ifconfig v-net-0 10.0.0.1

> ifconfig v-net-0 192.168.15.7 netmask 255.255.255.0 up

> ifconfig v-net-0 promisc

> brctl addbr br0

> brctl addif v-net-0 lo

> brctl delif v-net-0 lo

> brctl stp v-net-0 on

! bridge link

# --- settings ---

> sysctl -w net.ipv4.ip_forward=1

> sysctl net/ipv4/ip_forward=1

> sysctl -w net.ipv4.ip_forward

> sysctl -p

> echo 1 > /proc/sys/net/ipv4/ip_forward

> echo 1 >/proc/sys/net/ipv4/ip_forward

> echo 1 | sudo tee /proc/sys/net/ipv4/ip_forward

> echo 1 > /etc/passwd

! echo two rooms

! echo two > rooms

! echo -e two

! cat /proc/sys/net/ipv4/ip_forward

> cat /etc/passwd

> cat <TAB>

# --- iptables ---

> iptables -t nat -A POSTROUTING -s 192.168.15.0/24 -j MASQUERADE

> iptables -t nat -A POSTROUTING -s 192.168.15.0/24 ! -o v-net-0 -j MASQUERADE

> iptables -A POSTROUTING -t nat -o eth0 -j MASQUERADE

> iptables -t nat -A POSTROUTING -s 10.0.0.0/8 -j SNAT --to-source 192.168.1.2

> iptables -t nat -A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 192.168.15.2:80

> iptables -t nat -A PREROUTING -p tcp -m tcp --dport 8000:8010 -j DNAT --to 192.168.15.2

> iptables -t nat -A PREROUTING -p udp --dport 53 -j REDIRECT --to-ports 5353

> iptables -t nat -A OUTPUT -d 1.2.3.4 -p tcp --dport 80 -j DNAT --to-destination 192.168.15.2:80

> iptables -A FORWARD -i v-net-0 -o eth0 -j ACCEPT

> iptables -A FORWARD -p icmp -j DROP

> iptables -P FORWARD ACCEPT

> iptables -P FORWARD DROP

> iptables -t nat -A POSTROUTING -m comment --comment "for the lab" -o eth0 -j MASQUERADE

> iptables -A POSTROUTING -j MASQUERADE

> iptables -t nat -A POSTROUTNG -j MASQUERADE

> iptables -t nat -A POSTROUTING -j MASQERADE

> iptables -t nat -A POSTROUTING

> iptables -t nat -A POSTROUTING -j DNAT --to-destination 1.2.3.4

> iptables -t nat -A PREROUTING -j DNAT

> iptables -t nat -A PREROUTING --dport 80 -j DNAT --to-destination 1.2.3.4

> iptables -t nat -A PREROUTING -p tcp -j DNAT --to-destination 1.2.3.4:80-90

> iptables -t nat -A PREROUTING -p tcp --dport 90:80 -j DNAT --to-destination 1.2.3.4

> iptables -t nat -A POSTROUTING -s ::1 -j MASQUERADE

> iptables -t nat -A POSTROUTING ! -j MASQUERADE

> iptables -t nat -A POSTROUTING -i eth0 -j MASQUERADE

> iptables -t mangle -L

> iptables -t nat -D POSTROUTING 1

> iptables -t nat -D POSTROUTING -j MASQUERADE

> iptables -t nat -A <TAB>

> iptables -t <TAB>

> iptables -t nat -A POSTROUTING -j <TAB>

! iptables -t nat -L -n

! iptables -S

# --- ping, curl, scripts ---

> ping -c 1 127.0.0.1

> ping -c 0 127.0.0.1

> ping -f 127.0.0.1

> ping 127.0.0.1 -I eth0

> curl -s http://192.168.15.2/

> curl -k http://192.168.15.2/

> sudo ip netns add green

> sudo

> set -e

> set -euo pipefail

> set -a

# --- abbreviations are nsh's own; other programs' names are typed whole ---

% br v-net-1 add

% ipt -S

> i<TAB>

> ip<TAB>

> ca<TAB>
