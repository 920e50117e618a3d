"""An executor through pymesos: each task runs for a moment and finishes; a message is sent back in capitals."""
import threading
import time

from pymesos import Executor, MesosExecutorDriver, decode_data, encode_data


class Runs(Executor):
    def launchTask(self, driver, task):
        def run():
            for state in ("TASK_RUNNING", "TASK_FINISHED"):
                driver.sendStatusUpdate({"task_id": task["task_id"], "state": state, "timestamp": time.time()})
                time.sleep(0.2)
        threading.Thread(target=run, daemon=True).start()

    def frameworkMessage(self, driver, message):
        driver.sendFrameworkMessage(encode_data(decode_data(message).upper()))


driver = MesosExecutorDriver(Runs())
driver.run()
