# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plan promises, over every example of the command table, every script and random labs:

1. running a line leaves the same state as its explained lines in a shell with ip and nft;
2. running it and taking it back leaves the state before;
3. replaying what "save" and "record" write gives the state again.
"""
import collections
import glob
import json
import multiprocessing
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import nshtest
from nshtest import NSH, SRCDIR, run, tap

nshtest.in_private_machine()
for program in ("ip", "nft", "sysctl"):
    nshtest.needs_program(program)

import labs
import regressions
import state
from state import Shell, as_nsh_makes_it, as_saved, difference, done_again, in_lab, must, nsh
from state import same_macs, without_chance


def run_shell(text):
    """The lines in a real shell, each of which has to succeed."""
    result = run(["sh", "-e"], stdin=text, timeout=600)
    if result.status != 0:
        raise RuntimeError("%r\n--- of\n%s" % (result, text))


# --- what happens in a lab of its own: each returns states ---

def do_and_undo(setup, script, record):
    """In one lab: the setup; the script's lines, of which some may fail; save; undo."""
    nsh("-q", "-k", "-", stdin=setup)  # another one: what it did is not taken back
    shell = Shell("-q", "-k")
    before = state.read()
    done = those_done(shell, script, record)
    there = state.read()
    saved = must(nsh("-q", "-c", "save")).out
    saved_sh = must(nsh("-q", "-c", "save as sh")).out
    with open(record) as file:
        recorded = file.read()
    shell.lines("undo all")
    shell.end()
    return before, there, state.read(), recorded, saved, saved_sh, done


def those_done(shell, script, record):
    """Does the lines of the script (a text, or a list of lines) and records them. Of a list, those
    that changed something."""
    shell.lines("record " + record)
    done = []
    if isinstance(script, str):
        shell.lines(script)
        script = []
    for line in script:
        size = os.path.getsize(record)
        shell.lines(line)
        done += [line] if os.path.getsize(record) > size else []
    shell.lines("record off")
    return done


def replay(setup, script):
    must(nsh("-q", "-", stdin=setup))
    must(nsh("-q", "-", stdin=script))
    return state.read()


def explained(setup, script):
    must(nsh("-q", "-", stdin=setup))
    run_shell(must(nsh("-q", "-n", "-", stdin=script)).out)
    return state.read()


def in_shell(text):
    run_shell(text)
    return state.read()


# --- what is to be compared ---

def tag(what, lines, text=""):
    if not lines:
        return []
    return ["%s: %s" % (what, line) for line in lines] + (
        ["--- %s" % what] + text.split("\n") if text else [])


def differs(what, wanted, function, *arguments, same, text=""):
    try:
        got = in_lab(function, *arguments)
    except RuntimeError as error:
        return tag(what, str(error).split("\n"), text)
    return tag(what, difference(same(wanted), same(got)), text)


def all_properties(setup, script, done=None):
    """What is wrong with them, as lines. DONE gets those of the script's that were done."""
    record = os.path.join(WORK, "%d-record" % os.getpid())
    if os.path.exists(record):
        os.unlink(record)
    before, there, back, recorded, saved, saved_sh, lines = in_lab(do_and_undo, setup, script,
                                                                   record)
    if done is not None:
        done += lines
    wrong = tag("undo", difference(*same_macs(before, back)))
    wrong += differs("record", there, replay, setup, recorded, same=done_again)
    wrong += differs("explain", there, explained, setup, recorded, same=done_again)
    wrong += differs("save", there, replay, "", saved, text=saved,
                     same=lambda s: as_saved(as_nsh_makes_it(without_chance(s))))
    wrong += differs("save as sh", there, in_shell, saved_sh, text=saved_sh,
                     same=lambda s: as_saved(without_chance(s)))
    wrong += differs("save as sh, read by nsh", there, replay, "", saved_sh, text=saved_sh,
                     same=lambda s: as_saved(as_nsh_makes_it(without_chance(s))))
    return wrong and wrong + ["--- setup"] + setup.split("\n") + ["--- lines"] + recorded.split(
        "\n")


