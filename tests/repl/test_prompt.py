#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The prompt: what it says, how lines are typed, what ends it."""
import os
import re
import shutil
import signal
import tempfile

from nshtest import Prompt, nsh, tap

ANY = re.compile(r"nsh\S*[>#] $")


def children(pid):
    """All processes below PID."""
    found = []
    try:
        for task in os.listdir("/proc/%d/task" % pid):
            with open("/proc/%d/task/%s/children" % (pid, task)) as file:
                for child in map(int, file.read().split()):
                    found += [child] + children(child)
    except (FileNotFoundError, ProcessLookupError):
        pass
    return found


def alive(pid):
    try:
        with open("/proc/%d/stat" % pid) as file:
            return file.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def prompt(t, keys, wanted, name):
    """What is behind the line that KEYS end is the prompt WANTED."""
    t.read(0)
    t.seen = ""
    t.type(keys)
    tap.ok(t.wait_for(re.compile(r"\n\r?" + re.escape(wanted) + "$")), name, t.screen.text())


# --- who is told what ---

if nsh("-c", "ns", user=True).status == 4:
    tap.skip("an ordinary user can have no sandbox here", 4)
else:
    t = Prompt(user=True)
    notes = t.greeting.split("\r\n")[:-1]
    tap.equal(len(notes), 1, "an ordinary user is told one line")
    tap.has(notes[0], "private sandbox", "... about the sandbox")
    tap.equal(t.run("ns add red") + t.run("ns"), "red", "... and can work in it")
    tap.equal(t.leave(), 0, "... and leave it")
t = Prompt("-S")
tap.equal(t.greeting, "nsh> ", "nobody is told what they asked for")
t.run("ns add red blue")
prompt(t, "use red\r", "nsh(red)> ", "the prompt says where it is")
tap.has(t.run("link"), re.compile(r"^lo\b|\blo\b"), "... where lines act")
prompt(t, "use host\r", "nsh> ", "... and is back on host")
t.run("use red")
t.run("ns del red")
prompt(t, "use host\r", "nsh> ", "a namespace that is gone can be left")

t.run("ns add red; ns add green; cable red green")
tap.equal((t.run("undo"), t.run("ns")),
          ("taking back: ns add red; ns add green; cable red green", "blue"),
          "what was typed as one line is taken back as one")

# --- mistakes ---

before = t.run("json ns") + t.run("json link")
for line, lines in (
        ("brige", ["there is no command brige", "  brige", "  ^^^^^", "  did you mean bridge?"]),
        ("frobnicate", ["there is no command frobnicate", "  frobnicate", "  ^^^^^^^^^^",
                        "  \"help\" lists the commands"]),
        ("cable host bleu", ["there is no namespace bleu", "  cable host bleu", "             ^^^^",
                             "  did you mean blue?"]),
        ("say \"ä漢\" ; brige", ["ä漢", "there is no command brige", "  say \"ä漢\" ; brige",
                               "              ^^^^^", "  did you mean bridge?"]),
        ("cable blue", ["\"cable blue\" is incomplete", "  cable blue", "            ^"]),
        ("s", ["s is ambiguous", "  s", "  ^"]),
        ("bridge v-net-0 a", ["a is ambiguous", "  bridge v-net-0 a", "                 ^",
                              "  it could be add, attach"]),
        ("say \"x\"; }", ["there is no { that this } closes", "  say \"x\"; }", "           ^"]),
        ("ns add a/b", ["a/b holds a /: no name for a namespace", "  ns add a/b", "          ^"]),
        ("ns add \x16\x1b[31m", ["\\x1b[31m holds a character that cannot be shown: no name for a "
                                 "namespace", "  ns add \\x1b[31m", "         ^^^^^^^^"])):
    tap.equal(t.run(line).split("\n")[:len(lines)], lines, "a mistake is shown: %r" % line)
tap.equal(t.run("json ns") + t.run("json link"), before, "mistakes change nothing")

# --- abbreviations ---

t.run("br v-net-0 ad")
tap.has(t.run("br v-net-0 sh"), "v-net-0", "words may be cut short")
tap.has(t.run("json br"), "v-net-0", "... and behind a word that takes a line")
path = os.path.join(os.path.dirname(t.history), "../short.nsh")
with open(path, "w") as file:
    file.write("br v-net-0 sh\n")
tap.has(t.run("source " + path), "short.nsh:1:1: there is no command br", "... not in a file")

# --- Ctrl-C and Ctrl-D on a line ---

