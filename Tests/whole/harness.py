"""What the whole-program tests share: a cluster in folders of its own, the command line, consoles in pseudo-terminals,
and an end that leaves nothing behind. Only processes that a test brought about are ended, each by its number.

A test is an executable file NAME.test that calls run(main). BELLOWS and BELLOWS_AGENT name the programs (default: those
of the debug build). A seed is printed where chance is used; BELLOWS_SEED gives it again.
"""
import json
import os
import pty
import random
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
import traceback
from fcntl import ioctl

import pyte

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# Only a guard against waiting for ever: the machine may be busy with other things.
PATIENCE = 120


class Failure(Exception):
    """What a test found wrong, in words."""


def program(name, variable):
    """The program under test."""
    places = [os.environ.get(variable, "")] + [f"{ROOT}/.build/{kind}/{name}" for kind in ("debug", "release")]
    for place in places:
        if place and os.access(place, os.X_OK):
            return os.path.abspath(place)
    raise Failure(f"there is no {name}: build it first, or name it with {variable}")


def expect(condition, words):
    if not condition:
        raise Failure(words() if callable(words) else words)


def wait(what, holds, seconds=PATIENCE):
    """Waits until `holds` answers something true, and answers it."""
    end = time.monotonic() + seconds
    while True:
        found = holds()
        if found:
            return found
        if time.monotonic() > end:
            raise Failure(f"waited {seconds} s in vain: {what}")
        time.sleep(0.1)


