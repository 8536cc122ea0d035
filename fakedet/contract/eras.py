"""Recordings of old clients (0.12 to 0.26), made with the real client of a release against the real master of that release.

A recording is a JSON file {"name", "release", "about", "world", "prelude", "calls", "steps"}: what the cluster holds, what was called
in Python and what it gave ("calls"), the HTTP exchanges of those calls ("steps"). `build` makes the world; era_play.py lets the
real old client make the calls.
"""
from __future__ import annotations

import datetime
import json
import shutil
from pathlib import Path
from typing import Any, Mapping

from fakedet.contract.golden import Send, Session

#: The folder in which all recorded worlds keep their checkpoints.
RECORDED_ROOT = "/tmp/fakedet_era_ckpts"
EPOCH = datetime.datetime(2023, 1, 1, tzinfo=datetime.timezone.utc)
RESOURCES = {"state_dict.pth": 100, "code/": 0, "code/model_def.py": 8}


class EraSession(Session):
    """Plays the steps of a recording; signs in as clients of all releases can."""

    def _headers(self, step: Mapping[str, Any]) -> dict[str, str]:
        return {"User-Agent": "python-requests/2", **super()._headers(step)}

    def _login(self, who: str) -> tuple[str, dict[str, str], bytes]:
        return "/login", {"Content-Type": "application/json"}, json.dumps({"username": who, "password": ""}).encode()


def relocated(recording: Mapping[str, Any], root: Path) -> dict[str, Any]:
    """The recording with its checkpoints in the folder `root`, so that several can be replayed at once."""
    moved: dict[str, Any] = json.loads(json.dumps(recording).replace(RECORDED_ROOT, str(root)))
    return moved


def differing_statuses(recording: Mapping[str, Any], send: Send, root: Path) -> list[str]:
    """The exchanges whose request is answered with another status than then, in the recorded world with its checkpoints in `root`.

    What is in the replies is up to the client that reads them: see era_play.py.
    """
    session = EraSession(send, patience=0)
    build(recording["world"], session, root)
    answered = ((step, session.ask(step)[0]) for step in relocated(recording, root)["steps"])
    return [f"{step['method']} {step['path']}: {step['status']} then, {status} now" for step, status in answered if status != step["status"]]


def build(world: Mapping[str, Any], session: Session, root: Path) -> None:
    """The experiments, trials and checkpoints of a recorded world, through today's API."""
    put_files(world, root)
    for experiment in world.get("experiments", []):
        sent = {"config": json.dumps(config_of(experiment, root)), "unmanaged": True, "projectId": 1}
        number = _made(session, "POST", "/api/v1/experiments", sent)["experiment"]["id"]
        for trial in experiment["trials"]:
            _build_trial(session, number, trial)


def put_files(world: Mapping[str, Any], root: Path) -> None:
    """The files of all checkpoints that are not deleted, where shared_fs clients look for them."""
    shutil.rmtree(root, ignore_errors=True)
    trials = (trial for experiment in world.get("experiments", []) for trial in experiment["trials"])
    for checkpoint in (checkpoint for trial in trials for checkpoint in trial["checkpoints"]):
        if checkpoint.get("state", "COMPLETED") == "COMPLETED":
            folder = root / checkpoint["uuid"]
            (folder / "code").mkdir(parents=True)
            (folder / "state_dict.pth").write_bytes(b"s" * 100)
            (folder / "code/model_def.py").write_bytes(b"# model\n")


def config_of(experiment: Mapping[str, Any], root: Path) -> dict[str, Any]:
    """The config that an experiment of a recorded world is submitted with."""
    storage = {"type": "shared_fs", "host_path": str(root), "save_experiment_best": 9, "save_trial_best": 9, "save_trial_latest": 9}
    searcher = {"name": "single", "metric": experiment["metric"], "smaller_is_better": experiment["smaller_is_better"],
                "max_length": {"batches": 1000}}
    return {"name": experiment["name"], "description": experiment["name"], "entrypoint": "model_def:Trial", "searcher": searcher,
            "hyperparameters": {"global_batch_size": 1}, "labels": experiment.get("labels", []), "checkpoint_storage": storage,
            "resources": {"slots_per_trial": 0}}


def _build_trial(session: Session, experiment: int, trial: Mapping[str, Any]) -> None:
    sent = {"experimentId": experiment, "hparams": trial["hparams"], "unmanaged": True}
    made = _made(session, "POST", "/api/v1/trials", sent)["trial"]
    for checkpoint in trial["checkpoints"]:
        _report_metrics(session, made["id"], checkpoint)
        _build_checkpoint(session, made["taskId"], checkpoint)
    _made(session, "PATCH", f"/api/v1/trials/{made['id']}", {"trialId": made["id"], "state": "STATE_COMPLETED"})


def _report_metrics(session: Session, trial: int, checkpoint: Mapping[str, Any]) -> None:
    groups = {"training": {"loss": 1.0}, "validation": checkpoint.get("metrics")}
    for group, metrics in groups.items():
        if metrics is not None:
            sent = {"trialId": trial, "trialRunId": 0, "stepsCompleted": checkpoint["batch"], "reportTime": _minute(checkpoint["minute"]),
                    "metrics": {"avgMetrics": metrics}}
            _made(session, "POST", f"/api/v1/trials/{trial}/metrics", {"group": group, "metrics": sent})


def _build_checkpoint(session: Session, task: str, checkpoint: Mapping[str, Any]) -> None:
    metadata = {**checkpoint.get("metadata", {}), "steps_completed": checkpoint["batch"]}
    resources = {path: str(size) for path, size in RESOURCES.items()}
    _made(session, "POST", "/api/v1/checkpoints", {
        "taskId": task, "uuid": checkpoint["uuid"], "reportTime": _minute(checkpoint["minute"]), "state": "STATE_COMPLETED",
        "resources": resources, "metadata": metadata})
    if checkpoint.get("state") == "DELETED":
        emptied = {"uuid": checkpoint["uuid"], "resources": {"resources": {}}}
        _made(session, "PATCH", "/api/v1/checkpoints", {"checkpoints": [emptied]})


def _made(session: Session, method: str, path: str, body: Mapping[str, Any]) -> Any:
    status, reply = session.ask({"as": "determined", "method": method, "path": path, "body": body})
    if status != 200:
        raise RuntimeError(f"building the world: {method} {path}: {status} {reply}")
    return reply


def _minute(number: int) -> str:
    return (EPOCH + datetime.timedelta(minutes=number)).strftime("%Y-%m-%dT%H:%M:%SZ")
