# SPDX-License-Identifier: GPL-3.0-or-later
"""Every object on the real kernel: what its lines do, its list as text and as JSON, IPv4 and
IPv6 alike. The kernel's view comes from ip and nft."""
from nshtest import *

in_private_machine()
before = machine_state()


def good(line, name=None, **more):
    result = nsh("-q", "-c", line, **more)
    tap.ok(result.status == 0, name or line, result)
    return result


def answer(line):
    return nsh("-q", "--json", "-c", line).json()


def link(ns, name):
    where = [] if ns == "host" else ["-n", ns]
    result = run(["ip", *where, "-j", "-d", "link", "show", name])
    return json.loads(result.out)[0] if result.status == 0 else None


# --- namespaces ---
good("ns add red blue green")
tap.equal(answer("ns"), [{"name": "blue"}, {"name": "green"}, {"name": "red"}], "ns as JSON")
tap.ok("UP" in link("red", "lo")["flags"], "lo of a new namespace is up")
everything = answer("ns list all")
tap.equal(sorted(row["name"] for row in everything if row["name"]), ["blue", "green", "host", "red"],
          "ns list all names them, and host")

# --- cables ---
good("cable red blue addr 192.168.15.1/24 192.168.15.2/24 mtu 1400")
tap.equal((link("red", "veth-red")["mtu"], link("blue", "veth-blue")["mtu"]), (1400, 1400),
          "a cable's MTU is that of both ends")
tap.equal(answer("cable"), [{"a": "blue:veth-blue", "b": "red:veth-red", "bridge": None}],
          "cable as JSON")
good("cable red:x0 blue:x1", "a second cable with named ends")
good("cable del red:x0 blue:x1", "deleted by both ends")
tap.ok(link("red", "x0") is None, "and gone")
good("cable green:l0 green:l1", "a cable with both ends in one namespace")
good("cable del green:l1")

# --- interfaces ---
good("cable red:eth0 green:eth0 addr 2001:db8::1/64 2001:db8::2/64")
good("link red:eth0 mtu 1300; link red:eth0 mac 02:00:00:00:00:99")
tap.equal((link("red", "eth0")["mtu"], link("red", "eth0")["address"]), (1300, "02:00:00:00:00:99"),
          "MTU and MAC address of an interface")
good("link red:eth0 queue 100")
tap.equal((link("red", "eth0")["txqlen"], link("green", "eth0")["txqlen"]), (100, 1000),
          "the queue of an interface, and of no other")
good("link red:eth0 queue 1000")
good("link red:eth0 down; link red:eth0 up")
good("link red:eth0 name lan0")
tap.ok(link("red", "lan0") is not None and link("red", "eth0") is None, "an interface has a new name")
good("link green:eth0 to blue")
tap.ok(link("blue", "eth0") is not None and link("green", "eth0") is None, "an interface moves")
good("link del blue:eth0")
tap.ok(link("red", "lan0") is None, "with one end of a cable goes the other")
rows = answer("link red")
tap.equal([row["name"] for row in rows], ["lo", "veth-red"], "link as JSON")
tap.equal(rows[1]["mtu"], 1400, "with numbers as numbers")

# --- addresses ---
good("addr red 2001:db8:15::1/64; addr blue 2001:db8:15::2/64")
good("addr red 192.168.15.9/24")
good("addr del red 192.168.15.9/24")
addresses = [row["address"] for row in answer("addr red")]
tap.ok("192.168.15.1/24" in addresses and "2001:db8:15::1/64" in addresses and
       "192.168.15.9/24" not in addresses, "addr as JSON", addresses)
good("ping red blue count 1", "a ping by name")
good("ping red 2001:db8:15::2 count 1", "a ping by IPv6 address")
tap.equal(nsh("-c", "ping red blue count 1").out.splitlines()[0], "ping 192.168.15.2 from red",
          "a name stands for its IPv4 address where there are both")
rows = answer("ping red blue count 2")
tap.ok(rows[0]["sent"] == 2 and rows[0]["received"] == 2, "ping as JSON", rows)

