# SPDX-License-Identifier: GPL-3.0-or-later
"""Every script in scripts/ ends with status 0 and leaves nothing behind, as root and as an
ordinary user; the lecture's expectations come out as TAP."""
import glob

from nshtest import *

in_private_machine()
before = machine_state()
scripts = sorted(glob.glob(os.path.join(SRCDIR, "scripts", "*.nsh")))
tap.ok(len(scripts) >= 6, "there are scripts", scripts)

for path in scripts:
    name = os.path.basename(path)
    result = nsh(path)
    tap.ok(result.status == 0, "%s ends with status 0" % name, result)
    tap.equal(machine_state(), before, "%s leaves nothing behind" % name)
    if os.geteuid() != 0:
        continue
    public = os.path.join(public_dir(), name)
    shutil.copy(path, public)
    os.chmod(public, 0o644)
    result = nsh(public, user=True)
    if result.status == 4 and "user namespace" in result.err:
        tap.skip("no user namespaces within this one")
    else:
        tap.ok(result.status == 0, "%s as an ordinary user" % name, result)

result = nsh("--tap", os.path.join(SRCDIR, "scripts/lecture.nsh"))
lines = [line for line in result.out.splitlines() if re.match(r"(not )?ok \d+ - ", line)]
plan = re.search(r"^1\.\.(\d+)$", result.out, re.M)
tap.ok(len(lines) >= 35, "the lecture checks many things", len(lines))
tap.ok(plan and int(plan.group(1)) == len(lines), "and TAP says how many", result.out[-300:])
tap.ok(all(line.startswith("ok") for line in lines), "and all hold", result.out)

# An expectation that fails says what was expected and what is, and ends with status 3.
result = nsh("-S", "-c", "ns add red; expect pong red")
tap.ok(result.status == 2, "an expectation that makes no sense is an error", result)
result = nsh("-S", "-c", 'ns add red; expect ping red 192.168.15.2 because "there is a route"')
tap.ok(result.status == 3, "an expectation that fails: status 3", result)
tap.has(result.err, "there is a route", "it says what was expected")
tap.has(result.err, "Network is unreachable", "and what is")
result = nsh("-S", "--tap", "-k", "-c", "ns add red; expect ping red 192.168.15.2; expect ns")
tap.ok(result.status == 3, "with --tap and -k: status 3", result)
tap.has(result.out, re.compile(r"^not ok 1 - ping red 192.168.15.2$", re.M), "not ok in TAP")
tap.has(result.out, re.compile(r"^ok 2 - ns$", re.M), "the next is tried")
start = time.monotonic()
result = nsh("-S", "-c", "ns add red; expect link red:eth0 within 700ms")
tap.ok(result.status == 3 and time.monotonic() - start >= 0.7, "within: as long as it says",
       result)
tap.done()
