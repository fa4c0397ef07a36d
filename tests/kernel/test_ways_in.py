# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways into nsh: files, standard input, -c, programs, options, exit statuses."""
from nshtest import *

in_private_machine()
root = os.geteuid() == 0
MISSION = ["ns add red", "ns add blue", "cable red blue", "bridge v-net-0 attach red", "nat on"]
before = machine_state()

# --- the lines of the mission, one after the other, every way, as root and not ---
for user in [False, True] if root else [False]:
    who = "an ordinary user" if user else "root"
    script = os.path.join(public_dir(), "mission.nsh")
    with open(script, "w") as file:
        file.write("\n".join(MISSION) + "\n")
    # On the machine what was made stays: each way takes it down again.
    down = "" if user else "; nat off; forwarding off; bridge v-net-0 del; ns del red blue"
    if user and nsh("-S", "-c", "ns", user=True).status == 4:
        tap.skip("no user namespaces within this one")
        continue
    result = nsh("-c", "; ".join(MISSION) + "; ns" + down, user=user)
    tap.ok(result.status == 0 and result.out == "blue\nred\n", "%s: as one -c" % who, result)
    result = nsh(*sum((["-c", line] for line in MISSION + ["ns"]), []),
                 *(["-c", down.strip("; ")] if down else []), user=user)
    tap.ok(result.status == 0 and result.out == "blue\nred\n", "%s: as several -c" % who, result)
    result = nsh("-", stdin="\n".join(MISSION) + "\nns\n" + down.strip("; ") + "\n", user=user)
    tap.ok(result.status == 0 and result.out == "blue\nred\n", "%s: standard input" % who, result)
    result = nsh(script, user=user)
    tap.ok(result.status == 0, "%s: as a script" % who, result)
    if not user:
        tap.has(sh("ip netns"), "red", "root: what it made stays")
        tap.has(sh("nft list ruleset"), "masquerade", "root: and so does the rule")
        nsh("-c", down.strip("; "))
    tap.equal(machine_state(), before, "%s: and the machine is as before" % who)

# --- as an ordinary user nothing of the machine changes, and one line says where nsh acts ---
line = ("ns add red blue; cable red blue addr 192.168.15.1/24 192.168.15.2/24; "
        "ping red blue; arp red")
if root and nsh("-S", "-c", "ns", user=True).status == 0:
    result = nsh("-c", line, user=True)
    tap.ok(result.status == 0, "an ordinary user's lab works", result)
    tap.has(result.out, re.compile(r"^192\.168\.15\.2 +([0-9a-f]{2}:){5}[0-9a-f]{2} ", re.M),
            "its ARP table shows the neighbour's MAC address")
    tap.equal(result.err.count("sandbox"), 1, "one line says that it is a sandbox")
    tap.equal(machine_state(), before, "the machine is the same, byte for byte")
    result = nsh("--host", "-c", "ns", user=True)
    tap.ok(result.status == 4 and "root" in result.err, "--host is refused, with the reason",
           result)
else:
    tap.skip("no ordinary user here", 5)
result = nsh("-S", "-c", line)
tap.ok(result.status == 0, "a sandbox of root's works", result)
tap.equal(machine_state(), before, "and leaves the machine alone")
result = nsh("--host", "-S", "-c", "ns")
tap.equal(result.status, 2, "--host and --sandbox exclude each other")