# --- routes ---
good("route red default via 192.168.15.2; route red default via 2001:db8:15::2")
good("route red 10.9.0.0/16 via blue; route red 10.10.0.0/16 dev veth-red")
routes = {(row["destination"], row["gateway"]) for row in answer("route red")}
tap.ok({("default", "192.168.15.2"), ("default", "2001:db8:15::2"),
        ("10.9.0.0/16", "192.168.15.2")} <= routes, "route as JSON", routes)
good("route del red 10.9.0.0/16; route del red default")
tap.lacks(sh("ip -n red route"), "10.9.0.0", "a route is deleted")

# --- neighbours ---
good("arp red flush; arp red add 192.168.15.77 02:00:00:00:00:77; arp red add 2001:db8:15::77 "
     "02:00:00:00:00:77 dev veth-red")
tap.has(sh("ip -n red neigh"), "192.168.15.77 dev veth-red lladdr 02:00:00:00:00:77 PERMANENT",
        "a neighbour is entered for good")
tap.ok({"192.168.15.77", "2001:db8:15::77"} <= {row["address"] for row in answer("arp red")},
       "arp as JSON", answer("arp red"))
good("arp red del 192.168.15.77; arp red del 2001:db8:15::77")
tap.lacks(sh("ip -n red neigh"), "::77", "a neighbour is deleted")

# --- switches ---
good("bridge v-net-0 add addr 10.0.0.254/24; bridge v-net-0 attach red blue green auto")
tap.equal([row["name"] for row in answer("bridge")], ["v-net-0"], "bridge as JSON")
ports = answer("bridge v-net-0 show")["ports"]
tap.equal([row["peer"] for row in ports], ["red:veth-red2", "blue:veth-blue2", "green:veth-green"],
          "what is attached to it")
tap.equal([row["addresses"] for row in ports], [["10.0.0.1/24"], ["10.0.0.2/24"], ["10.0.0.3/24"]],
          "auto takes the next free addresses")
good("ping green 10.0.0.1 count 1", "rooms on a switch reach each other")
good("bridge red:inner add addr 10.5.0.1/24; bridge red:inner attach green:in0 addr 10.5.0.2/24",
     "a switch inside a namespace")
good("ping green 10.5.0.1 count 1")
good("bridge v-net-0 detach green")
tap.equal(len(answer("bridge v-net-0 show")["ports"]), 2, "one is detached")

# --- long names are shortened the same way every time, and work in full ---
good("ns add a-very-long-room-name; bridge v-net-0 attach a-very-long-room-name addr 10.0.0.77/24")
good("link a-very-long-room-name:veth-a-very-long-room-name",
     "a shortened interface answers to its full name")
name = answer("link a-very-long-room-name")[1]["name"]
good("bridge v-net-0 detach a-very-long-room-name; bridge v-net-0 attach a-very-long-room-name")
tap.equal(answer("link a-very-long-room-name")[1]["name"], name, "and is shortened the same way again")

# --- forwarding, NAT, published ports ---
good("forwarding red on")
tap.ok({"namespace": "red", "ipv4": True, "ipv6": True} in answer("forwarding"), "forwarding as JSON",
       answer("forwarding"))
good("forwarding red off")
good("nat on; nat on green for 10.5.0.0/24")
tap.equal(sorted(row["namespace"] for row in answer("nat")), ["green", "host"], "nat as JSON")
good("nat off; nat off green")
tap.equal(answer("nat"), [], "NAT is off")
tap.ok(nsh("-c", "nat off").status == 1, "switching it off twice is an error")
good("nat on for 192.168.15.0/24; nat on for 10.9.0.0/24; nat on for 10.9.0.0/24 out v-net-0; "
     "nat on out v-net-0; nat off for 10.9.0.0/24")
tap.equal([row["for"] for row in answer("nat")], ["192.168.15.0/24", "every lab subnet"],
          "NAT is off for one network")
good("nat off out v-net-0")
tap.equal([row["for"] for row in answer("nat")], ["192.168.15.0/24"], "and behind one interface")
tap.ok(nsh("-c", "nat off for 10.9.0.0/24").status == 1, "once")
good("nat off")
good("publish 8080 red:80; publish 5353 red:53 udp; publish 10.0.0.254:81 red:80")
rows = answer("publish")
tap.equal([(row["port"], row["protocol"], row["to"]) for row in rows],
          [(8080, "tcp", "10.0.0.1:80"), (5353, "udp", "10.0.0.1:53"), (81, "tcp", "10.0.0.1:80")],
          "publish as JSON")
