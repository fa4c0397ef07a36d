# The lecture on container networking, chapters 1 to 8, each step with what must be seen.
#
#	nsh scripts/lecture.nsh          plays it
#	nsh --tap scripts/lecture.nsh    prints the expectations as TAP
#
# Everything lives in a private sandbox and is gone at the end.

sandbox

# --- the world around: a LAN with a neighbour, a router, and the internet behind it ---

ns add lan neighbour router internet
bridge lan:switch attach host:eth0 neighbour:eth0 router:eth0 addr 192.168.1.2/24 192.168.1.3/24 192.168.1.1/24
cable router:wan internet:eth0 addr 203.0.113.2/24 203.0.113.1/24
addr internet:lo 8.8.8.8/32
route router default via 203.0.113.1
route host default via 192.168.1.1
route neighbour default via 192.168.1.1
nat on router for 192.168.1.0/24 out wan
# A router of the internet says so when it knows no way.
forwarding internet on

expect ping host 192.168.1.3 because "the neighbour is on the LAN"
expect ping host 8.8.8.8 because "the router leads to the internet"

say
say "1. Rooms: a namespace has interfaces, routes and neighbours of its own"
ns add red blue
ns
expect ns contains "red"
expect link red contains "lo"
expect not link red contains "eth0" because "the host's interfaces are not seen in it"
expect link contains "eth0"
expect not route red contains "192.168" because "its routing table is empty"
expect route contains "192.168.1.0/24"
expect not arp red contains "192.168" because "its ARP table is empty"
expect arp contains "192.168.1.3"
# A new namespace's lo is down; nsh sets it up, so that 127.0.0.1 answers.
expect ping red 127.0.0.1

say
say "2. A cable: a veth pair with an end in each room"
cable red blue
addr red 192.168.15.1/24
addr blue 192.168.15.2/24
# Without its prefix length an address would be alone in its network.
expect not addr red 192.168.15.9 saying "prefix length"
expect ping red 192.168.15.2
expect arp red contains "192.168.15.2"
expect arp blue contains "192.168.15.1"
expect not arp contains "192.168.15" because "the host has no part in it"
arp red

say
say "3. A switch: v-net-0 connects many rooms"
link del red:veth-red
expect not link blue:veth-blue because "a cable has two ends: without one there is no other"
ns add orange gray
bridge v-net-0 add
bridge v-net-0 attach red blue orange gray addr 192.168.15.1/24 192.168.15.2/24 192.168.15.3/24 192.168.15.4/24
bridge v-net-0 show
for TO in blue orange gray {
	expect ping red $TO
}
expect ping gray blue

say
say "4. The host joins: a switch is an interface of the host too"
expect not ping host 192.168.15.1 count 1 because "the host has no address there yet"
addr v-net-0 192.168.15.5/24
expect ping host 192.168.15.1

say
say "5. The door out: a gateway, and why the answer stays away"
expect not ping blue 192.168.1.3 saying "Network is unreachable" because "blue has no route"
route blue
expect not route blue 192.168.1.0/24 via 192.168.1.2 saying "cannot be a gateway" because "a gateway must itself be reached directly"
route blue 192.168.1.0/24 via 192.168.15.5
expect not ping blue 192.168.1.3 count 1 saying "no answer" because "the host does not forward yet"
forwarding on
expect not ping blue 192.168.1.3 count 1 saying "no answer" because "the neighbour does not know the way back"

say
say "6. NAT: the host speaks for its rooms"
serve neighbour 80
nat on for 192.168.15.0/24
nat
expect ping blue 192.168.1.3
expect get blue http://192.168.1.3/ contains "to 192.168.1.2" because "the neighbour sees the host as the sender"

say
say "7. The internet: a default route"
expect not ping blue 8.8.8.8 saying "Network is unreachable"
route blue default via 192.168.15.5
expect ping blue 8.8.8.8

say
say "8. Inbound: a web page in blue, asked for from the LAN"
serve blue 80 "the web application in blue"
expect get host http://192.168.15.2/ contains "blue"
expect not get neighbour http://192.168.15.2/ because "the neighbour has no route into the rooms"
# Way one: the neighbour learns the route.
route neighbour 192.168.15.0/24 via 192.168.1.2
expect get neighbour http://192.168.15.2/ contains "blue"
route del neighbour 192.168.15.0/24
# Way two: the host passes its port 80 on.
expect not get neighbour http://192.168.1.2/ because "nobody listens on the host's port 80"
publish 80 blue:80
publish
expect get neighbour http://192.168.1.2/ contains "blue"
expect get host http://192.168.1.2/ contains "blue" because "nsh publishes for the host's own connections too"

say
say "All of it as the lecture shows it."
