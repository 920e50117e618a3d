"""A core that serves its interface, a framework of our own on it, and clients from PyPI in environments of their own."""
import glob
import http.client
import json
import os
import shutil
import subprocess
import sys
import threading
import time
import urllib.request

from harness import ROOT, expect, wait

CLIENTS = f"{ROOT}/Tests/whole/clients"
JSON = {"Content-Type": "application/json", "Accept": "application/json"}


class Core:
    """A cluster whose core serves the interface."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.file = f"{cluster.work}/port"

    def serve(self, *arguments):
        if os.path.exists(self.file):
            os.unlink(self.file)
        self.cluster.serve("--listen", "127.0.0.1:0", "--port-file", self.file, *arguments)
        wait("the port is told", lambda: os.path.exists(self.file))
        with open(self.file) as file:
            self.place = file.read().strip()
        self.host, self.port = self.place.rsplit(":", 1)

    def get(self, path):
        with urllib.request.urlopen(f"http://{self.place}{path}", timeout=30) as answer:
            return answer.read().decode()

    def post(self, path, body, headers=None):
        link = http.client.HTTPConnection(self.host, int(self.port), timeout=30)
        data = body if isinstance(body, (bytes, str)) else json.dumps(body)
        link.request("POST", path, data, {**JSON, **(headers or {})})
        answer = link.getresponse()
        text = answer.read().decode(errors="replace")
        link.close()
        return answer.status, text

    def ask(self, kind):
        status, text = self.post("/api/v1", {"type": kind})
        expect(status == 200, lambda: f"{kind}: {status} {text}")
        return json.loads(text)[kind.lower()]


class Framework:
    """A framework of our own: an event stream read by a thread, calls on connections of their own."""

    def __init__(self, core, name, roles=("web",), timeout=0.0, framework_id=None):
        self.core, self.events, self.lock = core, [], threading.Condition()
        info = {"user": "", "name": name, "roles": list(roles), "failover_timeout": timeout,
                "capabilities": [{"type": "MULTI_ROLE"}, {"type": "RESERVATION_REFINEMENT"}, {"type": "PARTITION_AWARE"}]}
        call = {"type": "SUBSCRIBE", "subscribe": {"framework_info": info}}
        if framework_id:
            info["id"] = call["framework_id"] = {"value": framework_id}
        self.link = http.client.HTTPConnection(core.host, int(core.port), timeout=120)
        self.link.request("POST", "/api/v1/scheduler", json.dumps(call), JSON)
        self.answer = self.link.getresponse()
        expect(self.answer.status == 200, lambda: f"SUBSCRIBE: {self.answer.status} {self.answer.read()}")
        self.stream = self.answer.getheader("Mesos-Stream-Id")
        threading.Thread(target=self.read, daemon=True).start()
        self.wait("SUBSCRIBED")

    def read(self):
        try:
            while True:
                digits = b""
                while not digits.endswith(b"\n"):
                    byte = self.answer.read(1)
                    if not byte:
                        return
                    digits += byte
                length, body = int(digits), b""
                while len(body) < length:
                    body += self.answer.read(length - len(body))
                event = json.loads(body)
                if event["type"] == "SUBSCRIBED":
                    self.id = event["subscribed"]["framework_id"]["value"]
                with self.lock:
                    self.events.append(event)
                    self.lock.notify_all()
                if event["type"] == "UPDATE":
                    self.acknowledge(event["update"]["status"])
        except Exception:
            return

    @staticmethod
    def short(event):
        status = event.get("update", {}).get("status")
        words = f" ({status['message']})" if status and status.get("message") else ""
        return f"{status['task_id']['value']} {status['state']}{words}" if status else event["type"]

    def wait(self, kind, holds=lambda event: True, seconds=60):
        end = time.monotonic() + seconds
        with self.lock:
            while True:
                for event in self.events:
                    if event["type"] == kind and holds(event):
                        return event
                expect(time.monotonic() < end, lambda: f"no {kind} came, but {[self.short(e) for e in self.events]}")
                self.lock.wait(0.2)

    def call(self, body, status=202):
        answer = self.core.post("/api/v1/scheduler", {**body, "framework_id": {"value": self.id}},
                                {"Mesos-Stream-Id": self.stream})
        expect(answer[0] == status, lambda: f"{body['type']}: {answer}")
        return answer[1]

    def launch(self, names, command, containers=None):
        """Tasks of one command out of the first offer; `containers` by name."""
        offer = self.wait("OFFERS")["offers"]["offers"][0]
        amounts = [("cpus", 0.1), ("mem", 32)]
        tasks = [{"name": name, "task_id": {"value": name}, "agent_id": offer["agent_id"],
                  "command": {"value": command},
                  "resources": [{"name": n, "type": "SCALAR", "scalar": {"value": v}} for n, v in amounts]}
                 for name in names]
        for task in tasks:
            if task["name"] in (containers or {}):
                task["container"] = containers[task["name"]]
        self.call({"type": "ACCEPT", "accept": {"offer_ids": [offer["id"]], "filters": {"refuse_seconds": 0},
                                                "operations": [{"type": "LAUNCH", "launch": {"task_infos": tasks}}]}})

    def status(self, task, state):
        self.wait("UPDATE", lambda e: (e["update"]["status"]["task_id"]["value"],
                                       e["update"]["status"]["state"]) == (task, state))

    def acknowledge(self, status):
        """The next status of a task comes only when the one before was acknowledged. A stream that was replaced in the
        meantime is refused; the one that came after it is told the status again."""
        if status.get("uuid"):
            self.core.post("/api/v1/scheduler", {
                "type": "ACKNOWLEDGE", "framework_id": {"value": self.id}, "acknowledge": {
                    "agent_id": status["agent_id"], "task_id": status["task_id"], "uuid": status["uuid"]}},
                {"Mesos-Stream-Id": self.stream})


def older_python(*versions):
    """A Python for packages that do not build on a newer one; None when this machine has none of these."""
    known = [f"{place}/python{version}" for version in versions or ("3.10", "3.9", "3.8") for place in
             [*os.environ["PATH"].split(":"), *glob.glob(os.path.expanduser(f"~/.pyenv/versions/{version}.*/bin"))]]
    return next((python for python in known if os.path.exists(python) and "shims" not in python), None)


def environment(name, packages, python=sys.executable):
    """The folder of a Python environment that has packages of PyPI; None when it cannot be made here."""
    place = f"{ROOT}/.build/clients/{name}"
    if os.path.exists(f"{place}/ready"):
        return place
    shutil.rmtree(place, ignore_errors=True)
    for command in ([python, "-m", "venv", place],
                    [f"{place}/bin/pip", "install", "--quiet", "--disable-pip-version-check", *packages, "setuptools"]):
        done = subprocess.run(command, capture_output=True, timeout=300)
        if done.returncode != 0:
            print(f"    SKIPPED: {name} cannot be installed here: {(done.stdout + done.stderr).decode()[-300:]}")
            return None
    open(f"{place}/ready", "w").close()
    return place


def client(place, *words, **more):
    done = subprocess.run(words, capture_output=True, timeout=300, **more)
    out = done.stdout.decode() + done.stderr.decode()[-2000:]
    expect(done.returncode == 0, lambda: f"{words} ended with {done.returncode}: {out}")
    return out
