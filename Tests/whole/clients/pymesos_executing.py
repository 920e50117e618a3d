"""A framework through pymesos whose tasks run in an executor of its own: ADDRESS PYTHON EXECUTOR. Prints what happened."""
import sys
import threading

from pymesos import MesosSchedulerDriver, Scheduler, decode_data, encode_data

ADDRESS, PYTHON, EXECUTOR = sys.argv[1:]
SIZE = [{"name": "cpus", "type": "SCALAR", "scalar": {"value": 0.1}}, {"name": "mem", "type": "SCALAR", "scalar": {"value": 32}}]


class Seen(Scheduler):
    def __init__(self):
        self.has_launched, self.states, self.answer, self.done = False, [], None, threading.Event()

    def resourceOffers(self, driver, offers):
        for offer in offers:
            if self.has_launched:
                driver.declineOffer(offer["id"])
                continue
            self.has_launched = True
            executor = {"executor_id": {"value": "theirs"}, "type": "CUSTOM", "resources": SIZE,
                        "framework_id": {"value": driver.framework_id},
                        "command": {"value": f"{PYTHON} {EXECUTOR}"}}
            driver.launchTasks(offer["id"], [{
                "name": name, "task_id": {"value": name}, "agent_id": offer["agent_id"], "executor": executor,
                "resources": SIZE} for name in ("one", "two")])

    def statusUpdate(self, driver, update):
        name, state = update["task_id"]["value"], update["state"]
        print(name, "is", state, flush=True)
        self.states.append((name, state))
        if (name, state) == ("one", "TASK_RUNNING"):
            driver.sendFrameworkMessage(update["executor_id"], update["agent_id"], encode_data(b"good morning"))
        self.check()

    def frameworkMessage(self, driver, executor_id, agent_id, message):
        self.answer = decode_data(message)
        print("answer", self.answer.decode(), flush=True)
        self.check()

    def check(self):
        if self.answer and {("one", "TASK_FINISHED"), ("two", "TASK_FINISHED")} <= set(self.states):
            self.done.set()


scheduler = Seen()
driver = MesosSchedulerDriver(scheduler, {"user": "root", "name": "pymesos-executor", "hostname": "localhost"}, ADDRESS)
driver.start()
ok = scheduler.done.wait(90)
driver.stop()
driver.join()
sys.exit(0 if ok else 1)
