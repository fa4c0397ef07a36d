# SPDX-License-Identifier: GPL-3.0-or-later
"""Cables that are made and then moved are made in place (plan/fuse.h): random scripts of such
lines, good and bad ones, end the same, say the same, and are taken back the same with it and
without ("set fuse = off")."""
import json
import os
import random
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from nshtest import nsh, tap

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
    script += ["json show %s" % ns for ns in ["host", *ROOMS]]
    result = run_file(["-S"] + (["-k"] if keep_going else []), script)
    return (result.status, re.sub(r"/\S*\.nsh", "FILE", result.err),
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
    out = out.replace("between\n", "")
    while out[at:].strip():
        at += len(out[at:]) - len(out[at:].lstrip())
        _, end = decoder.raw_decode(out, at)
        texts.append(out[at:end])
        at = end
    return texts


def main():
    seen = 0
    for seed in range(int(os.environ.get("NSH_FUSE_SEEDS", "25"))):
        pick = random.Random(seed)
        lines = lines_of(pick)
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
