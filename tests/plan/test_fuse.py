# SPDX-License-Identifier: GPL-3.0-or-later
"""Cables that are made and then moved are made in place (plan/fuse.h), switches are set up behind the
cables that follow (kernel_set_lazy()), and what is deleted line by line goes at once: random scripts of such lines, good and bad ones, end the same, say the same, and are taken back the same with it and
without ("set fuse = off")."""
import json
import os
import random
import re
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import nshtest
from nshtest import NSH, nsh, run, tap

nshtest.in_private_machine()
for program in ("ip", "nft", "mount"):
    nshtest.needs_program(program)

import state

ROOMS = ["red", "blue", "green"]
CHANCE = {"mac", "index", "state"}  # random, counted on, or when the kernel comes to it


def lines_of(pick):
    """Cables between HOST and rooms, in the lecture's words and nsh's, with things in between."""
    lines = ["ip netns add %s" % room for room in ROOMS] + ["ip link add br0 type bridge"]
    for i in range(pick.randint(2, 5)):
        a, b = "a%d" % i, "b%d" % pick.choice([i, i, i, i, 0])
        lines.append("ip link add %s type veth peer name %s" % (a, b))
        for end in pick.sample([a, b], pick.randint(0, 2)):
            # Now and then to where there is none, or of a link that there is not.
            room = pick.choice(ROOMS + (["nowhere"] if pick.random() < 0.1 else []))
            end = end if pick.random() < 0.95 else "nix"
            lines.append(pick.choice(["ip link set %s netns %s", "link %s to %s",
                                      "ip link set dev %s netns %s"]) % (end, room))
            if pick.random() < 0.5:
                lines.append("ip -n %s link set %s up" % (room, end))
                lines.append("ip -n %s addr add 10.%d.0.%d/24 dev %s"
                             % (room, i, pick.randint(1, 9), end))
        lines.append(pick.choice(["ip link set %s master br0" % b, "ip link set %s up" % b,
                                  "say between", "link %s mtu 1400" % a]))
    return lines + deletions(pick)


def switches(pick):
    """Switches, two of them with the same network now and then, and what is given to them, with
    lines between that must find them up, or as they were said to be."""
    lines = ["ns add %s" % room for room in ROOMS]
    for i in range(pick.randint(1, 3)):
        net = pick.choice([1, 1, i + 2])
        lines += pick.choice([["bridge sw%d add addr 10.%d.0.1%d/24" % (i, net, i)],
                              ["bridge sw%d add" % i],
                              ["ip link add sw%d type bridge" % i, "ip link set sw%d up" % i,
                               "ip addr add 10.%d.0.1%d/24 dev sw%d" % (net, i, i)],
                              ["ip link add sw%d type bridge" % i,
                               "ip addr add 10.%d.0.1%d/24 dev sw%d" % (net, i, i),
                               "ip link set sw%d up" % i]])
        between = ["bridge sw%d attach %s addr 10.%d.0.2%d/24"
                   % (i, pick.choice(ROOMS), net, pick.randint(0, 3)) for _ in range(3)]
        between += ["ip link add p%d type veth peer name q%d" % (i, i),
                    "ip link set q%d master sw%d" % (i, i), "ip link set q%d up" % i,
                    "ip addr add 10.%d.0.5%d/24 dev p%d" % (net, i, i), "ip link set p%d up" % i,
                    "route host 10.7%d.0.0/24 via 10.%d.0.20" % (i, net),
                    "route red 10.7%d.0.0/24 via 10.%d.0.1%d" % (i, net, i),
                    "link sw%d %s" % (i, pick.choice(["up", "down", "mtu 1400"])),
                    "link sw%d mac 02:00:00:00:00:0%d" % (i, i),
                    "addr sw%d fd0%d::1/64" % (i, i), "ip -n red addr add fd01::9/64 dev lo",
                    "addr sw%d 10.%d.0.3%d/24" % (i, net, i), "ns del %s" % pick.choice(ROOMS),
                    "rename sw%d other" % i, "bridge sw%d del" % i, "say between"]
        lines += [line for line in between if pick.random() < 0.4]
    return lines


def deletions(pick):
    """Rooms and links that go in a row, line by line and in a loop, some of them not there."""
    lines = []
    for room in pick.sample(ROOMS, pick.randint(0, 3)):
        lines.append(pick.choice(["ns del %s", "ip netns del %s"])
                     % (room if pick.random() < 0.9 else "nowhere"))
    if pick.random() < 0.4:
        lines.append(pick.choice(["for I in 0 1 2 { link del a$I; say $I }",
                                  "for I in 0 1 2 { link del a$I }",
                                  "for R in %s { ns del $R }" % " ".join(pick.sample(ROOMS, 2))]))
    if pick.random() < 0.3:
        lines += ["link del br0", "link del a0"]
    return lines


def plain(value):
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if key not in CHANCE}
    if isinstance(value, list):
        return sorted((plain(item) for item in value if "fe80" not in json.dumps(item)),
                      key=json.dumps)
    return value


def outcome(lines, fuse, keep_going, undo):
    script = ["set fuse = %s" % ("on" if fuse else "off"), *lines]
    if undo:
        script.append("undo %d" % undo)
    script += ["json ns", "json show host", *["json show %s" % ns for ns in ROOMS]]
    result = run_file(["-S"] + (["-k"] if keep_going else []), script)
    # Whether the other end is still there depends on when the kernel comes to it.
    said = re.sub(r"undo will not bring back .* in no namespace with a name\n", "", result.err)
    return (result.status, re.sub(r"/\S*\.nsh", "FILE", said),
            [plain(json.loads(line)) for line in split(result.out)])