# --- a sandbox ends with nsh, however that ends ---
probe = subprocess.Popen([NSH, "-S", "-c", "ns add red; serve red 80; say ready; sleep 60"],
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
probe.stdout.readline()
children = run(["pgrep", "-P", str(probe.pid)]).out.split()
probe.kill()
probe.wait()
deadline = time.monotonic() + PATIENCE
while any(os.path.exists("/proc/" + child) for child in children) and time.monotonic() < deadline:
    time.sleep(0.02)
tap.ok(children, "a sandbox has processes of its own")
tap.ok(not any(os.path.exists("/proc/" + child) for child in children),
       "and they are gone when nsh is killed", children)

# --- exit statuses ---
for line, status in [("ns", 0), ("ns del red", 1), ("nss", 2), ("expect ping 192.0.2.1 count 1", 3),
                     ("quit", 0), ("", 0), ("# a comment", 0), (";;", 0)]:
    result = nsh("-S", "-c", line)
    tap.equal(result.status, status, "%r: status %d" % (line, status))
tap.equal(nsh("--no-such-option").status, 2, "an unknown option: status 2")
tap.equal(nsh("-c").status, 2, "-c without commands: status 2")
tap.equal(nsh("-c", "ns", "file").status, 2, "-c with a file: status 2")
result = nsh("--version")
tap.has(result.out, re.compile(r"^nsh [0-9.]+$", re.M), "--version")
for option in ("--help", "-h"):
    result = nsh(option)
    tap.ok(result.status == 0 and result.out.startswith("usage: nsh") and not result.err, option,
           result)
for word, hint in (("mapp", "did you mean map?"), ("ns add k", "nsh -c 'ns add k' runs it as a line"),
                   ("no-such.nsh", None)):
    result = nsh("-S", word)
    tap.ok(result.status == 2 and "cannot read %s: " % word in result.err and
           (hint in result.err if hint else result.err.count("\n") == 1),
           "no such file: %s" % word, result)

tap.has(nsh("-S", "-c", "help").out, re.compile(r"^  link +interfaces: make, ", re.M),
        "help says of a noun all that it is for")
result = run(["bash", "-c", "%s <(echo 'ns add red; ns del red; say piped')" % NSH])
tap.ok(result.status == 0 and result.out == "piped\n", "a script from a pipe", result)

with tempfile.NamedTemporaryFile("wb", suffix=".nsh") as marked:
    marked.write(b"\xef\xbb\xbfsandbox\nsay marked\n")
    marked.flush()
    result = nsh(marked.name)
    tap.ok(result.status == 0 and result.out == "marked\n",
           "a file that begins with the mark of UTF-8", result)
    tap.has(nsh("-S", "-", stdin=open(marked.name).read() + "nss\n").err, "stdin:3:1: ",
            "... and standard input")

# --- standard input is run as it comes: a mistake is told before the next line is there ---
for script in ["nss\n", "say ${\n", "# first\n\n}\n", "say a\nnss\n"]:
    probe = subprocess.Popen([NSH, "-S", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True)
    probe.stdin.write(script)
    probe.stdin.flush()
    try:
        status = probe.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        probe.kill()
        status = None
    tap.equal(status, 2, "%r on standard input ends nsh while more could come" % script)
    tap.has(probe.stderr.read(), "stdin:%d:" % script.count("\n"), "and it says where")
    probe.stdin.close()

# --- what the shells' completions ask for ---
def completed(*words, index=None):
    """The candidates for the last word."""
    out = nsh("--complete", str(len(words) - 1 if index is None else index), *words).out
    return [line.split("\t")[0] for line in out.splitlines()]


run(["ip", "netns", "add", "completed"])
tap.ok({"-c", "-l", "--lab", "--json"} <= set(completed("-")), "the options, that of a lab too")
tap.ok("bridge" in completed("br") and "brctl" not in completed("br"),
       "a command in place of a file")
tap.equal(completed("addr", "compl"), ["completed"], "its words")
tap.equal(completed("-q", "route", "completed", "def"), ["default"], "behind options")
tap.equal(completed("addr", "completed:l"), ["completed:lo"], "an interface")
tap.equal(completed("-c", "addr compl"), ["addr completed"], "a line behind -c")
tap.equal(completed("-qc", "addr compl"), ["addr completed"], "... with other options")
tap.equal(completed("-c", "ns", "add"), [], "no command's words behind -c")
tap.equal(completed("ping", "-S", index=1), [], "options before a command are nsh's alone")
tap.ok("/usr/" in completed("/us") and "/usr/" in completed("/etc/passwd", "/us"), "a file")
tap.ok("sh" in completed("/etc/passwd", "--", "sh"), "a program")
tap.ok("/usr/" in completed("/etc/passwd", "--", "sh", "/us"), "and its files")
run(["ip", "netns", "del", "completed"])
directory = public_dir()
open(os.path.join(directory, "bridge"), "w").close()
result = run(["sh", "-c", "cd %s && %s --complete 1 bridge ''" % (directory, NSH)])
tap.ok("add" not in result.out.split(), "a file of a command's name is a file", result)
tap.ok("bridge" in result.out.split(), "and one is offered", result)

# --- -k, -n, -q, -v, --json ---
result = nsh("-S", "-k", "-c", "ns add red; ns del nope; ns")
tap.ok(result.status == 1 and result.out == "red\n", "-k goes on, and keeps what was done", result)
result = nsh("-c", "ns add red; ns add green; ns del nope; ns add gray")
tap.ok(result.status == 1 and "took back" in result.err, "without -k it is taken back", result)
tap.equal(machine_state(), before, "all of it")
result = nsh("-n", "-c", "ns add red blue; cable red blue; bridge v-net-0 attach red; nat on")
tap.ok(result.status == 0, "-n plans", result)
tap.has(result.out, "ip netns add red", "-n prints the ip lines")
tap.has(result.out, "masquerade", "-n prints the nft lines")
tap.equal(machine_state(), before, "-n does nothing")
result = nsh("-S", "-q", "-c", "ns add red; bridge v-net-0 attach red; nat on")
tap.ok(result.status == 0 and result.err == "" and result.out == "", "-q says nothing", result)
result = nsh("-S", "-v", "-c", "ns add red")
tap.has(result.out + result.err, "ip netns add red", "-v says what is done")
result = nsh("-S", "--json", "-c", "ns add red; ns")
tap.equal(result.json(), [{"name": "red"}], "--json")
result = nsh("-S", "-c", "ns add red; json link red; json addr red; json route; json arp; json nat; "
             "json publish; json cable; json bridge; json forwarding; json show red; json jobs; "
             "json ns list all")
tap.equal(result.status, 0, "every list has a JSON form")
documents = [json.loads(text) for text in result.out.splitlines()]
tap.equal(len(documents), 12, "each on one line")
tap.equal(documents[0][0]["name"], "lo", "with the interfaces")

# --- FILE -- PROGRAM ---
lab = os.path.join(public_dir(), "lab.nsh")
with open(lab, "w") as file:
    file.write("ns add red\ncable red host addr 10.7.0.1/24 10.7.0.2/24\n")
result = nsh(lab, "--", "sh", "-c", "ip -br addr show veth-host; getent hosts red; exit 7")
tap.equal(result.status, 7, "the status is the program's")
tap.has(result.out, "10.7.0.2/24", "the program runs on the lab's host")
tap.has(result.out, "10.7.0.1", "and knows the names of the lab")
tap.equal(machine_state(), before, "the lab is torn down")
result = nsh(lab, "--", "no-such-program")
tap.ok(result.status != 0 and "no-such-program" in result.err, "a program that is not there",
       result)
tap.equal(machine_state(), before, "the lab is torn down then too")
result = nsh("-S", lab, "--", "sh", "-c", "kill -TERM $$")
tap.equal(result.status, 128 + signal.SIGTERM, "a program that a signal ends: 128 + its number")

# --- the terminal is not needed, and what is for programs has no escape codes ---
result = nsh("-S", stdin="ns add red\nns\n")
tap.ok(result.status == 0 and result.out == "red\n", "standard input without -", result)
tap.lacks(result.out + result.err, "\x1b", "no escape codes")
result = run(["sh", "-c", "%s -S -c 'help' | head -1" % NSH])
tap.equal(result.err, "", "a reader that goes away is no reason to complain")
if os.path.exists("/dev/full"):
    result = run(["sh", "-c", "%s -S -c 'help' >/dev/full" % NSH])
    tap.ok(result.status == 1 and result.err, "a full disk is", result)
result = nsh("-S", "-c", "doctor")
tap.ok(result.status == 0 and "veth" in result.out, "doctor", result)
tap.equal(machine_state(), before, "doctor leaves nothing behind")
tap.done()
