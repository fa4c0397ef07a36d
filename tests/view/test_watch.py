# SPDX-License-Identifier: GPL-3.0-or-later
"""watch: what happens in words, whoever does it; once; without disturbing what is typed."""
import json
import os
import re
import select
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from nshtest import NSH, PATIENCE, Prompt, in_private_machine, nsh, run, sh, tap

in_private_machine()
TIME = re.compile(r"^\d\d:\d\d:\d\d\.\d{3} ")


class Watch:
    """A watch in the background."""

    def __init__(self, line="watch"):
        self.process = subprocess.Popen([NSH, "-c", line], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)
        self.told = ""
        # It is quiet about what there is: a change of this test's tells that it has begun.
        end, number = time.monotonic() + PATIENCE, 0
        while "begun" not in self.told and time.monotonic() < end:
            number += 1
            sh("ip link add begun type veth peer name begun2; ip link del begun")
            self.read(0.2)
        self.wait("interface begun removed")
        self.wait("interface begun2 removed")
        self.told = ""

    def read(self, seconds):
        if not select.select([self.process.stdout], [], [], seconds)[0]:
            return False
        got = os.read(self.process.stdout.fileno(), 65536).decode()
        self.told += got
        return bool(got)

    def wait(self, what):
        """Reads until it has told of WHAT."""
        end = time.monotonic() + PATIENCE
        while what not in self.told and time.monotonic() < end:
            self.read(0.2)
        return what in self.told

    def tells(self, *lines):
        """All of LINES are told of, each once."""
        for line in lines:
            tap.ok(self.wait(line), "told: " + line, self.told)
            tap.equal(self.told.count(line), 1, "once: " + line)
        self.told = ""

    def end(self):
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=PATIENCE)
        self.told += out
        return self.process.returncode, err


def by_nsh():
    watch = Watch()
    nsh("-q", "-c", "ns add red blue")
    watch.tells("red: namespace red added", "blue: namespace blue added")
    nsh("-q", "-c", "cable red blue addr 192.168.15.1/24 192.168.15.2/24")
    watch.tells("red: interface veth-red added (veth)", "blue: interface veth-blue added (veth)",
                "red: address 192.168.15.1/24 added to veth-red",
                "red: route 192.168.15.0/24 on veth-red added",
                "blue: address 192.168.15.2/24 added to veth-blue")
    nsh("-q", "-c", "ping red blue count 1")
    watch.tells("red: neighbour 192.168.15.2 on veth-red is at",
                "blue: neighbour 192.168.15.1 on veth-blue is at")
    nsh("-q", "-c", "route red default via 192.168.15.2")
    watch.tells("red: default route via 192.168.15.2 on veth-red added")
    # The kernel tells nobody of routes that go with the interface.
    nsh("-q", "-c", "link red down")
    watch.tells("red: veth-red is down now", "red: default route via 192.168.15.2 on veth-red "
                "removed", "red: route 192.168.15.0/24 on veth-red removed",
                "blue: veth-blue has no carrier now")
    nsh("-q", "-c", "bridge v-net-0 add addr 10.0.0.1/24", "-c", "nat on host for 10.0.0.0/24")
    watch.tells("host: interface v-net-0 added (bridge)", "host: v-net-0 is up now",
                'masquerade comment "nat on for 10.0.0.0/24"', "host: forwarding of IPv4 is on now")
    nsh("-q", "-c", "nat off host")
    watch.tells("host: rule removed: postrouting")
    nsh("-q", "-c", "ns del red blue")
    watch.tells("red: namespace red removed", "blue: namespace blue removed")
    status, err = watch.end()
    tap.equal((status, err), (0, ""), "Ctrl-C is how it ends")
    tap.ok(all(TIME.match(line) for line in watch.told.splitlines()), "each line has its time")


