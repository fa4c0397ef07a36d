# SPDX-License-Identifier: GPL-3.0-or-later
"""Root on the machine itself: nsh and iproute2 see each other's namespaces, links, addresses,
routes and rules; what others made stays as it is."""
from nshtest import *

in_private_machine()
before = machine_state()

# --- what nsh makes, the others show ---
result = nsh("-c", "ns add red blue; cable red blue addr 192.168.15.1/24 192.168.15.2/24; "
             "bridge v-net-0 add addr 10.0.0.5/24; bridge v-net-0 attach red addr 10.0.0.1/24; "
             "route red default via v-net-0; nat on; publish 8080 red:80")
tap.ok(result.status == 0, "a lab on the machine", result)
tap.equal(sorted(line.split()[0] for line in sh("ip netns").splitlines()), ["blue", "red"],
          "ip netns shows the namespaces")
links = json.loads(sh("ip -n red -j -d link"))
tap.ok(any(link["ifname"] == "veth-red" and link["linkinfo"]["info_kind"] == "veth" and
           "UP" in link["flags"] for link in links), "ip link shows the cable, up", links)
tap.has(sh("ip -n red addr show veth-red"), "192.168.15.1/24 brd 192.168.15.255",
        "ip addr shows the address")
tap.has(sh("ip -n red route"), "default via 10.0.0.5", "ip route shows the route")
ruleset = sh("nft list ruleset")
tap.has(ruleset, "table inet nsh", "nft shows the table")
tap.has(ruleset, "masquerade", "with the NAT")
tap.has(ruleset, "dnat ip to 10.0.0.1:80", "and the published port")
tap.equal(ruleset.count("table "), 1, "and no other table")
tap.equal(sh("cat /proc/sys/net/ipv4/ip_forward").strip(), "1", "forwarding is on")
tap.has(ruleset, "drop", "but the machine does not forward for others")

# --- what ip makes, nsh lists, completes and works in ---
sh("ip netns add green && ip link add g0 type veth peer name g1 netns green && "
   "ip addr add 10.8.0.1/24 dev g0 && ip link set g0 up && "
   "ip -n green addr add 10.8.0.2/24 dev g1 && ip -n green link set g1 up")
tap.equal(nsh("-c", "ns").out, "blue\ngreen\nred\n", "nsh lists a namespace that ip made")
tap.has(nsh("--complete", "1", "-c", "addr gr").out, "addr green", "and completes its name")
tap.has(nsh("--complete", "1", "-c", "addr green:").out, "green:g1", "and its interface")
tap.has(nsh("-c", "ping host green").out, "10.8.0.2", "and pings it by its name")
tap.has(nsh("-c", "addr green").out, "10.8.0.2/24", "and shows its address")
tap.equal(nsh("-c", "cable").out.count("green:g1"), 1, "its cable is listed once")
result = nsh("-c", "link green:g1 mtu 1400; route green 10.0.0.0/24 via 10.8.0.1")
tap.ok(result.status == 0, "nsh changes it", result)
tap.has(sh("ip -n green link show g1"), "mtu 1400", "as ip sees")
result = nsh("-c", "ns del green")
tap.ok(result.status == 0 and "green" not in sh("ip netns"), "and deletes it", result)
tap.ok(run(["ip", "link", "show", "g0"]).status != 0, "its cable is gone with it")

# --- names that are no namespaces, names that come and go ---
sh("touch /run/netns/stale && chmod 0 /run/netns/stale")
result = nsh("-c", "ns; show stale")
tap.ok(result.status == 1 and "stale" in result.err, "a file that is no namespace is an error "
       "when it is used", result)
result = nsh("-c", "ns del stale")
tap.ok(not os.path.exists("/run/netns/stale"), "and can be deleted", result)

# --- adopting the namespace of a process, as containers have it ---
container = subprocess.Popen(["unshare", "--net", "sleep", "60"])
while os.readlink("/proc/%d/ns/net" % container.pid) == os.readlink("/proc/self/ns/net"):
    time.sleep(0.01)
result = nsh("-c", "ns list all")
tap.has(result.out, str(container.pid), "ns list all shows it by its process")
result = nsh("-c", "ns adopt box pid %d; exec box ip -br link; cable box host:to-box" % container.pid)
tap.ok(result.status == 0 and "lo" in result.out, "it can be given a name", result)
tap.has(sh("ip netns"), "box", "which ip netns shares")
tap.has(sh("nsenter -t %d -n ip -br link" % container.pid), "veth-box",
        "and a cable that leads into it")
nsh("-c", "cable del host:to-box; ns del box")
container.kill()
container.wait()
result = nsh("-c", "ns adopt box pid 999999999")
tap.ok(result.status == 2, "no such process number", result)

# --- mount propagation: a namespace added inside an exec is seen outside ---
result = nsh("-c", "exec red ip netns add inner")
tap.ok(result.status == 0 and "inner" in sh("ip netns"), "ip netns inside an exec is shared",
       result)
sh("ip netns exec red ip netns del inner")
tap.ok("inner" not in nsh("-c", "ns").out, "in both directions")

# --- other people's rules and sysctls ---
sh("nft add table inet mine && nft 'add chain inet mine c { type filter hook forward priority 0; }'"
   " && nft add rule inet mine c counter accept && nft add table ip nsh2")
result = nsh("-c", "nat off; unpublish 8080; forwarding off; ns del red blue; bridge v-net-0 del")
tap.ok(result.status == 0, "taken down again", result)
ruleset = sh("nft list ruleset")
tap.ok("table inet mine" in ruleset and "table ip nsh2" in ruleset, "other tables are left alone",
       ruleset)
tap.lacks(ruleset, "table inet nsh ", "nsh's own is gone with its last rule")
sh("nft delete table inet mine && nft delete table ip nsh2")
tap.equal(machine_state(), before, "and the machine is as before")

# --- several at once ---
workers = [subprocess.Popen([NSH, "-c", "ns add w%d-1 w%d-2; cable w%d-1 w%d-2; ns del w%d-1 w%d-2"
                             % ((i,) * 6)], stderr=subprocess.PIPE) for i in range(8)]
errors = [worker.communicate()[1].decode() for worker in workers]
tap.ok(all(worker.returncode == 0 for worker in workers), "eight at once do not disturb each other",
       errors)
tap.equal(machine_state(), before, "and leave nothing behind")
tap.done()
