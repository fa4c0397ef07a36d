# SPDX-License-Identifier: GPL-3.0-or-later
"""Named labs: made, joined, side by side, deleted, killed; by root and by ordinary users."""
import ctypes
import os
import re
import shutil
import signal
import stat
import subprocess
import tempfile
import time

from nshtest import Terminal, in_private_machine, public_dir, public_nsh, run, sh, tap

OTHER = 65533
PR_SET_CHILD_SUBREAPER = 36
SCRIPT = """
ns add red blue
cable red blue addr 192.168.15.1/24 192.168.15.2/24
serve blue 80 "%s"
"""


class User:
    """Somebody with labs of his own."""

    def __init__(self, uid, runtime=True):
        self.uid = uid
        self.name = "root" if uid == 0 else "user %d" % uid
        self.environment = dict(os.environ)
        self.environment.pop("XDG_RUNTIME_DIR", None)
        if runtime:
            self.directory = tempfile.mkdtemp(prefix="nsh-run-", dir=public_dir())
            os.chmod(self.directory, 0o700)
            if os.geteuid() == 0:
                os.chown(self.directory, uid, uid)
            self.environment["XDG_RUNTIME_DIR"] = self.directory
            self.directory += "/nsh"
        self.settings = {"XDG_RUNTIME_DIR": self.environment.get("XDG_RUNTIME_DIR", "")}

    def argv(self, *arguments):
        if os.geteuid() == 0 and self.uid != 0:
            return ["setpriv", "--reuid=%d" % self.uid, "--regid=%d" % self.uid, "--clear-groups",
                    "--inh-caps=-all", public_nsh(), *arguments]
        return [public_nsh(), *arguments]

    def nsh(self, *arguments, **more):
        return run(self.argv(*arguments), env=self.environment, **more)

    def start(self, *arguments, **more):
        return subprocess.Popen(self.argv(*arguments), env=self.environment,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, **more)


def reap():
    """Holders become the test's children, as it is their subreaper."""
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                return
        except ChildProcessError:
            return


def is_ours(pid, uid, state):
    """Whether the process runs the copy of nsh that these tests run."""
    try:
        return os.readlink("/proc/%d/exe" % pid).startswith(public_dir())
    except FileNotFoundError:
        return state[0] == "Z" # it has ended, and waits for its parent
    except PermissionError:
        return uid == os.geteuid()


def processes():
    """What runs of the labs, as ps shows it. What has ended and waits for a parent that is not
    of the test (PID 1 of a container may not care) is not counted: it holds nothing."""
    reap()
    found = []
    for line in sh("ps -eo pid=,ppid=,uid=,stat=,comm=").splitlines():
        pid, parent, uid, state, command = line.split(None, 4)
        if not command.startswith("nsh") or not is_ours(int(pid), int(uid), state):
            continue
        if state[0] != "Z" or int(parent) == os.getpid():
            found.append(line)
    return found


def holders():
    return [int(l.split()[0]) for l in processes() if l.endswith("nsh-lab")]


def gone_within(seconds=20):
    end = time.monotonic() + seconds
    while processes() and time.monotonic() < end:
        time.sleep(0.05)
    return processes()


def names(user):
    answer = user.nsh("--json", "lab")
    return [row["lab"] for row in answer.json()] if answer.status == 0 else answer


