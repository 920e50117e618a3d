"""Nodes over real sshds of this machine, beside bare ssh: time to a ready node at first and later contact, connections a
second, memory on both sides, bytes of an idle node, launch latency, outputs. One JSON object a line on standard output.

    scripts/bench-ssh [--nodes N]        20 nodes unless told; BELLOWS and BELLOWS_AGENT name the programs
"""
import datetime
import json
import os
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../Tests/whole"))
from harness import Cluster, run, wait  # noqa: E402
from hosts import Hosts, Proxy, skip_without_sshd  # noqa: E402

# How long many nodes are left alone before they are counted.
STAY_SECONDS = 30
# Size of the output that is read; what a log keeps at least.
OUTPUT_BYTES = 12_000_000


def tell(name, values, unit, **params):
    values = sorted(values)
    print(json.dumps({
        "name": name, "params": params, "median": round(statistics.median(values), 2),
        "p99": round(values[min(len(values) - 1, int(len(values) * 0.99))], 2), "unit": unit, "n": len(values)}), flush=True)


def proportional(pid):
    """A process's proportional share of memory in bytes."""
    try:
        with open(f"/proc/{pid}/smaps_rollup") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith("Pss:"))
    except (OSError, StopIteration):
        return 0


def main(c: Cluster):
    skip_without_sshd()
    count = int(sys.argv[sys.argv.index("--nodes") + 1]) if "--nodes" in sys.argv else 20
    hosts = Hosts(c)
    try:
        hosts.add("bare")
        bare = []
        for _ in range(15):
            begin = time.monotonic()
            subprocess.run(["ssh", "-F", hosts.config, "bare", "true"], check=True, stdin=subprocess.DEVNULL)
            bare.append((time.monotonic() - begin) * 1000)
        tell("bare ssh", bare, "ms")
        c.serve("--cluster", quiet(c))
        state = Watch(c)
        for kind, rounds in (("first contact", 8), ("later contact", 15)):
            times = []
            for number in range(rounds):
                name = f"first{number}" if kind == "first contact" else "bare"
                if name not in hosts.names:
                    hosts.add(name)
                elif number == 0:
                    c.ok("node", "add", name)
                    state.ready(name)
                    c.ok("node", "remove", "--yes", name)
                    wait("it is gone", lambda: name not in state.rows())
                begin = time.time()
                c.ok("node", "add", name)
                state.ready(name)
                # When it became so, not when the next look found out.
                times.append((moment(state.rows()[name]["stateSince"]) - begin) * 1000)
                c.ok("node", "remove", "--yes", name)
                wait("it is gone", lambda: name not in state.rows())
            tell(f"{kind}, command to ready", times, "ms", ratio=round(statistics.median(times) / statistics.median(bare), 2))
        tell("a command that asks the core", [state.cost() for _ in range(15)], "ms")
        launches(c)
        idle(c, hosts, state)
        many(c, hosts, state, count)
    finally:
        hosts.close()


def moment(text):
    """Seconds of a moment as the lists write it."""
    return datetime.datetime.fromisoformat(text).timestamp()


def quiet(c):
    path = f"{c.root}/quiet.yaml"
    with open(path, "w") as file:
        file.write("name: local\nhostKeys: strict\nnodes: []\npools:\n  - {name: p, max: 1, types: [{name: t, cpus: 1, mem: 1GiB}]}\n")
    return path


class Watch:
    """The core's nodes, as often as needed."""

    def __init__(self, cluster):
        self.cluster = cluster

    def rows(self):
        return {row["name"]: row for row in self.cluster.list("nodes")}

    def ready(self, *names):
        end = time.monotonic() + 120 + len(names)
        while time.monotonic() < end:
            rows = self.rows()
            if all(rows.get(name, {}).get("state") == "ready" for name in names):
                return
        raise SystemExit(f"not ready: {[rows.get(name, {}).get('fault') for name in names]}")

    def cost(self):
        begin = time.monotonic()
        self.rows()
        return (time.monotonic() - begin) * 1000