def example_case(example):
    # Of the first process not everybody may see the namespaces.
    done = []
    wrong = all_properties(example["setup"],
                           [example["example"].replace("pid 1", "pid %d" % os.getpid())], done)
    return wrong, [example["grammar"]] if done else []


def script_case(name):
    with open(name) as file:
        return all_properties("", file.read()), []


def small_case(case):
    _, setup, lines = case
    return all_properties(setup, lines), []


def lab_case(seed):
    maker = labs.Maker(seed, AT_RANDOM)
    lines = maker.lines(maker.random.randint(4, 12))
    half = maker.random.randint(0, len(lines))
    # The first half has no undo to be tried on it, but is there when the second is done.
    setup, done = in_lab(those_that_work, lines[:half])
    wrong = all_properties(setup, lines[half:], done)
    return wrong, [maker.said[line] for line in done if line in maker.said]


def those_that_work(lines):
    shell = Shell("-q", "-k")
    done = those_done(shell, lines, "/run/record")
    shell.end()
    with open("/run/record") as file:
        return file.read(), done


CASES = {"example": example_case, "lab": lab_case, "script": script_case, "small": small_case}
NAMES = {"example": lambda e: e["example"], "lab": str, "script": os.path.basename,
         "small": lambda case: case[0]}
AT_RANDOM = ()  # the examples of the commands that random labs are made of
WORK = None  # where records are written


def do_case(case):
    """The case; what is wrong; of which commands a line was done and changed something."""
    kind, value = case
    try:
        return case, *CASES[kind](value)
    except Exception as error:  # told as the failure of this case
        return case, str(error).split("\n"), []


def main():
    global WORK, AT_RANDOM
    WORK = tempfile.mkdtemp(prefix="nsh-plan-")
    first = nshtest.seed()
    examples = json.loads(run([NSH, "--examples"]).out)
    # Of what only looks there is nothing to explain, to take back or to save.
    planned = [e for e in examples if e["plans"]]
    # Another name for a namespace that others are in too is for its example alone.
    AT_RANDOM = [e for e in planned if not set(e["grammar"].split()) & {"adopt", "attach/at"}]
    cases = [("example", e) for e in planned]
    cases += [("script", s) for s in sorted(glob.glob(os.path.join(SRCDIR, "scripts/*.nsh")))]
    cases += [("small", c) for c in regressions.CASES]
    cases += [("lab", first * 1000 + i) for i in range(nshtest.scaled(200))]
    reached = {"example": set(), "lab": collections.Counter()}
    only = os.environ.get("NSH_TEST_ONLY")
    if only:
        cases = [c for c in cases if only in str(c)]
    try:
        with multiprocessing.Pool(min(4, os.cpu_count() or 1)) as pool:
            for (kind, value), wrong, commands in pool.imap(do_case, cases):
                reached.setdefault(kind, set()).update(commands)
                name = NAMES[kind](value)
                tap.ok(not wrong, "%s: %s" % (kind, name), "\n".join(wrong))
    finally:
        shutil.rmtree(WORK, ignore_errors=True)
    told_reached(reached["example"], reached["lab"], sum(case[0] == "lab" for case in cases))
    tap.done()


def told_reached(examples, labs_reach, count):
    """How wide the random labs are, of what the examples change. Few labs need not reach all."""
    wanted = [e["grammar"] for e in AT_RANDOM if e["grammar"] in examples]
    if count == 0 or not wanted:
        return
    never = [grammar for grammar in wanted if not labs_reach[grammar]]
    tap.note("%d random labs reach %d of the %d commands that change something"
             % (count, len(wanted) - len(never), len(wanted)))
    if count >= 200:
        tap.ok(not never, "the random labs reach every command that changes something",
               "never: " + "; ".join(never))
    else:
        tap.note("never: " + "; ".join(never))


main()