def by_others():
    watch = Watch("json watch")
    sh("ip link add va type veth peer name vb")
    sh("ip link set va mtu 1400; ip link set vb name vc; ip link set vc address 02:00:00:00:00:09")
    sh("ip addr add 10.1.0.1/24 dev va; ip addr del 10.1.0.1/24 dev va; ip link set va up; ip link set vc up")
    sh("ip route add blackhole 10.2.0.0/16; ip route del blackhole 10.2.0.0/16")
    sh("ip addr add 10.3.0.1/24 dev va; ip route add 10.4.0.0/16 via 10.3.0.2; "
       "ip route replace 10.4.0.0/16 via 10.3.0.3")
    sh("ip netns add green")
    watch.wait("namespace green added") # names are looked at when inotify says so
    sh("ip netns del green")
    if run(["sh", "-c", "command -v nft"]).status == 0:
        sh("nft 'add table ip t; add chain ip t c; add rule ip t c accept'; nft delete table ip t")
        rules = [("rule", "table ip t added"), ("rule", "chain ip t c added"),
                 ("rule", "rule added to ip t c"), ("rule", "rule removed from ip t c"),
                 ("rule", "table ip t removed")]
    else:
        rules = []
    sh("ip link del va")
    watch.wait("interface vc removed")
    watch.end()
    found = [json.loads(line) for line in watch.told.splitlines()]
    told = [(one["kind"], one["says"]) for one in found]
    for wanted in [("interface", "interface va added (veth)"),
                   ("interface", "va has an MTU of 1400 now, it was 1500"),
                   ("interface", "vb is called vc now"),
                   ("address", "address 10.1.0.1/24 added to va"),
                   ("address", "address 10.1.0.1/24 removed from va"),
                   ("route", "route 10.2.0.0/16 (blackhole) added"),
                   ("route", "route 10.2.0.0/16 (blackhole) removed"),
                   ("route", "route 10.4.0.0/16 via 10.3.0.2 on va added"),
                   ("route", "route 10.4.0.0/16 via 10.3.0.3 on va added"),
                   ("route", "route 10.4.0.0/16 via 10.3.0.2 on va removed"),
                   ("namespace", "namespace green added"),
                   ("namespace", "namespace green removed"),
                   ("interface", "interface va removed"),
                   ("interface", "interface vc removed")] + rules:
        tap.equal(told.count(wanted), 1, "told once: %s" % (wanted,))
    tap.ok(any(re.match("vc has the MAC address 02:00:00:00:00:09 now, it was ", says)
               for _, says in told), "a MAC address changes", told)
    tap.ok(all(isinstance(one["time"], float) and one["namespace"] in ("host", "green")
               for one in found), "json: when and where", found)


def limits():
    nsh("-q", "-c", "ns add red blue")
    result = run([NSH, "-c", "watch for 50ms"])
    tap.equal((result.status, result.out), (0, ""), "quiet about what there is already")
    process = subprocess.Popen([NSH, "-c", "watch red count 2"], stdout=subprocess.PIPE, text=True)
    while process.poll() is None:
        sh("ip -n blue link set lo down; ip -n blue link set lo up; "
           "ip -n red link set lo down; ip -n red link set lo up")
    lines = process.communicate()[0].splitlines()
    tap.ok(process.returncode == 0 and len(lines) == 2 and
           all(re.search(r" red: lo is (up|down) now$", line) for line in lines),
           "one namespace, two lines", lines)
    result = nsh("-c", "watch bleu")
    tap.has(result.err, "did you mean blue?", "a name that there is not")
    result = nsh("-c", "watch on")
    tap.has(result.err, "for the prompt", "watch on is for the prompt")


def hostile():
    watch = Watch()
    sh("ip link add 'a\x1b[31mb' type veth peer name p")
    watch.tells("host: interface a\\x1b[31mb added")
    tap.lacks(watch.told, "\x1b", "hostile names are made visible")
    sh("ip link del p")
    watch.end()


def at_the_prompt():
    prompt = Prompt(prompt="nsh# ")
    tap.equal(prompt.run("watch on"), "", "watch on says nothing")
    prompt.type("say hel")
    prompt.wait_for("hel")
    sh("ip link add x type veth peer name y")
    found = prompt.until(lambda: "interface x added" in prompt.screen.text() and
                         prompt.screen.lines()[-1] == "nsh# say hel")
    tap.ok(found, "what happens is told above the line that is being typed",
           prompt.screen.text())
    tap.equal(prompt.finish("lo"), "hello", "which is as it was")
    prompt.seen = ""
    prompt.line("ns add green")
    tap.ok(prompt.wait_for("green: namespace green added"), "so is what a line does")
    prompt.run("watch off")
    sh("ip link del x")
    tap.lacks(prompt.run("say done"), "removed", "watch off: nothing more")
    tap.equal(prompt.leave(), 0, "and nsh leaves")
    nsh("-q", "-c", "ns del green")


by_nsh()
by_others()
limits()
hostile()
at_the_prompt()
tap.done()