t.type("\x0cns add half")
t.until(lambda: t.before_cursor() == "nsh> ns add half")
tap.ok(t.interrupt(), "Ctrl-C clears a line", t.screen.text())
tap.equal(t.screen.lines(), ["nsh> ns add half^C", "nsh>"], "... and leaves it to be seen")
t.type("\x0c" + "say " + "long " * 40 + "\x01\x06")
t.until(lambda: t.screen.row == 0 and t.screen.column == 6)
t.interrupt()
tap.has(t.screen.text(), re.compile(r"ong \^C\nnsh>$"), "... all of a long line")
tap.equal(t.run("say next"), "next", "... and the next line is itself")
prompt(t, "for I in 1..3 {\r", "...> ", "a block that is open asks for more")
prompt(t, "say no\r", "...> ", "... and more")
tap.ok(t.interrupt(), "Ctrl-C gives up a block")
tap.equal(t.run("say next"), "next", "... all of it")
prompt(t, "for I in 1..3 {\r", "...> ", "a block once more")
prompt(t, "\x04", "nsh> ", "Ctrl-D gives up a block")
tap.equal(t.run("say next"), "next", "... all of it")
tap.equal(t.run("say xy\x02\x04"), "x", "Ctrl-D in a line deletes a character")
t.type("\x12say")
t.until(lambda: "reverse-i-search" in t.screen.text())
tap.ok(t.interrupt(), "Ctrl-C ends a search")
tap.equal(t.run("say next"), "next", "... and what it had found")

PASTE = "\x1b[200~say half a paste"
t.type(PASTE)
tap.ok(t.interrupt(), "Ctrl-C ends a paste that does not")
for length in range(1, len(PASTE)):
    t.type(PASTE[:length])
    if not t.interrupt():
        break
tap.equal(length, len(PASTE) - 1, "... wherever it stops")
tap.equal(t.run("say next"), "next", "... all of it")
seen = ""
for i in range(20):
    # Some find nsh at work on the keys before it.
    t.type("say what is typed ahead\x0c\x0c" if i % 2 else "say what is typed ahead")
    seen = t.interrupt()
    if not seen:
        break
tap.ok(seen, "Ctrl-C is seen whenever it comes", t.screen.text())
tap.equal(t.run("say next"), "next", "... and what is before it is not run")

# --- several lines ---

for line in ("for I in 1..2 {", "for J in a b {", "say $I$J", "}"):
    prompt(t, line + "\r", "...> ", "blocks in blocks: " + line)
tap.equal(t.finish("}"), "1a\n1b\n2a\n2b", "... are run when they are whole")
prompt(t, "say one \\\r", "...> ", "a backslash asks for more")
tap.equal(t.finish("two"), "one two", "... and continues the line")
prompt(t, "say \"one\r", "...> ", "an open quote asks for more")
tap.equal(t.finish("two\""), "one\ntwo", "... and keeps the newline")
prompt(t, "for I in 1..2 {\r", "...> ", "a block with a mistake")
prompt(t, "brige\r", "...> ", "... in it")
tap.equal(t.finish("}"), "there is no command brige\n  brige\n  ^^^^^\n  did you mean bridge?",
          "... shows the line with the mistake")

# --- pasting, long lines, other alphabets, small windows ---

text = "".join("say line %d\n" % i for i in range(300))
output = t.run("\x1b[200~" + text + "say end\x1b[201~")
tap.equal([line for line in output.split("\n") if line[:5] == "line "],
          ["line %d" % i for i in range(300)], "pasted lines are all run")
tap.has(output, "\nend", "... the last as well")
tap.equal(t.run("\x1b[200~for I in 1..2 {\r\n\tsay a\tb?\r\n}\x1b[201~").split("\n")[-2:],
          ["a b?", "a b?"], "pasted tabs and ? are themselves")
t.seen = ""
t.type("".join("set V%d = %d\r" % (i, i) for i in range(300)) + "say 'the' 'end'\r")
t.wait_for("the end\r\n")
t.wait_for(ANY)
tap.equal(re.findall(r"V(\d+) = \1$", t.run("set"), re.MULTILINE), [str(i) for i in range(300)],
          "typed ahead, all lines are run")
word = "x" * 65000
t.type("\x0c")
t.type("say \x1b[200~" + word + "\x1b[201~'' end\r")
tap.ok(t.wait_for("x end"), "a line of 65,000 bytes is run")
t.wait_for(ANY)
t.type("\x0csay \x1b[200~" + word + word + "\x1b[201~\r")
tap.ok(t.wait_for("longer than 64 KiB"), "one of 130,000 bytes is refused")
t.wait_for(ANY)
tap.equal(t.run("say grün 漢字 \x02\x02\x04語 é"), "grün 漢語 é",
          "UTF-8 is edited by characters")
tap.equal(t.edit("say grün 漢")[0], "nsh> say grün 漢", "... and shown as it is")
t.interrupt()
t.read(0)
t.seen = ""
t.resize(20, 10)
t.wait_for("nsh> ")
tap.equal(t.edit("bridge v-net-0 s\t")[0] and t.screen.lines(),
          ["nsh> bridge v-net-0", "show"], "20 columns: a line goes on below")