def test_one(user):
    who = user.name
    made = user.nsh("-l", "one", "-c", SCRIPT % "the first")
    tap.ok(made.status == 0 and "made lab one" in made.err, "%s makes a lab" % who, made)
    tap.equal(user.nsh("-l", "one", "ns").out, "blue\nred\n", "%s: a second process joins it" % who)
    answer = user.nsh("-q", "-l", "one", "-c", "ping red blue count 1; get red http://blue/")
    tap.ok(answer.status == 0 and "the first" in answer.out,
           "%s: its network and its server outlive those who made them" % who, answer)
    answer = user.nsh("-l", "one", "exec", "red", "sh", "-c", "ip -o link; id -u; echo $# -l", "--",
                      "-c", "x")
    tap.ok(answer.status == 0 and "veth-red" in answer.out and "\n0\n" in answer.out and
           "2 -l" in answer.out, "%s: words behind the lab are one command" % who, answer)
    answer = user.nsh("--complete", "3", "-l", "one", "addr", "r")
    tap.ok(answer.out.startswith("red\t"), "%s: completion sees what is in the lab" % who, answer)
    answer = user.nsh("--complete", "1", "--lab", "o")
    tap.equal(answer.out, "one\n", "%s: and which labs there are" % who)
    answer = user.nsh("--complete", "3", "-l", "two", "addr", "r")
    tap.ok(answer.out == "" and names(user) == ["one"], "%s: but makes none" % who, answer)
    answer = user.nsh("--json", "-l", "one", "jobs")
    rows = answer.json()
    tap.ok(len(rows) == 1 and rows[0]["line"] == "serve blue 80",
           "%s: another shell sees the server" % who, answer)
    answer = user.nsh("-q", "-l", "one", "save")
    tap.has(answer.out, "\n#   serve blue 80: another shell has started it",
            "%s: and does not save it, as it does not know its text" % who)
    row = user.nsh("--json", "lab").json()
    tap.ok(len(row) == 1 and row[0]["lab"] == "one" and row[0]["namespaces"] == 2 and
           row[0]["processes"] == 1 and re.match(r"20\d\d-", row[0]["since"]),
           "%s: the list tells of it" % who, row)
    answer = user.nsh("-S", "-c", "lab")
    tap.has(answer.out, "one", "%s: from inside a sandbox too" % who)
    answer = user.nsh("-l", "one", "lab", "del", "one")
    tap.ok(answer.status == 1 and "this shell is in lab one" in answer.err,
           "%s: a lab is not deleted from inside" % who, answer)
    answer = user.nsh("-q", "-l", "one", "stop", str(rows[0]["job"]))
    tap.ok(answer.status == 0 and user.nsh("--json", "-l", "one", "jobs").json() == [],
           "%s: another shell stops the server" % who, answer)
    answer = user.nsh("-q", "-l", "one", "-c", "ns add green; serve green 80")
    answer = user.nsh("-l", "one", "ns", "del", "green")
    tap.ok(answer.status == 0 and "stopped serve green 80" in answer.err and
           user.nsh("--json", "-l", "one", "jobs").json() == [],
           "%s: another shell's server ends with its room" % who, answer)
    answer = user.nsh("-l", "one", "-c", "ns add green; ns add red")
    tap.ok(answer.status == 1 and user.nsh("-l", "one", "ns").out == "blue\nred\n",
           "%s: a script that fails takes back its own lines alone" % who, answer)
    answer = user.nsh("-q", "-l", "one", "-c", "reset; ns")
    tap.ok(answer.status == 0 and answer.out == "", "%s: reset works in a lab" % who, answer)
    answer = user.nsh("lab", "del", "one")
    tap.ok(answer.status == 0 and names(user) == [], "%s: the lab is deleted" % who, answer)
    tap.equal(gone_within(), [], "%s: ps shows nothing of it" % who)
    tap.equal([e for e in os.listdir(user.directory) if e != ".lock"] if user.uid else [], [],
              "%s: nor does its directory" % who)
    answer = user.nsh("lab", "del", "one")
    tap.ok(answer.status == 1 and "there is no lab one" in answer.err,
           "%s: it cannot be deleted twice" % who, answer)


def test_parallel(pairs, what):
    """The same script in labs side by side, each with its own answer."""
    started = [(user, lab, user.start("-q", "-l", lab, "-c", SCRIPT % (user.name + lab)))
               for user, lab in pairs]
    good = [(user.name, lab, p.communicate()) for user, lab, p in started if p.wait() != 0]
    tap.ok(not good, "%s: the same script, at once" % what, good)
    for user, lab in pairs:
        answer = user.nsh("-q", "-l", lab, "-c", "wait get red http://blue/ within 5s; "
                          "get red http://blue/; ns")
        tap.ok(answer.status == 0 and user.name + lab in answer.out and
               answer.out.endswith("blue\nred\n"),
               "%s: the one of %s, %s, is its own" % (what, user.name, lab), answer)
    for user in {user for user, _ in pairs}:
        tap.equal(names(user), sorted(lab for who, lab in pairs if who is user),
                  "%s: %s sees these and no others" % (what, user.name))
    for user, lab in pairs:
        user.nsh("-q", "lab", "del", lab)
    tap.equal(gone_within(), [], "%s: nothing is left of them" % what)


