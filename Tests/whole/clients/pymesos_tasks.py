"""Two tasks through pymesos: ADDRESS. One comes to its end, one is killed; both are reconciled. Then the cluster is read
as an operator. Prints what happened; ends by itself."""
import sys
import threading
import time

from pymesos import MesosOperatorMasterDriver, MesosSchedulerDriver, Scheduler

ADDRESS = sys.argv[1]


class Seen(Scheduler):
    def __init__(self):
        self.has_launched, self.states, self.done = False, [], threading.Event()

    def registered(self, driver, framework_id, master):
        print("registered", flush=True)

    def resourceOffers(self, driver, offers):
        for offer in offers:
            if self.has_launched:
                driver.declineOffer(offer["id"])
                continue
            self.has_launched = True
            driver.launchTasks(offer["id"], [{
                "name": name, "task_id": {"value": name}, "agent_id": offer["agent_id"],
                "command": {"value": command},
                "resources": [{"name": "cpus", "type": "SCALAR", "scalar": {"value": 0.1}},
                              {"name": "mem", "type": "SCALAR", "scalar": {"value": 32}}],
            } for name, command in (("short", "true"), ("long", "sleep 600"))])

    def statusUpdate(self, driver, update):
        name, state = update["task_id"]["value"], update["state"]
        why = "reconciled" if update.get("reason") == "REASON_RECONCILIATION" else "is"
        print(name, why, state, flush=True)
        self.states.append((name, why, state))
        if ("long", "is", "TASK_RUNNING") in self.states and ("short", "is", "TASK_FINISHED") in self.states:
            if (name, why) == ("long", "reconciled"):
                driver.killTask({"value": "long"})
            elif not any(why == "reconciled" for _, why, _ in self.states):
                driver.reconcileTasks([{"task_id": {"value": "long"}}])
        if (name, state) == ("long", "TASK_KILLED"):
            self.done.set()


scheduler = Seen()
driver = MesosSchedulerDriver(scheduler, {"user": "root", "name": "pymesos", "hostname": "localhost"}, ADDRESS)
driver.start()
operator = MesosOperatorMasterDriver(ADDRESS)
ok = scheduler.done.wait(90)
agents = operator.getAgents()["get_agents"]["agents"]
tasks = operator.getTasks()["get_tasks"]
print("operator sees", len(agents), "agents and", sorted(
    task["task_id"]["value"] for task in tasks.get("completed_tasks", []) + tasks.get("tasks", [])), flush=True)
for read in (operator.getHealth, operator.getFlags, operator.getVersion, operator.getFrameworks, operator.getRoles,
             operator.getWeights, operator.getQuota, operator.getMaintenanceStatus, operator.getMaster):
    read()
driver.stop()
driver.join()
sys.exit(0 if ok else 1)
