"""A world with something of everything in it, made over plain HTTP, for tests that ask it anything."""
from __future__ import annotations

import base64
import functools
import json
from typing import Any

from fakedet.contract.sending import to_world
from fakedet.domain.errors import Canceled
from fakedet.settings import Settings
from fakedet.store.snapshot import Snapshot
from fakedet.world import World

CONFIG = {"name": "furnished", "entrypoint": "python3 train.py", "searcher": {"name": "random", "metric": "loss", "max_trials": 2},
          "hyperparameters": {"rate": {"type": "double", "minval": 0, "maxval": 1}}, "min_validation_period": {"batches": 100},
          "data": {"fakedet": {"batches": 200}}, "checkpoint_storage": {"save_trial_latest": 2, "save_experiment_best": 1}}
DETACHED = {"name": "detached", "searcher": {"name": "single", "metric": "loss"}}
UUID = "aaaaaaaa-0000-4000-8000-000000000001"
SETTINGS = Settings.build({"agents": 1, "slots": 2, "storage": "memory"})


class ImpatientWorld(World):
    """Whoever waits in this world for a change goes away at once."""

    def wait_for_change(self, timeout: float) -> None:
        """The client has closed the connection."""
        raise Canceled("the client is gone")


class Caller:
    """Someone who asks `world`."""

    def __init__(self, world: World, username: str = "admin"):
        self._send, self.headers = to_world(world), {}
        self.headers = {"Authorization": f"Bearer {self.ask('POST', '/auth/login', username=username, password='')['token']}"}

    def ask(self, method: str, path: str, **body: Any) -> Any:
        """The reply to a request that must succeed."""
        status, _, reply = self._send(method, f"/api/v1{path}", self.headers, json.dumps(body).encode() if body else None)
        assert status == 200, f"{method} {path}: {reply!r}"
        return json.loads(reply)


@functools.cache
def furniture() -> tuple[Snapshot, dict[str, dict[str, str]]]:
    """The tables of the furnished world, and the headers of its users by name."""
    world = ImpatientWorld(SETTINGS)
    callers = {name: Caller(world, name) for name in ("admin", "determined")}
    _furnish_experiments(callers["determined"])
    _furnish_models(callers["determined"])
    _furnish_cluster(callers["admin"])
    snapshot = world.snapshot()
    assert not world.failures
    world.close()
    return snapshot, {name: caller.headers for name, caller in callers.items()}


def furnished_world() -> ImpatientWorld:
    """A world of its own with all the furniture."""
    world = ImpatientWorld(SETTINGS)
    world.restore(furniture()[0])
    return world


def _furnish_experiments(caller: Caller) -> None:
    caller.ask("POST", "/workspaces", name="room")
    caller.ask("POST", "/workspaces/2/projects", name="project")
    definition = [{"path": "train.py", "type": 48, "content": base64.b64encode(b"print(1)").decode()}]
    caller.ask("POST", "/experiments", config=json.dumps(CONFIG), modelDefinition=definition, projectId=2, activate=True)
    caller.ask("POST", "/experiments", config=json.dumps(CONFIG), projectId=1)
    caller.ask("POST", "/experiments", config=json.dumps(DETACHED), unmanaged=True)
    trial = caller.ask("POST", "/trials", experimentId=3, unmanaged=True, hparams={"rate": 0.5})["trial"]
    for step in (1, 2):
        for group in ("training", "validation"):
            sent = {"trialRunId": 0, "stepsCompleted": step, "metrics": {"avgMetrics": {"loss": 1 / step}}}
            caller.ask("POST", f"/trials/{trial['id']}/metrics", group=group, metrics=sent)
    caller.ask("POST", "/checkpoints", taskId=trial["taskId"], uuid=UUID, resources={"model.bin": 100},
               metadata={"steps_completed": 2}, state="STATE_COMPLETED")
    caller.ask("POST", "/task/logs", logs=[{"taskId": trial["taskId"], "log": "a line", "level": "LOG_LEVEL_INFO"}])


def _furnish_models(caller: Caller) -> None:
    caller.ask("POST", "/models", name="model", labels=["label"], metadata={"key": "value"})
    caller.ask("POST", "/models/model/versions", modelName="model", checkpointUuid=UUID)
    caller.ask("POST", "/templates/template", config={"description": "t"}, workspaceId=1)
    caller.ask("POST", "/users/setting", settings=[{"key": "k", "storagePath": "p", "value": "1"}])


def _furnish_cluster(caller: Caller) -> None:
    caller.ask("POST", "/users", user={"username": "reader", "active": True}, password="Secret12", isHashed=False)
    caller.ask("POST", "/groups", name="group", addUsers=[2])
    caller.ask("POST", "/tokens", userId=2, lifespan="24h")
    caller.ask("PUT", "/master/cluster_message", message="hello")
    trigger = {"triggerType": "TRIGGER_TYPE_EXPERIMENT_STATE_CHANGE", "condition": {"state": "COMPLETED"}}
    caller.ask("POST", "/webhooks", url="http://127.0.0.1:9/", webhookType="WEBHOOK_TYPE_DEFAULT", name="hook", triggers=[trigger])
    for kind in ("commands", "shells"):
        caller.ask("POST", f"/{kind}", config={"entrypoint": ["sleep", "1"], "resources": {"slots": 0}})
    caller.ask("POST", "/tensorboards", experimentIds=[1])
    caller.ask("POST", "/notebooks", config={})
