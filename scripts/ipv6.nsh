# IPv6 works wherever IPv4 does: a switch, a router and an address of the documentation's network.

sandbox
ns add red blue far
bridge v-net-0 add addr 2001:db8:15::5/64
bridge v-net-0 attach red blue addr 2001:db8:15::1/64 2001:db8:15::2/64
cable host:uplink far:eth0 addr 2001:db8:1::1/64 2001:db8:1::2/64

expect ping red 2001:db8:15::2
expect ping red blue because "a name stands for its address"
arp red

expect not ping red 2001:db8:1::2 saying "Network is unreachable"
route red default via v-net-0
route far 2001:db8:15::/64 via 2001:db8:1::1
forwarding on
expect ping red far

serve far 80
expect get red http://[2001:db8:1::2]/ contains "2001:db8:15::1"
