# Three subnets and a router between them: an office, a workshop and a store of servers.

sandbox
ns add router

# Each subnet is a switch in a namespace of its own; the router has a leg in each.
ns add office workshop servers
bridge office:switch attach router:office addr 10.1.0.1/24
bridge workshop:switch attach router:workshop addr 10.2.0.1/24
bridge servers:switch attach router:servers addr 10.3.0.1/24

ns add anna ben carla dora web
bridge office:switch attach anna ben addr 10.1.0.11/24 10.1.0.12/24
bridge workshop:switch attach carla dora addr 10.2.0.11/24 10.2.0.12/24
bridge servers:switch attach web addr 10.3.0.80/24

expect ping anna ben because "they share a switch"
expect not ping anna web saying "Network is unreachable" because "anna has no route yet"

for WHO in anna ben { route $WHO default via 10.1.0.1 }
for WHO in carla dora { route $WHO default via 10.2.0.1 }
route web default via 10.3.0.1

expect not ping anna web count 1 because "the router does not forward yet"
forwarding router on
forwarding

serve web 80 "the servers' page"
for WHO in anna ben carla dora {
	expect ping $WHO web count 1
	expect get $WHO http://web/ contains "page"
}
