# SPDX-License-Identifier: GPL-3.0-or-later
"""nsh beside the bare system calls, `ip -batch`, a shell script and pyroute2: the same labs,
in fresh namespaces, in turns; medians, spread, ratios, peak memory. Never a pass or fail.

	bench.py [--sizes 10,100,1000] [--rounds N] [--json FILE]

Run it on a quiet machine, as root ("make bench", or "make bench BENCH='--sizes 10000'" for a lab
on ten switches, which takes minutes).
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import nshtest
from nshtest import NSH

HERE = os.path.dirname(os.path.abspath(__file__))
BARE = os.environ.get("NSH_BARE", os.path.join(HERE, "bare"))
LAUNCH = os.environ.get("NSH_LAUNCH", os.path.join(HERE, "launch"))

# A bridge holds 1,023 ports: a larger lab is on several, each with a network of its own.
PORTS = 1000


def bridge(i):
    return (i - 1) // PORTS


def gateway(i):
    return "10.%d.255.254" % bridge(i)


def address(i):
    port = (i - 1) % PORTS + 1
    return "10.%d.%d.%d" % (bridge(i), port // 256, port % 256)


def firsts(count):
    """The first room on each bridge."""
    return range(1, count + 1, PORTS)


# --- the same lab, in everybody's words ---

def nsh_script(count):
    lines = []
    for i in range(1, count + 1):
        if i in firsts(count):
            lines.append("bridge v-net-%d add addr %s/16" % (bridge(i), gateway(i)))
        lines += ["ns add r%d" % i,
                  "bridge v-net-%d attach r%d addr %s/16" % (bridge(i), i, address(i)),
                  "route r%d default via %s" % (i, gateway(i))]
    return "\n".join(lines) + "\n"


def batch_script(count):
    """As fast as ip(8) goes: links are made in place, one process for the host, and one for
    each namespace, as -batch does not change namespaces. The switches go up last, as in bare.c."""
    lines = []
    for i in firsts(count):
        lines += ["link add v-net-%d type bridge" % bridge(i),
                  "addr add %s/16 brd + dev v-net-%d" % (gateway(i), bridge(i))]
    for i in range(1, count + 1):
        lines.append("netns add r%d" % i)
    for i in range(1, count + 1):
        lines.append("link add veth-r%d-br master v-net-%d up type veth peer name veth-r%d "
                     "netns r%d" % (i, bridge(i), i, i))
    script = ["ip -batch - <<E", *lines, "E"]
    for i in range(1, count + 1):
        script += ["ip -n r%d -batch - <<E" % i, "link set lo up", "link set veth-r%d up" % i,
                   "addr add %s/16 brd + dev veth-r%d" % (address(i), i),
                   "route add default via %s" % gateway(i), "E"]
    script += ["ip link set v-net-%d up" % bridge(i) for i in firsts(count)]
    return "\n".join(script) + "\n"


def lecture_lines(count):
    """The lecture's own commands: nine lines a room."""
    lines = ["ip link add v-net-0 type bridge", "ip link set dev v-net-0 up",
             "ip addr add %s/16 dev v-net-0" % gateway(1)]
    for i in range(1, count + 1):
        lines += ["ip netns add r%d" % i,
                  "ip -n r%d link set lo up" % i,
                  "ip link add veth-r%d type veth peer name veth-r%d-br" % (i, i),
                  "ip link set veth-r%d netns r%d" % (i, i),
                  "ip link set veth-r%d-br master v-net-0" % i,
                  "ip link set veth-r%d-br up" % i,
                  "ip -n r%d addr add %s/16 dev veth-r%d" % (i, address(i), i),
                  "ip -n r%d link set veth-r%d up" % (i, i),
                  "ip -n r%d route add default via %s" % (i, gateway(i))]
    return "\n".join(lines) + "\n"


# As somebody who knows pyroute2 writes it: the cable made in place, a socket of each namespace's
# own rather than NetNS, which would start a process for each.
PYROUTE2 = """
import sys
from pyroute2 import IPRoute, netns
count = int(sys.argv[1])
ip = IPRoute()
ip.link("add", ifname="v-net-0", kind="bridge", state="up")
bridge = ip.link_lookup(ifname="v-net-0")[0]
ip.addr("add", index=bridge, address="10.0.255.254", prefixlen=16)
for i in range(1, count + 1):
    name = "r%d" % i
    netns.create(name)
    ip.link("add", ifname="veth-%s-br" % name, kind="veth", master=bridge, state="up",
            peer={"ifname": "veth-" + name, "net_ns_fd": name})
    netns.pushns(name)
    inner = IPRoute()
    netns.popns()
    end = inner.link_lookup(ifname="veth-" + name)[0]
    inner.link("set", index=1, state="up")
    inner.link("set", index=end, state="up")
    inner.addr("add", index=end, address="10.0.%d.%d" % (i // 256, i % 256), prefixlen=16)
    inner.route("add", dst="default", gateway="10.0.255.254")
    inner.close()
"""


