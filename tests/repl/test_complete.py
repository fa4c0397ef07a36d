#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""TAB and "?" at the prompt."""
import os
import tempfile

from nshtest import Prompt, public_dir, tap

t = Prompt("-S")
t.run("ns add red blue")
t.run("bridge v-net-0 add addr 192.168.15.5/24")
t.run("bridge v-net-0 attach red blue addr 192.168.15.1/24 192.168.15.2/24")
t.run("set ROOM = red")


def tab(keys, line, offered, name):
    """KEYS and TAB make LINE and list OFFERED."""
    got, shown = t.edit(keys + "\t")
    tap.equal(got, "nsh> " + line, "TAB: " + name)
    words = " ".join(shown[1:]).split()
    tap.equal(sorted(words), sorted(offered.split()), "TAB offers: " + name)


tab("bri", "bridge ", "", "a command")
tab("br v-net-0 sh", "br v-net-0 show ", "", "behind an abbreviation")
tab("cable r", "cable red ", "", "a namespace")
tab("cable red ", "cable red ", "blue host", "what can be at the other end")
tab("addr red:", "addr red:", "red:lo red:veth-red", "the interfaces of a namespace")
tab("addr red:v", "addr red:veth-red ", "", "an interface of a namespace")
t.run("ns add green pink")
tab("bridge v-net-0 attach ", "bridge v-net-0 attach ", "green pink", "who can be attached")
tab("bridge v-net-0 attach g", "bridge v-net-0 attach green ", "", "one to attach")
tab("bridge v-net-0 attach green ", "bridge v-net-0 attach green ", "addr auto pink",
    "what may follow it: not the same once more")
t.run("ns del green pink")
tab("route blue default via ", "route blue default via ", "192.168.15.1 192.168.15.5 v-net-0",
    "gateways")
tab("route blue default via v", "route blue default via v-net-0 ", "", "the gateway by name")
tab("addr del red 1", "addr del red 1", "127.0.0.1/8 192.168.15.1/24", "an address to delete")
tab("addr del red:veth-red 1", "addr del red:veth-red 192.168.15.1/24 ", "",
    "the address of an interface")
tab("in red link v", "in red link veth-red ", "", "a line inside a namespace")
tab("in red addr del :veth-red 1", "in red addr del :veth-red 192.168.15.1/24 ", "",
    "an address inside a namespace")
tab("ns;cable b", "ns;cable blue ", "", "behind a semicolon")
tab("for I in red blue { addr r", "for I in red blue { addr red ", "", "in a block")
tab("for I in red { ns; }; use b", "for I in red { ns; }; use blue ", "", "behind a block")
tab("cable $ROO", "cable $ROOM ", "", "an unfinished variable")
t.run("set ROOMS = 2")
tab("cable $ROO", "cable $ROOM", "$ROOM $ROOMS", "variables")
tab("cable ${ROOMS", "cable ${ROOMS} ", "", "a variable in braces")
tab("cable \"a $ROOMS", "cable \"a $ROOMS", "", "a whole variable stands for its value")
tab("say x$", "say x$ROOM", "x$ROOM x$ROOMS", "variables in a word")
tab("say '$ROO", "say '$ROO", "", "no variable in single quotes")
tab("use $NOPE", "use $NOPE", "", "a variable that is not set")
tab("addr del ${ROOM}:veth-red 1", "addr del ${ROOM}:veth-red 192.168.15.1/24 ", "",
    "behind a variable")
tab("addr $ROOM:v", "addr $ROOM:veth-red ", "", "in a word that holds a variable")
tab("zzz ", "zzz ", "", "nothing behind a mistake")
tab("ns # r", "ns # r", "", "nothing in a comment")
tab("use \"re", "use \"red\" ", "", "inside quotes")
tab("use 're", "use 'red' ", "", "inside single quotes")
tab("use re\x02\x02\x06\x06", "use red ", "", "where the cursor is")
tab("\"br", "\"br", "", "a quoted word is no keyword")

# Nothing is offered twice; what is longer than the screen is cut.
line, shown = t.edit("\t")
words = " ".join(shown[1:]).split()
tap.ok("bridge" in words and len(words) == len(set(words)), "TAB on an empty line: every "
       "command once", shown)
line, shown = t.edit("link ad\t")
tap.equal(line, "nsh> link add ", "TAB: keywords of several entries come once")
t.run("for I in 1..900 { ns add room$I }")
line, shown = t.edit("use room\t")
tap.equal(line, "nsh> use room", "TAB: 900 namespaces")
tap.ok(len(shown) < 40 and shown[-1].startswith("... and ") and shown[0] == "nsh> use room",
       "TAB: a list that does not fit is cut, and says so", shown)
