"""The environment variables of a local task: those of the master's process, and what the master and the agent tell a container.

Mirrors pkg/tasks (task.go, task_trial.go) and agent/internal/containers. Pure, given the environment to begin with.
"""
from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, Iterable, Mapping
from urllib.parse import urlsplit

#: Where the harness listens, beyond what it asks the machine for.
PORTS = ("DTRAIN_SSH_PORT", "INTER_TRAIN_PROCESS_COMM_PORT_1", "INTER_TRAIN_PROCESS_COMM_PORT_2", "C10D_PORT")
_FOREIGN = ("DET_", "FAKEDET_")
SHIM = Path(__file__).parent / "shim"


def of_machine(folder: Path, given: Mapping[str, str]) -> dict[str, str]:
    """What a process of this machine needs: this Python first, the info files of `folder`, no sign-in of the user who serves."""
    kept = {name: value for name, value in given.items() if not name.startswith(_FOREIGN)}
    local = ",".join(filter(None, [kept.get("NO_PROXY") or kept.get("no_proxy"), "127.0.0.1,localhost"]))
    return {**kept, "PATH": _before(os.path.dirname(sys.executable), kept.get("PATH")), "PYTHONPATH": _before(str(SHIM), kept.get("PYTHONPATH")),
            "PYTHONUNBUFFERED": "1", "NO_PROXY": local, "no_proxy": local, "FAKEDET_RUN_FOLDER": str(folder),
            "DET_DEBUG_CONFIG_PATH": str(folder / "auth.json"), "DET_PYTHON_EXECUTABLE": sys.executable,
            # torch from 2.6 on refuses the checkpoints of 0.38.1 otherwise
            "TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD": "1"}


def of_task(cluster: Mapping[str, Any], *, container_id: str, user: str, user_token: str, folder: Path) -> dict[str, str]:
    """What every task is told; `cluster` is the content of its info file."""
    address = urlsplit(cluster["master_url"])
    return {
        "DET_TASK_ID": cluster["task_id"], "DET_ALLOCATION_ID": cluster["allocation_id"], "DET_TASK_TYPE": cluster["task_type"],
        "DET_RESOURCES_ID": container_id, "DET_CONTAINER_ID": container_id, "DET_RESOURCES_TYPE": "docker-container",
        "DET_SESSION_TOKEN": cluster["session_token"], "DET_USER_TOKEN": user_token, "DET_USER": user,
        "DET_WORKDIR": str(folder / "workdir"), "DET_RUN_DIR": str(folder), "DET_USE_TLS": "false",
        "DET_SLOT_IDS": json.dumps(cluster["slot_ids"]), "DET_CLUSTER_ID": cluster["cluster_id"], "DET_AGENT_ID": cluster["agent_id"],
        "DET_MASTER": cluster["master_url"], "DET_MASTER_HOST": str(address.hostname), "DET_MASTER_ADDR": str(address.hostname),
        "DET_MASTER_PORT": str(address.port), "DET_SEGMENT_ENABLED": "false"}


def of_trial(trial: Mapping[str, Any], latest_checkpoint: str | None) -> dict[str, str]:
    """What a trial is told besides; `trial` is the content of its info file."""
    told = {"DET_EXPERIMENT_ID": trial["experiment_id"], "DET_TRIAL_ID": trial["trial_id"], "DET_TRIAL_RUN_ID": trial["trial_run_id"],
            "DET_TRIAL_SEED": trial["trial_seed"], "DET_STEPS_COMPLETED": trial["steps_completed"]}
    texts = {name: str(value) for name, value in told.items()}
    if latest_checkpoint is not None:
        texts["DET_LATEST_CHECKPOINT"] = latest_checkpoint
    return {**texts, "DET_EXPERIMENT_CONFIG": json.dumps(trial["config"]), "DET_HPARAMS": json.dumps(trial["hparams"])}


def of_config(variables: Any) -> dict[str, str]:
    """The environment variables of a config, for the device type of this machine; a name without a value is empty."""
    lines: Iterable[str] = (variables or {}).get("cpu") or () if isinstance(variables, Mapping) else variables or ()
    return {name: value for name, _, value in (line.partition("=") for line in lines)}


def _before(first: str, rest: str | None) -> str:
    return os.pathsep.join(filter(None, [first, rest]))
