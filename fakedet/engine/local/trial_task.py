"""What one run of a trial is started with: its command, environment and info files; and what is recorded of it."""
from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Mapping, Sequence

from fakedet.engine.local import environment, ports
from fakedet.engine.local.process import Launch
from fakedet.services import allocation_sessions, sessions
from fakedet.services.cluster.usage import container_id
from fakedet.services.experiments.model_definition import entries
from fakedet.services.logs import policies
from fakedet.services.logs.writing import append
from fakedet.services.master.identity import cluster_id
from fakedet.services.trials.checkpoints import latest_checkpoint

if TYPE_CHECKING:
    from fakedet.world import World

Row = Mapping[str, Any]
#: As the entrypoint of a container: the startup hook of the user's files, then the harness.
SCRIPT = """set -e
set -x
test -f startup-hook.sh && . ./startup-hook.sh
set +x
exec {python} -m determined.exec.launch
"""


class TrialTask:
    """One run of a trial."""

    def __init__(self, world: "World", trial_id: int, allocation_id: str):
        self._world, self._trial_id, self.allocation_id = world, trial_id, allocation_id

    def launch(self, folder: Path) -> Launch | None:
        """Everything that its processes find."""
        db = self._world.db
        allocation, trial = db.allocations.one(allocation_id=self.allocation_id), db.trials.row(self._trial_id)
        if allocation is None or trial is None:
            return None
        experiment = db.experiments.row(trial["experiment_id"])
        info = self._info(trial, experiment, allocation)
        files = entries(experiment) if experiment["model_definition"] else []
        return Launch([_shell(), "-c", SCRIPT.format(python=shlex.quote(sys.executable))], self._environment(experiment, info, folder),
                      files, info, rubbish=f"/tmp/*{self.allocation_id}*")

    def printed(self, lines: Sequence[Mapping[str, Any]]) -> None:
        """Into the log of the trial's task."""
        world, allocation = self._world, self._world.db.allocations.one(allocation_id=self.allocation_id)
        if allocation is None:
            return
        fields = {"timestamp": world.now(), "source": "task", "allocation_id": self.allocation_id, "agent_id": _place(allocation)[0],
                  "container_id": container_id(self.allocation_id)}
        rows = [{**line, **fields} for line in lines]
        append(world, allocation["task_id"], rows)
        policies.watch(world, allocation["task_id"], rows)

    def ended(self, code: int) -> None:
        """The trial goes on, or ends."""
        from fakedet.engine.local import trials

        trials.ended(self._world, self._trial_id, self.allocation_id, code)

    def _environment(self, experiment: Row, info: Mapping[str, Mapping[str, Any]], folder: Path) -> dict[str, str]:
        world, cluster = self._world, info["cluster"]
        owner = world.db.users.row(experiment["owner_id"])
        _, user_token = sessions.issue(world, owner["id"])
        return {**environment.of_machine(folder, os.environ),
                **environment.of_task(cluster, container_id=container_id(self.allocation_id), user=owner["username"], user_token=user_token,
                                      folder=folder),
                **environment.of_trial(info["trial"], cluster["latest_checkpoint"]), **ports.free(environment.PORTS),
                **environment.of_config(config_of(experiment).get("environment", {}).get("environment_variables"))}

    def _info(self, trial: Row, experiment: Row, allocation: Row) -> dict[str, dict[str, Any]]:
        world, found = self._world, latest_checkpoint(self._world.db, trial["id"])
        agent, slots = _place(allocation)
        token = allocation_sessions.issue(world, self.allocation_id, experiment["owner_id"])
        return {
            "cluster": {"master_url": world.url, "cluster_id": cluster_id(world), "agent_id": agent, "slot_ids": slots,
                        "task_id": allocation["task_id"], "allocation_id": self.allocation_id, "session_token": token, "task_type": "TRIAL",
                        "latest_checkpoint": found.uuid if found else trial["warm_start_checkpoint_uuid"]},
            "trial": {"trial_id": trial["id"], "experiment_id": experiment["id"], "trial_seed": trial["seed"], "hparams": trial["hparams"],
                      "config": self._told_config(experiment), "steps_completed": (found.steps_completed or 0) if found else 0,
                      "trial_run_id": trial["run_id"], "debug": bool(config_of(experiment).get("debug")), "inter_node_network_interface": None},
            "rendezvous": {"container_addrs": ["127.0.0.1"], "container_rank": 0, "container_slot_counts": [len(slots)]},
            "resources": {"gpu_uuids": []}}

    def _told_config(self, experiment: Row) -> dict[str, Any]:
        """The config, with all that is needed to reach its storage."""
        config = config_of(experiment)
        return {**config, "checkpoint_storage": dict(self._world.storages.served(config["checkpoint_storage"]))}


def config_of(experiment: Row) -> dict[str, Any]:
    """The one that the running experiment has."""
    config: dict[str, Any] = experiment.get("held_config") or experiment["config"]
    return config


def _place(allocation: Row) -> tuple[str, list[int]]:
    """The agent and the numbers of its slots; slots of several agents are those of one here, counted from 0."""
    places: Mapping[str, list[int]] = allocation["agent_slots"]
    agent, slots = next(iter(places.items()))
    return agent, slots if len(places) == 1 else list(range(allocation["slots"]))




def _shell() -> str:
    return "/bin/bash" if os.path.exists("/bin/bash") else "/bin/sh"
