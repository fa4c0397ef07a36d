# SPDX-License-Identifier: GPL-3.0-or-later
"""What "save" and "record" write: a lab that ip made, what is not covered, files."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import nshtest
from nshtest import NSH, run, sh, tap

nshtest.in_private_machine()
for program in ("ip", "nft"):
    nshtest.needs_program(program)

from state import as_nsh_makes_it, difference, in_lab, must, nsh, read, without_chance

# Four namespaces, two bridges, a veth to the host, IPv6, three static routes, and an nft
# masquerade in somebody else's table: nothing of it is nsh's.
BY_HAND = """
for ns in red blue green gray; do ip netns add $ns; done
ip -n red link set lo up
ip link add br0 type bridge
ip link set br0 up
ip addr add 10.1.0.254/24 dev br0
ip -n gray link add br1 type bridge
ip -n gray link set br1 up mtu 1400
ip -n gray addr add 10.2.0.254/24 dev br1
for ns in red blue; do
	ip link add port-$ns type veth peer name eth0 netns $ns
	ip link set port-$ns master br0 up
	ip -n $ns link set eth0 up
done
ip -n red addr add 10.1.0.1/24 brd + dev eth0
ip -n blue addr add 10.1.0.2/24 brd + dev eth0
ip -n blue addr add 10.1.0.3/24 brd + dev eth0
ip -n gray link add to-green type veth peer name eth0 netns green
ip -n gray link set to-green master br1 up
ip -n green link set eth0 up address 02:00:00:00:00:99
ip -n green addr add 10.2.0.1/24 dev eth0
ip link add name up type veth peer name down netns gray
ip link set dev up up
ip -n gray link set dev down up
ip addr add 2001:db8::1/64 dev up nodad
ip -n gray addr add 2001:db8::2/64 dev down nodad
ip -n red -6 addr add 2001:db8:1::1/64 dev eth0 nodad
ip -n red route add default via 10.1.0.254
ip -n red route add 10.9.0.0/16 via 10.1.0.2 metric 50
ip -n gray -6 route add 2001:db8:1::/64 via 2001:db8::1
ip -n blue neigh add 10.1.0.77 lladdr 02:00:00:00:00:77 dev eth0 nud permanent
ip -n blue link property add dev eth0 altname the-blue-end
nft 'add table ip mine'
nft 'add chain ip mine post { type nat hook postrouting priority 100; }'
nft 'add rule ip mine post ip saddr 10.1.0.0/24 masquerade'
ip netns exec gray sysctl -qw net.ipv4.ip_forward=1
"""


def made_by_hand():
    sh("set -e\n" + BY_HAND)
    as_nsh = must(nsh("-c", "save"))
    as_sh = must(nsh("-q", "-c", "save as sh"))
    return read(), as_nsh.out, as_nsh.err, as_sh.out


def replayed(text):
    must(nsh("-q", "-", stdin=text))
    return read()


def replayed_in_sandbox(text):
    """In a sandbox of nsh's, whose state a program in it reads."""
    with open("/run/lab.nsh", "w") as file:
        file.write("sandbox\n" + text)
    program = ("import json, sys; sys.path[:0] = %r; import state; "
               "json.dump(state.read(), sys.stdout)" % sys.path[:3])
    return must(nsh("-q", "/run/lab.nsh", "--", sys.executable, "-B", "-c", program)).json()


def replayed_in_shell(text):
    must(run(["sh", "-e"], stdin=text))
    return read()


def without_foreign_tables(state):
    for ns in state.values():
        ns["nft"]["tables"] = [t for t in ns["nft"]["tables"] if t["name"] == "nsh"]
        ns["nft"]["chains"] = [c for c in ns["nft"]["chains"] if c["table"] == "nsh"]
        ns["nft"]["rules"] = {k: r for k, r in ns["nft"]["rules"].items()
                              if k.split()[1] == "nsh"}
    return state


