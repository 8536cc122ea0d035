"""Walks through what pipelines do with a client, with the client that is importable here, and prints how each operation went as JSON.

Runs as a file in the interpreter of the old client, Python 3.8, with WALK_URL and WALK_RELEASE set: it imports nothing of fakedet. An
operation that the release does not have is left out.
"""
from __future__ import annotations

import contextlib
import importlib
import json
import os
import pathlib
import sys
import tempfile
import traceback
from typing import Any, Callable

URL, RELEASE = os.environ["WALK_URL"], tuple(map(int, os.environ["WALK_RELEASE"].split(".")))
#: Where the packages of a release are.
PACKAGE = "determined" if RELEASE >= (0, 14, 6) else "determined_common"
COMMAND = "determined.cli" if RELEASE >= (0, 14, 6) else "determined_cli"
LENGTH = {"max_length": {"batches": 300}} if RELEASE >= (0, 13, 0) else {"max_steps": 3}
CONFIG = {
    "description": "walk", "entrypoint": "model_def:Trial", "hyperparameters": {"global_batch_size": 1},
    "searcher": {"name": "single", "metric": "validation_loss", "smaller_is_better": True, **LENGTH},
    "checkpoint_storage": {"save_experiment_best": 5, "save_trial_best": 5, "save_trial_latest": 5},
    "min_validation_period": {"batches": 100} if RELEASE >= (0, 13, 0) else 1, "checkpoint_policy": "all"}
if RELEASE >= (0, 16, 0):
    CONFIG["name"] = "walk"
Operation = Callable[[], Any]
OPERATIONS: dict[str, Operation] = {}
#: What one operation hands on to the next.
found: dict[str, Any] = {}


def operation(name: str, since: tuple[int, ...] = (0,)) -> Callable[[Operation], Operation]:
    """Register the decorated function for releases from `since` on."""
    def register(function: Operation) -> Operation:
        if RELEASE >= since:
            OPERATIONS[name] = function
        return function
    return register


def det(*command: str) -> str:
    """What `det` of this release prints; it has to succeed. It runs in a copy of this process, which has it imported already."""
    run = importlib.import_module(COMMAND + ".cli").main
    with tempfile.TemporaryFile() as printed:
        child = os.fork()
        if not child:
            _become(run, ["-m", URL, *command], printed.fileno())
        _, status = os.waitpid(child, 0)
        printed.seek(0)
        text = printed.read().decode()
    assert status == 0, f"det {' '.join(command)}: {text[-400:]}"
    return text


def _become(run: Callable[[list[str]], Any], arguments: list[str], output: int) -> None:
    """Run a command and end with its status."""
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.stdout = os.fdopen(1, "w")
    status: Any = 1
    try:
        run(arguments)
        status = 0
    except SystemExit as end:
        status = end.code or 0
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    os._exit(status if isinstance(status, int) else 1)


def experimental() -> Any:
    """The SDK's package."""
    return importlib.import_module(PACKAGE + ".experimental")


def trial(number: int = 1) -> Any:
    """A trial reference; 0.12.2 has nothing else."""
    if RELEASE < (0, 12, 3):
        return experimental().TrialReference(number, master=URL)
    return found["client"].get_trial(number)


@operation("log in")
def log_in() -> None:
    if RELEASE >= (0, 12, 3):
        found["client"] = experimental().Determined(master=URL)
    det("user", "whoami")


@operation("create experiment")
def create() -> None:
    pathlib.Path("config.yaml").write_text(json.dumps(CONFIG))
    det("experiment", "create", "config.yaml", "model")
    assert "COMPLETED" in det("experiment", "wait", "1") or "COMPLETED" in det("experiment", "list")


@operation("create (SDK)", since=(0, 16, 0))
def create_with_sdk() -> None:
    made = found["client"].create_experiment(CONFIG, "model")
    assert made.id == 2
    made.wait(interval=0.1)


@operation("list")
def list_experiments() -> None:
    assert "walk" in det("experiment", "list")
    det("experiment", "describe", "1")
    det("experiment", "list-trials", "1")
    assert "COMPLETED" in det("experiment", "list-checkpoints", "1")


@operation("top_checkpoint", since=(0, 12, 3))
def top_checkpoint() -> None:
    found["best"] = found["client"].get_experiment(1).top_checkpoint()
    assert found["best"].uuid in found["client"].get_experiment(1).top_checkpoint("validation_loss", True).uuid


