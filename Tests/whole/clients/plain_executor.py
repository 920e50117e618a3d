"""An executor over the v1 interface, with nothing but Python's own library: WORK is a folder in which it writes down who it
is and what it starts. A task's data says how many seconds it runs and its last state; a message comes back turned round."""
import base64
import http.client
import json
import os
import sys
import threading
import time
import uuid

WORK = sys.argv[1]
ENDPOINT = os.environ["MESOS_AGENT_ENDPOINT"]
HEADERS = {"Content-Type": "application/json", "Accept": "application/json",
           "Authorization": "Bearer " + os.environ["MESOS_EXECUTOR_AUTHENTICATION_TOKEN"]}
ME = {"framework_id": {"value": os.environ["MESOS_FRAMEWORK_ID"]},
      "executor_id": {"value": os.environ["MESOS_EXECUTOR_ID"]}}
lock = threading.Lock()
tasks, updates, ended = {}, {}, set()


def note(words):
    with open(f"{WORK}/notes", "a") as file:
        file.write(words + "\n")


def post(body):
    link = http.client.HTTPConnection(ENDPOINT, timeout=10)
    link.request("POST", "/api/v1/executor", json.dumps({**ME, **body}), HEADERS)
    status = link.getresponse().status
    link.close()
    return status


def update(task, state):
    raw = uuid.uuid4().bytes
    status = {"task_id": {"value": task}, "state": state, "source": "SOURCE_EXECUTOR",
              "uuid": base64.b64encode(raw).decode(), "executor_id": ME["executor_id"]}
    with lock:
        updates[status["uuid"]] = status
    try:
        post({"type": "UPDATE", "update": {"status": status}})
    except OSError:
        # It is told again with the next subscription.
        pass


def run(info):
    name = info["task_id"]["value"]
    seconds, last = base64.b64decode(info["data"]).decode().split()
    note(f"start {name}")
    update(name, "TASK_RUNNING")
    end = time.monotonic() + float(seconds)
    while time.monotonic() < end and name not in ended:
        time.sleep(0.05)
    update(name, "TASK_KILLED" if name in ended else last)


def handle(event):
    kind = event["type"]
    if kind in ("LAUNCH", "LAUNCH_GROUP"):
        group = [event["launch"]["task"]] if kind == "LAUNCH" else event["launch_group"]["task_group"]["tasks"]
        note(f"{kind} {len(group)}")
        for info in group:
            with lock:
                tasks[info["task_id"]["value"]] = info
            threading.Thread(target=run, args=(info,), daemon=True).start()
    elif kind == "KILL":
        ended.add(event["kill"]["task_id"]["value"])
    elif kind == "ACKNOWLEDGED":
        with lock:
            updates.pop(event["acknowledged"]["uuid"], None)
            tasks.pop(event["acknowledged"]["task_id"]["value"], None)
    elif kind == "MESSAGE":
        data = base64.b64decode(event["message"]["data"])
        post({"type": "MESSAGE", "message": {"data": base64.b64encode(data[::-1]).decode()}})
    elif kind == "SHUTDOWN":
        note("SHUTDOWN")
        os._exit(0)


def listen():
    link = http.client.HTTPConnection(ENDPOINT, timeout=60)
    with lock:
        known = {"unacknowledged_tasks": list(tasks.values()),
                 "unacknowledged_updates": [{"status": status} for status in updates.values()]}
    link.request("POST", "/api/v1/executor", json.dumps({**ME, "type": "SUBSCRIBE", "subscribe": known}), HEADERS)
    answer = link.getresponse()
    note(f"SUBSCRIBE {answer.status}")
    while answer.status == 200:
        length = b""
        while not length.endswith(b"\n"):
            byte = answer.read(1)
            if not byte:
                return
            length += byte
        handle(json.loads(answer.read(int(length))))


with open(f"{WORK}/environment", "w") as file:
    json.dump({**os.environ, "ME": str(os.getpid())}, file)
while True:
    try:
        listen()
    except (OSError, http.client.HTTPException) as error:
        note(f"away: {error}")
    time.sleep(0.3)
