# SPDX-License-Identifier: GPL-3.0-or-later
"""reset: all that nsh made goes, and nothing else, whenever the nsh that made it was killed."""
import os
import random
import re
import subprocess
import sys
import time

from nshtest import (NSH, in_private_machine, machine_state, needs_program, nsh, run, scaled, seed,
                     sh, tap)

# What somebody else has on the machine: things whose names, places or kinds are those of what
# the script below makes.
LOOKALIKES = """
ip netns add look
ip netns add red2
ip -n look link set lo up
ip link add v-net-1 type bridge
ip link add veth-red2 type veth peer name veth-red2-br
ip link add veth-look netns look type veth peer name veth-look-br
ip link set veth-look-br master v-net-1
ip link set veth-red2 group 7238505
ip link set veth-red2 up
ip link set veth-red2-br up
ip addr add 10.77.0.1/24 dev veth-red2
ip addr add 10.77.1.1/24 dev veth-red2
ip -6 addr add fd77::1/64 dev veth-red2 nodad
ip route add 10.78.0.0/16 via 10.77.0.2
ip route add 10.79.0.0/16 via 10.77.0.2 proto 111
ip route add blackhole 10.80.0.0/16 proto static
ip -6 route add fd78::/64 via fd77::2
ip neigh add 10.77.0.9 lladdr 02:00:00:00:00:09 dev veth-red2 nud permanent
ip neigh add 10.77.0.8 lladdr 02:00:00:00:00:08 dev veth-red2 nud permanent protocol 111
nft add table inet nsh2
nft add table ip nsh
nft add chain ip nsh forward '{ type filter hook forward priority 0; }'
nft add rule ip nsh forward counter accept comment '"net/ipv4/ip_forward was 1"'
ip netns exec look nft add table inet nsh2
ip netns exec look sysctl -qw net.ipv4.conf.all.forwarding=1
touch /run/netns/left-by-ip && chmod 0 /run/netns/left-by-ip
"""

# All kinds of things that leave something in the kernel, on the machine and in namespaces of both
# owners.
SCRIPT = """
ns add red blue green
cable red blue addr 192.168.15.1/24 192.168.15.2/24
bridge v-net-0 add addr 192.168.16.5/24
bridge v-net-0 attach red green addr 192.168.16.1/24 192.168.16.3/24
cable host blue addr 192.168.17.1/24 192.168.17.2/24
cable look green addr 192.168.18.1/24 192.168.18.2/24
addr host:veth-red2 192.168.19.1/24
addr look:lo 192.168.20.1/32
route host 192.168.21.0/24 via 192.168.17.2
route host 192.168.22.0/24 via 10.77.0.7
route red default via 192.168.16.5
arp host add 10.77.0.10 02:00:00:00:00:10 dev veth-red2
arp red add 192.168.15.9 02:00:00:00:00:11 dev veth-red
nat on
nat on look for 192.168.18.0/24
forwarding red on
publish 8080 green:80
ns adopt mine path /run/netns/look
serve green 80
ns add last
"""


def state():
    """The machine's and that of the namespaces that are not nsh's. What the clock and the
    kernel's own timers change is left out."""
    text = machine_state()
    for ns in "look", "red2":
        text += run(["ip", "netns", "exec", ns, "sh", "-c",
                     "ip -d addr; ip route show table all; ip neigh show nud permanent; "
                     "nft list ruleset; sysctl net.ipv4.ip_forward "
                     "net.ipv6.conf.all.forwarding"]).out
    text = re.sub(r"\b(\w+_timer|qlen|packets|bytes|tentative)( +[\d.]+)?", "", text)
    return re.sub(r"^\d+: ", "", text, flags=re.M)


def settled_state():
    """As state(), once IPv6 has made sure of its addresses."""
    end = time.monotonic() + 20
    while "tentative" in sh("ip addr; ip -n look addr; ip -n red2 addr") and \
            time.monotonic() < end:
        time.sleep(0.1)
    return state()


def difference(before, after):
    a, b = before.splitlines(), after.splitlines()
    return "\n".join(["gone: " + line for line in a if line not in b] +
                     ["left: " + line for line in b if line not in a])


def matches(before):
    """Whether the state is BEFORE, or gets there while the kernel clears up; the last one."""
    end = time.monotonic() + 10
    while True:
        now = state()
        if now == before or time.monotonic() > end:
            return now
        time.sleep(0.05)


