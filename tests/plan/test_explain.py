# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said before something is done: explain, -v and -vv, -n, and what undo cannot do."""
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import nshtest
from nshtest import run, sh, tap

nshtest.in_private_machine()
for program in ("ip", "nft"):
    nshtest.needs_program(program)

from state import difference, in_lab, must, nsh, read, without_chance

# --- explain LINE, on, off ---

result = nsh("-S", "-q", "-c", "explain bridge a1 add; bridge b1 add; explain on; "
             "bridge c1 add; explain off; bridge d1 add; exec host ip -br link")
tap.has(result.out, "ip link add a1 type bridge\nip link set a1 group 7238504 up\nlo ",
        "explain LINE prints on standard output, and does nothing")
tap.lacks(result.out, "\na1", "really nothing")
tap.equal(result.err, "ip link add c1 type bridge\nip link set c1 group 7238504 up\n",
          "between explain on and off lines are said on standard error")

AWKWARD = """ns add red
cable host:a red:up
link red:up down
link a mtu 1400
link red:up name dev
link red:dev altname "a;b"
link del a
"""


def explained(text):
    run_in_shell(must(nsh("-q", "-n", "-", stdin=text)).out)
    return read()


def done(text):
    must(nsh("-q", "-", stdin=text))
    return read()


def run_in_shell(text):
    return must(run(["sh", "-e"], stdin=text))


tap.equal(difference(in_lab(done, AWKWARD), in_lab(explained, AWKWARD)), [],
          "interfaces named like words of ip's own are explained so that ip takes them")
half = "".join(line + "\n" for line in AWKWARD.split("\n")[:-2])
tap.equal(difference(*map(without_chance, (in_lab(done, half), in_lab(explained, half)))), [],
          "and further names are quoted")

# --- -n: the kernel validates the rules, and nothing is there afterwards ---


def dry_run(text, setup=""):
    must(nsh("-q", "-", stdin=setup))
    before = read()
    result = nsh("-q", "-n", "-", stdin=text)
    return result, difference(before, read())


result, differs = in_lab(dry_run, "ns add red\nnat on\nin red nat on\npublish 80 10.0.0.1\n")
tap.equal((result.status, differs), (0, []), "-n leaves nothing behind")
tap.has(result.out, "ip netns exec red nft 'add rule inet nsh postrouting ", "and says it all")
result, differs = in_lab(
    dry_run, "ns add red\nnft add rule inet nsh forward masquerade\nns add blue\n",
    # The kernel looks at whole tables; one that is new in the batch it only looks at in part.
    "nft add rule inet nsh forward oifname eth9 accept\n")
tap.equal((result.status != 0, differs), (True, []),
          "a rule that the kernel refuses is refused in a dry run")
tap.has(result.err, "stdin:2:", "at its line")
tap.lacks(result.out, "blue", "and ends it")
result = nsh("-S", "-q", "-n", "-c", "nft add rule inet nsh forward masquerade")
tap.equal(result.status, 0, "where there is no kernel to ask, nobody is asked")

# --- -vv: the messages ---


def messages(text):
    return nsh("-q", "-vv", "-c", text)


result = in_lab(messages, "ns add red; cable host red addr 10.0.0.1/24 fd00::2/64; "
                          "arp red add fd00::1 02:00:00:00:00:01; nat on; link veth-host down; "
                          "route host 10.9.0.0/16 via 10.0.0.9; nat off")
for part in ("host: RTM_NEWLINK (REQUEST ACK EXCL CREATE) up\n  IFLA_IFNAME \"veth-host\"\n",
             "    IFLA_INFO_KIND \"veth\"\n", "      VETH_INFO_PEER\n        IFLA_IFNAME \"veth-red\"",
             "host: RTM_NEWADDR (REQUEST ACK EXCL CREATE) inet prefix 24 link ",
             "  IFA_BROADCAST 10.0.0.255\n", "red: RTM_NEWADDR", "  IFA_LOCAL fd00::2\n",
             "red: RTM_NEWNEIGH (REQUEST ACK REPLACE CREATE) inet6 link ",
             "  NDA_LLADDR 02:00:00:00:00:01\n", "host: NFT_MSG_NEWRULE ", "    [ masq ]\n",
             "host: NFT_MSG_DELRULE ", "host: NFNL_MSG_BATCH_END\n"):
    tap.has(result.err, part, "-vv: %s" % part.strip().split("\n")[0])