class Cluster:
    """A state folder and a runtime folder, and whatever runs on them."""

    def __init__(self):
        self.bellows = program("bellows", "BELLOWS")
        # Short, for the paths of sockets.
        self.root = tempfile.mkdtemp(prefix="bw-", dir="/tmp")
        self.core = None
        self.arguments = []
        self.consoles = []
        for name in ("run", "state", "home", "work"):
            os.mkdir(f"{self.root}/{name}", 0o700)
        self.socket = f"{self.root}/run/bellows.sock"
        self.state = f"{self.root}/state/bellows/local"
        self.work = f"{self.root}/work"
        self.log = open(f"{self.root}/serve.log", "ab")
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": f"{self.root}/home", "LANG": "C.UTF-8", "TZ": "UTC",
            "TERM": "xterm-256color", "SHELL": "/bin/sh", "BELLOWS_AGENT": program("bellows-agent", "BELLOWS_AGENT"),
            "XDG_RUNTIME_DIR": f"{self.root}/run", "XDG_STATE_HOME": f"{self.root}/state",
            "XDG_CONFIG_HOME": f"{self.root}/home/config", "XDG_DATA_HOME": f"{self.root}/home/data",
        }

    # The core.

    def never_hold(self):
        """Three local nodes that go on whatever fails there: for tests whose tasks fail by chance."""
        with open(f"{self.root}/cluster.yaml", "w") as file:
            file.write("name: local\nlimits:\n  failuresInRow: 0\npools:\n  - name: local\n    provider: local\n"
                       "    min: 3\n    max: 3\n    types:\n      - {name: slice, cpus: 1, mem: 1GiB}\n")
        self.arguments = ["--cluster", f"{self.root}/cluster.yaml"]

    def start(self, *arguments):
        """Starts a core without a screen."""
        self.core = subprocess.Popen(
            [self.bellows, "serve", *self.arguments, *arguments], env=self.environment, cwd=self.work, stdin=subprocess.DEVNULL,
            stdout=self.log, stderr=self.log, start_new_session=True)

    def serve(self, *arguments):
        """Starts a core without a screen and waits until it answers."""
        self.start(*arguments)
        self.wait_for_core()

    def wait_for_core(self):
        def answers():
            if self.core and self.core.poll() is not None:
                raise Failure(f"the core ended with status {self.core.returncode}: {self.core_log()[-2000:]}")
            return self.run("nodes").status == 0
        wait("the core answers", answers)

    def kill_core(self):
        """Kill -9: no last word."""
        self.core.kill()
        self.core.wait()
        self.core = None

    def stop_core(self):
        """SIGTERM, and the end in good order."""
        self.core.terminate()
        status = self.core.wait(PATIENCE)
        self.core = None
        return status

    def core_log(self):
        with open(f"{self.root}/serve.log", errors="replace") as file:
            return file.read()

    # The command line.

    def run(self, *arguments, text="", seconds=PATIENCE, **variables):
        """Runs a command to its end."""
        done = subprocess.run(
            [self.bellows, *arguments], env={**self.environment, **variables}, cwd=self.work, input=text.encode(),
            capture_output=True, timeout=seconds)
        return Done(arguments, done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))

    def ok(self, *arguments, **options):
        """Runs a command that must succeed, and answers what it said."""
        done = self.run(*arguments, **options)
        expect(done.status == 0, lambda: f"it was to succeed: {done}")
        return done.out

    def fails(self, status, *arguments, **options):
        """Runs a command that must end with `status` and say one thing about it; answers that."""
        done = self.run(*arguments, **options)
        expect(done.status == status, lambda: f"it was to end with {status}: {done}")
        expect(done.err.strip() != "", lambda: f"it was to say why: {done}")
        return done.err.strip()

    def list(self, *arguments):
        """A list verb's rows."""
        return json.loads(self.ok(*arguments, "--json"))

    def submit(self, *arguments):
        """Submits, and answers the job's number."""
        return int(self.ok("submit", "--quiet", *arguments).split()[0])

    def task(self, job, index=0):
        """One task of a job."""
        for row in self.list("tasks", str(job)):
            if row["index"] == index:
                return row
        raise Failure(f"job {job} has no task {index}")

    def ends(self, job, index=0):
        """What the latest events say of a task's ends."""
        label = self.task(job, index)["label"]
        return [event["text"] for event in self.list("events", "--last", "512")
                if event["kind"] == "taskEnded" and event["text"].startswith(f"task {label} ")]

    def wait_ready(self, count):
        """Waits until so many nodes are ready."""
        def ready():
            return sum(row["state"] == "ready" for row in self.list("nodes")) == count
        wait(f"{count} nodes are ready", ready)

    # Consoles.

    def console(self, *arguments, size=(120, 40), **variables):
        """Starts a console in a pseudo-terminal."""
        console = Console([self.bellows, *arguments], {**self.environment, **variables}, self.work, size)
        self.consoles.append(console)
        return console

    # The end.

    def processes(self):
        """Everything alive that comes from this cluster: by its folder in the arguments, environment or work place."""
        mark = self.root.encode()
        found = []
        for name in os.listdir("/proc"):
            if not name.isdigit() or int(name) == os.getpid():
                continue
            try:
                with open(f"/proc/{name}/stat", "rb") as file:
                    if file.read().rpartition(b")")[2].split()[0] == b"Z":
                        continue
                words = b""
                for part in ("cmdline", "environ"):
                    with open(f"/proc/{name}/{part}", "rb") as file:
                        words += file.read() + b"\0"
                words += os.readlink(f"/proc/{name}/cwd").encode()
            except OSError:
                continue
            if mark in words:
                found.append(int(name))
        return found

    def close(self):
        for console in self.consoles:
            console.close()
        if self.core:
            self.core.kill()
            self.core.wait()
        # Some may be starting others while they end.
        for _ in range(100):
            alive = self.processes()
            if not alive:
                break
            for pid in alive:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            time.sleep(0.1)
        self.log.close()
        shutil.rmtree(self.root, ignore_errors=True)


class Done:
    """How a command ended."""

    def __init__(self, arguments, status, out, err):
        self.arguments, self.status, self.out, self.err = arguments, status, out, err

    def __str__(self):
        return f"bellows {' '.join(self.arguments)} -> {self.status}\n{self.out}{self.err}"


