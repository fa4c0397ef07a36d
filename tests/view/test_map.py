# SPDX-License-Identifier: GPL-3.0-or-later
"""The map of labs in private sandboxes: the lecture's network as golden files (NSH_GOLDEN=1
writes them anew), large labs, the other formats, their own tools where they are installed."""
import json
import os
import shutil
import sys
import tempfile
import unicodedata
import xml.etree.ElementTree as ElementTree

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from nshtest import SRCDIR, nsh, run, tap

GOLDEN = os.path.join(SRCDIR, "tests/view/golden")
UTF8 = dict(os.environ, LC_ALL="C.UTF-8", COLUMNS="80")

CABLE = """sandbox
ns add red blue
cable red blue addr 192.168.15.1/24 192.168.15.2/24
"""
SWITCH = """sandbox
ns add red blue orange gray
bridge v-net-0 add
bridge v-net-0 attach red blue addr 192.168.15.1/24 192.168.15.2/24
bridge v-net-0 attach orange gray addr 192.168.15.3/24 192.168.15.4/24
"""
NAT = SWITCH + """
addr host:v-net-0 192.168.15.5/24
ns add neighbour internet
bridge internet:lan add addr 192.168.1.1/24
bridge internet:lan attach neighbour addr 192.168.1.3/24
bridge internet:lan attach host:eth0
addr host:eth0 192.168.1.2/24
route host default via 192.168.1.1
route blue default via 192.168.15.5
route red 192.168.1.0/24 via 192.168.15.5
nat on for 192.168.15.0/24
"""
PUBLISH = NAT + """
publish 80 blue:80
publish 8080 red:80
link orange:veth-orange down
addr del gray 192.168.15.4/24
"""
CHAPTERS = {"cable": CABLE, "switch": SWITCH, "nat": NAT, "publish": PUBLISH}
KOREAN = {"red": "빨강", "blue": "파랑", "orange": "주황", "gray": "회색", "neighbour": "이웃"}


def rooms(count):
    return """sandbox
bridge v-net-0 add addr 192.168.15.254/24
for I in 1..%d {
  ns add room$I
  bridge v-net-0 attach room$I addr 192.168.15.$I/24
  route room$I default via 192.168.15.254
}
""" % count