result = good("serve red 80 \"page of red\"; get host http://10.0.0.254:8080/; "
              "get host http://10.0.0.254:81/",
              "published ports answer to the host itself")
tap.equal(result.out.count("page of red"), 2, "with the page")
good("unpublish 8080; unpublish 5353 udp; unpublish 10.0.0.254:81")
tap.equal(answer("publish"), [], "nothing is published any more")
good("publish 8080 red:80; publish 5353 red:53 udp; unpublish all")
tap.ok(answer("publish") == [] and "dnat" not in run(["nft", "list", "ruleset"]).out,
       "nor is anything after unpublish all")

# --- a loopback address, which leads to the namespace itself and nowhere else ---
result = good("serve host 82 \"page of host\"; publish 127.0.0.1:83 host:82; "
              "get http://127.0.0.1:83/; unpublish 127.0.0.1:83",
              "a port of a loopback address is published to the namespace itself")
tap.has(result.out, "page of host", "with the page")
result = nsh("-c", "publish 127.0.0.1:83 red:80")
tap.ok(result.status == 1 and "10.0.0.254 among them" in result.err,
       "to another it is not, and an address that can be is named", result)

# --- a neighbour on the same switch that comes in by the published address ---
result = good("serve red 80 page; publish 8081 red:80; get blue http://10.0.0.254:8081/; "
              "unpublish 8081", "a published port answers to the target's own neighbours")
tap.has(result.out, "page", "with the page")

# --- IPv6 all the way: published, and NAT ---
good("addr v-net-0 2001:db8:a::5/64; addr red:veth-red2 2001:db8:a::1/64")
result = good("serve red 80 page6; publish [2001:db8:a::5]:82 [2001:db8:a::1]:80; "
              "get host http://[2001:db8:a::5]:82/; unpublish [2001:db8:a::5]:82",
              "an IPv6 port is published")
tap.has(result.out, "page6", "with the page")

# --- in, use, exec ---
tap.equal(good("in red addr").out, good("addr red").out, "in NS LINE")
tap.equal(good("use red; addr; use host").out, good("addr red").out, "use NS")
result = good("exec red sh -c 'echo $0 $1; exit 0' a \"b c\"", "exec passes arguments on as they are")
tap.equal(result.out, "a b c\n", "quoted words too")
tap.equal(nsh("-c", "exec red false").status, 1, "a program that fails is a failure")
tap.has(good("exec red getent hosts blue").out, "blue", "programs know the lab's names")
tap.has(good("exec red cat /proc/net/dev").out, "veth-red", "and see the namespace's /proc")
tap.has(good("exec red ls /sys/class/net").out, "veth-red", "and its /sys")
result = nsh("-q", "-c", "exec red sh -c 'kill -9 $$'")
tap.ok(result.status != 0 and "sh was ended by signal 9" in result.err,
       "a program that is killed is a failure", result)
for status in 128 + 9, 255:
    result = nsh("-q", "-c", "exec red sh -c 'exit %d'" % status)
    tap.has(result.err, "sh ended with status %d" % status, "a status above 128 is no signal")
result = nsh("-q", "-c", "exec red cat", stdin="through\n")
tap.equal(result.out, "through\n", "exec hands standard input on")

# --- servers ---
result = good("serve red 80; jobs; stop 1; jobs")
tap.has(result.out, "serve red 80", "jobs lists a server")
tap.has(result.out, "nothing runs in the background", "stop ends it")
result = nsh("-q", "-c", "serve red 80; stop all; get blue http://10.0.0.1/")
tap.ok(result.status == 1 and "refused" in result.err, "then nobody listens", result)
result = good("serve blue 8000 \"<b>x</b>\"; get red http://blue:8000/any/path; json get red http://blue:8000/")
tap.has(result.out, "200 OK", "get prints the status")
tap.has(result.out, "<b>x</b>", "and the body")
tap.equal(json.loads(result.out.splitlines()[-1])["status"], 200, "and as JSON")

