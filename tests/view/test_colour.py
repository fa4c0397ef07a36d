#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Colours: the same thing looks the same in every list and drawing on a terminal, columns stay
aligned under them, and nowhere else is there any."""
import os
import re

from nshtest import Prompt, Terminal, in_private_machine, nsh, nsh_argv, run, strip_escapes, tap

in_private_machine()

LAB = """ns add red blue
bridge v-net-0 add addr 192.168.15.5/24
bridge v-net-0 attach red addr 192.168.15.1/24
bridge v-net-0 attach blue addr 192.168.15.2/24
route red default via 192.168.15.5
link blue down
nat on
"""
LINES = ("show red", "link blue", "addr red", "route red", "cable", "bridge", "bridge v-net-0 show",
         "nat", "forwarding", "map", "map diff", "why red blue", "trace red 192.168.15.5",
         "ns list all", "doctor", "sniff red while ping red 192.168.15.5 count 1")
NS, SWITCH, ADDRESS, GOOD, BAD = "\x1b[0;1m", "\x1b[0;1;36m", "\x1b[0;36m", "\x1b[0;32m", "\x1b[0;31m"
PLAIN = "\x1b[0m"


def on_terminal(line, where=("-S", "-q", "-k", "-c", LAB), **env):
    """What comes to a terminal, as it comes."""
    raw = []
    t = Terminal(["env", *("%s=%s" % pair for pair in env.items()),
                  *nsh_argv(*where, "-c", "say ---", "-c", line)],
                 columns=150, env={"LC_ALL": "C.UTF-8"})
    feed = t.screen.feed
    t.screen.feed = lambda text: (raw.append(text), feed(text))
    t.wait()
    t.quiet()
    t.close()
    return "".join(raw).replace("\r", "").partition("---\n")[2]


for line in LINES:
    text = on_terminal(line)
    tap.has(text, "\x1b[", "colours on a terminal: " + line)
    tap.equal(re.findall(r"\x1b(?!\[0(?:;\d+)*m)", text), [], "... and no other sequence")
    open_ = [part for part in text.split("\n")
             if part.count("\x1b") and not part.rstrip().endswith(PLAIN)
             and re.findall(r"\x1b\[[\d;]*m", part)[-1] != PLAIN]
    tap.equal(open_, [], "... and none reaches over the end of its line")
for line in LINES:
    for form in (line, "json " + line):
        result = nsh("-S", "-q", "-k", "-c", LAB, "-c", form)
        tap.lacks(result.out + result.err, "\x1b", "none off a terminal: " + form)
tap.lacks(on_terminal("json link red"), "\x1b", "none in JSON on a terminal")
for line in ("link red", "map", "why red blue", "trace red 192.168.15.5"):
    for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}, {"TERM": ""}):
        tap.lacks(on_terminal(line, **env), "\x1b", "none with %s: %s" % (env, line))

# The same things look the same, and columns stand where they stand without.
link, plain = on_terminal("link blue"), nsh("-S", "-q", "-c", LAB, "-c", "link blue").out
macs = re.compile(r"[0-9a-f:]{17}")
tap.equal(macs.sub("MAC", strip_escapes(link)), macs.sub("MAC", plain),
          "a coloured table is the plain one")
tap.has(link, BAD + "down" + PLAIN, "down is red")
tap.has(link, GOOD + "up" + PLAIN, "up is green")
for line, parts in (
        ("addr red", [ADDRESS + "192.168.15.1/24"]), ("map", [ADDRESS + "192.168.15.1/24"]),
        ("route red", [ADDRESS + "192.168.15.5"]), ("trace red 192.168.15.5", [ADDRESS + "192."]),
        ("cable", [NS + "red" + PLAIN + ":veth-red", SWITCH + "v-net-0"]),
        ("bridge", [SWITCH + "v-net-0", GOOD + "up", ADDRESS + "192.168.15.5/24"]),
        ("map", [NS + "red", SWITCH + "v-net-0"]), ("nat", [NS + "host"]),
        ("why red blue", [NS + "red" + PLAIN + ":veth-red", BAD + "LINK_DOWN" + PLAIN]),
        ("why red 192.168.15.5", [GOOD + "ARRIVES" + PLAIN]),
        ("map diff", [GOOD + "+" + PLAIN + " host"]),
        ("sniff red while ping red 192.168.15.5 count 1", [NS + "red" + PLAIN + ":veth-red"])):
    text = on_terminal(line)
    for part in parts:
        tap.has(text, part, "%s: %r" % (line, part))

# watch at the prompt, and why says its verdict once there.
t = Prompt("-S")
seen = []
feed = t.screen.feed
t.screen.feed = lambda text: (seen.append(text), feed(text))
t.run("ns add red blue; cable red blue addr 10.0.0.1/24 10.0.0.2/24")
t.run("watch on")
t.run("link red down")
tap.ok(t.until(lambda: BAD + "veth-red is down now" in "".join(seen)), "watch: down is red",
       repr("".join(seen)[-500:]))
t.run("watch off")
text = t.run("why red blue")
tap.equal(text.count("LINK_DOWN:"), 2, "why at the prompt: its step and its verdict")
tap.lacks(text, "does not reach", "... and no error that says it again")
tap.lacks(text, "^", "... with no caret")
tap.has(t.run("why red nobody"), "^^^^^^", "another error is told as ever")
t.leave()
result = nsh("-S", "-q", "-c", "ns add red blue; cable red blue addr 10.0.0.1/24 10.0.0.2/24; "
             "link red down", "-c", "why red blue")
tap.equal((result.status, "red does not reach blue: LINK_DOWN" in result.err), (1, True),
          "elsewhere it is an error with its status")

# What comes from elsewhere brings no sequence of its own: not to the screen, not to the pager.
ESCAPE = "\x1b[31m"
run(["ip", "link", "add", "name", "a%sb" % ESCAPE, "type", "veth", "peer", "name", "c%s" % ESCAPE])
run(["ip", "link", "set", "a%sb" % ESCAPE, "up"])
run(["ip", "netns", "add", "n%s" % ESCAPE])
run(["nft", "add table inet nsh; add chain inet nsh forward { type filter hook forward priority 0; }; "
     "add rule inet nsh forward drop comment \"%s\"" % ESCAPE])
for line in ("map", "link", "show", "cable", "ns list all", "iptables -S", "why host 10.9.9.9"):
    text = on_terminal(line, where=("--host",))
    tap.equal(re.findall(r"\x1b(?!\[0(?:;\d+)*m)", text), [], "hostile names: " + line)
    if line not in ("why host 10.9.9.9", "iptables -S"):
        tap.has(text, "\\x1b[31m", "... are shown escaped: " + line)
t = Prompt("--host", prompt="nsh# ", rows=5)
text = t.run("link")
tap.lacks(text, "\x1b", "hostile names at the prompt")
t.leave()
run(["ip", "link", "del", "a%sb" % ESCAPE])
run(["ip", "netns", "del", "n%s" % ESCAPE])
tap.done()
