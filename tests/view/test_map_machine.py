# SPDX-License-Identifier: GPL-3.0-or-later
"""The map of a machine that others change too: names of theirs that are meant to harm, what
leads out, namespaces without a name, and map watch."""
import fcntl
import json
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import termios
import time
import xml.etree.ElementTree as ElementTree

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from nshtest import NSH, PATIENCE, Terminal, in_private_machine, needs_program, nsh, run, sh, tap

needs_program("ip")
in_private_machine()
os.environ["LC_ALL"] = "C.UTF-8"

# Control bytes, marks that turn text round (as UTF-8: 15 bytes at most), quotes, the ends of
# XML's, DOT's and Mermaid's strings, comments and sections, what their words mean.
NAMES = ["a\x1b[31mb", "u\u202exe", "b\u2066d\u2069", "q\"'`q", "x]]>y", "--><b>&amp;",
         "\\N\\l\"];", "|\"]:::z", "%%{init}", "end;#35;", "\x07bell\x7f", "\u200bw"]
# What may stand in no output: what a terminal acts on.
ACTS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e"
                  "\u2060-\u206f\ufeff]")


def ip(*words):
    result = run(["ip", *words])
    return result.status == 0


def build():
    made = []
    nsh("-c", "ns add room; bridge br0 add addr 10.0.0.254/24")
    for number, name in enumerate(NAMES):
        far = name[::-1].encode()[:13].decode(errors="ignore")
        if ip("link", "add", "name", "p%d" % number, "type", "veth", "peer", "name",
              "r%d" % number, "netns", "room") and \
           ip("link", "set", "p%d" % number, "name", name):
            made.append(name)
            if number % 2:
                ip("link", "set", name, "master", "br0", "up")
            ip("-n", "room", "link", "set", "r%d" % number, "name", far)
    ip("link", "property", "add", "dev", "br0", "altname", "alt\x1b[1m\u202e<script>\"")
    for name in "ns\x1b[5m", "n\u202es", "n\"]]><x>":
        ip("netns", "add", name)
        ip("link", "add", "name", "h%d" % len(made), "type", "veth", "peer", "name", "eth0",
           "netns", name)
    if shutil.which("nft"):
        run(["nft", "-f", "-"], stdin="""table inet nsh {
 chain postrouting {
  type nat hook postrouting priority srcnat;
  ip saddr 10.0.0.0/24 masquerade comment "c\x1b[31m\u202e]]>--><b>"
 }
 chain prerouting {
  type nat hook prerouting priority dstnat;
  fib daddr type local tcp dport 80 dnat ip to 10.0.0.1:80 comment "publish \x1b]0;p\x07"
 }
}
""")
    return made


def clean(text, name):
    bad = ACTS.search(text)
    tap.ok(text and not bad, "%s: nothing that a terminal acts on" % name,
           bad and ascii(text[max(0, bad.start() - 40):bad.end() + 40]))


def interfaces():
    """Of host, without lo. ip's own JSON does not escape all that it should."""
    return [i["name"] for i in json.loads(nsh("-c", "json map").out)["namespaces"][0]["interfaces"]]


def hostile():
    made = build()
    tap.ok(len(made) >= 8, "the kernel took %d of the %d names" % (len(made), len(NAMES)))
    for width in "40", "100":
        result = nsh("-c", "map", env=dict(os.environ, COLUMNS=width))
        tap.equal(result.status, 0, "map at %s columns" % width)
        clean(result.out, "map at %s columns" % width)
        tap.has(result.out, "\\x1b[31m", "what is hidden is shown as an escape")
        tap.has(result.out, "u\\u202exe", "marks that turn the text round too")
    clean(nsh("-c", "map ascii").out, "map ascii")
    result = nsh("-c", "json map")
    clean(result.out, "json map")
    host = json.loads(result.out)["namespaces"][0]
    there = {i["name"] for i in host["interfaces"]}
    tap.equal([name for name in made if name not in there], [],
              "json map: unescaped they are the names themselves")
    picture = nsh("-c", "map svg").out
    clean(picture, "map svg")
    tags = {element.tag.split("}")[1] for element in ElementTree.fromstring(picture).iter()}
    tap.equal(sorted(tags), ["path", "rect", "style", "svg", "text", "title", "tspan"],
              "map svg: no element but its own")
    tap.equal(picture.count("</style>"), 1, "map svg: one style sheet")
    mermaid = nsh("-c", "map mermaid").out
    clean(mermaid, "map mermaid")
    boxes = re.compile(r'^\t(flowchart TB|classDef .*|[nso]\d+(\["[^"\[\]{}|<>`\\]*(<br/>'
                       r'[^"\[\]{}|<>`\\]*)*"\]|\[\["[^"\[\]{}|<>`\\]*(<br/>[^"\[\]{}|<>`\\]*)*'
                       r'"\]\]|\(\["[^"]*"\]\)):::(room|switch|outside)|'
                       r'[nso]\d+ (---|-\.-|===)(\|"[^"\[\]{}|<>`\\]*"\|)? [nso]\d+)$')
    odd = [line for line in mermaid.splitlines()[1:] if not boxes.match(line)]
    tap.equal(odd, [], "map mermaid: nothing but boxes and lines of its own")
    dot = nsh("-c", "map dot").out
    clean(dot, "map dot")
    strings = re.sub(r'"(\\.|[^"\\])*"', "S", dot)
    tap.lacks(strings, '"', "map dot: every quote is closed")
    tap.lacks(strings.replace("--", ""), "<", "map dot: no HTML labels")
    if shutil.which("dot"):
        result = run(["dot", "-Tplain"], stdin=dot)
        tap.equal((result.status, result.err), (0, ""), "map dot: dot takes it")
    else:
        tap.skip("dot is not installed")
    if os.environ.get("NSH_KEEP"):
        with open(os.environ["NSH_KEEP"], "w", encoding="utf-8") as file:
            file.write(mermaid)
    sh("ip -all netns delete; nft delete table inet nsh 2>/dev/null; true")
    for name in interfaces():
        ip("link", "del", name)
    tap.equal(interfaces(), [], "all of it is gone again")