def test_whole(before):
    made = nsh("-q", "-c", SCRIPT)
    tap.equal(made.status, 0, "the script does what it says")
    tap.note(made.err)
    tap.ok(state() != before, "and the machine is another")
    explained = nsh("-c", "explain reset")
    tap.equal(explained.status, 0, "reset can be explained")
    done = nsh("-c", "reset")
    tap.ok(done.status == 0, "reset, by another process", done)
    after = matches(before)
    tap.ok(after == before, "leaves the machine as it was", difference(before, after))
    tap.equal(nsh("-c", "ns").out, "left-by-ip\nlook\nred2\n",
              "the namespaces of others have their names")

    # What explain said does the same in a shell.
    nsh("-q", "-c", SCRIPT)
    sh("set -e\n" + explained.out)
    after = matches(before)
    tap.ok(after == before, "its explained lines, in a shell, do the same",
           difference(before, after))
    again = nsh("-c", "reset")
    tap.ok(again.status == 0 and "nothing" in again.err, "nothing is left to reset", again)


def test_undo(before):
    """A reset can be taken back like everything else, and then done again."""
    lines = [l for l in SCRIPT.splitlines() if l and not l.startswith(("ns adopt", "serve"))]
    nsh("-q", "-c", "\n".join(lines))
    answer = nsh("-q", "-c", "reset; ns; undo; ns")
    tap.ok(answer.status == 0, "reset, undo", answer)
    first, second = answer.out.split("red2\n", 1)
    tap.equal(second, "blue\ngreen\nlast\nleft-by-ip\nlook\nred\nred2\n",
              "the namespaces are back")
    tap.equal(run(["ip", "netns", "exec", "red", "ping", "-c1", "-W2", "192.168.16.3"]).status
              if run(["which", "ping"]).status == 0 else
              nsh("-q", "-c", "ping red 192.168.16.3").status, 0, "and the switch works")
    nsh("-c", "reset")
    after = matches(before)
    tap.ok(after == before, "and reset again", difference(before, after))


LEAVING = 0x6e73682d  # NSH_GROUP_LEAVING of kernel/model.h


def links():
    return sorted(re.findall(r"^(\S+?)(?:@\S+)? ", sh("ip -br link"), re.M))


def test_many(before):
    """What goes together: many namespaces on one line, the lines of a script that are taken back."""
    lab = "ns add a b c d; bridge sw attach a b c d addr 10.5.0.1/24 10.5.0.2/24 "
    lab += "10.5.0.3/24 10.5.0.4/24; cable a b"
    clean = links()
    nsh("-q", "-c", lab)
    done = nsh("-q", "-c", "ns del a b c; show host; ns")
    tap.ok(done.status == 0 and done.out.endswith("d\nleft-by-ip\nlook\nred2\n") and
           not re.search("veth-[abc]", done.out), "cables are gone with their namespaces, at once",
           done)
    tap.ok({"sw", "veth-d-br"} < set(links()), "others of the same switch stay", links())
    back = nsh("-q", "-c", "ns add a b c; bridge sw attach a b c; cable a c; "
               "ns del a b c d; undo; undo; undo; undo; ns")
    tap.ok(back.status == 0 and back.out == "d\nleft-by-ip\nlook\nred2\n" and
           links() == sorted(clean + ["sw", "veth-d-br"]), "and come back with them", back)

    # A line that fails takes a reset back, and what the script had done.
    failed = nsh("-q", "-c", "ns add e f; cable e f; reset; ns del nothing")
    tap.ok(failed.status == 1 and nsh("-c", "ns").out == "d\nleft-by-ip\nlook\nred2\n" and
           links() == sorted(clean + ["sw", "veth-d-br"]), "a failed script takes its reset back",
           failed)
    nsh("-c", "reset")

    # The group of links on their way out is somebody's already.
    nsh("-q", "-c", lab)
    sh("ip link add theirs type bridge && ip link set theirs group %d" % LEAVING)
    done = nsh("-q", "-c", "ns del a b c d; bridge sw del")
    tap.ok(done.status == 0 and links() == sorted(clean + ["theirs"]),
           "a link that somebody has put into the group stays", (done, links()))
    # Killed in between, nsh leaves such links; that mark too is its own.
    nsh("-c", "reset")
    after = matches(before)
    tap.ok(after == before, "what was leaving when nsh was killed is found by reset",
           difference(before, after))