def find_pyroute2():
    """A Python that has pyroute2: the distribution's, where this is another one."""
    for python in [sys.executable, "/usr/bin/python3"]:
        if subprocess.run([python, "-c", "import pyroute2"],
                          capture_output=True).returncode == 0:
            return python
    return None


# --- a machine of its own for each run ---

def idle_jiffies():
    with open("/proc/stat") as stat:
        fields = [int(field) for field in stat.readline().split()[1:]]
    return fields[3] + fields[4], sum(fields[:8])


def quiet():
    """Waits until the kernel has cleared away what ran before: that is nobody else's time."""
    for _ in range(100):
        idle, total = idle_jiffies()
        time.sleep(0.2)
        idle_now, total_now = idle_jiffies()
        if idle_now - idle > 0.9 * (total_now - total):
            return


class Machine:
    """New network and mount namespaces, kept by a process, with an empty /run."""

    def __enter__(self):
        self.keeper = subprocess.Popen(
            ["unshare", "--net", "--mount", "--propagation", "private", "sh", "-c",
             "mount -t tmpfs tmpfs /run && mount -t sysfs sysfs /sys && ip link set lo up && "
             "echo ready && exec cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.keeper.stdout.readline()
        return self

    def __exit__(self, *_):
        self.keeper.stdin.close()
        self.keeper.wait()
        quiet()

    def argv(self, *argv):
        return ["nsenter", "-t", str(self.keeper.pid), "-n", "-m", *argv]

    def run(self, argv):
        """What one run took, as a Sample: told by a launcher in the machine, so that neither the
        way in nor this program's own memory counts."""
        with tempfile.NamedTemporaryFile() as report:
            with open(os.devnull) as nothing:
                status = subprocess.run(self.argv(LAUNCH, report.name, *argv), stdin=nothing,
                                        stdout=subprocess.DEVNULL).returncode
            if status != 0:
                raise RuntimeError("%r ended with %d" % (argv, status))
            return Sample(**json.load(report))


class Sample:
    """Seconds, and KiB of the largest process."""

    def __init__(self, wall, user=0.0, system=0.0, peak_kib=0):
        self.wall, self.cpu, self.peak_kib = wall, user + system, peak_kib


class Table:
    def __init__(self):
        self.rows = []

    def add(self, what, size, samples, base=None):
        """SAMPLES by contender. Ratios are those of medians within this run."""
        medians = {who: statistics.median(sample.wall for sample in values)
                   for who, values in samples.items()}
        for who, values in samples.items():
            walls = [sample.wall for sample in values]
            row = {"what": what, "size": size, "who": who, "median_ms": medians[who] * 1000,
                   "min_ms": min(walls) * 1000, "max_ms": max(walls) * 1000,
                   "cpu_ms": statistics.median(sample.cpu for sample in values) * 1000,
                   "peak_kib": max(sample.peak_kib for sample in values),
                   "rounds": len(values)}
            if base:
                row["ratio"] = medians[who] / medians[base]
                row["of"] = base
            self.rows.append(row)
            print("%-22s %6s  %-14s %9.1f ms  (%.1f - %.1f)  %s%s" % (
                what, size or "", who, row["median_ms"], row["min_ms"], row["max_ms"],
                "%6.1f MB" % (row["peak_kib"] / 1024) if row["peak_kib"] else "",
                "  %.2f x %s" % (row["ratio"], base) if base and who != base else ""), flush=True)

    def growth(self, small, large):
        """What a namespace costs in the large lab against in the small one."""
        cost = {(row["who"], row["size"]): row["median_ms"] / row["size"]
                for row in self.rows if row["what"] == "build"}
        for who in ["bare", "nsh"]:
            if (who, small) not in cost or (who, large) not in cost:
                return
            row = {"what": "growth", "size": large, "who": who, "of": small,
                   "ratio": cost[who, large] / cost[who, small]}
            self.rows.append(row)
            print("%-22s %6d  %-14s %9.2f x a namespace at %d" % (
                "cost of a namespace", large, who, row["ratio"], small))


def write(directory, name, text):
    path = os.path.join(directory, name)
    with open(path, "w") as file:
        file.write(text)
    return path


def contenders(directory, size):
    """Who builds, and with what arguments. The slow ones are left out where they would take
    minutes."""
    who = {
        "bare": [BARE, "build", str(size)],
        "nsh": [NSH, "-q", write(directory, "lab.nsh", nsh_script(size))],
        "ip -batch": ["sh", "-e", write(directory, "batch.sh", batch_script(size))],
    }
    if size <= 100:
        lecture = write(directory, "lecture.sh", lecture_lines(size))
        who["sh"] = ["sh", "-e", lecture]
        who["nsh, lecture's"] = [NSH, "-q", lecture]
    python = find_pyroute2() if size <= PORTS else None
    if python:
        who["pyroute2"] = [python, write(directory, "lab.py", PYROUTE2), str(size)]
    return who


def bench_build(table, directory, size, rounds):
    who = contenders(directory, size)
    build = {name: [] for name in who}
    clear = {"bare": [], "nsh reset": []}
    lists = {"nsh -c ns": [], "ip netns": [], "nsh -c cable": [], "nsh -c save": []}
    for _ in range(rounds):
        for name, argv in who.items():
            with Machine() as machine:
                build[name].append(machine.run(argv))
                if name == "nsh":
                    for what, command in [("nsh -c ns", [NSH, "-c", "ns"]),
                                          ("ip netns", ["ip", "netns"]),
                                          ("nsh -c cable", [NSH, "-c", "cable"]),
                                          ("nsh -c save", [NSH, "-q", "-c", "save"])]:
                        lists[what].append(machine.run(command))
                    clear["nsh reset"].append(machine.run([NSH, "-q", "-c", "reset"]))
                if name == "bare":
                    clear["bare"].append(machine.run([BARE, "clear", str(size)]))
    table.add("build", size, build, "bare")
    table.add("tear down", size, clear, "bare")
    table.add("list", size, lists, "ip netns")


def bench_start(table, rounds):
    commands = {"true": ["true"], "links only": [BARE, "links"], "ip netns": ["ip", "netns"],
                "nsh -c ns": [NSH, "-c", "ns"]}
    samples = {name: [] for name in commands}
    with Machine() as machine:
        for _ in range(rounds):
            for name, argv in commands.items():
                # Twenty at once: one alone is too short to tell from the noise.
                script = "; ".join([" ".join("'%s'" % word for word in argv)] * 20)
                sample = machine.run(["sh", "-c", script])
                sample.wall /= 20
                sample.cpu /= 20
                samples[name].append(sample)
    table.add("start", None, samples, "ip netns")
    commands = {"unshare": ["unshare", "-Urnm", "true"], "nsh -S": [NSH, "-S", "-q", "-c", "ns"]}
    samples = {name: [] for name in commands}
    for _ in range(rounds):
        for name, argv in commands.items():
            with Machine() as machine:
                samples[name].append(machine.run(argv))
    table.add("sandbox", None, samples, "unshare")


def bench_tab(table, rounds):
    """From the TAB's byte to the answer's last, at a prompt with 1,000 namespaces."""
    with tempfile.TemporaryDirectory() as home:
        terminal = nshtest.Terminal([NSH, "-S"], env={"XDG_STATE_HOME": home}, columns=200)
        terminal.wait_for("nsh> ")
        terminal.line("for I in 1..1000 { ns add room$I }")
        terminal.wait_for("nsh> ")
        samples = []
        for _ in range(rounds * 4):
            terminal.type("ns del room77")
            terminal.quiet(0.05)
            start = time.perf_counter()
            terminal.type("\t")
            terminal.wait_for("room779")
            samples.append(Sample(time.perf_counter() - start))
            terminal.type("\x15")
            terminal.quiet(0.05)
        with open("/proc/%d/task/%d/children" % (terminal.pid, terminal.pid)) as children:
            pid = (children.read().split() or [str(terminal.pid)])[0]
        with open("/proc/%s/status" % pid) as status:
            rss = [line for line in status if line.startswith("VmRSS")]
        terminal.close()
    table.add("TAB", 1000, {"nsh": samples})
    print("%-22s %6d  %s" % ("resident memory", 1000, rss[0].split(None, 1)[1].strip()))


def count_calls(directory, size):
    """System calls and netlink messages of a build."""
    if not shutil.which("strace"):
        return
    path = os.path.join(directory, "calls")
    with Machine() as machine:
        machine.run(["strace", "-f", "-o", path, NSH, "-q",
                     write(directory, "lab.nsh", nsh_script(size))])
    with open(path, errors="replace") as file:
        lines = [line for line in file if "(" in line]
    sends = [line for line in lines if " send" in line]
    print("%-22s %6d  %.1f a namespace, %.1f of them sends, %.1f netlink messages" % (
        "system calls", size, len(lines) / size, len(sends) / size,
        sum(line.count("nlmsg_len=") or line.count("{len=") for line in sends) / size))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="10,100,1000")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json")
    options = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("bench.py: root only, as it makes machines of its own")
    table = Table()
    with tempfile.TemporaryDirectory() as directory:
        for size in [int(size) for size in options.sizes.split(",")]:
            bench_build(table, directory, size,
                        options.rounds if size <= 100 else
                        max(3, options.rounds // 2) if size <= 1000 else 1)
        table.growth(100, 1000)
        table.growth(1000, 10000)
        bench_start(table, options.rounds * 2)
        bench_tab(table, options.rounds)
        count_calls(directory, 100)
    if options.json:
        with open(options.json, "w") as file:
            json.dump(table.rows, file, indent=1)


main()