def ways():
    """What leads where nsh has no name for."""
    sh("ip netns add red && ip link add x type veth peer name y netns red")
    inside = subprocess.Popen(["ip", "netns", "exec", "red", "sleep", "100"])
    while not sh("ip netns pids red").strip():
        time.sleep(0.05)
    sh("umount /run/netns/red; rm /run/netns/red")
    out = nsh("-c", "map").out
    tap.has(out, "x", "an interface whose other end has no name is drawn")
    tap.has(out, "a namespace without a name", "and says so")
    host = json.loads(nsh("-c", "json map").out)["namespaces"][0]
    tap.equal([i["leads"] for i in host["interfaces"]], ["unnamed"], "in JSON too")
    inside.kill()
    inside.wait()
    ip("link", "del", "x")
    open("/run/netns/stale", "w").close()
    result = nsh("-c", "map")
    tap.equal(result.status, 0, "a file left behind does not keep the map away")
    tap.has(result.out, "stale", "it has a box")
    os.unlink("/run/netns/stale")


def watch():
    terminal = Terminal([NSH, "-c", "map watch"], columns=90, rows=40)
    tap.ok(terminal.wait_for("only lo") is not None, "map watch draws at once")
    nsh("-c", "ns add red blue")
    tap.ok(terminal.wait_for("─ red ─") is not None, "a new namespace appears")
    nsh("-c", "cable red blue addr 10.0.0.1/24 10.0.0.2/24")
    tap.ok(terminal.wait_for("10.0.0.2/24") is not None, "so does what is changed in it")
    nsh("-c", "link red down")
    tap.ok(terminal.wait_for("veth-red down") is not None, "so does what goes down")
    nsh("-c", "cable host:up red:down addr 10.1.0.1/24 10.1.0.2/24; nat on for 10.1.0.0/24")
    tap.ok(terminal.wait_for("NAT for 10.1.0.0/24") is not None, "so do rules")
    terminal.quiet()
    terminal.resize(44, 40)
    os.kill(terminal.pid, 28)
    tap.ok(terminal.wait_for("─ blue ─") is not None, "a terminal of another size is drawn anew")
    terminal.quiet()
    sh("ip netns del red")
    tap.ok(terminal.wait_for("─ blue ─") is not None, "a deleted namespace makes it draw")
    end = time.monotonic() + PATIENCE
    while "up" in interfaces() and time.monotonic() < end:
        time.sleep(0.1)
    tap.lacks(interfaces(), "up", "and is not kept alive by the watching")
    terminal.type("\x03")
    tap.equal(terminal.wait(), 0, "Ctrl-C ends it")
    terminal.close()
    # Without a terminal: one map after the other.
    result = run(["timeout", "-s", "INT", "1", NSH, "-c", "json map watch"])
    tap.ok(result.out and json.loads(result.out.splitlines()[0]), "json map watch: one a line")


def on_terminal(line, **environment):
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 60, 0, 0))
    subprocess.run([NSH, "-c", line], stdout=slave,
                   env=dict(os.environ, **{"TERM": "xterm", **environment}))
    os.close(slave)
    text = b""
    try:
        while True:
            text += os.read(master, 65536)
    except OSError:
        os.close(master)
    return text.decode()


def colors():
    nsh("-c", "ns add red; bridge v add; bridge v attach red; link red down")
    plain = nsh("-c", "map", env=dict(os.environ, COLUMNS="60")).out
    tap.lacks(plain, "\033", "no colours but on a terminal")
    shown = on_terminal("map")
    tap.has(shown, "\033[0;31mdown\033[0m", "on one what is down is red")
    tap.equal(re.sub("\033\\[[0-9;]*m", "", shown).replace("\r", ""), plain,
              "colours aside it is the same map")
    tap.lacks(on_terminal("map", NO_COLOR="1"), "\033", "none with NO_COLOR")
    tap.lacks(on_terminal("map", TERM="dumb"), "\033", "nor on a dumb terminal")


hostile()
ways()
watch()
colors()
tap.done()