def run_file(options, script):
    path = os.path.join(os.environ.get("TMPDIR", "/tmp"), "fuse-%d.nsh" % os.getpid())
    with open(path, "w") as file:
        file.write("\n".join(script) + "\n")
    try:
        return nsh(*options, path)
    finally:
        os.unlink(path)


def split(out):
    """One JSON text after the other."""
    decoder, texts, at = json.JSONDecoder(), [], 0
    out = re.sub(r"^(between|\d)\n", "", out, flags=re.M)
    while out[at:].strip():
        at += len(out[at:]) - len(out[at:].lstrip())
        _, end = decoder.raw_decode(out, at)
        texts.append(out[at:end])
        at = end
    return texts


# --- a namespace that cannot be deleted ---

STUCK = """ns add red blue green gray
cable red blue addr 10.1.1.1/24 10.1.1.2/24
cable red:x green:x addr 10.1.2.1/24 10.1.2.2/24
cable blue:y green:y addr 10.1.3.1/24 10.1.3.2/24
cable green:z gray:z
bridge sw attach red blue green addr 10.2.1.1/24 10.2.1.2/24 10.2.1.3/24
"""


def delete_stuck(names, stuck, keep_going):
    """Before and after, and what is said, where the names STUCK are in use; the other namespaces
    last for a while without their names."""
    state.must(nsh("-q", "-", stdin=STUCK))
    for name in stuck:
        run(["mount", "--make-private", "/run/netns/" + name])
        for _ in range(4):
            run(["mount", "--bind", "/run/netns/" + name, "/run/netns/" + name])
    held = [os.open("/run/netns/" + name, os.O_RDONLY | os.O_CLOEXEC) for name in names]
    before = state.read()
    result = run_file(["-k"] if keep_going else [], ["ns del " + name for name in names])
    for fd in held:
        os.close(fd)
    time.sleep(0.3)  # what was only waiting to vanish has done so
    return before, state.read(), result.status, result.err


def without_macs(lab):
    lab = state.as_nsh_makes_it(lab)
    for ns in lab.values():
        for link in ns["links"].values():
            del link["mac"], link["mac_set"]
    return lab


def test_stuck(names, stuck):
    before, after, status, said = state.in_lab(delete_stuck, names, stuck, False)
    what = "%s cannot be deleted of %s" % (" and ".join(stuck), ", ".join(names))
    wrong = state.difference(without_macs(before), without_macs(after))
    tap.ok(status == 1 and not wrong, what + ": all is as before", "\n".join([said] + wrong))
    tap.has(said, "cannot remove /run/netns/" + stuck[0], what + ": which is said")
    tap.ok("could not take" not in said and "there is no interface" not in said,
           what + ": and nothing else", said)
    _, after, _, _ = state.in_lab(delete_stuck, names, stuck, True)
    tap.equal(sorted(set(names) & set(after)), sorted(stuck), what + ": it alone stays, with -k")


def test_taken_back():
    """A switch that the end of a script makes again is up: nothing comes behind it."""
    inner = "ns add q\n%s\n" + "ns add q\n"
    for line in ["link del host:hb", "bridge hb del"]:
        with tempfile.NamedTemporaryFile("w", suffix=".nsh") as file:
            file.write(inner % line)
            file.flush()
            result = nsh("-S", "-c", "bridge hb add addr 10.5.0.1/24", "--", "sh", "-c",
                         "'%s' --host %s; '%s' --host -c 'json show host'"
                         % (NSH, file.name, NSH))
        tap.ok("took back" in result.err and "10.5.0.0/24" in result.out,
               "%s, taken back: the switch is up, with its route" % line)


def test_carriers():
    """A switch is up before its only port may lose its carrier, and so has a link-local address."""
    for line in ["link c:veth-c down", "link c:veth-c to d", "link host:veth-c-br down"]:
        found = []
        for fuse in ["on", "off"]:
            result = run_file(["-S"], ["set fuse = %s" % fuse, "ns add c", "ns add d",
                                       "ns add e", "ns del e", "bridge s0 attach c", line,
                                       "json show host"])
            found.append("fe80" in result.out)
        tap.ok(found[0] == found[1], "%s: a link-local address of the switch's, or none" % line)


def main():
    test_taken_back()
    test_carriers()
    for names, stuck in [("red blue green gray", "green"), ("red blue green gray", "gray"),
                         ("green red blue", "green"), ("red blue green", "blue green"),
                         ("red blue green gray", "red")]:
        test_stuck(names.split(), stuck.split())
    seen = 0
    for seed in range(int(os.environ.get("NSH_FUSE_SEEDS", "40"))):
        pick = random.Random(seed)
        lines = pick.choice([lines_of, lines_of, switches])(pick)
        keep_going, undo = pick.random() < 0.7, pick.choice([0, 0, 1, 3])
        fused = outcome(lines, True, keep_going, undo)
        apart = outcome(lines, False, keep_going, undo)
        seen += "failed" in apart[1] or apart[0] != 0
        if not tap.ok(fused == apart, "seed %d: fused and line by line, the same" % seed):
            tap.note("\n".join(lines))
            tap.note("fused: %r\napart: %r" % (fused, apart))
    tap.ok(seen > 0, "scripts that fail were among them")
    tap.done()


main()