@operation("top_n_checkpoints", since=(0, 12, 3))
def top_n_checkpoints() -> None:
    assert found["client"].get_experiment(1).top_n_checkpoints(2)[0].uuid == found["best"].uuid


@operation("select_checkpoint")
def select_checkpoint() -> None:
    best, latest = trial().select_checkpoint(best=True), trial().select_checkpoint(latest=True)
    by_metric = trial().select_checkpoint(best=True, sort_by="validation_loss", smaller_is_better=True)
    assert best.uuid == by_metric.uuid == found.get("best", best).uuid
    assert trial().select_checkpoint(uuid=latest.uuid).uuid == latest.uuid
    found["checkpoint"], found["latest"] = best, latest


@operation("list_checkpoints", since=(0, 26, 2))
def list_checkpoints() -> None:
    assert len(found["client"].get_experiment(1).list_checkpoints()) >= 3
    assert len(trial().list_checkpoints()) >= 3


@operation("download")
def download() -> None:
    path = pathlib.Path(found["checkpoint"].download(path="best"))
    assert (path / "metadata.json").exists() or (path / "MLmodel").exists(), sorted(path.iterdir())
    assert (path / "state_dict.pth").exists(), sorted(path.iterdir())
    assert json.loads((path / "metadata.json").read_text())["framework"].startswith("torch")


@operation("metadata", since=(0, 12, 7))
def metadata() -> None:
    checkpoint = found["checkpoint"]
    checkpoint.add_metadata({"stage": "prod", "gone": 1})
    checkpoint.remove_metadata(["gone"])
    read = trial().select_checkpoint(uuid=checkpoint.uuid).metadata
    assert read["stage"] == "prod" and "gone" not in read, read


@operation("model registry", since=(0, 12, 12))
def model_registry() -> None:
    model = found["client"].create_model("net", "a net", {"k": 1})
    model.add_metadata({"m": 2})
    model.register_version(found["checkpoint"].uuid)
    again = found["client"].get_model(model.model_id if (0, 17, 2) <= RELEASE < (0, 17, 7) else "net")
    version = again.get_version()
    assert getattr(version, "checkpoint", version).uuid == found["checkpoint"].uuid
    assert [one.name for one in found["client"].get_models()] == ["net"]


@operation("CLI: models", since=(0, 12, 13))
def cli_models() -> None:
    assert "net" in det("model", "list")
    det("model", "list-versions", "1" if (0, 17, 2) <= RELEASE < (0, 17, 4) else "net")


@operation("CLI: trials and logs")
def cli_trials() -> None:
    assert "COMPLETED" in det("trial", "describe", "1")
    assert det("trial", "logs", "1").strip()
    if RELEASE >= (0, 12, 4):
        det("trial", "download", "1", "--best", "-o", "by_cli")


@operation("CLI: checkpoints", since=(0, 12, 7))
def cli_checkpoints() -> None:
    assert found["latest"].uuid in det("checkpoint", "describe", found["latest"].uuid)
    det("checkpoint", "download", found["latest"].uuid, "-o", "by_uuid")


@operation("CLI: experiments")
def cli_experiments() -> None:
    assert "validation_loss" in det("experiment", "config", "1")
    det("experiment", "download-model-def", "1")
    det("experiment", "label", "add", "1", "red")
    det("experiment", "set", "description", "1", "changed")
    assert "changed" in det("experiment", "describe", "1")
    det("experiment", "archive", "1")
    det("experiment", "unarchive", "1")


@operation("CLI: users and master")
def cli_users() -> None:
    assert "determined" in det("user", "list")
    det("version")
    det("user", "logout")


def main() -> None:
    """Every operation of this release, each after those it builds on."""
    pathlib.Path("model").mkdir()
    pathlib.Path("model/model_def.py").write_text("from determined.pytorch import PyTorchTrial\n\n\nclass Trial(PyTorchTrial):\n    pass\n")
    results = {}
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        for name, walk in OPERATIONS.items():
            try:
                walk()
                results[name] = "yes"
                print(name, file=sys.stderr, flush=True)
            except Exception as error:
                results[name] = f"{type(error).__name__}: {error} [{traceback.extract_tb(error.__traceback__)[-1].name}]"
    print(json.dumps(results))


if __name__ == "__main__":
    main()