def compare(made, again, what, detail):
    made = without_foreign_tables(as_nsh_makes_it(without_chance(made)))
    again = as_nsh_makes_it(without_chance(again))
    wrong = difference(made, again)
    tap.ok(not wrong, what, "\n".join(wrong + [detail]))


made, as_nsh, said, as_sh = in_lab(made_by_hand)
compare(made, in_lab(replayed_in_sandbox, as_nsh),
        "a lab that ip made, saved, and replayed in a sandbox, is the same", as_nsh)
compare(made, in_lab(replayed, as_nsh), "and on a machine", as_nsh)
compare(made, in_lab(replayed_in_shell, as_sh), "and as a shell's script", as_sh)
tap.has(as_nsh, "\n#   host: nf_tables: table ip mine\n", "what is left out is said in it")
tap.has(said, "not saved: host: nf_tables: table ip mine\n", "and on standard error")
tap.has(as_nsh, "\nbridge br0 attach ", "switches are recognised")
tap.has(as_nsh, " mac 02:00:00:00:00:99\n", "a MAC address that was set is kept")
tap.equal(as_nsh.count(" mac "), 1, "those that are chance's are not")
tap.has(as_nsh, "\nroute red default via br0\n", "names stand for numbers")
tap.has(as_nsh, "\nlink blue:eth0 altname the-blue-end\n", "a further name is kept")


# --- nsh's own lab reads as it would be typed ---

LAB = """ns add blue green red
bridge v-net-0 add addr 192.168.15.5/24
bridge v-net-0 attach red blue addr 192.168.15.1/24 192.168.15.2/24
cable green red addr 10.0.0.2/24 10.0.0.1/24
route blue default via v-net-0
route green default via 10.0.0.1
arp red add 192.168.15.9 02:00:00:00:00:09 dev veth-red
nat on
publish 8080 blue:80
in blue publish 53 red udp
forwarding red on
"""


def save_after(text, *how):
    must(nsh("-q", "-", stdin=text))
    return must(nsh("-q", "-c", " ".join(("save",) + how))).out


def body(script):
    return "".join(line + "\n" for line in script.split("\n") if line and line[0] != "#")


script = in_lab(save_after, LAB)
tap.equal(body(script), LAB, "a lab in nsh's own words is saved in the same")
tap.equal(in_lab(save_after, script), script, "what is saved of a saved lab is the same script")
sandboxed = must(nsh("-S", "-q", "-c", "ns add red; save")).out
tap.equal(body(sandboxed), "sandbox\nns add red\n", "from a sandbox: one that runs in a sandbox")
tap.equal(body(must(nsh("-S", "-q", "-c", "save")).out), "sandbox\n", "nothing is saved as nothing")

# Rules that no line of nsh's makes, or not in that order, are said one by one.
ODD = """ns add red
nat on red for 10.7.0.0/16
nft add rule inet nsh forward iifname "x y" oifname != eth0 ip saddr != 10.0.0.0/8 tcp dport 80-90 drop comment "say \\"no\\""
in red nft add rule inet nsh postrouting ip6 daddr 2001:db8::/32 meta l4proto != 17 masquerade
in red nft add rule inet nsh prerouting fib daddr type local udp sport 53 dnat ip6 to [2001:db8::7]:5353
in red nft add rule inet nsh prerouting ct status dnat redirect to :8080
"""
odd = ODD.replace('iifname "x y"', 'iifname xy')


def state_and_save(text):
    must(nsh("-q", "-", stdin=text))
    return read(), must(nsh("-q", "-c", "save")).out


state, script = in_lab(state_and_save, odd)
tap.equal(difference(state, in_lab(replayed, script)), [], "rules of any kind are saved")
# A comment is anybody's to write: what it says is believed only where it gives the rule.
LYING = "nft add rule inet nsh postrouting oifname eth7 masquerade comment \"nat on\"\n"
state, script = in_lab(state_and_save, LYING)
tap.equal(difference(state, in_lab(replayed, script)), [], "a comment that lies is no line")
tap.lacks(script, "\nnat on\n", "and is not taken for one")


