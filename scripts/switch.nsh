# Four rooms on a switch, and the host with them.

sandbox
ns add red blue orange gray
bridge v-net-0 add addr 192.168.15.5/24
bridge v-net-0 attach red blue orange gray addr 192.168.15.1/24 192.168.15.2/24 192.168.15.3/24 192.168.15.4/24
bridge v-net-0 show

for FROM in red blue orange gray host {
	for TO in 192.168.15.1 192.168.15.2 192.168.15.3 192.168.15.4 192.168.15.5 {
		expect ping $FROM $TO count 1
	}
}