def test_race(user):
    """Many shells make the same lab at once: one makes it, all are in it."""
    started = [user.start("-l", "race", "-c", "ns add n%d" % i) for i in range(8)]
    made = 0
    bad = []
    for process in started:
        out, err = process.communicate()
        made += b"made lab race" in err
        if process.returncode != 0:
            bad.append((out, err))
    tap.ok(made == 1 and not bad, "eight at once make one lab", (made, bad))
    tap.equal(user.nsh("-l", "race", "ns").out, "".join("n%d\n" % i for i in range(8)),
              "which all of them are in")
    tap.equal(len(holders()), 1, "with one holder")
    user.nsh("-q", "lab", "del", "race")
    tap.equal(gone_within(), [], "and nothing is left")


def test_killed(user):
    """A lab whose holder was killed is gone wholly, and its name is free."""
    user.nsh("-q", "-l", "dead", "-c", SCRIPT % "x")
    joined = user.start("-q", "-l", "dead", "-c", "exec blue sleep 1000")
    end = time.monotonic() + 20
    while user.nsh("--json", "lab").json()[0]["processes"] < 3 and time.monotonic() < end:
        time.sleep(0.05)
    os.kill(holders()[0], signal.SIGKILL)
    out, err = joined.communicate()
    tap.ok(joined.returncode == 1 and b"lab dead is gone" in err, "whoever was in it is told",
           (joined.returncode, err))
    tap.equal(gone_within(), [], "all that ran in it has ended")
    tap.equal(names(user), [], "the list has it no more")
    answer = user.nsh("-l", "dead", "ns")
    tap.ok(answer.status == 0 and "made lab" in answer.err and answer.out == "",
           "its name makes a new one", answer)
    # Deleted while others are in it.
    joined = user.start("-q", "-l", "dead", "-c", "sleep 1000")
    while user.nsh("--json", "lab").json()[0]["processes"] < 1 and time.monotonic() < end:
        time.sleep(0.05)
    answer = user.nsh("lab", "del", "dead")
    joined.communicate()
    tap.ok(answer.status == 0 and "1 process" in answer.err and joined.returncode == 1,
           "a lab is deleted with those who are in it, saying so", answer)
    tap.equal(gone_within(), [], "and nothing is left")
    # A socket that nobody listens on.
    user.nsh("-q", "-l", "dead", "ns")
    os.kill(holders()[0], signal.SIGKILL)
    gone_within()
    answer = user.nsh("lab", "del", "dead")
    tap.ok(answer.status == 1 and "there is no lab dead" in answer.err,
           "a dead one cannot be deleted, and is cleared away", answer)


def test_maker_killed(user):
    """kill -9 of the shell that made the lab does not harm it."""
    process = user.start("-q", "-l", "stays", "-c", "ns add red; say here; sleep 1000")
    process.stdout.readline()
    process.kill()
    process.communicate()
    answer = user.nsh("-l", "stays", "ns")
    tap.ok(answer.status == 0 and answer.out == "red\n", "a lab outlives its maker's kill -9",
           answer)
    row = user.nsh("--json", "lab").json()[0]
    end = time.monotonic() + 10
    while row["processes"] and time.monotonic() < end:
        reap()
        row = user.nsh("--json", "lab").json()[0]
    tap.equal(row["processes"], 0, "and what the maker ran in it ends with it")
    user.nsh("-q", "lab", "del", "stays")
    tap.equal(gone_within(), [], "nothing is left")


def test_hijack(user):
    """A directory that is not the user's alone is not used."""
    shutil.rmtree(user.directory, ignore_errors=True)
    os.mkdir(user.directory)
    os.chmod(user.directory, 0o777)
    if os.geteuid() == 0:
        os.chown(user.directory, user.uid, user.uid)
    answer = user.nsh("-l", "open", "ns")
    tap.ok(answer.status == 1 and "not this user's alone" in answer.err and not holders(),
           "a directory that others can write to is refused", answer)
    if os.geteuid() == 0:
        os.chmod(user.directory, 0o755)
        os.chown(user.directory, OTHER - 1, OTHER - 1)
        answer = user.nsh("-l", "open", "ns")
        tap.ok(answer.status == 1 and ("alone" in answer.err or "denied" in answer.err),
               "and one of somebody else's", answer)
    else:
        tap.skip("not root: nobody else's directory to be had")
    shutil.rmtree(user.directory)
    os.symlink("/tmp", user.directory)
    answer = user.nsh("-l", "open", "ns")
    tap.ok(answer.status == 1, "and a symbolic link", answer)
    os.unlink(user.directory)


