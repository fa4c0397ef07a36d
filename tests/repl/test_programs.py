#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs at the prompt, on a machine and in a sandbox: programs with the terminal, what
Ctrl-C and Ctrl-Z do to them, servers in the background."""
import os
import re
import signal
import subprocess
import sys
import time

from nshtest import NSH, PATIENCE, Prompt, Terminal, in_private_machine, nsh_argv, sh, tap

in_private_machine()


def children(pid):
    with open("/proc/%d/task/%d/children" % (pid, pid)) as file:
        return [int(child) for child in file.read().split()]


def state(pid):
    try:
        with open("/proc/%d/stat" % pid) as file:
            return file.read().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return None


def started(t, program):
    """Waits until nsh has started the program; returns its pid, as it is outside."""
    found = []

    def look(pid):
        for child in children(pid):
            try:
                with open("/proc/%d/cmdline" % child, "rb") as file:
                    if file.read().split(b"\0")[0].decode().endswith(program):
                        found.append(child)
                look(child)
            except (FileNotFoundError, ProcessLookupError):
                continue

    end = time.monotonic() + PATIENCE
    while not found and time.monotonic() < end:
        look(t.pid)
        t.read(0.01)
    return found[0] if found else None


def back(t, keys, name):
    """KEYS bring the prompt back. Returns what came before it."""
    t.read(0)
    t.seen = ""
    t.type(keys)
    text = t.wait_for(re.compile(r"\n\r?nsh[^\n]*[>#] $"))
    tap.ok(text is not None, name, t.screen.text())
    return text or ""


def check(sign, *arguments):
    t = Prompt(*arguments, prompt="nsh%s " % sign)
    where = "sandbox" if sign == ">" else "machine"
    tap.ok(t.greeting is not None, "%s: the prompt is nsh%s" % (where, sign), t.seen)
    t.run("ns add red blue; cable red blue addr 192.168.15.1/24 192.168.15.2/24")
    t.type("use red\r")
    tap.ok(t.wait_for("nsh(red)%s " % sign), "%s: ... and nsh(red)%s" % (where, sign))
    t.run("use host")

    # Ctrl-C.
    t.line("ping red blue count 1000000")
    tap.ok(t.wait_for(re.compile(r"seq=2.*\n")), "a ping runs", t.screen.text())
    text = back(t, "\x03", "%s: Ctrl-C ends it" % where)
    tap.has(text, re.compile(r"(\d+) sent, \1 received"), "... with its figures")
    t.line("ping red 192.168.15.77 count 1000000")
    t.wait_for("ping 192.168.15.77 from red")
    back(t, "\x03", "%s: Ctrl-C ends a ping that nobody answers" % where)
    t.line("exec red sleep 100")
    tap.ok(started(t, "sleep"), "%s: a program runs" % where)
    text = back(t, "\x03", "... and Ctrl-C ends it")
    tap.has(text, "sleep was ended by signal 2", "... alone, and nsh says so")
    for line, shown in (("sleep 100", "sleep 100\r\n"),
                        ("wait get red blue within 100s", "100s\r\n"),
                        ("for I in 1..1000000 { say now $I }", "now 5\r\n"),
                        ("for I in 1..100 { say $I; sleep 100 }", "\n1\r\n")):
        t.read(0)
        t.seen = ""
        t.line(line)
        t.wait_for(re.compile(shown.replace("\n", "[\n\r]+")))
        back(t, "\x03", "%s: Ctrl-C ends: %s" % (where, line))
        tap.equal(t.run("say still here"), "still here", "... for good")
    t.seen = ""
    for line in ("for I in 1..100 {", "say round $I", "exec red sleep 100"):
        t.line(line)
        t.wait_for("...> ")
    t.line("}")
    started(t, "sleep")
    back(t, "\x03", "%s: Ctrl-C ends a block with its program" % where)
    tap.equal(t.screen.text().count("\nround "), 1, "... all of it")

    # Ctrl-Z and Ctrl-\.
    t.line("exec red sleep 100")
    pid = started(t, "sleep")
    t.type("\x1a")
    time.sleep(0.2)
    back(t, "\x03", "%s: Ctrl-Z leaves a program where Ctrl-C reaches it" % where)
    tap.ok(not os.path.exists("/proc/%d" % pid), "... and it is gone")
    t.line("exec red sh -c 'sleep 0.3; echo survived'")
    started(t, "sleep")
    t.type("\x1a")
    tap.ok(t.wait_for("survived\r\n"), "%s: ... or goes on" % where)
    tap.ok(t.wait_for(re.compile("nsh. $")), "... to its end")
    t.type("\x1a")
    tap.equal(t.run("say one"), "one", "%s: Ctrl-Z at the prompt is nothing" % where)
    t.type("\x1c")
    tap.equal(t.run("say two"), "two", "%s: nor is Ctrl-\\" % where)
    t.line("exec red sleep 100")
    started(t, "sleep")
    text = back(t, "\x1c", "%s: Ctrl-\\ ends a program" % where)
    tap.has(text, "ended by signal 3", "... not nsh")

    # A shell in a shell.
    t.seen = ""
    t.line("exec red sh")
    t.wait_for(re.compile(r"[#$] $"))
    t.line("test -t 0 && test -t 1 && echo has-a-$((1+1))-terminal")
    tap.ok(t.wait_for("has-a-2-terminal"), "%s: a shell has the terminal" % where, t.screen.text())
    t.wait_for(re.compile(r"[#$] $"))
    t.line("sleep 100")
    pid = started(t, "sleep")
    t.type("\x1a")
    tap.ok(t.wait_for(re.compile("(?i)stopped")), "%s: ... and job control" % where,
           t.screen.text())
    t.line("jobs; fg >/dev/null")
    t.until(lambda: state(pid) != "T")
    t.type("\x03")
    t.until(lambda: not state(pid))
    t.line("echo back-$((2+2))")
    tap.ok(t.wait_for("back-4\r\n"), "... of its own", t.screen.text())
    t.wait_for(re.compile(r"[#$] $"))
    back(t, "exit\r", "%s: its end brings the prompt back" % where)
    tap.equal(t.run("say here"), "here", "... with the terminal")
    t.run("exec red sh -c 'stty raw -echo -isig'")
    tap.has(t.run("exec red stty -a"), re.compile(r"\bisig icanon .*\becho\b"),
            "%s: the terminal's modes are put back" % where)
    t.line("exec red sleep 100")
    started(t, "sleep")
    back(t, "\x03", "... and Ctrl-C works as before")

    # Servers.
    tap.has(t.run("serve red 80"), "[1] serve red 80", "%s: a server" % where)
    tap.has(t.run("jobs"), re.compile(r"\b1 +serve red 80 +\d+"), "... is a job")
    t.type("ns add \x0c")
    tap.ok(t.interrupt(), "... that Ctrl-C does not reach")
    tap.has(t.run("get blue http://192.168.15.1/"), "hello from red", "... and it answers")
    tap.equal(t.run("stop 1") + t.run("jobs"), "nothing runs in the background", "stop ends it")
    t.run("serve blue 81")
    known = children(t.pid if sign == "#" else children(t.pid)[0])
    t.type("\x0csay half a ")
    t.until(lambda: t.before_cursor() == "nsh%s say half a " % sign)
    os.kill(known[0], signal.SIGKILL)
    tap.ok(t.until(lambda: t.screen.lines() == ["[2] serve blue 81 has ended",
                                                "nsh%s say half a" % sign]),
           "%s: a server that dies is told above the line" % where, t.screen.text())
    tap.equal(t.finish("line"), "half a line", "... which can be finished")
    t.run("serve blue 82")
    t.run("serve blue 83")
    pid = re.search(r"serve blue 83 +(\d+)", t.run("jobs")).group(1)
    text = t.run("exec blue sh -c 'kill -9 %s; sleep 0.1'" % pid)
    tap.has(text, "[4] serve blue 83 has ended", "%s: ... or before the next prompt" % where)
    below = children(t.pid)
    tap.equal(t.leave(), 0, "%s: nsh leaves" % where)
    tap.ok(not any(os.path.exists("/proc/%d" % pid) for pid in below),
           "... and takes its servers along")


check("#")
check(">", "-S")

# Names from elsewhere that nobody should see raw.
sh("ip netns add $(printf 'ev\\033[31mil') && ip netns add 'two words'")
t = Prompt(prompt="nsh# ")
line, shown = t.edit("use \t")
tap.equal(line, "nsh# use ", "TAB with hostile names about")
tap.ok(not any("il" in text for text in shown[1:]), "... offers none that cannot be typed", shown)
tap.equal(t.edit("use tw\t")[0], "nsh# use two\\ words ", "... and quotes the others")
t.interrupt()
tap.lacks(t.run("ns"), "\x1b", "... and they are shown without their bytes")
t.leave()

# A terminal on one side only: no prompt, no editing; lines are read as from a script.
for name, first, second in (("output", "cat", None), ("input", None, "echo ns add x; echo ns")):
    command = "exec 3>&1; %s -S | cat >&3" % NSH if first else "(%s) | %s -S" % (second, NSH)
    t = Terminal(["sh", "-c", command])
    if first:
        t.line("ns add x")
        t.line("ns")
    tap.ok(t.wait_for(re.compile(r"(^|\n)x\r\n")), "a pipe for %s: lines are run" % name,
           t.screen.text())
    if first:
        t.type("\x04")
    tap.equal(t.wait(), 0, "... to the end")
    tap.lacks(t.screen.text(), "nsh>", "... without a prompt")
    t.close()
process = subprocess.Popen(nsh_argv("-S", "-"), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
process.stdin.write(b"say begun\n")
process.stdin.flush()
process.stdout.readline()
process.send_signal(signal.SIGTERM)
tap.equal(process.wait(PATIENCE), 128 + signal.SIGTERM, "SIGTERM ends nsh that waits for lines")
process = subprocess.Popen(nsh_argv("-"), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
process.stdin.write(b"say begun\n")
process.stdin.flush()
process.stdout.readline()
process.send_signal(signal.SIGINT)
tap.equal(process.wait(PATIENCE), 1, "... and so does SIGINT")
tap.done()