def test_killed(before):
    """kill -9 at random moments."""
    started = time.monotonic()
    nsh("-q", "-c", SCRIPT)
    whole = time.monotonic() - started
    nsh("-c", "reset")
    matches(before)
    random.seed(seed())
    bad = []
    stages = set()
    count = scaled(100, 5)
    for i in range(count):
        process = subprocess.Popen([NSH, "-q", "-c", SCRIPT + "sleep 30\n"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(random.uniform(0, whole * 1.1))
        process.kill()
        process.wait()
        # The server dies with it; it is not reset's business.
        stages.add(len(os.listdir("/run/netns")))
        done = nsh("-c", "reset")
        after = matches(before)
        if done.status != 0 or after != before:
            bad.append("moment %d: %r\n%s" % (i, done, difference(before, after)))
            # The next ones must not suffer from this one.
            nsh("-k", "-c", "reset")
    tap.note("killed in %d different stages of %.0f ms" % (len(stages), whole * 1000))
    tap.ok(not bad, "killed at %d moments, nsh leaves nothing that reset does not find" % count,
           "\n".join(bad))


def test_half_made(before):
    """What a process can leave between two system calls, made by hand."""
    # A name's file without a namespace: made by nsh, and by others.
    fd = os.open("/run/netns/half", os.O_CREAT | os.O_EXCL | os.O_RDONLY, 0o1000)
    os.close(fd)
    nsh("-c", "reset")
    tap.ok(not os.path.exists("/run/netns/half") and os.path.exists("/run/netns/left-by-ip"),
           "a file that nsh left behind goes, one that ip left stays")
    # A cable whose second end never came up; a guard without the sysctl.
    sh("ip link add half type veth peer name half2 && ip link set half group 7238504 && "
       "ip link set half2 group 7238504 && nft add table inet nsh")
    nsh("-c", "reset")
    after = matches(before)
    tap.ok(after == before, "a cable that is down, an empty table", difference(before, after))
    # A setting that was not 0 before.
    sh("nft 'add table inet nsh; add chain inet nsh forward "
       "{ type filter hook forward priority filter; }; "
       "add rule inet nsh forward accept comment \"net/ipv4/conf/lo/forwarding was 1\"'")
    nsh("-c", "reset")
    tap.equal(sh("cat /proc/sys/net/ipv4/conf/lo/forwarding").strip(), "1",
              "a sysctl gets the value that its record tells")
    sh("sysctl -qw net.ipv4.conf.lo.forwarding=0")
    after = matches(before)
    tap.ok(after == before, "and the record is gone", difference(before, after))


def test_atomic():
    """Nobody sees a namespace of nsh's without its mark."""
    script = "\n".join("ns add n%d" % i for i in range(300)) + "\nreset\n"
    watched = subprocess.Popen([NSH, "-q", "-c", script])
    unmarked, seen = set(), 0
    while watched.poll() is None:
        for name in os.listdir("/run/netns"):
            if not name.startswith("n"):
                continue
            shown = run(["ip", "-n", name, "-j", "link", "show", "lo"])
            if shown.status == 0:
                seen += 1
                if '"group":"7238504"' not in shown.out or '"UP"' not in shown.out:
                    unmarked.add(shown.out)
    tap.note("looked %d times" % seen)
    tap.ok(seen > 0 and not unmarked, "a namespace is marked, and lo up, from the first moment",
           unmarked)


def test_servers(before):
    """The servers of any nsh end with their rooms. A process that only has such a name stays."""
    other = subprocess.Popen([NSH, "-q"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    other.stdin.write("ns add red green\nserve red 80\nserve green 8080\nns\n")
    other.stdin.flush()
    other.stdout.readline()
    with subprocess.Popen(["ip", "netns", "exec", "green", sys.executable, "-c",
                           "import sys\n"
                           "open('/proc/self/comm', 'w').write('nsh-serve 80')\n"
                           "print('there', flush=True); sys.stdin.read()"],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as alike:
        alike.stdout.readline()
        answer = nsh("-c", "reset; ns list all")
        tap.ok(answer.status == 0 and "stopped serve red 80" in answer.err and
               "stopped serve green 8080" in answer.err, "reset ends servers of another nsh", answer)
        tap.ok("warning: green lasts" in answer.err and "warning: red" not in answer.err,
               "and warns of what it does not end", answer)
        tap.ok(alike.poll() is None and answer.out.count("nsh-serve") == 1,
               "which lives on, whatever its name", answer)
        alike.stdin.close()
    out, _ = other.communicate("jobs\n")
    tap.has(out, "nothing runs in the background", "the other nsh is without them")
    after = matches(before)
    tap.ok(after == before, "and the rooms are gone", difference(before, after))


def main():
    in_private_machine()
    for program in "ip", "nft", "sysctl":
        needs_program(program)
    sh("sysctl -qw net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0")
    sh("set -e\n" + LOOKALIKES)
    before = settled_state()
    test_whole(before)
    test_undo(before)
    test_servers(before)
    test_half_made(before)
    test_many(before)
    test_atomic()
    test_killed(before)
    tap.done()


if __name__ == "__main__":
    main()