def test_names(user):
    for name in "", ".", "..", ".x", "-x", "a/b", "a b", "a\nb", "\x1b[2J", "x" * 65:
        answer = user.nsh("--lab=" + name, "ns")
        tap.ok(answer.status == 2 and not holders() and "\x1b" not in answer.err,
               "%r is no name for a lab" % name, answer)
    answer = user.nsh("-q", "-l", "x" * 64, "ns")
    tap.equal(answer.status, 0, "one of 64 bytes is")
    user.nsh("-q", "lab", "del", "x" * 64)
    answer = user.nsh("-S", "-l", "a", "ns")
    tap.equal(answer.status, 2, "a lab and a sandbox exclude each other")
    answer = user.nsh("-n", "-l", "none", "ns", "add", "red")
    tap.ok(answer.status == 0 and "ip netns add red" in answer.out and names(user) == [],
           "a dry run makes no lab", answer)


def test_terminal(user):
    """Prompts, Ctrl-C, programs with the terminal, and the end of the lab under a shell."""
    one = Terminal(user.argv("-l", "term"), env=user.settings)
    two = None
    tap.ok(one.wait_for("nsh(term)> "), "the prompt tells the lab", one.seen)
    one.line("ns add red")
    one.wait_for("nsh(term)> ")
    one.line("use red")
    tap.ok(one.wait_for("nsh(term:red)> "), "and the namespace", one.seen)
    two = Terminal(user.argv("-l", "term"), env=user.settings)
    two.wait_for("nsh(term)> ")
    two.line("ns")
    tap.ok(two.wait_for(re.compile(r"[\r\n]red[\r\n]")), "a second terminal sees what the first made",
           two.seen)
    two.wait_for("nsh(term)> ")
    two.line("sleep 1000")
    two.quiet()
    two.type("\x03")
    tap.ok(two.wait_for("nsh(term)> "), "Ctrl-C interrupts a command in a joined shell", two.seen)
    two.line("exec red sh -c 'echo began; exec cat'")
    two.wait_for("began\r\n")
    two.type("\x03")
    tap.ok(two.wait_for("nsh(term)> "), "and a program", two.seen)
    two.line("exec red sh")
    two.quiet()
    two.line("ps -o stat= -p $$; tty; exit")
    tap.ok(two.wait_for("/dev/"), "a program has the terminal", two.seen)
    two.wait_for("nsh(term)> ")
    answer = user.nsh("lab", "del", "term")
    tap.ok(answer.status == 0 and "2 processes" in answer.err, "the lab is deleted under them",
           answer)
    tap.ok(one.wait_for("lab term is gone") and one.wait() == 1, "the first shell is told", one.seen)
    tap.ok(two.wait_for("lab term is gone") and two.wait() == 1, "the second is", two.seen)
    one.close()
    two.close()
    tap.equal(gone_within(), [], "nothing is left")


def test_fallback():
    """Without a runtime directory: /tmp, if it is the user's alone."""
    user = User(OTHER - 2 if os.geteuid() == 0 else os.geteuid(), runtime=False)
    if os.path.exists("/run/user/%d" % user.uid):
        tap.skip("there is a runtime directory", 2)
        return
    path = "/tmp/nsh-%d" % user.uid
    if os.path.exists(path):
        tap.skip("%s is there already" % path, 2)
        return
    answer = user.nsh("-q", "-l", "one", "ns")
    tap.ok(answer.status == 0 and stat.S_IMODE(os.stat(path).st_mode) == 0o700,
           "without a runtime directory the labs are in /tmp", answer)
    user.nsh("-q", "lab", "del", "one")
    tap.equal(gone_within(), [], "and end as others do")
    shutil.rmtree(path)


def main():
    if ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        tap.note("no subreaper: what PID 1 leaves as zombies will be seen")
    root = os.geteuid() == 0
    user = User(65534 if root else os.geteuid())
    other = User(OTHER) if root else None
    test_one(user)
    if root:
        test_one(User(0))
        test_parallel([(user, "same"), (other, "same")], "two users")
    else:
        tap.skip("not root: no second user", 19)
    test_parallel([(user, "left"), (user, "right")], "one user")
    test_race(user)
    test_killed(user)
    test_maker_killed(user)
    test_names(user)
    test_terminal(user)
    test_hijack(user)
    test_fallback()
    tap.done()


if __name__ == "__main__":
    if os.geteuid() == 0:
        in_private_machine() # root's labs are in /run
    main()
