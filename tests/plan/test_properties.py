# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plan promises, over every example of the command table, every script and random labs:

1. running a line leaves the same state as its explained lines in a shell with ip and nft;
2. running it and taking it back leaves the state before;
3. replaying what "save" and "record" write gives the state again.
"""
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
import state
from state import Shell, as_nsh_makes_it, difference, in_lab, must, nsh, same_macs
from state import without_chance


def run_shell(text):
    """The lines in a real shell, each of which has to succeed."""
    result = run(["sh", "-e"], stdin=text, timeout=600)
    if result.status != 0:
        raise RuntimeError("%r\n--- of\n%s" % (result, text))


# --- what happens in a lab of its own: each returns states ---

def do_and_undo(setup, script, record):
    """In one lab: the setup; the script's lines, of which some may fail; save; undo."""
    shell = Shell("-q", "-k")
    shell.lines(setup)
    before = state.read()
    shell.lines("record %s\n%s\nrecord off" % (record, script))
    there = state.read()
    saved = must(nsh("-q", "-c", "save")).out
    saved_sh = must(nsh("-q", "-c", "save as sh")).out
    with open(record) as file:
        recorded = file.read()
    for _ in [line for line in recorded.split("\n") if line and not line.startswith("#")]:
        shell.lines("undo")
    shell.end()
    return before, there, state.read(), recorded, saved, saved_sh


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


def differs(what, wanted, function, *arguments, text="", same=without_chance):
    try:
        got = in_lab(function, *arguments)
    except RuntimeError as error:
        return tag(what, str(error).split("\n"), text)
    return tag(what, difference(same(wanted), same(got)), text)


def all_properties(setup, script):
    """What is wrong with them, as lines."""
    record = os.path.join(WORK, "%d-record" % os.getpid())
    if os.path.exists(record):
        os.unlink(record)
    before, there, back, recorded, saved, saved_sh = in_lab(do_and_undo, setup, script, record)
    wrong = tag("undo", difference(*same_macs(before, back)))
    wrong += differs("record", there, replay, setup, recorded)
    wrong += differs("explain", there, explained, setup, recorded)
    wrong += differs("save", there, replay, "", saved, text=saved,
                     same=lambda s: as_nsh_makes_it(without_chance(s)))
    wrong += differs("save as sh", there, in_shell, saved_sh, text=saved_sh)
    return wrong and wrong + ["--- setup"] + setup.split("\n") + ["--- lines"] + recorded.split(
        "\n")


def example_case(example):
    # Of the first process not everybody may see the namespaces.
    return all_properties(example["setup"],
                          example["example"].replace("pid 1", "pid %d" % os.getpid()))


def script_case(name):
    with open(name) as file:
        return all_properties("", file.read())


def lab_case(seed):
    maker = labs.Maker(seed)
    lines = maker.lines(maker.random.randint(6, 14))
    half = maker.random.randint(0, len(lines))
    # The first half has no undo to be tried on it, but is there when the second is done.
    setup = in_lab(those_that_work, lines[:half])
    return all_properties(setup, "\n".join(lines[half:]))


def those_that_work(lines):
    record = "/run/record"
    result = nsh("-q", "-k", "-", stdin="record %s\n%s\n" % (record, "\n".join(lines)))
    if result.status not in (0, 1, 2):
        raise RuntimeError(repr(result))
    with open(record) as file:
        return file.read()


CASES = {"example": example_case, "lab": lab_case, "script": script_case}
WORK = None  # where records are written


def do_case(case):
    kind, value = case
    try:
        return case, CASES[kind](value)
    except Exception as error:  # told as the failure of this case
        return case, str(error).split("\n")


def main():
    global WORK
    WORK = tempfile.mkdtemp(prefix="nsh-plan-")
    first = nshtest.seed()
    examples = json.loads(run([NSH, "--examples"]).out)
    # Of what only looks there is nothing to explain, to take back or to save.
    cases = [("example", e) for e in examples if e["plans"]]
    cases += [("script", s) for s in sorted(glob.glob(os.path.join(SRCDIR, "scripts/*.nsh")))]
    cases += [("lab", first * 1000 + i) for i in range(nshtest.scaled(200))]
    only = os.environ.get("NSH_TEST_ONLY")
    if only:
        cases = [c for c in cases if only in str(c)]
    try:
        with multiprocessing.Pool(min(4, os.cpu_count() or 1)) as pool:
            for (kind, value), wrong in pool.imap(do_case, cases):
                name = value["example"] if kind == "example" else os.path.basename(str(value))
                tap.ok(not wrong, "%s: %s" % (kind, name), "\n".join(wrong))
    finally:
        shutil.rmtree(WORK, ignore_errors=True)
    tap.done()


main()