# --- what is on links besides, made by other programs ---

ROOMS = """set -e
for ns in red blue; do ip netns add $ns; done
ip -n red link add eth0 type veth peer name eth1.5 netns blue
ip -n red link set eth0 up
ip -n blue link set eth1.5 up
"""
BESIDES = """
ip netns exec red sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
ip netns exec red sysctl -qw net.ipv4.conf.eth0.rp_filter=2 net.ipv4.conf.lo.forwarding=0
ip netns exec red sysctl -qw net.ipv4.conf.default.log_martians=1 net.ipv4.conf.lo.log_martians=1
ip netns exec red sysctl -qw net.ipv4.neigh.eth0.ucast_solicit=7 net.ipv6.conf.eth0.accept_ra=0
ip netns exec red sysctl -qw net.ipv6.neigh.eth0.gc_stale_time=77
ip netns exec blue sysctl -qw net.ipv4.conf.eth1/5.proxy_arp=1
ip -n red route add 10.8.0.0/16 dev eth0 table local
ip -n red route add local 10.9.0.0/16 dev lo table local
ip -n red addr add 10.1.1.1/24 broadcast 10.1.1.99 dev eth0
ip -n red addr add 10.1.2.1/24 brd + dev eth0
ip -n red neigh add proxy 10.1.1.7 dev eth0
ip -n blue neigh add proxy 2001:db8::7 dev eth1.5
ip -n blue link set eth1.5 promisc on
ip -n blue link set eth1.5 arp off multicast off allmulticast on
"""
KEPT = ["in red sysctl -w net.ipv4.conf.eth0.rp_filter=2",
        "in red sysctl -w net.ipv4.conf.lo.forwarding=0",
        "in red sysctl -w net.ipv4.neigh.eth0.ucast_solicit=7",
        "in red sysctl -w net.ipv6.conf.eth0.accept_ra=0",
        "in red sysctl -w net.ipv6.neigh.eth0.gc_stale_time=77",
        "in red sysctl -w net.ipv4.conf.lo.log_martians=1",
        "in blue sysctl -w net.ipv4.conf.eth1/5.proxy_arp=1",
        "ip -n red route add 10.8.0.0/16 dev eth0 table 255"]
TOLD = ["red: the route local 10.9.0.0/16 of table local",
        "red:eth0: the broadcast address 10.1.1.99 of 10.1.1.1/24",
        "red:eth0: proxy neighbour 10.1.1.7",
        "blue:eth1.5: proxy neighbour 2001:db8::7",
        "blue:eth1.5: promisc on (ip link)",
        "blue:eth1.5: allmulticast on (ip link)",
        "blue:eth1.5: multicast off (ip link)",
        "blue:eth1.5: arp off (ip link)"]
QDISCS = [("red", "eth0", "tbf", "root tbf rate 1mbit burst 32kbit latency 400ms"),
          ("blue", "eth1.5", "ingress", "ingress")]


def made_in_shell(text, *how):
    sh(text)
    return must(nsh("-q", "-c", " ".join(("save",) + how))).out


def settings_and_save(text, *how):
    made = made_in_shell(text, *how)
    values = sh("ip netns exec red sysctl -a; ip netns exec blue sysctl -a")
    return made, [line for line in values.split("\n")
                  if line.startswith("net.ip") and (".eth" in line or ".lo." in line)]


def saved_again(text):
    must(nsh("-q", "-", stdin=text))
    return must(nsh("-q", "-c", "save")).out


def with_qdiscs():
    sh(ROOMS)
    done = [qdisc for qdisc in QDISCS if run(["ip", "netns", "exec", qdisc[0], "tc", "qdisc", "add",
                                              "dev", qdisc[1], *qdisc[3].split()]).status == 0]
    return done, must(nsh("-q", "-c", "save")).out


def set_again(text):
    must(nsh("-q", "-", stdin=text))
    return settings_and_save("true")[1]