def columns(line):
    return sum(0 if unicodedata.combining(c) else
               2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def draw(script, line="map", width=80, **more):
    return nsh("-q", "-", stdin=script + line + "\n", env=dict(UTF8, COLUMNS=str(width)), **more)


def narrow(text, width, name):
    wide = [line for line in text.splitlines() if columns(line) > width]
    tap.equal(wide, [], "%s: no line wider than %d columns" % (name, width))


def golden(name, text):
    path = os.path.join(GOLDEN, name + ".txt")
    if os.environ.get("NSH_GOLDEN"):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    try:
        with open(path, encoding="utf-8") as file:
            wanted = file.read()
    except FileNotFoundError:
        wanted = None
    if not tap.ok(text == wanted, "the map is as in %s.txt" % name):
        tap.note(text)


def lecture():
    for name, script in CHAPTERS.items():
        for width in 40, 80, 120:
            result = draw(script, width=width)
            tap.equal(result.status, 0, "%s, %d columns: drawn" % (name, width))
            narrow(result.out, width, name)
            golden("%s-%d" % (name, width), result.out)
        result = draw(script, "map ascii")
        tap.ok(result.out.isascii() and result.out, "%s: ASCII when asked for" % name)
        golden(name + "-ascii", result.out)
        korean = script
        for english, word in KOREAN.items():
            korean = korean.replace(english, word)
        for width in 40, 80:
            result = draw(korean, width=width)
            narrow(result.out, width, name + " in Korean")
            golden("%s-korean-%d" % (name, width), result.out)
    result = nsh("-q", "-", stdin=CABLE + "map\n", env=dict(UTF8, LC_ALL="C"))
    tap.ok(result.out.isascii() and "+- red" in result.out.replace("--", "-"),
           "ASCII in a locale that is not UTF-8")
    tap.lacks(draw(PUBLISH).out, "\033", "no colours but on a terminal")


def shape():
    """Boxes are closed: their right borders stand below one another."""
    for name, script in CHAPTERS.items():
        lines = draw(script, "map ascii", 100).out.splitlines()
        for at, line in enumerate(lines):
            if not line.startswith("|"):
                continue
            tap.ok(line.endswith("|") and len(line) == len(lines[at - 1]),
                   "%s: line %d is as long as the one above" % (name, at + 1))


def states():
    out = draw(PUBLISH).out
    tap.has(out, "veth-orange down", "an interface that is down says so")
    tap.has(out, "veth-orange-br no carrier", "and so does its other end")
    tap.has(out, "no address", "so does one without an address")
    tap.has(out, "NAT for 192.168.15.0/24", "NAT stands in its namespace")
    tap.has(out, "port 8080 → red 192.168.15.1:80", "so does a published port")
    tap.has(out, "default via 192.168.1.1", "and the way out")
    out = draw(SWITCH + "link host:v-net-0 down\n").out
    tap.has(out, "○ v-net-0 switch down", "a switch that is down says so")


def topologies():
    router = draw("""sandbox
ns add a b r
bridge one add addr 10.0.0.254/24
bridge two add
bridge one attach a r addr 10.0.0.1/24 10.0.0.2/24
bridge two attach b addr 10.0.1.1/24
bridge two attach r:eth1 addr 10.0.1.2/24
forwarding r on
""").out
    tap.equal(router.count("─ r ─"), 1, "a router is drawn in full once")
    tap.equal(router.count("┄ r ┄"), 1, "and referred to below the other switch")
    tap.has(router, "eth1 ── switch two", "its box says where the other interface leads")
    chain = draw("sandbox\nns add a b c\ncable a b addr 10.0.0.1/24 10.0.0.2/24\n"
                 "cable b c addr 10.0.1.2/24 10.0.1.3/24\n", width=100).out
    tap.ok(any(all("─ %s ─" % n in line for n in "abc") for line in chain.splitlines()),
           "a chain stands in one line where there is room")
    star = draw("sandbox\nns add hub a b c\ncable hub a\ncable hub b\ncable hub c\n").out
    tap.equal(star.splitlines()[0][:6], "┌─ hub", "a star hangs from its middle")
    tap.equal(star.count("┴─"), 3, "by its three cables")
    ring = draw("sandbox\nns add a b c\ncable a b\ncable b c\ncable c a\n").out
    for name in "abc":
        tap.has(ring, "─ %s ─" % name, "of a ring %s is drawn" % name)
    many = draw("sandbox\n" + "".join("ns add n%d\n" % i for i in range(30)) + "".join(
        "cable n%d n%d\n" % (i, i + 1) for i in range(29))).out
    for i in range(30):
        tap.ok("─ n%d ─" % i in many, "of a long chain n%d is drawn" % i)
    inside = json.loads(draw("""sandbox
ns add red blue
bridge red:br0 add
cable red:x blue:y
cable red:in1 red:in2
link red:in1 up
bridge red:br0 attach red:in1
""", "json map").out)
    red = next(n for n in inside["namespaces"] if n["name"] == "red")
    ends = {i["name"]: i for i in red["interfaces"]}
    tap.equal(inside["switches"], [{"namespace": "red", "name": "br0", "ports": ["in1"]}],
              "a switch inside a namespace has its ports")
    tap.equal(ends["in1"]["peer"], {"namespace": "red", "interface": "in2"},
              "a cable within one namespace has both ends there")
    tap.equal(ends["x"]["peer"], {"namespace": "blue", "interface": "y"},
              "one into another has its end there")


def pairs():
    """Many cables whose ends have the same numbers everywhere."""
    count = 40
    script = "sandbox\n" + "".join(
        "ns add a%d z%d\n" % (i, i) for i in range(count)) + "".join(
        "cable a%d z%d\n" % (i, (i * 7) % count) for i in range(count))
    lab = draw(script, "json map").json()
    got = {c["a"]["namespace"]: c["b"]["namespace"] for c in lab["cables"]}
    tap.equal(got, {"a%d" % i: "z%d" % ((i * 7) % count) for i in range(count)},
              "each of %d cables has its own two ends" % count)


def sizes():
    twelve = draw(rooms(12)).out
    for number in range(1, 13):
        tap.ok("─ room%d ─" % number in twelve, "of 12 rooms room%d has a box" % number)
    for width in 40, 80, 200:
        hundred = draw(rooms(100), width=width).out
        narrow(hundred, width, "100 rooms")
        tap.ok(len(hundred.splitlines()) < 15, "100 rooms at %d columns: on one page" % width)
        tap.has(hundred, "192.168.15.1–100/24", "their addresses are one range")
    tap.has(hundred, "room1 … room100 (100 rooms alike)", "and so are their names")
    odd = draw(rooms(100) + "link room42:veth-room42 down\naddr del room7 192.168.15.7/24\n",
               width=100).out
    tap.has(odd, "─ room42 ─", "the one that is down is not folded away")
    tap.has(odd, "─ room7 ─", "nor the one without an address")
    tap.has(odd, "(98 rooms alike)", "the other 98 are")
    tap.has(odd, "192.168.15.1–6/24", "ranges stop where one is missing")


def json_form():
    lab = draw(PUBLISH, "json map").json()
    tap.equal(sorted(lab), ["cables", "namespaces", "switches"], "JSON: the parts")
    tap.equal([n["name"] for n in lab["namespaces"]],
              ["host", "blue", "gray", "internet", "neighbour", "orange", "red"],
              "JSON: host first, then by name")
    for node in lab["namespaces"]:
        tap.equal(sorted(node), ["error", "forwarding", "interfaces", "lo", "name", "nat",
                                 "published", "routes"], "JSON: the keys of " + node["name"])
        for iface in node["interfaces"]:
            tap.equal(sorted(iface), ["addresses", "altname", "altnames", "kind", "leads", "lower", "mac",
                                      "mtu", "name", "peer", "state", "switch"],
                      "JSON: the keys of an interface")
    host = lab["namespaces"][0]
    tap.equal(host["published"], [
        {"address": None, "port": 80, "protocol": "tcp", "to": "192.168.15.2:80"},
        {"address": None, "port": 8080, "protocol": "tcp", "to": "192.168.15.1:80"}],
        "JSON: published ports")
    tap.equal([n["for"] for n in host["nat"]], ["192.168.15.0/24"], "JSON: NAT")
    tap.equal(host["forwarding"], {"ipv4": True, "ipv6": False}, "JSON: forwarding")
    tap.equal(host["routes"][0], {"destination": "default", "gateway": "192.168.1.1",
                                  "interface": "eth0"}, "JSON: routes")
    tap.equal(len(lab["cables"]), 6, "JSON: every cable once")
    tap.equal([c["up"] for c in lab["cables"] if c["b"]["namespace"] == "orange"], [False],
              "JSON: the one that is down is")


def svg(directory):
    path = os.path.join(directory, "lab.svg")
    for name, script in CHAPTERS.items():
        result = draw(script, "map svg " + path)
        tap.equal((result.status, result.out), (0, ""), "%s: map svg FILE writes the file" % name)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        root = ElementTree.fromstring(text)
        words = " ".join(root.itertext())
        tap.equal(root.tag, "{http://www.w3.org/2000/svg}svg", "%s: it is SVG" % name)
        for word in ("red", "blue", "192.168.15.1/24", "192.168.15.2/24"):
            tap.has(words, word, "%s: %s stands in the picture" % (name, word))
        width = int(root.get("width"))
        for box in root.iter("{http://www.w3.org/2000/svg}rect"):
            right = int(box.get("x", 0)) + int(box.get("width"))
            if right > width:
                tap.ok(False, "%s: a box ends at %d of %d" % (name, right, width))
        tap.lacks(text, "<script", "no scripts")
    tap.has(draw(CABLE, "map svg").out, "<svg", "without FILE it goes to standard output")
    for kind in ("svg", "dot", "mermaid", "svg"):
        result = draw(CABLE, "map %s %s" % (kind, path))
        tap.equal(result.status, 0, "a drawing of nsh's is replaced by %s" % kind)
    for work in ("<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n", "graph lab {\n}\n", "# mine\n"):
        with open(path, "w", encoding="utf-8") as file:
            file.write(work)
        result = draw(CABLE, "map svg " + path)
        tap.equal(result.status, 1, "a file of somebody else's is not: %r" % work)
        tap.has(result.err, "lab.svg is there already, and holds something else", "which is said")
        with open(path, encoding="utf-8") as file:
            tap.equal(file.read(), work, "and it stays as it is")
    tap.equal(os.listdir(directory), ["lab.svg"], "nothing is left lying about")
    open(path, "w").close()
    tap.equal(draw(CABLE, "map svg " + path).status, 0, "a file that is empty is")
    result = draw(CABLE, "map svg /nonexistent/x.svg")
    tap.equal(result.status, 1, "a file that cannot be written is an error")
    tap.has(result.err, "/nonexistent/x.svg", "which names the file")


def dot(directory):
    path = os.path.join(directory, "lab.dot")
    draw(PUBLISH, "map dot " + path)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    tap.has(text, "graph lab {", "map dot writes a graph")
    if not shutil.which("dot"):
        tap.skip("dot is not installed", 2)
        return
    result = run(["dot", "-Tplain", path])
    tap.equal((result.status, result.err), (0, ""), "dot takes it")
    tap.equal(sum(line.startswith("edge") for line in result.out.splitlines()), 8,
              "and finds six cables and two switches in their namespaces")


MERMAID = """
import {createRequire} from 'module'; import fs from 'fs'; import {pathToFileURL} from 'url';
const find = createRequire(process.cwd() + '/');
const load = async name => import(pathToFileURL(find.resolve(name)));
const {JSDOM} = await load('jsdom').then(m => m.default ?? m);
globalThis.window = new JSDOM('<body></body>').window;
globalThis.document = window.document;
const at = find.resolve('mermaid/package.json').replace('package.json', 'dist/mermaid.core.mjs');
const mermaid = (await import(pathToFileURL(at))).default;
for (const file of process.argv.slice(2))
  console.log((await mermaid.parse(fs.readFileSync(file, 'utf8'))).diagramType);
"""


def mermaid(directory):
    path = os.path.join(directory, "lab.mmd")
    draw(PUBLISH, "map mermaid " + path)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    tap.has(text, "flowchart TB\n", "map mermaid writes a flowchart")
    modules = os.environ.get("NODE_PATH", "")
    if not shutil.which("node") or not os.path.isdir(os.path.join(modules, "mermaid")):
        tap.skip("node with mermaid and jsdom below $NODE_PATH is not there")
        return
    script = os.path.join(directory, "parse.mjs")
    with open(script, "w", encoding="utf-8") as file:
        file.write(MERMAID)
    result = run(["node", script, path], cwd=os.path.dirname(modules))
    tap.equal((result.status, result.out.strip()), (0, "flowchart-v2"), "Mermaid takes it")


def many_cables():
    """All ends of many cables have the same numbers: each finds its own all the same."""
    script = "sandbox\nfor I in 1..40 { ns add a$I b$I; cable a$I b$I }\ncable a3 b7\ncable a7 b3\n"
    cables = {frozenset(end["namespace"] + ":" + end["interface"] for end in (one["a"], one["b"]))
              for one in draw(script, "json map").json()["cables"]}
    wanted = {frozenset(("a%d:veth-a%d" % (i, i), "b%d:veth-b%d" % (i, i))) for i in range(1, 41)}
    wanted |= {frozenset(("a3:veth-a32", "b7:veth-b72")), frozenset(("a7:veth-a72", "b3:veth-b32"))}
    tap.equal(cables ^ wanted, set(), "forty cables with the same numbers, and two across")
    listed = {frozenset((one["a"], one["b"])) for one in draw(script, "json cable").json()}
    tap.equal(listed ^ wanted, set(), "... and in the list of cables")


def diff():
    def changes(script, line):
        result = draw(script + line + "\n", "map diff")
        return result.out.splitlines()[1:]

    tap.equal(changes("sandbox\n", "ns add red"), ["+ red"], "diff: a namespace")
    tap.equal(changes("sandbox\nns add red blue\n",
                      "cable red blue addr 192.168.15.1/24 192.168.15.2/24"),
              ["+ red:veth-red -- blue:veth-blue", "+ red:veth-red 192.168.15.1/24",
               "+ blue:veth-blue 192.168.15.2/24"], "diff: a cable")
    tap.equal(changes(CABLE, "addr del red 192.168.15.1/24"),
              ["- red:veth-red 192.168.15.1/24"], "diff: an address less")
    tap.equal(changes(CABLE, "link red down"), ["~ red:veth-red down (was up)"],
              "diff: an interface down")
    tap.equal(changes(CABLE, "link red mtu 1400"), ["~ red:veth-red mtu 1400 (was 1500)"],
              "diff: its MTU")
    tap.equal(changes(CABLE, "link red name eth0"), ["~ red:eth0 (was veth-red)"],
              "diff: its name")
    tap.equal(changes(CABLE, "route red default via 192.168.15.2")[0].split(" dev ")[0],
              "+ red default via 192.168.15.2", "diff: a route")
    tap.ok("- red:veth-red -- blue:veth-blue" in
           "\n".join(changes(CABLE, "cable del red")).replace(
               "blue:veth-blue -- red:veth-red", "red:veth-red -- blue:veth-blue"),
           "diff: a cable less")
    tap.ok("+ host:v-net-0" in changes("sandbox\n", "bridge v-net-0 add"), "diff: a switch")
    tap.ok("+ host:veth-red-br on switch v-net-0" in
           changes("sandbox\nns add red\nbridge v-net-0 add\n", "bridge v-net-0 attach red"),
           "diff: a port")
    tap.ok(any("net/ipv4/ip_forward = 1 (was 0)" in line
               for line in changes("sandbox\n", "forwarding on")), "diff: a setting")
    tap.ok(any(line.startswith("+ host postrouting:")
               for line in changes(SWITCH, "nat on for 192.168.15.0/24")), "diff: a rule")
    tap.equal(changes(CABLE, "undo"), ["- blue:veth-blue 192.168.15.2/24",
                                       "- red:veth-red 192.168.15.1/24",
                                       "- red:veth-red -- blue:veth-blue"],
              "diff: what undo has taken back")
    tap.equal(changes(CABLE + "link red mtu 1400\n", "undo"),
              ["~ red:veth-red mtu 1500 (was 1400)"], "diff: ... and what it has set")
    rule = changes("sandbox\nnat on\n", "nat off")
    tap.ok(len(rule) == 1 and rule[0].startswith("- host postrouting"), "diff: nat off", rule)
    tap.equal(changes(CABLE + "nat on\nlink red down\n", "reset")[-2:], ["- blue", "- red"],
              "diff: reset")
    found = draw(CABLE + "link red down\n", "json map diff").json()
    tap.equal(found, [{"change": "~", "kind": "link", "what": "red:veth-red down (was up)"}],
              "diff: as JSON")
    result = draw("sandbox\n", "map diff")
    tap.equal(result.status, 1, "diff: nothing changed yet is an error")


def rootless():
    result = draw(PUBLISH, "map", user=True)
    tap.equal(result.status, 0, "an ordinary user's sandbox is drawn")
    tap.equal(result.out, draw(PUBLISH).out, "just like root's")


def main():
    if nsh("-q", "-", stdin="sandbox\nns add red\n").status != 0:
        print("1..0 # SKIP no sandbox here")
        sys.exit(0)
    lecture()
    many_cables()
    shape()
    states()
    topologies()
    pairs()
    sizes()
    json_form()
    with tempfile.TemporaryDirectory() as directory:
        svg(directory)
        dot(directory)
        mermaid(directory)
    diff()
    rootless()
    tap.done()


main()
