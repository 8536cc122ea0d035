"""Selecting checkpoints in every way that a release has, and fetching their files."""
from __future__ import annotations

import json
import pathlib
from typing import Any

from fakedet.contract.walk.client import RELEASE, det, experiment, found, operation, ranked, trial, truth
from fakedet.contract.walk.experiments import CONFIG, KEPT, submit

WAYS = [("loss", True), ("loss", False), ("accuracy", True), ("accuracy", False)]


@operation("top_checkpoint")
def top_checkpoint() -> None:
    subjects = {"trials/1": trial()} if RELEASE < (0, 12, 3) else {"trials/1": trial(), "experiments/1": experiment()}
    for name, subject in subjects.items():
        assert subject.top_checkpoint().uuid == ranked("loss", True, name)[0]
        for metric, smaller in WAYS:
            assert subject.top_checkpoint(sort_by=metric, smaller_is_better=smaller).uuid == ranked(metric, smaller, name)[0], (metric, smaller)


@operation("top_n_checkpoints", since=(0, 12, 3))
def top_n_checkpoints() -> None:
    for metric, smaller in WAYS:
        uuids = [one.uuid for one in experiment().top_n_checkpoints(2, sort_by=metric, smaller_is_better=smaller)]
        assert uuids == _best_of_trials(metric, smaller), (metric, smaller, uuids)
    assert [one.uuid for one in experiment().top_n_checkpoints(5)][0] == ranked("loss", True, "experiments/1")[0]


@operation("select_checkpoint")
def select_checkpoint() -> None:
    newest = max(truth("/api/v1/trials/1/checkpoints")["checkpoints"], key=lambda one: one["metadata"]["steps_completed"])["uuid"]
    assert trial().select_checkpoint(latest=True).uuid == newest
    assert trial().select_checkpoint(best=True).uuid == ranked("loss", True)[0]
    for metric, smaller in WAYS:
        assert trial().select_checkpoint(best=True, sort_by=metric, smaller_is_better=smaller).uuid == ranked(metric, smaller)[0]
    for uuid in ranked("loss", True):
        assert trial().select_checkpoint(uuid=uuid).uuid == uuid
    found["best"], found["latest"] = trial().select_checkpoint(best=True), trial().select_checkpoint(latest=True)


@operation("list_checkpoints", since=(0, 26, 2))
def list_checkpoints() -> None:
    from determined.experimental import client

    for name, subject in {"trials/1": trial(), "experiments/1": experiment()}.items():
        for metric, smaller in WAYS:
            order = client.OrderBy.ASC if smaller else client.OrderBy.DESC
            assert [one.uuid for one in subject.list_checkpoints(sort_by=metric, order_by=order)] == ranked(metric, smaller, name)
        assert subject.list_checkpoints(max_results=1)[0].uuid == ranked("loss", True, name)[0]


@operation("download")
def download() -> None:
    _check_files(found["best"].download(path="best"))
    assert pathlib.Path(found["best"].download()) == pathlib.Path("checkpoints") / found["best"].uuid


@operation("download (S3)")
def download_from_s3() -> None:
    submit({**CONFIG, "description": "in S3", "checkpoint_storage": {"type": "s3", "bucket": "models", **KEPT}})
    newest = truth("/api/v1/experiments?sortBy=SORT_BY_ID&orderBy=ORDER_BY_DESC")["experiments"][0]["id"]
    det("experiment", "wait", str(newest))
    first = truth(f"/api/v1/experiments/{newest}/trials")["trials"][0]["id"]
    stored = trial(first).select_checkpoint(best=True)
    assert stored.uuid == ranked("loss", True, f"trials/{first}")[0]
    _check_files(stored.download(path="from_s3"))
    if RELEASE < (0, 12, 4):
        det("checkpoint", "download", str(first), "1", "of_a_step")


@operation("metadata", since=(0, 12, 7))
def metadata() -> None:
    checkpoint = found["best"]
    checkpoint.add_metadata({"stage": "prod", "gone": 1})
    checkpoint.remove_metadata(["gone"])
    read = trial().select_checkpoint(uuid=checkpoint.uuid).metadata
    assert read["stage"] == "prod" and "gone" not in read, read


def _best_of_trials(metric: str, smaller: bool) -> Any:
    """From 0.13 on each trial gives one."""
    everything = ranked(metric, smaller, "experiments/1")
    if (0, 12, 4) <= RELEASE < (0, 13, 0):
        return everything[:2]
    best = {ranked(metric, smaller, f"trials/{number}")[0] for number in (1, 2)}
    return [uuid for uuid in everything if uuid in best]


def _check_files(folder: str) -> None:
    """A PyTorch model is there, and what says that it is one."""
    path = pathlib.Path(folder)
    assert (path / "state_dict.pth").exists() and (path / "code" / "model_def.py").exists(), sorted(path.iterdir())
    assert json.loads((path / "metadata.json").read_text())["framework"].startswith("torch")