plain = in_lab(made_in_shell, ROOMS)
tap.lacks(plain, "sysctl", "of what the kernel gives every link nothing is set")
tap.lacks(plain, "not in here", "and nothing is told")
script, values = in_lab(settings_and_save, ROOMS + BESIDES)
for line in KEPT:
    tap.has(script, "\n%s\n" % line, "kept: " + line)
for line in TOLD:
    tap.has(script, "\n#   %s\n" % line, "told: " + line)
tap.equal(script.count("\n#   "), len(TOLD), "and no more is told")
tap.lacks(script, "10.1.2.1/24 ", "a usual broadcast address is none to tell")
tap.equal(in_lab(saved_again, script), script[:script.index("\n# not in here")],
          "replayed, it is saved the same")
tap.equal("\n".join(in_lab(set_again, script)), "\n".join(values), "with every setting of the links")
if run(["sh", "-c", "command -v tc"]).status == 0:
    done, script = in_lab(with_qdiscs)
    for ns, link, kind, _ in done:
        tap.has(script, "\n#   %s:%s: qdisc %s (tc)\n" % (ns, link, kind), "told: qdisc " + kind)
    tap.equal(script.count("qdisc"), len(done), "the kernel's own are not")
else:
    tap.skip("no tc")


# --- files ---

def files():
    os.chdir("/run")
    with open("mine.nsh", "w") as file:
        file.write("ns add mine\n")
    results = [nsh("-q", "-c", "ns add red; save lab.nsh"),
               nsh("-q", "-c", "ns add blue; save lab.nsh"),
               nsh("-q", "-c", "save lab.sh as sh"),
               nsh("-q", "-c", "save mine.nsh"),
               nsh("-q", "-c", "save /no/such/place"),
               nsh("-q", "-c", "save /dev/stdout")]
    os.mkdir("elsewhere")
    os.symlink("elsewhere/lab.nsh", "link.nsh")
    open("elsewhere/lab.nsh", "w").close()
    results.append(nsh("-q", "-c", "save link.nsh"))
    texts = [open(name).read() for name in ("lab.nsh", "lab.sh", "mine.nsh", "elsewhere/lab.nsh")]
    return (results, texts, os.access("lab.sh", os.X_OK), sorted(os.listdir(".")),
            os.path.islink("link.nsh"))


results, (lab, lab_sh, mine, linked), runs, names, is_link = in_lab(files)
tap.equal([r.status for r in results], [0, 0, 0, 1, 1, 0, 0], "what can be saved where")
tap.has(lab, "\nns add blue red\n", "a saved file is saved over")
tap.has(lab_sh, "ip netns add red\n", "as sh")
tap.ok(runs, "a shell's script can be run")
tap.equal(mine, "ns add mine\n", "a file that nsh did not save stays as it is")
tap.has(results[3].err, "mine.nsh is there already, and holds something else", "and it is said")
tap.has(results[5].out, "ns add blue red", "to standard output by name")
tap.ok(is_link and linked == lab, "a symbolic link stays one, and is written through", linked)
tap.equal([n for n in names if "new" in n], [], "nothing is left lying about")


def emptied():
    os.chdir("/run")
    must(nsh("-q", "-c", "ns add red; save lab.nsh"))
    return [nsh("-S", "save", name) for name in ("lab.nsh", "lab.nsh", "new.nsh")]


results = in_lab(emptied)
tap.equal([(r.status, r.out, r.err) for r in results],
          [(0, "", "nothing to save: lab.nsh makes no lab any more\n"),
           (0, "", "nothing to save: lab.nsh makes no lab\n"),
           (0, "", "nothing to save: new.nsh makes no lab\n")],
          "that nothing is saved is told, and where a lab was")


# --- servers ---

text = must(nsh("-q", "-S", "-c", "ns add red blue; serve red 80; serve blue 81 \"a \\$ b\"  c; "
                "serve blue 82 x; serve red 83; stop 3; ns del red; save")).out
tap.ok(text.endswith("\n# servers\nserve blue 81 \"a \\$ b\" c\n"),
       "the servers that run are saved with what they tell", text)