def many(c, hosts, state, count):
    # One sshd, many names: each with a folder of its own, so with an agent of its own.
    port = hosts.add("rack", AcceptEnv="LANG")
    names = [f"rack{number}" for number in range(count)]
    with open(hosts.config, "a") as file:
        for name in names:
            file.write(f"Host {name}\n  HostName 127.0.0.1\n  Port {port}\n")
    path = f"{c.root}/many.yaml"
    with open(path, "w") as file:
        file.write("name: local\nnodes:\n")
        for name in names:
            file.write(f"  - {{host: {name}, dir: {hosts.root}/rack/{name}}}\n")
            os.mkdir(f"{hosts.root}/rack/{name}")
        file.write("pools:\n  - {name: p, max: 1, types: [{name: t, cpus: 1, mem: 1GiB}]}\n")
    for kind in ("first", "later"):
        begin = time.monotonic()
        if kind == "first":
            c.ok("apply", "--yes", path)
        else:
            c.stop_core()
            begin = time.monotonic()
            c.serve()
        state.ready(*names) if kind == "first" else wait("all are connected", lambda: all(
            state.rows()[name]["connected"] for name in names), 120 + count)
        seconds = time.monotonic() - begin
        tell(f"connections a second, {kind} contact", [count / seconds], "1/s", nodes=count)
    time.sleep(STAY_SECONDS)
    rows = state.rows()
    tell(f"still attached after {STAY_SECONDS} s", [sum(rows[name]["connected"] for name in names)], "nodes", nodes=count)
    near, far, agents = [], [], []
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(hosts.sshds["rack"].pid)], capture_output=True, text=True).stdout
    far = [proportional(int(pid)) / 1e6 for pid in found.split()]
    for pid in c.processes():
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            words = file.read().split(b"\0")
        if words[0].endswith(b"ssh") and b"-T" in words:
            near.append(proportional(pid) / 1e6)
        elif b"agent-" in words[0]:
            agents.append(proportional(pid) / 1e6)
    tell("memory of the core", [proportional(c.core.pid) / 1e6], "MB", nodes=count)
    tell("memory of an ssh here", near, "MB", nodes=count)
    tell("memory of its sshd there", far, "MB", nodes=count)
    tell("memory of the agent's processes there, each", agents, "MB", nodes=count)
    c.ok("apply", "--yes", quiet(c))
    wait("they are gone", lambda: not any(name in state.rows() for name in names))


def launches(c):
    c.ok("node", "add", "bare")
    Watch(c).ready("bare")
    times = []
    for _ in range(20):
        job = c.submit("--cpus", "0.1", "--mem", "8MiB", "--", "true")
        row = wait("it ends", lambda: (lambda row: row if row["state"] == "finished" else None)(c.task(job)))
        submitted = next(each["submittedAt"] for each in c.list("jobs", "--all") if each["job"] == job)
        times.append((moment(row["startedAt"]) - moment(submitted)) * 1000)
    tell("submit to started, over ssh", times, "ms")
    job = c.submit("--cpus", "0.1", "--mem", "8MiB", "--", "sh", "-c", f"head -c {OUTPUT_BYTES} /dev/zero | tr '\\0' x")
    wait("it ends", lambda: c.task(job)["state"] == "finished")
    rates = []
    for _ in range(5):
        begin = time.monotonic()
        size = len(c.ok("logs", f"{job}/0"))
        rates.append(size / 1e6 / (time.monotonic() - begin))
    tell("an output read to its end", rates, "MB/s", bytes=OUTPUT_BYTES)


def idle(c, hosts, state):
    port = hosts.names["bare"][1]
    proxy = Proxy("127.0.0.1", ("127.0.0.1", port))
    with open(hosts.known, "a") as file, open(f"{hosts.root}/bare/hostkey.pub") as key:
        file.write(f"[127.0.0.1]:{proxy.port} {' '.join(key.read().split()[:2])}\n")
    c.ok("node", "remove", "--yes", "bare")
    wait("it is gone", lambda: "bare" not in state.rows())
    c.ok("node", "add", f"127.0.0.1:{proxy.port}")
    state.ready(f"127.0.0.1-{proxy.port}")
    time.sleep(2)
    before, begin = proxy.bytes, time.monotonic()
    time.sleep(20)
    tell("an idle node", [(proxy.bytes - before) / (time.monotonic() - begin)], "bytes/s")
    proxy.close()


run(main)