# A room's servers end with it: they would keep the namespace, without a name.
for line, name in (("undo", "undo"), ("ns del room", "ns del"), ("ip netns del room", "ip netns del"),
                   ("reset", "reset")):
    result = nsh("-S", "-c", "ns add other room; cable other room; serve other 80; serve room 81 x y; "
                 + ("stop 1; " if line == "reset" else "") +
                 ("undo 2" if line == "undo" else line) + "; ns list all; jobs")
    if line in ("undo", "reset"):
        tap.lacks(result.out, "nsh-serve", name + ": no server is left")
    else:
        tap.ok(result.out.count("nsh-serve") == 1 and "serve other 80" in result.out,
               name + ": the room's server ends, and no other", result)
    tap.ok(result.status == 0 and "\n-" not in result.out and "stopped serve room 81" in result.err,
           name + ": the room is gone, and it is said why", result)
    if line != "undo":
        tap.has(result.err, "undo will not bring back serve room 81", name + ": and what that means")
result = nsh("-S", "-c", "ns add room; ns adopt alias path /run/netns/room; serve room 80; "
             "serve host 81; ns del alias; jobs; ns del room; jobs")
tap.ok(result.status == 0 and result.out.count("serve room 80") == 1 and
       result.out.count("serve host 81") == 2,
       "a server lasts as long as its room has a name", result)

# --- the names that programs know, one after the other ---
has, lacks = "exec %s grep -w %s /etc/hosts", "exec %s sh -c '! grep -w %s /etc/hosts'"
result = nsh("-S", "-q", "-c", "; ".join([
    "ns add a b", "cable a b addr 10.0.0.1/24 10.0.0.2/24", has % ("a", "10.0.0.2"),
    "addr b 10.0.0.3/24", has % ("a", "10.0.0.3"), "undo", lacks % ("a", "10.0.0.3"),
    "exec b ip addr add 10.0.0.4/24 dev veth-b", has % ("a", "10.0.0.4"),
    "exec host ip -n b addr del 10.0.0.4/24 dev veth-b", lacks % ("a", "10.0.0.4"),
    "ns add c", "cable c host:c0 addr 10.2.0.1/24 10.2.0.2/24", has % ("a", "c"),
    "link del a:veth-a", lacks % ("c", "b"), "ns del a", "ns add a", has % ("a", "c"),
    "ns del c", lacks % ("a", "c")]))
tap.equal(result.status, 0, "a program knows the rooms as they are when it starts")

# --- a switch follows its ports, also those that were taken back together ---
result = nsh("-S", "-q", "-c", "; ".join([
    "ns add a b c", "cable host:p1 a:e1", "cable host:p2 b:e2 mtu 1400",
    "cable host:p3 c:e3 mtu 1300", "bridge sw add", "bridge sw attach p1 p2 p3", "ns del c b",
    "undo", "ip link set p3 nomaster", "exec host grep -x 1400 /sys/class/net/sw/mtu"]))
tap.equal(result.status, 0, "a switch follows its ports still when rooms that were deleted are back")

# --- IPv6 through a router, right behind having made it ---
routed = ("ns add left router right; cable left router addr fd00:1::2/64 fd00:1::1/64; "
          "cable router right addr fd00:2::1/64 fd00:2::2/64; forwarding router on; "
          "route left default via fd00:1::1; route right default via fd00:2::1; ")
good(routed + "ping left right count 1", "a router finds its IPv6 neighbours by the time of a ping")
good("ns del left router right; " + routed + "serve right 80; get left http://[fd00:2::2]/; stop all",
     "and by that of a page")
good("ns del left router right; " + routed + "exec left ping -c 1 -W 1 fd00:2::2",
     "and by that of a program")
good("ns del left router right")

# --- show ---
shown = answer("show red")
tap.ok({"interfaces", "addresses", "routes", "neighbours", "rules"} <= set(shown), "show as JSON",
       list(shown))
tap.has(nsh("-c", "show red").out, "192.168.15.1/24", "show as text")

# --- taking all of it down, by undoing nothing: by name ---
good("ns del red blue green a-very-long-room-name; bridge v-net-0 del; forwarding off")
tap.equal(machine_state(), before, "the machine is as before")
tap.done()