tap.lacks(result.err, "GET", "what nsh only asks is left out")
tap.lacks(result.err, "broken", "no message is broken")
tap.lacks(result.err, "attribute ", "no attribute is unknown")
tap.equal(result.out, "", "nothing of it on standard output")

# --- where there is nothing to show it is said why ---

for line, said in (("nat on", "note: that is on already"), ("reset", None), ("nat off", None),
                   ("forwarding red on", "nothing to do: it is so already"),
                   ("why red host", "nothing to show: that only looks"),
                   ("in red json addr", "nothing to show: that only looks"),
                   ("undo", "nothing to show: that is done without a plan"),
                   ("serve red 80", "nothing to show: that is done without a plan"),
                   ("expect addr red", None)):
    result = nsh("-q", "-S", "-c", "ns add red; forwarding red on; nat on; explain " + line)
    tap.equal(result.err, "", "explain %s: nothing of it in quiet mode" % line)
    result = nsh("-S", "-c", "ns add red; forwarding red on; nat on; say; explain " + line)
    told = [text for text in result.err.splitlines() if "nothing to" in text or "already" in text]
    tap.equal((result.status, told, result.out == "\n"), (0, [said] if said else [], bool(said)),
              "explain %s: %s" % (line, said or "what it shows is enough"))
result = nsh("-S", "-n", "-c", "ns add red; why red host; nat on; nat on; explain jobs")
tap.equal(result.err, "nothing to show: that only looks\n", "in a dry run only of a line explained")


# --- what undo cannot do is said before ---


def warned(setup, line):
    sh(setup)
    return nsh("-c", line).err


text = in_lab(warned, """ip netns add red
ip -n red link set lo up
ip -n red link add br0 type bridge stp_state 1
ip netns exec red nft add table ip mine
ip -n red rule add from 10.0.0.1 table 7
ip -n red link add a0 type veth peer name b0
ip -n red link set dev a0 up && ip -n red link set dev b0 up
ip -n red addr add 10.0.0.1/24 dev a0
ip -n red route add 10.9.0.0/16 nexthop via 10.0.0.2 nexthop via 10.0.0.3
ip -n red addr add 10.1.0.1 peer 10.1.0.2 dev a0
(ip netns exec red sleep 100 >/dev/null 2>&1 &)
sleep 0.2""", "ns del red; say done")
for part in ("table ip mine of nf_tables in red", "policy routing (ip rule) of red",
             "the route of red to 10.9.0.0/16", "red:br0, but not its VLANs",
             "undo will bring red:a0 back its 10.1.0.1/32, but not its lifetime, scope or far end",
             re.compile(r"sleep \(process \d+\) goes on in the old red: undo makes a new one")):
    tap.has(text, part, "said before a namespace goes: %s" % getattr(part, "pattern", part))
text = in_lab(warned, "ip netns add red && ip -n red link set lo up", "ns del red; undo; ns")
tap.equal(text, "taking back: ns del red\n", "where all can be taken back nothing is said")


def unnamed_end():
    """A cable whose other end is in a namespace that only a process holds."""
    sh("ip link add a0 type veth peer name b0")
    holder = subprocess.Popen(["unshare", "-n", "sleep", "100"])
    while run(["ip", "link", "set", "b0", "netns", str(holder.pid)]).status != 0 or \
            os.readlink("/proc/%d/ns/net" % holder.pid) == os.readlink("/proc/self/ns/net"):
        time.sleep(0.01)
    result = nsh("-c", "link del a0")
    holder.kill()
    return result.err