class Console:
    """A program in a pseudo-terminal, and the screen that it draws."""

    def __init__(self, words, environment, folder, size):
        columns, lines = size
        self.screen = pyte.Screen(columns, lines)
        self.stream = pyte.ByteStream(self.screen)
        self.lock = threading.Lock()
        self.status = None
        # Started apart from this process's threads: exec is all that happens between.
        parent, child = pty.openpty()
        ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.process = subprocess.Popen(
            ["setsid", "--ctty", *words], stdin=child, stdout=child, stderr=child, env=environment, cwd=folder)
        os.close(child)
        self.terminal = parent
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        while True:
            try:
                data = os.read(self.terminal, 65536)
            except OSError:
                return
            if not data:
                return
            with self.lock:
                self.stream.feed(data)

    def lines(self):
        with self.lock:
            return list(self.screen.display)

    def text(self):
        return "\n".join(line.rstrip() for line in self.lines())

    def keys(self, text):
        """Types; answers itself, so that a wait can follow."""
        os.write(self.terminal, text.encode())
        return self

    def shows(self, pattern):
        return re.search(pattern, self.text())

    def wait(self, pattern, seconds=PATIENCE):
        """Waits until the screen shows `pattern`."""
        try:
            return wait(f"the screen shows {pattern!r}", lambda: self.shows(pattern) or self.ended(), seconds)
        except Failure as failure:
            raise Failure(f"{failure}; it shows\n{self.text()}") from None

    def wait_gone(self, pattern, seconds=PATIENCE):
        """Waits until the screen no longer shows `pattern`."""
        try:
            wait(f"{pattern!r} goes from the screen", lambda: not self.shows(pattern), seconds)
        except Failure as failure:
            raise Failure(f"{failure}; it shows\n{self.text()}") from None

    def ended(self):
        if self.process.poll() is not None:
            self.reader.join(5)
            raise Failure(f"the console ended with {self.process.returncode}; its screen:\n{self.text()}")
        return False

    def resize(self, columns, lines):
        with self.lock:
            self.screen.resize(lines, columns)
        ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def wait_end(self):
        """Waits for the program's end and answers its exit status."""
        try:
            status = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            raise Failure(f"the console does not end; it shows\n{self.text()}") from None
        self.reader.join(5)
        return status

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.terminal >= 0:
            os.close(self.terminal)
            self.terminal = -1


def step(words):
    print(f"  {words}", flush=True)


def seeded():
    """Chance that can be had again."""
    seed = int(os.environ.get("BELLOWS_SEED", random.SystemRandom().randrange(1 << 32)))
    print(f"  seed {seed} (BELLOWS_SEED={seed} gives it again)", flush=True)
    return random.Random(seed)


def run(main):
    """Runs a test on a fresh cluster and exits with what came of it."""
    cluster = None
    status = 1
    # A test that is told to stop leaves nothing behind either.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(143))
    try:
        cluster = Cluster()
        main(cluster)
        status = 0
    except Failure as failure:
        print(f"FAILED: {failure}", flush=True)
    except Exception:
        traceback.print_exc()
    finally:
        # Whatever becomes of the words, with nobody reading them for instance, the processes are ended.
        try:
            if cluster and status != 0:
                tell(cluster)
        finally:
            if cluster:
                cluster.close()
    sys.exit(status)


def tell(cluster):
    """What can help to find out why a test failed."""
    for number, console in enumerate(cluster.consoles):
        print(f"console {number + 1} shows:\n{console.text()}", flush=True)
    said = cluster.core_log()
    # Of a crash the words and the thread that crashed are told: what the other threads did fills pages after them.
    crash = re.search(r"^.*Fatal error.*", said, re.MULTILINE)
    thread = re.search(r"^Thread \d+.* crashed:(.|\n)*", said, re.MULTILINE)
    parts = ([crash.group()] if crash else []) + ([thread.group()[:5000]] if thread else [])
    print("the core said:\n" + ("\n".join(parts) or said[-4000:]), flush=True)
