"""A task through a client of the mesoshttp family: PACKAGE URL. Prints the states that come; ends with the last."""
import importlib
import os
import sys

package, url = sys.argv[1:]
client = importlib.import_module(f"{package}.client").MesosClient(
    mesos_urls=[url], frameworkName=package, frameworkUser="root")
client.has_launched = False


def offers(offers):
    for offer in offers:
        if client.has_launched:
            offer.decline()
            continue
        client.has_launched = True
        agent = offer.get_offer()["agent_id"]
        offer.accept([{
            "name": "t", "task_id": {"value": f"{package}-1"}, "agent_id": agent, "slave_id": agent,
            "command": {"value": "true"},
            "resources": [{"name": "cpus", "type": "SCALAR", "scalar": {"value": 0.1}},
                          {"name": "mem", "type": "SCALAR", "scalar": {"value": 32}}]}])


def update(update):
    state = update["status"]["state"]
    print(state, flush=True)
    if state == "TASK_FINISHED":
        os._exit(0)


client.on(type(client).OFFERS, offers)
client.on(type(client).UPDATE, update)
client.register()