def on_top():
    must(nsh("-c", "ns add red; cable red host:c0"))
    made = run(["ip", "link", "add", "mv0", "link", "c0", "type", "macvlan"])
    return made.status == 0, nsh("-c", "link del red:veth-red").err


made, said = in_lab(on_top)
if made:
    tap.has(said, "undo will not bring back host:mv0: nsh does not make interfaces of the kind "
            "macvlan", "what stands on the end of a cable that goes is said first")
else:
    tap.skip("no macvlan in this kernel")
tap.has(in_lab(unnamed_end), "undo will not bring back host:a0: the other end of the cable is in "
        "no namespace with a name", "said before a cable into nowhere goes")
result = nsh("-S", "-c", "ns add red; undo 2")
tap.has(result.err, "only 1 line can be taken back", "no more than there is")
result = nsh("-S", "-c", "undo")
tap.has(result.err, "there is nothing to take back", "nothing to take back")
result = nsh("-S", "-c", "ns add red blue; cable red blue; undo all; ns")
tap.equal((result.out, result.err), ("", "taking back: cable red blue\ntaking back: ns add red blue\n"),
          "undo lists what it takes back")
LOOP = "for I in 1..5 { ns add red$I }"
result = nsh("-S", "-c", "ns add blue; %s; ns add green; undo 2; ns; undo; undo" % LOOP)
tap.equal((result.out, result.err),
          ("blue\n", "taking back: ns add green\n"
           "taking back: ns add red1; ...; ns add red5 (5 lines)\n"
           "taking back: ns add blue\nthere is nothing to take back\n"),
          "a loop is taken back as one line, whatever it has done in its turns")
result = nsh("-S", "-c", "ns add blue; %s; undo 3" % LOOP)
tap.has(result.err, "only 2 lines can be taken back", "a loop counts as one line")
result = nsh("-S", "-c", "for I in 1..2 { ns add red$I; for J in 1 2 { ns add blue$I-$J }; undo; "
             "ns add green$I }; ns; undo; ns")
tap.equal((result.out, result.err),
          ("green1\ngreen2\nred1\nred2\n", "taking back: ns add blue1-1; ns add blue1-2\n"
           "taking back: ns add blue2-1; ns add blue2-2\n"
           "taking back: ns add red1; ...; ns add green2 (4 lines)\n"),
          "within a loop an undo takes back what is done so far line by line, a loop within as one")
result = nsh("-S", "-c", "%s; map diff" % LOOP)
tap.equal(result.out, "ns add red1; ...; ns add red5 (5 lines)\n+ red1\n+ red2\n+ red3\n+ red4\n"
          "+ red5\n", "map diff shows all that a loop has changed")

# --- what is noted, as it will not do what is wanted yet ---

TWO = "ns add red blue; cable red blue addr 10.0.0.1/24 10.0.0.2/24; "
for line, note in (
        ("ns add red blue; cable red blue addr fd00::1/64 192.168.15.2/24",
         "note: 192.168.15.2/24 is not in the network of fd00::1/64: the two ends will not reach "
         "each other directly\n"),
        ("ns add red blue; cable red blue addr fd00::1/64 fd00::2/64", ""),
        (TWO + "publish 8080 blue:80",
         "note: host has no route to 10.0.0.2 yet: nothing is passed on\n"),
        (TWO + "in red publish 8080 blue:80; in red publish 8081 10.0.0.1:80; "
         "in red publish 8082 127.0.0.1:80", ""),
        (TWO + "cable host red addr 10.0.1.2/24 10.0.1.1/24; route host default via 10.0.1.1; "
         "publish 8080 blue:80", ""),
        (TWO + "publish 8080 [fd00::2]:80",
         "note: host has no route to fd00::2 yet: nothing is passed on\n")):
    said = "".join(text for text in nsh("-S", "-c", line).err.splitlines(True)
                   if "forwards between" not in text)
    tap.equal(said, note, "%s: %s" % (line.split("; ")[-1], "noted" if note else "nothing to note"))

tap.done()
