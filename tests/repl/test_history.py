#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The history of lines typed at the prompt."""
import os
import re
import stat
import tempfile

from nshtest import Prompt, public_dir, tap

UP = "\x1b[A"
DOWN = "\x1b[B"


def place():
    return tempfile.mkdtemp(dir=public_dir())


def kept(t):
    with open(t.history) as file:
        return file.read().split("\n")[:-1]


def recall(t, keys):
    """What stands on the line after KEYS."""
    line = t.edit(keys)[0]
    t.interrupt()
    return line[len("nsh> "):]


t = Prompt("-S")
tap.equal(recall(t, UP), "", "at first there is nothing")
for line in ("say one", "say two", "brige", "say two", "say three", "say three", "", "   ",
             "say one"):
    t.run(line)
tap.equal(stat.S_IMODE(os.stat(t.history).st_mode), 0o600, "the file is its owner's alone")
tap.equal(stat.S_IMODE(os.stat(os.path.dirname(t.history)).st_mode), 0o700,
          "... its directory, too")
tap.equal(kept(t)[-1], "say one", "a line is kept at once")
tap.ok("" not in kept(t) and "   " not in kept(t), "empty lines are not")
tap.equal([recall(t, UP * i) for i in range(1, 6)],
          ["say one", "say three", "say two", "brige", "brige"],
          "arrows go back, and each line is there once, mistakes as well")
tap.equal(recall(t, UP * 3 + DOWN), "say three", "... and forth")
tap.equal(recall(t, "half" + UP + DOWN), "half", "... back to what was being typed")
t.edit(UP + UP + " and more")
t.interrupt()
tap.equal(recall(t, UP + UP), "say three", "Ctrl-C leaves the history as it was")
t.edit(UP + UP)
tap.equal(t.finish(" and more"), "three and more", "a line from the history can be changed")
tap.equal([recall(t, UP * i) for i in (1, 2, 3)], ["say three and more", "say one", "say three"],
          "... and both are kept")
t.type("\x0c\x12tw")
tap.ok(t.until(lambda: "`tw': say two" in t.screen.text()), "Ctrl-R finds", t.screen.text())
tap.equal(t.finish(), "two", "... and Enter runs what it found")
t.run("say \"why?\"")
t.type("\x0c\x12why?")
tap.ok(t.until(lambda: "`why?': say \"why?\"" in t.screen.text()), "Ctrl-R finds a ?",
       t.screen.text())
t.interrupt()

# A command of several lines comes back as one that does the same.
for typed, one, wanted in (
        (["for I in 1..2 {", "  say $I # a comment; { }", "", "say x}", "}"],
         "for I in 1..2 { say $I ; say x}; }", "1\nx}\n2\nx}"),
        (["say \"a", "b\" 'c", "d'"], "say \"a\\nb\" 'c'\"\\n\"'d'", "a\nb c\nd"),
        (["say a\\", "b \\", "c#d \\; ' \\'  # end"],
         "say ab c#d \\; ' \\'  # end", "ab c#d ;  \\")):
    for line in typed[:-1]:
        t.seen = ""
        t.line(line)
        t.wait_for("...> ")
    tap.equal(t.finish(typed[-1]), wanted, "several lines: %r" % typed)
    tap.equal(recall(t, UP), one, "... are one in the history")
    t.edit(UP)
    tap.equal(t.finish(), wanted, "... that does the same")
text = "# first\nns add p\n\n  # second\nns # list\nns del p"
t.run("\x1b[200~" + text + "\x1b[201~")
tap.equal(recall(t, UP), "ns add p; ns ; ns del p", "pasted lines are one in the history")
t.edit(UP)
tap.equal(t.finish(), "p", "... that does the same")
tap.equal(t.leave(), 0, "nsh ends")

# Two at once, and one after them.
state = place()
a = Prompt("-S", env={"XDG_STATE_HOME": state})
b = Prompt("-S", env={"XDG_STATE_HOME": state})
for i in range(20):
    a.line("say a%d" % i)
    b.line("say b%d" % i)
for t, last in ((a, "a19"), (b, "b19")):
    t.wait_for(re.compile("[\\r\\n]%s\r\n" % last))
tap.equal((a.leave(), b.leave()), (0, 0), "two at once")
tap.equal(sorted(kept(a)), sorted("say %s%d" % (x, i) for x in "ab" for i in range(20)),
          "... lose no line")
c = Prompt("-S", env={"XDG_STATE_HOME": state})
tap.ok(recall(c, UP) in ("say a19", "say b19"), "the next one begins where they ended")
tap.equal(recall(c, UP * 40)[:4], "say ", "... with all of it")
c.leave()

# An old file: doubles are taken once, where they come last; a long one is cut; others may not
# read it.
state = place()
os.mkdir(os.path.join(state, "nsh"))
path = os.path.join(state, "nsh/history")
with open(path, "w") as file:
    for i in range(11000):
        file.write("say %d\n" % (i % 7000))
os.chmod(path, 0o644)
t = Prompt("-S", env={"XDG_STATE_HOME": state})
tap.equal(stat.S_IMODE(os.stat(path).st_mode), 0o600, "an old file becomes its owner's alone")
lines = kept(t)
tap.equal(len(lines), 5000, "a long file is cut")
tap.equal((len(set(lines)), lines[-1]), (5000, "say 3999"), "... to the last lines, each once")
tap.equal(recall(t, UP), "say 3999", "... and goes on")
t.leave()
state = place()
os.mkdir(os.path.join(state, "nsh"))
with open(os.path.join(state, "nsh/history"), "w") as file:
    file.write("say x\nsay y\nsay x\nsay z\nsay ä\n\nsay x")
t = Prompt("-S", env={"XDG_STATE_HOME": state})
tap.equal([recall(t, UP * i) for i in range(1, 5)], ["say x", "say ä", "say z", "say y"],
          "doubles that are apart are taken once")
t.run("say last")
tap.equal(kept(t)[-1], "say last", "a file without a newline at its end")
tap.equal(kept(t)[-2], "say x", "... loses nothing")
t.leave()

# Where it is, and where it cannot be.
home = place()
t = Prompt("-S", env={"HOME": home, "XDG_STATE_HOME": ""})
t.run("say home")
t.leave()
t.history = os.path.join(home, ".local/state/nsh/history")
tap.equal(kept(t), ["say home"], "without XDG_STATE_HOME it is in ~/.local/state")
target = os.path.join(home, "precious")
with open(target, "w") as file:
    file.write("precious\n")
os.remove(t.history)
os.symlink(target, t.history)
t = Prompt("-S", env={"HOME": home, "XDG_STATE_HOME": ""})
t.run("say through a link")
t.leave()
with open(target) as file:
    tap.equal(file.read(), "precious\n", "a symbolic link is not followed")
for state, home, what in (("/proc", "/proc", "a place that takes none"),
                          ("relative", "", "no home at all"),
                          ("/dev/null", "/dev/null", "a home that is none")):
    t = Prompt("-S", env={"XDG_STATE_HOME": state, "HOME": home})
    tap.equal(t.greeting, "nsh> ", what + ": no error")
    tap.equal(t.run("say fine"), "fine", "... and lines are run")
    tap.equal(recall(t, UP), "say fine", "... and remembered while it lasts")
    tap.equal(t.leave(), 0, "... to the end")
tap.done()
