"""Two tasks through mentos: HOST:PORT. One ends by itself, one is reconciled and killed. Prints the states that come; ends
with the last."""
import os
import sys

from mentos.interface import Scheduler
from mentos.scheduler import SchedulerDriver


class Tasks(Scheduler):
    def __init__(self):
        self.has_launched = False
        self.agent = ""

    def on_offers(self, driver, offers):
        for offer in offers:
            if self.has_launched:
                driver.decline([offer["id"]])
                continue
            self.has_launched = True
            self.agent = offer["agent_id"]["value"]
            resources = [{"name": "cpus", "type": "SCALAR", "scalar": {"value": 0.1}},
                         {"name": "mem", "type": "SCALAR", "scalar": {"value": 32}}]
            driver.launch([offer["id"]], [
                {"name": name, "task_id": {"value": name}, "agent_id": offer["agent_id"], "resources": resources,
                 "command": {"value": command}} for name, command in (("short", "true"), ("long", "sleep 600"))])

    def on_update(self, driver, status):
        name, state = status["task_id"]["value"], status["state"]
        print(name, "reconciled" if status.get("reason") == "REASON_RECONCILIATION" else "is", state, flush=True)
        if status.get("reason") == "REASON_RECONCILIATION":
            driver.kill("long", self.agent)
        elif (name, state) == ("long", "TASK_RUNNING"):
            driver.reconcile("long", self.agent)
        elif (name, state) == ("long", "TASK_KILLED"):
            os._exit(0)


SchedulerDriver(Tasks(), "mentos", "root", master=sys.argv[1]).start(block=True)