tap.has(shown[1], "room1 ", "TAB: the first come first")
tap.equal(t.edit("use room77\t")[1][1:], ["room77   room770  room771  room772  room773  room774  "
                                         "room775  room776  room777  room778  room779"],
          "TAB: in natural order")

# Files.
place = tempfile.mkdtemp(dir=public_dir())
for name in ("plain.nsh", "two words.nsh", "a$b'c\"d;e.nsh", "räume.nsh", "\x1b[31mred\n.nsh"):
    with open(os.path.join(place, name), "w") as file:
        file.write("say this is %s\n" % name[0])
os.mkdir(os.path.join(place, "deep er"))
for name in ("in1.nsh", "in2.nsh"):
    open(os.path.join(place, "deep er", name), "w").close()
s = "source " + place
tab(s + "/pl", s + "/plain.nsh ", "", "a file")
tab(s + "/tw", s + "/two\\ words.nsh ", "", "a file with a blank")
tab(s + "/two\\ w", s + "/two\\ words.nsh ", "", "... that is typed already")
tab("source \"%s/tw" % place, "source \"%s/two words.nsh\" " % place, "", "... in quotes")
tab("source \"%s/two w" % place, "source \"%s/two words.nsh\" " % place, "",
    "... typed already, in quotes")
tab(s + "/r", s + "/räume.nsh ", "", "a file in UTF-8")
tab(s + "/de", s + "/deep\\ er/", "", "a directory")
tab(s + "/deep\\ er/i", s + "/deep\\ er/in", "%s/deep er/in1.nsh %s/deep er/in2.nsh"
    % (place, place), "files in it")
for quote in ("", "\"", "'"):
    t.edit("source " + quote + place + "/a\t")
    tap.equal(t.finish(), "this is a", "TAB quotes what has to be quoted (%s)"
              % (quote or "no quote"))
line, shown = t.edit(s + "/\t")
tap.ok(not any("31m" in line for line in shown), "TAB: no name that holds escape codes", shown)


# "?"
def ask(keys, line, parts, name):
    """KEYS and "?" print PARTS and leave LINE as it was."""
    got, shown = t.edit(keys + "?")
    tap.equal(got, "nsh> " + line, "?: the line is as it was: " + name)
    for part in parts:
        tap.has("\n".join(shown[1:]), part, "?: %s: %s" % (name, part))
    return shown[1:]


ask("nat ", "nat ", ["  on           hide", "  off          stop", "<Enter>"], "behind nat")
shown = ask("brid", "brid", ["  bridge  "], "in a word")
tap.equal(len(shown), 1, "?: only what starts with what is typed")
ask("zzz ", "zzz ", ["there is no command zzz"], "behind a mistake")
ask("in red link v", "in red link v", ["veth-red"], "inside a namespace")
ask("cable red zz", "cable red zz", ["B "], "where nothing fits")
t.edit("jo?")
tap.equal(t.finish("bs"), "nothing runs in the background", "?: the line can be finished and run")
t.edit("say one three\x1bbtwo\x02\x02?")
tap.equal(t.finish("\x05 four"), "one twothree four", "?: ... with the cursor where it was")
for keys in ("say \"why?", "say 'why?", "say why\\?", "ns # why?", "get http://b/x?"):
    got, shown = t.edit(keys)
    tap.equal((got, shown), ("nsh> " + keys, []), "? is itself: " + keys)
t.interrupt()
tap.equal(t.run("say \"why?\""), "why?", "a quoted ? is a ?")
t.type("say \\\r")
t.until(lambda: t.before_cursor() == "...> ")
t.type("\"why? ")
t.until(lambda: t.before_cursor().endswith("why? "))
tap.equal(t.finish("so\""), "why? so", "a quoted ? on a continued line")
t.type("cable \\\r")
t.until(lambda: t.before_cursor() == "...> ")
t.type("b\t")
tap.ok(t.until(lambda: t.before_cursor() == "...> blue "), "TAB on a continued line",
       t.screen.text())
t.interrupt()
tap.equal(t.leave(), 0, "nsh ends well")
t = Prompt("-S", rows=150)
ask("", "", ["  ns           namespaces: make, delete, list", "  bridge  ", "  quit  "], "on an empty line")
tap.equal(t.leave(), 0, "nsh ends well")
tap.done()
