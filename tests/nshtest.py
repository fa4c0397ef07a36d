# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests in Python share: TAP, running nsh, private namespaces, terminals.

A test is a program that prints TAP and ends with "tap.done()". It finds the nsh under
test in $NSH and the source tree in $NSH_SRCDIR, as "make check" sets them; run by hand
from the source tree it takes src/nsh.
"""
import atexit
import difflib
import codecs
import json
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unicodedata
import fcntl
import termios

SRCDIR = os.environ.get("NSH_SRCDIR", os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NSH = os.environ.get("NSH", os.path.join(SRCDIR, "src/nsh"))
NOBODY = 65534
# Sanitizers and valgrind make everything slower; a machine under load does too.
PATIENCE = 60


class Tap:
    """The Test Anything Protocol: a line per test, the plan at the end."""

    def __init__(self):
        self.count = 0
        self.failed = 0

    def ok(self, good, name, detail=None):
        self.count += 1
        self.failed += not good
        print("%sok %d - %s" % ("" if good else "not ", self.count, name.replace("#", "\\#")))
        if not good and detail is not None:
            self.note(detail)
        sys.stdout.flush()
        return bool(good)

    def equal(self, got, wanted, name):
        if isinstance(got, str) and isinstance(wanted, str) and len(got) + len(wanted) > 200:
            lines = difflib.unified_diff(wanted.splitlines(), got.splitlines(), "expected", "got",
                                         n=0, lineterm="")
            return self.ok(got == wanted, name, "\n".join(lines))
        return self.ok(got == wanted, name, "     got: %r\nexpected: %r" % (got, wanted))

    def has(self, text, part, name):
        """PART stands in TEXT; a compiled pattern is searched for."""
        found = part.search(text) if hasattr(part, "search") else part in text
        return self.ok(found, name, "wanted: %r\nin: %s" % (part, text))

    def lacks(self, text, part, name):
        return self.ok(part not in text, name, "unwanted: %r\nin: %s" % (part, text))

    def skip(self, why, count=1):
        for _ in range(count):
            self.count += 1
            print("ok %d # SKIP %s" % (self.count, why))
        sys.stdout.flush()

    def note(self, text):
        for line in str(text).splitlines():
            print("# " + line)

    def done(self):
        print("1..%d" % self.count)
        sys.stdout.flush()
        sys.exit(1 if self.failed else 0)


tap = Tap()


def skip_all(why):
    print("1..0 # SKIP " + why)
    sys.exit(0)


class Result:
    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    def __repr__(self):
        return "status %s\n--- out\n%s--- err\n%s" % (self.status, self.out, self.err)

    def json(self):
        return json.loads(self.out)


def run(argv, stdin="", timeout=PATIENCE, **more):
    """Runs a program to its end. STDIN may be text or bytes."""
    binary = isinstance(stdin, bytes)
    done = subprocess.run(argv, input=stdin if binary else stdin.encode(), timeout=timeout,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)
    return Result(done.returncode, done.stdout.decode(errors="surrogateescape"),
                  done.stderr.decode(errors="surrogateescape"))


def sh(command, **more):
    """A shell command that has to succeed; returns its output."""
    result = run(["sh", "-c", command], **more)
    if result.status != 0:
        raise RuntimeError("%s: %r" % (command, result))
    return result.out


def nsh(*arguments, stdin="", user=False, **more):
    """Runs nsh. USER: as an ordinary user, where the test itself is root."""
    return run(nsh_argv(*arguments, user=user), stdin=stdin, **more)


def nsh_argv(*arguments, user=False):
    if user and os.geteuid() == 0:
        return as_nobody(public_nsh(), *arguments)
    return [NSH, *arguments]


def as_nobody(*argv):
    return ["setpriv", "--reuid=%d" % NOBODY, "--regid=%d" % NOBODY, "--clear-groups",
            "--inh-caps=-all", "env", "HOME=" + public_dir(), *argv]


_public = None


def public_dir():
    """A directory that everybody may read and write, gone when the test ends."""
    global _public
    if not _public:
        _public = tempfile.mkdtemp(prefix="nsh-test-")
        os.chmod(_public, 0o1777)
        atexit.register(remove_public, os.getpid())
    return _public


def remove_public(pid):
    if os.getpid() == pid:
        shutil.rmtree(_public, ignore_errors=True)


def public_nsh():
    """nsh where an ordinary user can run it: a build tree may be closed to others."""
    copy = os.path.join(public_dir(), "nsh")
    if not os.path.exists(copy):
        shutil.copy(NSH, copy)
        os.chmod(copy, 0o755)
    return copy


def in_private_machine():
    """Goes on in new network and mount namespaces, which play the machine: nsh takes them
    for the real one (root with all it takes), and nothing outside is seen or touched.
    Call it first of all: the program starts again. Skips where that is not possible."""
    if os.environ.get("NSH_PRIVATE_MACHINE"):
        sh("mount -t tmpfs tmpfs /run && mount -t sysfs sysfs /sys && ip link set lo up")
        return
    unshare = ["unshare", "--net", "--mount", "--propagation", "private"]
    if os.geteuid() != 0:
        unshare += ["--user", "--map-root-user"]
    if run(unshare + ["true"]).status != 0:
        skip_all("no private namespaces: unshare failed")
    os.environ["NSH_PRIVATE_MACHINE"] = "1"
    os.execvp(unshare[0], unshare + [sys.executable, "-B", *sys.argv])


def needs_program(name):
    if not shutil.which(name):
        skip_all("%s is not installed" % name)


def machine_state():
    """All of this network namespace that a lab could change, as text."""
    parts = ["ip -d link", "ip addr", "ip route show table all",
             "ip -6 route show table all", "ip rule", "ip neigh show nud permanent",
             "nft list ruleset", "ls /run/netns 2>/dev/null",
             "sysctl -a 2>/dev/null | grep -E '^net.ipv[46].*forward' "]
    text = ""
    for part in parts:
        text += "$ %s\n%s" % (part, run(["sh", "-c", part]).out)
    # What the kernel does by itself and in its own time: lifetimes, timers, duplicate address
    # detection and the routes that come of link-local addresses.
    text = re.sub(r"(valid_lft|preferred_lft|expires) \S+", r"\1 -", text)
    text = re.sub(r"\b(\w*_timer) +\S+", r"\1 -", text)
    text = re.sub(r" state [A-Z]+| tentative|topology_change(_detected)? \d", "", text)
    text = re.sub(r"(root_port|path_cost) \S+", r"\1 -", text)
    return re.sub(r"^(local|anycast|multicast)? ?(fe80|ff00):.*\n", "", text, flags=re.M)


class Terminal:
    """nsh, or another program, on a pseudo-terminal, as a person sees it."""

    def __init__(self, argv, columns=100, rows=40, env=None, cwd=None):
        self.seen = ""
        self.status = None
        self.screen = Screen(columns, rows)
        self.decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self.tail = ""
        environment = dict(os.environ, TERM="xterm", INPUTRC="/dev/null", **(env or {}))
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            if cwd:
                os.chdir(cwd)
            os.execvpe(argv[0], argv, environment)
        self.resize(columns, rows)

    def resize(self, columns, rows):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen.resize(columns, rows)

    def type(self, text):
        """Types TEXT, and reads meanwhile: neither side is to wait for the other."""
        data = text.encode(errors="surrogateescape")
        while data:
            readable, writable, _ = select.select([self.fd], [self.fd], [], PATIENCE)
            if not readable and not writable:
                raise RuntimeError("the terminal takes no more")
            if readable and not self.read(0):
                raise RuntimeError("the terminal is closed")
            if writable:
                data = data[os.write(self.fd, data[:512]):]

    def line(self, text):
        self.type(text + "\r")

    def read(self, seconds):
        """Adds what comes within SECONDS to self.seen; returns whether anything came."""
        ready, _, _ = select.select([self.fd], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return False
        text = self.tail + self.decode(data)
        # The rest of an escape sequence may be yet to come.
        cut = re.search(r"\x1b(\[[0-9;?]*|[()])?$", text)
        self.tail = text[cut.start():] if cut else ""
        text = text[:len(text) - len(self.tail)]
        self.screen.feed(text)
        self.seen += strip_escapes(text)
        return bool(data)

    def until(self, condition, seconds=PATIENCE):
        """Reads until CONDITION(), of the screen as a rule, holds. Returns whether it does."""
        end = time.monotonic() + seconds
        while not condition():
            left = end - time.monotonic()
            if left <= 0 or (not self.read(min(left, 0.5)) and self.ended()
                             and not self.read(0)):
                return bool(condition())
        return True

    def wait_for(self, what, seconds=PATIENCE):
        """Reads until WHAT (text or a compiled pattern) has come. Returns all that came up
        to its end, and takes it out of self.seen; None where it does not come."""
        end = time.monotonic() + seconds
        while True:
            if hasattr(what, "search"):
                found = what.search(self.seen)
                at = found.end() if found else -1
            else:
                at = self.seen.find(what)
                at = at + len(what) if at >= 0 else -1
            if at >= 0:
                text, self.seen = self.seen[:at], self.seen[at:]
                return text
            left = end - time.monotonic()
            if left <= 0:
                return None
            if not self.read(min(left, 0.5)) and self.ended():
                if not self.read(0):
                    return None

    def quiet(self, seconds=0.3):
        """Reads until nothing has come for SECONDS; returns and takes all of it."""
        while self.read(seconds):
            pass
        text, self.seen = self.seen, ""
        return text

    def ended(self):
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status is not None

    def wait(self, seconds=PATIENCE):
        """Its exit status (negative: the signal), or None where it does not end in time."""
        end = time.monotonic() + seconds
        while not self.ended() and time.monotonic() < end:
            self.read(0.05)
        return self.status

    def close(self):
        if not self.ended():
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)


class Prompt(Terminal):
    """nsh at its prompt, with a history of its own."""

    def __init__(self, *arguments, user=False, prompt="nsh> ", env=None, **more):
        state = tempfile.mkdtemp(dir=public_dir())
        os.chmod(state, 0o777)
        env = dict({"XDG_STATE_HOME": state, "LC_ALL": "C.UTF-8", "PAGER": ""}, **(env or {}))
        self.history = os.path.join(env["XDG_STATE_HOME"], "nsh/history")
        self.marks = 0
        super().__init__(nsh_argv(*arguments, user=user), env=env, **more)
        self.greeting = self.wait_for(prompt)

    def run(self, line, **more):
        """Types a line on an empty one, and Enter; returns what it prints."""
        self.type("\x05\x15")
        return self.finish(line, **more)

    def finish(self, rest="", prompt=re.compile(r"[\r\n]nsh(\([^\n]*\))?[>#] $")):
        """Types the rest of a line and Enter; returns what it prints up to the next prompt."""
        self.read(0)
        self.seen = ""
        self.type(rest + "\r")
        self.wait_for("\n")
        self.seen = "\n" + self.seen
        text = self.wait_for(prompt)
        return text if text is None else "\n".join(text.replace("\r", "").split("\n")[1:-1])

    def interrupt(self):
        """Ctrl-C on a line that is being typed. The terminal drops what is typed ahead of it."""
        self.read(0)
        self.seen = ""
        self.type("\x03")
        return self.wait_for("^C") and self.wait_for(re.compile(r"[\r\n]nsh[^\n]*[>#] $"))

    def edit(self, keys):
        """Types KEYS on an empty line. Returns that line as it then is, up to the cursor, and
        the lines that were printed on the way; the line stays."""
        self.marks += 1
        mark = "~%d~" % self.marks
        self.type("\x05\x15\x0c" + keys + mark)
        self.until(lambda: self.before_cursor().endswith(mark))
        line = self.before_cursor()[:-len(mark)]
        shown = self.screen.lines()[:self.screen.row]
        self.type("\x7f" * len(mark))
        self.until(lambda: self.before_cursor() == line)
        return line, shown

    def before_cursor(self):
        cells = self.screen.cells[self.screen.row]
        return "".join(cells[:self.screen.column])

    def leave(self):
        """Clears the line and leaves; returns the exit status."""
        self.type("\x05\x15\x04")
        status = self.wait()
        self.close()
        return status


class Screen:
    """What a terminal shows, as far as readline uses one."""

    def __init__(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.cells = [[] for _ in range(rows)]
        self.row = self.column = 0

    def resize(self, columns, rows):
        self.columns, self.rows = columns, rows
        del self.cells[:max(0, len(self.cells) - rows)]
        self.cells = [cells[:columns] for cells in self.cells]
        self.cells += [[] for _ in range(rows - len(self.cells))]
        self.row, self.column = min(self.row, rows - 1), min(self.column, columns)

    def lines(self):
        """The lines from the top to the last that is not empty."""
        lines = ["".join(cells).rstrip() for cells in self.cells]
        while lines and not lines[-1]:
            lines.pop()
        return lines

    def text(self):
        return "\n".join(self.lines())

    def feed(self, text):
        for part in re.findall(r"\x1b\[[0-9;?]*.|\x1b[()].|\x1b.|[^\x1b]", text, re.DOTALL):
            if part.startswith("\x1b["):
                self.control(part[2:-1], part[-1])
            elif not part.startswith("\x1b"):
                self.put(part)

    def put(self, char):
        if char == "\r":
            self.column = 0
        elif char == "\n":
            self.down()
        elif char == "\b":
            self.column = max(0, min(self.column, self.columns - 1) - 1)
        elif char == "\t":
            self.column = min(self.columns - 1, self.column // 8 * 8 + 8)
        elif char >= " " and not unicodedata.combining(char):
            wide = unicodedata.east_asian_width(char) in "WF"
            if self.column + wide >= self.columns:
                self.column = 0
                self.down()
            self.store(char)
            if wide:
                self.store("")

    def store(self, char):
        cells = self.cells[self.row]
        cells += " " * (self.column + 1 - len(cells))
        cells[self.column] = char
        self.column += 1

    def down(self):
        self.row += 1
        if self.row == self.rows:
            self.row -= 1
            del self.cells[0]
            self.cells.append([])

    def control(self, numbers, what):
        first = numbers.split(";")[0]
        n = max(1, int(first)) if first.isdigit() else 1
        cells = self.cells[self.row]
        if what in "ABCD":
            self.row = max(0, min(self.rows - 1, self.row + {"A": -n, "B": n}.get(what, 0)))
            self.column = max(0, min(self.columns - 1,
                                     self.column + {"D": -n, "C": n}.get(what, 0)))
        elif what == "H":
            both = (numbers + ";").split(";")
            self.row, self.column = int(both[0] or 1) - 1, int(both[1] or 1) - 1
        elif what == "G":
            self.column = n - 1
        elif what == "K":
            del cells[self.column:]
        elif what == "J":
            if first == "2":
                self.cells = [[] for _ in range(self.rows)]
            elif first in ("", "0"):
                del cells[self.column:]
                for below in self.cells[self.row + 1:]:
                    below.clear()
        elif what == "P":
            del cells[self.column:self.column + n]
        elif what == "@":
            cells += " " * (self.column - len(cells))
            cells[self.column:self.column] = " " * n


def strip_escapes(text):
    return re.sub(r"\x1b(\[[0-9;?]*[A-Za-z]|[()][A-Z0-9]|[=>])|[\x07\x01\x02]", "", text)


# Long tests can be told to do less or more: NSH_TEST_SCALE=0.1 make check.
SCALE = float(os.environ.get("NSH_TEST_SCALE", "1"))


def scaled(count, least=1):
    return max(least, int(count * SCALE))


# Random tests print their seed, and can be given one.
def seed():
    value = int(os.environ.get("NSH_TEST_SEED", "1"))
    tap.note("seed %d (NSH_TEST_SEED)" % value)
    return value
