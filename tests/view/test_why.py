#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What "why" says against what really happens, in random labs with a random fault."""
import collections
import os

from nshtest import in_private_machine, needs_program, scaled, seed, tap

in_private_machine()
for program in ("ip", "nft", "bridge", "iptables"):
    needs_program(program)

import whylab  # noqa: E402 -- behind the private machine


def judge(said, tally):
    """What is wrong with the verdict on one lab, or None."""
    if "broken" in said:
        return "cannot be built: " + said["broken"]
    before, code = said["before"], said["before"]["code"]
    tally["codes"][code] += 1
    if code == "FAILED":
        return "why failed: " + before["sentence"]
    if code == "UNKNOWN":
        tally["unknown"] += 1
        return None
    if said["real"] != (code == "ARRIVES"):
        return "why says %s, but really it %s" % (code, "arrives" if said["real"] else "does not")
    case = whylab.Case(said["number"])
    if code != "ARRIVES" and case.codes and code not in case.codes:
        return "why says %s for the fault %s" % (code, case.fault)
    if code != "ARRIVES" and not case.codes:
        return "why says %s where there is no fault" % code
    if code != "ARRIVES" and case.mends and case.exclusive:
        tally["to mend"] += 1
        if not before.get("mend"):
            return "nothing would mend %s (%s)" % (code, case.fault)
        if not said["after"]:
            return "%s does not mend it: %s\nthen: %s %s" % (
                before["mend"], said["mend_error"], said["then"]["code"], said["then"]["sentence"])
        tally["mended"] += 1
    elif said.get("after"):
        tally["mended besides"] += 1
    return None


def describe(said):
    case = whylab.Case(said["number"])
    text = "lab %d: fault %s, %s\n" % (said["number"], case.fault, case.question())
    text += "\n".join("  | " + line for line in case.script()) + "\n"
    for step in said.get("before", {}).get("steps", []):
        text += "  %(way)s %(where)s: %(what)s (%(basis)s)\n" % step
    return text + "  mend: %s" % said.get("before", {}).get("mend")


def main():
    count = scaled(500, 20)
    first = seed() * 100000
    tally = collections.Counter()
    tally = {"codes": collections.Counter(), "unknown": 0, "to mend": 0, "mended": 0,
             "mended besides": 0}
    wrong = 0
    faults = collections.Counter()
    workers = int(os.environ.get("NSH_TEST_WORKERS", "12"))
    for said in whylab.run_cases(range(first, first + count), workers):
        faults[said.get("fault")] += 1
        problem = judge(said, tally)
        if problem:
            wrong += 1
            tap.note("%s\n%s" % (problem, describe(said)))
    tap.note("faults: %s" % dict(faults))
    tap.note("codes: %s" % dict(tally["codes"]))
    tap.note("mended %(mended)d of %(to mend)d, %(mended besides)d besides" % tally)
    tap.equal(wrong, 0, "in %d random labs why says what happens, names the fault and mends it"
              % count)
    tap.ok(tally["unknown"] * 100 <= count, "at most one in a hundred is unknown",
           "%d of %d" % (tally["unknown"], count))
    tap.ok(len(faults) > 15, "of more than fifteen kinds of faults")
    tap.done()


main()