tap.has(t.finish(), "v-net-0", "... and is run")
line, shown = t.edit("\t")
tap.ok(shown[0] == "" or len(shown) <= 9, "20 columns, 10 rows: a list fits", shown)
t.resize(44, 60)
t.run("ns add red; cable red blue addr 10.0.0.1/24 10.0.0.2/24")
for line, part in (
        ("why red blue", "  red:veth-red    route to 10.0.0.2: on this\n                  link, from "
         "10.0.0.1\n                  (observed)\n"),
        ("why red 10.9.9.9", "NO_ROUTE: red has no route to 10.9.9.9"),
        ("help names", "An end is NS or NS:IF: red, red:veth-red,\nhost:v-net-0. Where"),
        ("help nat", "      hide the lab's addresses behind the\n      namespace's own (masquerade)\n"),
        ("help", "  stop        end a server, or all\n  map         draw the lab: as text or as a\n"
         "              picture, once or as it changes\n"),
        ("nat on", "note: host itself has no default route yet:\n  nothing leads out\n"),
        ("ls", "  \"exec host ls\" runs the program; nsh's own\n    command is \"show\"\n")):
    tap.has(t.run(line) + "\n", part, "44 columns: %s is broken at blanks" % line)
tap.has("\n".join(t.edit("nat ?")[1]), "  on           hide the lab's addresses\n"
        "               behind the namespace's own\n               (masquerade)",
        "... and so is what ? tells")
t.interrupt()
t.edit("say " + "0123456789" * 4)
t.resize(100, 30)
t.type("\x05")
tap.ok(t.until(lambda: "nsh> say " + "0123456789" * 4 in t.screen.lines()),
       "a wider window: the line is drawn anew", t.screen.text())
tap.equal(t.finish(" end"), "0123456789" * 4 + " end", "... and is what it was")
tap.equal(t.leave(), 0, "Ctrl-D leaves, with status 0")
t = Prompt("-S", env={"LC_ALL": "C"})
tap.equal(t.run("say grün"), "grün", "UTF-8 where the locale has none")
tap.equal(t.run("nonsense ; quit"), "there is no command nonsense\n  nonsense ; quit\n  ^^^^^^^^\n"
          "  \"help\" lists the commands", "a mistake does not leave")
t.line("quit")
tap.equal(t.wait(), 0, "quit leaves, with status 0")
t.close()

# --- namespaces that somebody else deletes ---

if shutil.which("ip"):
    seen = os.path.join(tempfile.mkdtemp(), "seen")
    t = Prompt("-S")
    t.run("ns add blue green; cable blue host:c0; cable green host:c1; in blue addr; in green addr")
    t.run("exec host ip netns del green")
    t.until(lambda: "c1" not in t.run("link"))
    tap.lacks(t.run("link"), "c1", "what a program deletes is gone, though nsh had it open")
    t.run("exec host sh -c '(sleep 0.3; ip netns del blue; "
          "for i in $(seq 50); do ip link show c0 || break; sleep 0.1; done; echo $i > %s) "
          "> /dev/null 2>&1 &'" % seen)
    t.until(lambda: os.path.exists(seen) and os.path.getsize(seen) > 0)
    with open(seen) as file:
        tap.ok(int(file.read()) < 50, "and so is what is deleted while nsh waits for a line")
    shutil.rmtree(os.path.dirname(seen))
    t.leave()
else:
    tap.skip("no ip(8)", 2)

# --- signals ---

for number, name in ((signal.SIGTERM, "SIGTERM"), (signal.SIGHUP, "SIGHUP")):
    for keys, shown, what in (("ns add hal", "hal", "at the prompt"),
                              ("sleep 100\r", "sleep 100\n", "in a command"),
                              ("exec red sleep 100\r", "100\n", "in a program")):
        t = Prompt("-S")
        t.run("ns add red")
        t.run("serve red 80")
        t.type(keys)
        t.until(lambda: shown in t.screen.text() + "\n")
        t.until(lambda: "exec" not in keys or len(children(t.pid)) > 2)
        below = children(t.pid)
        os.kill(t.pid, number)
        tap.equal(t.wait(), 128 + number, "%s %s ends nsh" % (name, what))
        tap.equal([pid for pid in below if alive(pid)], [], "... and all that it had started")
        t.close()
t = Prompt("-S")
pid = t.pid
below = children(pid)
os.close(t.fd)
tap.equal(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 128 + signal.SIGHUP,
          "a terminal that is closed ends nsh")
tap.equal([p for p in below if alive(p)], [], "... and all of it")
tap.done()
