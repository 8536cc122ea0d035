"""What one run of a trial is started with: its command, environment and info files (master: pkg/tasks/task_trial.go)."""
from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Mapping

from fakedet.engine.local import environment
from fakedet.engine.local.process import Launch
from fakedet.engine.local.task import HOOK, SHELL, LocalTask
from fakedet.services.checkpoints.storages import settle_storage
from fakedet.services.experiments.held_config import held_config
from fakedet.services.experiments.model_definition import entries
from fakedet.services.trials.checkpoints import LatestCheckpoint, latest_checkpoint

if TYPE_CHECKING:
    from fakedet.world import World

Row = Mapping[str, Any]


class TrialTask(LocalTask):
    """One run of a trial."""

    def __init__(self, world: "World", trial_id: int, allocation_id: str):
        super().__init__(world, allocation_id)
        self._trial_id = trial_id

    def launch(self, folder: Path) -> Launch | None:
        """Everything that its processes find; the harness starts the entrypoint."""
        allocation, trial = self._allocation, self._world.db.trials.row(self._trial_id)
        if allocation is None or trial is None:
            return None
        experiment = self._world.db.experiments.row(trial["experiment_id"])
        info = self._info(trial, experiment, allocation)
        told = {**self._environment(info["cluster"], experiment["owner_id"], folder),
                **environment.of_trial(info["trial"], info["cluster"]["latest_checkpoint"]),
                **environment.of_config(held_config(experiment)["environment"]["environment_variables"])}
        script = f"{HOOK}exec {shlex.quote(sys.executable)} -m determined.exec.launch\n"
        files = entries(experiment) if experiment["model_definition"] else []
        return Launch([SHELL, "-c", script], told, files, info, rubbish=f"/tmp/*{self.allocation_id}*")

    def ended(self, code: int) -> None:
        """The trial goes on, or ends."""
        from fakedet.engine.local import trials

        trials.ended(self._world, self._trial_id, self.allocation_id, code)

    def _info(self, trial: Row, experiment: Row, allocation: Row) -> dict[str, dict[str, Any]]:
        found = latest_checkpoint(self._world.db, trial["id"])
        uuid = found.uuid if found else trial["warm_start_checkpoint_uuid"]
        cluster = self._cluster(allocation, experiment["owner_id"], "TRIAL", uuid)
        return {"cluster": cluster, "trial": self._trial_info(trial, experiment, found), "resources": {"gpu_uuids": []},
                "rendezvous": {"container_addrs": ["127.0.0.1"], "container_rank": 0, "container_slot_counts": [len(cluster["slot_ids"])]}}

    def _trial_info(self, trial: Row, experiment: Row, latest: LatestCheckpoint | None) -> dict[str, Any]:
        """The config holds all that is needed to reach its storage, as that of the experiment does from now on."""
        settle_storage(self._world, experiment)
        config = held_config(experiment)
        told = {**config, "checkpoint_storage": dict(self._world.storages.served(config["checkpoint_storage"]))}
        return {"trial_id": trial["id"], "experiment_id": experiment["id"], "trial_seed": trial["seed"], "hparams": trial["hparams"],
                "config": told, "steps_completed": (latest.steps_completed or 0) if latest else 0, "trial_run_id": trial["run_id"],
                "debug": bool(config.get("debug")), "inter_node_network_interface": None}
