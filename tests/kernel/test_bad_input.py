# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input on the real kernel: each mistake has a message of its own, a caret where there is
a word to blame, a status that is not 0, and changes nothing."""
from nshtest import *

in_private_machine()

LAB = ("ns add red blue; cable red blue addr 192.168.15.1/24 192.168.15.2/24; "
       "bridge v-net-0 add addr 10.0.0.5/24; bridge v-net-0 attach red addr 10.0.0.1/24")

# line, status, what the message holds, the blamed text ("" for the place behind the end)
CASES = [
    ("nss add red", 2, "no command nss", "nss"),
    ("ns add red", 1, "there is a namespace red already", "red"),
    ("ns del bleu", 1, "there is no namespace bleu", "bleu"),
    ("addr bleu 10.1.1.1/24", 1, "there is no namespace bleu", "bleu"),
    ("ns add a/b", 2, "holds a /", "/"),
    ("ns add host", 2, "host is the name of the namespace that nsh lives in", "host"),
    ('ns add "a\x1bb"', 2, "cannot be shown", None),
    ("ns add ..", 2, "no name", ".."),
    ("cable red:abcdefghijklmnop blue", 2, "longer than 15 characters", "p"),
    ("bridge abcdefghijklmnop add", 2, "longer than 15 characters", "p"),
    ("link red:veth-red name abcdefghijklmnop", 2, "longer than 15 characters", "p"),
    ("link red:veth-red name a/b", 2, "holds a /", "/"),
    ("addr blue 192.168.15.9", 2, "prefix length", "192.168.15.9"),
    ("addr blue 192.168.15.300/24", 2, "300", "300"),
    ("addr blue 192.168.15.9/33", 2, "33", "/33"),
    ("addr blue 2001:db8::1/129", 2, "129", "/129"),
    ("addr blue 192.168.15.0/24", 2, "the network itself", "192.168.15.0/24"),
    ("addr blue 192.168.15.255/24", 2, "broadcast", "192.168.15.255/24"),
    ("addr blue 192.168.15.2/24", 1, "already", "192.168.15.2/24"),
    ("route blue default via 172.16.0.1", 1, "cannot be a gateway", "172.16.0.1"),
    ("route blue 10.9.0.0/16 via 192.168.77.1", 1, "cannot be a gateway", "192.168.77.1"),
    ("route blue default via 192.168.15.2", 1, "own address", "192.168.15.2"),
    ("route blue 10.9.0.1/16 via 192.168.15.1", 2, "not a network", "10.9.0.1/16"),
    ("cable red blue", 1, "a cable already", "blue"),
    ("cable red red", 1, "both ends", None),
    ("bridge v-net-0 attach v-net-0", 1, "attached to itself", "v-net-0"),
    ("bridge v-net-0 attach red", 1, "attached to v-net-0 already", "red"),
    ("bridge v-net-0 add", 1, "a switch v-net-0 already", "v-net-0"),
    ("bridge v-net-9 show", 1, "no switch v-net-9", "v-net-9"),
    ("ns add", 2, "incomplete", ""),
    ("cable red", 2, "incomplete", ""),
    ("route blue default via", 2, "incomplete", ""),
    ("ns add green red", 1, "already", "red"),
    ("publish 70000 blue", 2, "70000", "70000"),
    ("publish 80 bleu", 1, "bleu", "bleu"),
    ("link red:veth-red mtu 67", 2, "67", "67"),
    ("link red:nope up", 1, "no interface nope", "nope"),
    ("link host:v-net-0 mac 01:00:00:00:00:00", 2, "multicast", None),
    ("exec red no-such-program", 1, "no-such-program", None),
    ("source /nonexistent", 2, "cannot read", None),
    ('ns add "green', 2, "quote", None),
    ("for X in a b", 2, "block", None),
    ("for X in a b {", 2, "", None),
    ("ns add $NOPE", 2, "NOPE", "$NOPE"),
    ("}", 2, "", None),
    ("ns add green nsdel", 0, "", None),
]


def caret_text(err):
    """The text above the carets, '' where they stand behind the line, None without any."""
    lines = err.splitlines()
    for above, below in zip(lines, lines[1:]):
        if re.fullmatch(r" *\^+", below):
            start, end = below.index("^"), len(below)
            return above[start:end].strip() if start < len(above) else ""
    return None


setup = nsh("-c", LAB)
tap.ok(setup.status == 0, "the lab stands", setup)
before = machine_state()
tap.has(before, "red", "and its state can be read")
for line, status, message, blamed in CASES:
    result = nsh("-c", line)
    shown = line.replace("\x1b", "\\x1b")
    if status == 0:
        tap.ok(result.status == 0, "%s: done" % shown, result)
        tap.ok(nsh("-c", "ns del green nsdel").status == 0, "and undone")
        continue
    tap.ok(result.status == status, "%s: status %d" % (shown, status), result)
    tap.has(result.err, message, "%s: says why" % shown)
    tap.lacks(result.err, "\x1b", "%s: no escape byte reaches the terminal" % shown)
    if blamed is not None:
        tap.equal(caret_text(result.err), blamed, "%s: the caret" % shown)
    tap.equal(result.out, "", "%s: nothing on standard output" % shown)
tap.equal(machine_state(), before, "nothing has changed")

# --- a port that is taken ---
result = nsh("-c", "serve blue 80; serve blue 80")
tap.ok(result.status == 1, "a port that is taken: status 1", result)
tap.has(result.err, "80", "a port that is taken: says so")
tap.equal(caret_text(result.err), "80", "a port that is taken: the caret")
result = nsh("-c", "publish 8080 blue; publish 8080 red")
tap.ok(result.status == 1 and "published already" in result.err,
       "a port that is published: says so", result)
tap.equal(machine_state(), before, "and what the script had done is taken back")

# --- the 1,024th port of a bridge ---
lines = ["bridge big add"]
lines += ["link add host:p%d ifb; bridge big attach p%d" % (i, i) for i in range(1, 1024)]
probe = nsh("-S", "-c", "link add host:p0 ifb")
if probe.status == 4:
    tap.skip("no ifb interfaces here")
else:
    script = "\n".join(lines) + "\nlink add host:p1024 ifb\nbridge big attach p1024\n"
    result = nsh("-S", "-", stdin=script, timeout=300)
    tap.ok(result.status == 1, "the 1,024th port of a bridge: status 1", result.err[-2000:])
    tap.has(result.err, "1023 ports", "the 1,024th port of a bridge: says what the limit is")

# --- scripts that cannot be read ---
with tempfile.TemporaryDirectory() as directory:
    path = os.path.join(directory, "script.nsh")
    result = nsh(path)
    tap.ok(result.status == 2 and "No such file" in result.err, "a script that is not there",
           result)
    result = nsh(directory)
    tap.ok(result.status == 2 and "directory" in result.err, "a script that is a directory",
           result)
    with open(path, "wb") as file:
        file.write(bytes(range(256)) * 40)
    result = nsh(path)
    tap.ok(result.status == 2, "a binary script: status 2", result)
    tap.lacks(result.err, "\x1b", "a binary script: nothing of it reaches the terminal raw")
    tap.ok(len(result.err) < 2000, "a binary script: the message is short", result)
    with open(path, "w") as file:
        file.write("ns add " + "a" * 1000000 + "\n")
    result = nsh(path)
    tap.ok(result.status == 2, "a line of 1 MB: status 2", result.err[:2000])
    tap.ok(len(result.err) < 2000, "a line of 1 MB: the message is short", result.err[:3000])
    with open(path, "w") as file:
        file.write("ns add green\n\n  ns del blu\n")
    result = nsh(path)
    tap.has(result.err, "script.nsh:3:10: there is no namespace blu",
            "a script's mistake: file, line and column")
    tap.equal(caret_text(result.err), "blu", "a script's mistake: the caret")
    if os.geteuid() == 0 and run(["setpriv", "--help"]).status == 0:
        os.chmod(directory, 0o755)
        os.chmod(path, 0o000)
        result = nsh(path, user=True)
        if "user namespace" in result.err:
            tap.skip("no user namespaces within this one")
        else:
            tap.ok(result.status == 2 and "Permission denied" in result.err,
                   "a script that must not be read", result)
tap.equal(machine_state(), before, "nothing has changed by all that")

# --- a kernel without the kind of interface that is asked for ---
result = nsh("-S", "-c", "link add host:d0 dummy")
if result.status == 0:
    tap.skip("this kernel has dummy interfaces")
else:
    tap.ok(result.status == 4, "a kind that this kernel lacks: status 4", result)
    tap.has(result.err, "no interfaces of the kind dummy", "and says so")
    tap.equal(caret_text(result.err), "dummy", "with a caret")
tap.done()
