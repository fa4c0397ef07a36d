#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Long answers at the prompt: which pager they go to, with whose rights, and what is left of the
terminal when it is gone; and what never goes there."""
import os
import re

from nshtest import Prompt, in_private_machine, nsh, public_dir, tap

in_private_machine()

MANY = "for I in 1..60 { ns add room$I }"


def program(name, text):
    """A program of the test's own that everybody may run."""
    path = os.path.join(public_dir(), name)
    with open(path, "w") as file:
        file.write(text)
    os.chmod(path, 0o755)
    return path


def prompt(user=True, **env):
    t = Prompt("-S", user=user, rows=24, env={"PAGER": "", **env})
    t.run(MANY)
    return t


# What it gets, and with what rights: it writes both down and shows nothing.
told = os.path.join(public_dir(), "told")
spy = program("spy", """#!/bin/sh
{ echo "words: $*"; grep -E '^(Cap(Eff|Prm|Amb)|NoNewPrivs)' /proc/self/status; id -u
  echo "less: $LESS secure: $LESSSECURE"; cat; } > %s.new
mv %s.new %s
""" % (told, told, told))


def spied():
    with open(told) as file:
        text = file.read()
    os.unlink(told)
    return text


t = prompt(PAGER=spy + "  -a 'b c' $HOME;id ")
shown = t.run("ns")
tap.lacks(shown, "room", "a long answer goes to $PAGER, not to the screen")
text = spied()
tap.has(text, "words: -a 'b c' $HOME;id\n", "PAGER is split at blanks, and no shell reads it")
tap.equal(re.findall(r"Cap...:\t(\w+)", text), ["0" * 16] * 3, "the pager has no capabilities")
tap.has(text, "NoNewPrivs:\t1", "... and gets none")
tap.has(text, "less: FRX secure: \n", "less is told to let colours through")
tap.equal(re.findall(r"room(\d+)", text), [str(i) for i in range(1, 61)], "it gets all of it")
t.run("for I in 1..12 { cable room$I room60 }")
for line, part in (("help", "Commands"), ("map", "room60"), ("find a", "example:"),
                   ("for I in 1..2 { json ns }", None),
                   ("explain bridge br0 attach room1 room2 room3 room4 room5 room6 room7 room8",
                    "ip link add br0"), ("save", "cable room1"), ("show", None)):
    shown = t.run(line)
    if part:
        tap.ok(os.path.exists(told) and part in spied() and part not in shown,
               "paged: " + line, shown)
    else:
        tap.ok(not os.path.exists(told), "short, so not paged: " + line, shown)
for line in ("exec host seq 100", "say " + " ".join(["word"] * 900), "expect ns contains room60",
             "sniff room1 for 10ms", "source " + program("lines", "ns\n")):
    t.run(line)
    tap.ok(not os.path.exists(told), "never paged: " + line[:20])
t.run("set pager = off")
tap.has(t.run("ns"), "room60", "set pager = off does without")
t.run("set pager = on")
t.run("ns")
tap.ok(os.path.exists(told), "... and set pager = on takes it back")
tap.equal(t.leave(), 0, "nsh leaves")

result = nsh("-S", "-q", "-c", MANY, "-c", "ns", user=True, env=dict(os.environ, PAGER=spy))
tap.ok("room60" in result.out and result.status == 0, "no pager for -c", result)

# Early ends, Ctrl-C, what it does to the terminal.
head = program("early", "#!/bin/sh\nhead -n 1\nstty raw -echo < /dev/tty\nexit 3\n")
t = prompt(PAGER=head)
tap.equal(t.run("ns").strip(), "room1", "a pager that stops reading early is no error")
tap.equal(t.run("say fine"), "fine", "... and the terminal is as before")
t.leave()
# One program: a shell between two of them may lose the signal.
slow = program("slow", "#!/bin/sh\nexec cat - /dev/tty\n")
t = prompt(PAGER=slow)
t.line("ns")
tap.ok(t.wait_for(re.compile(r"room60\r?\n")), "a pager that waits has the terminal")
t.read(0)
t.seen = ""
t.type("\x03")
tap.ok(t.wait_for(re.compile(r"nsh> $")), "Ctrl-C ends it, and nsh is there", t.screen.text())
tap.equal(t.run("say fine"), "fine", "... with nothing left over")
tap.equal(t.leave(), 0, "nsh leaves")

# less itself, where it is installed: the screen is not longer than it was, q leaves.
if any(os.access(os.path.join(p, "less"), os.X_OK) for p in os.environ["PATH"].split(":")):
    t = prompt(PAGER="/nonexistent/pager")
    t.line("ns")
    tap.ok(t.wait_for(re.compile(r"room2\d\r?\n.*:", re.DOTALL)), "less stands in for what is not there",
           t.screen.text())
    t.type("\x03")
    t.quiet()
    tap.lacks(t.screen.lines()[-1], "nsh>", "Ctrl-C is less's")
    # What is typed while it minds the signal, it throws away.
    left = None
    for _ in range(12):
        left = left or (t.type("q"), t.wait_for(re.compile(r"nsh> $"), 5))[1]
    tap.ok(left, "q brings the prompt back", t.screen.text())
    tap.equal(t.run("say fine"), "fine", "... which works")
    t.leave()

    # Root's less knows no commands, and nothing that root's environment says.
    if os.geteuid() == 0:
        mark = os.path.join(public_dir(), "mark")
        evil = program("evil", "#!/bin/sh\ntouch %s\ncat\n" % mark)
        t = prompt(user=False, PAGER=evil, LESSOPEN="|%s %%s" % evil, PATH=public_dir())
        t.line("ns")
        tap.ok(t.wait_for(re.compile(r"room2\d\r?\n.*:", re.DOTALL)), "root's pager is less")
        t.type("!")
        tap.ok(t.until(lambda: "not available" in t.screen.text()), "... that runs no commands",
               t.screen.text())
        t.type("\rq")
        tap.ok(t.wait_for(re.compile(r"nsh> $")), "... and q leaves it", t.screen.text())
        tap.ok(not os.path.exists(mark), "... with no other program run")
        t.leave()
    else:
        tap.skip("not root", 4)
else:
    tap.skip("less is not installed", 8)
tap.done()