answer = must(nsh("-q", "-S", "-", stdin=text + "get blue http://127.0.0.1:81/\nsave\n")).out
tap.equal(answer, "200 OK\na $ b c\n" + text, "replayed they tell it, and are saved again")
answer = must(nsh("-S", "-c", "ns add red; serve red 80 x; save as sh"))
tap.ok("not saved: serve red 80: the server is nsh's own" in answer.err and
       "\n#   serve red 80: " in answer.out and "\nserve" not in answer.out,
       "a shell's script has none, which is said", answer)


# --- settings of a namespace itself, those of a sandbox's host too ---

SETTINGS = """sysctl -w net.ipv4.conf.all.rp_filter=1 net.ipv6.conf.default.accept_ra=0
ns add red blue
cable blue:old host:old addr 10.1.1.1/24 10.1.1.2/24
in blue sysctl -w net.ipv4.conf.default.arp_ignore=1 net.ipv4.conf.all.arp_ignore=2
cable red blue addr 10.0.0.1/24 10.0.0.2/24
save
"""
text = must(nsh("-q", "-S", "-", stdin=SETTINGS)).out
tap.has(text, "\nsysctl -w net.ipv4.conf.all.rp_filter=1\n", "a sandbox's host has its own")
tap.has(text, "\nsysctl -w net.ipv6.conf.default.accept_ra=0\n", "and for its new links")
tap.has(text, "\nin blue sysctl -w net.ipv4.conf.all.arp_ignore=2\n", "a room has too")
tap.has(text, "\nin blue sysctl -w net.ipv4.conf.default.arp_ignore=1\n", "for its new links as well")
tap.has(text, "\nin blue sysctl -w net.ipv4.conf.old.arp_ignore=0\n", "which an older one has not")
tap.ok("in red sysctl" not in text and "veth-red.arp_ignore" not in text,
       "a room with what the kernel gave it has nothing to say", text)
tap.equal(must(nsh("-q", "-S", "-", stdin=text + "save\n")).out, text, "replayed and saved, the same")
rooms = "for I in 1..101 { ns add room$I }\n"
tap.has(must(nsh("-q", "-S", "-", stdin=rooms + "save\n")).out, "in so many namespaces nsh does not",
        "of very many the rarer ones are not read, which is said")


# --- record ---

RECORDED = """ns add old
record FILE
ns add red blue
set X = 10.0.0
cable red blue addr $X.1/24 $X.2/24
for I in 1..2 { bridge sw$I add }
json addr red
explain ns add never
no such line
route red default via 10.99.0.1
expect not ping red 10.0.0.99
use red
forwarding on
use host
exec red true
ns add gone
undo
route red 10.5.0.0/16 via 10.0.0.2
undo 1
record off
ns add unseen
"""
WANTED = """ns add red blue
cable red blue addr 10.0.0.1/24 10.0.0.2/24
bridge sw1 add
bridge sw2 add
in red forwarding on
exec red true
"""


def record(text):
    text = text.replace("FILE", "/run/record.nsh")
    result = nsh("-q", "-k", "-", stdin=text)
    with open("/run/record.nsh") as file:
        return result, file.read()


result, recorded = in_lab(record, RECORDED)
tap.equal(recorded, WANTED, "a record holds the lines that changed something, as they succeeded")
_, recorded = in_lab(record, "ns add red\nrecord FILE\nns add blue\nundo all\n")
tap.has(recorded, "# here lines were taken back that are older", "an older line taken back is told")
_, recorded = in_lab(record, "record FILE\nns add red\nrecord off\nrecord FILE\nns add blue\n")
tap.equal(recorded, "ns add red\nns add blue\n", "a record goes on where it ended")
result = nsh("-S", "-c", "record off")
tap.has(result.err, "nothing is being recorded", "no record to end")
result = nsh("-S", "-q", "-c", "record; record /dev/null; record")
tap.equal(result.out, "nothing is being recorded\nrecording in /dev/null\n", "record tells")

tap.done()
