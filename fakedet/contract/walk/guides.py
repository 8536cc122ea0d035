"""The calls that guides show, as they stand there, with the client of their time; only ids are those of this fakedet.

Where a guide calls a method of the class instead of one of an object, no client ever ran it: it is written here as it was meant.
"""
from __future__ import annotations

import json
import pathlib
import shutil
from typing import Any

from fakedet.contract.walk.client import RELEASE, det, operation, ranked
from fakedet.contract.walk.experiments import CONFIG

FIRST = """
from determined.experimental import TrialReference
trial = TrialReference(id)
best = trial.top_checkpoint()
accurate = trial.top_checkpoint(sort_by="accuracy", smaller_is_better=False)
most_accurate = trial.select_checkpoint(best=True, sort_by="accuracy", smaller_is_better=False)
most_recent = trial.select_checkpoint(latest=True)
specific = trial.select_checkpoint(uuid=uuid)
checkpoint_path = best.download()
specific_path = best.download(path="specific-checkpoint-path")
"""
REFERENCES = """
from determined.experimental import Determined
checkpoint = Determined().get_experiment(id).top_checkpoint()
checkpoint = Determined().get_experiment(id).top_checkpoint(sort_by="accuracy", smaller_is_better=False)
checkpoints = Determined().get_experiment(id).top_n_checkpoints(5)
trial = Determined().get_trial(id)
best = trial.top_checkpoint()
most_accurate = trial.select_checkpoint(
  best=True,
  sort_by="accuracy",
  smaller_is_better=False
)
most_recent = trial.select_checkpoint(latest=True)
specific = trial.select_checkpoint(uuid=uuid)
checkpoint = Determined().get_experiment(id).top_checkpoint()
checkpoint_path = checkpoint.download()
specific_path = checkpoint.download(path="specific-checkpoint-path")
"""
CLIENT_MODULE = """
from determined.experimental import client
exp = client.create_experiment(config="my_config.yaml", model_dir=".")
print(f"started experiment {exp.id}")
exit_status = exp.wait(interval=0.1)
print(f"experiment completed with status {exit_status}")
best_checkpoint = exp.top_checkpoint()
print(f"best checkpoint was {best_checkpoint.uuid}")
"""
LISTS = """
from determined.experimental import checkpoint, client
best = client.get_experiment(id).list_checkpoints()[0]
checkpoints = (
    client.get_experiment(id).list_checkpoints(
        sort_by="accuracy",
        order_by=client.OrderBy.DESC
    )
)
checkpoints = client.get_experiment(id).list_checkpoints(
    sort_by=checkpoint.CheckpointSortBy.TRIAL_ID,
    order_by=client.OrderBy.DESC
)
trial = client.get_trial(id)
most_recent = trial.list_checkpoints(
    sort_by=checkpoint.CheckpointSortBy.END_TIME,
    order_by=client.OrderBy.DESC,
    max_results=1
)[0]
most_accurate = trial.list_checkpoints(
    sort_by="accuracy",
    order_by=client.OrderBy.DESC,
    max_results=1
)[0]
specific = client.get_checkpoint(uuid=uuid)
checkpoint_path = best.download()
specific_path = best.download(path="specific-checkpoint-path")
best.add_metadata({"metrics": {"loss": 0.12}})
best.add_metadata({"metrics": {"acc": 0.92}})
best.remove_metadata(["metrics"])
"""


@operation("guide: references", before=(0, 26, 5))
def references() -> None:
    names = _run(FIRST if RELEASE < (0, 12, 3) else REFERENCES)
    assert names["best"].uuid == ranked("loss", True)[0]
    assert names["most_accurate"].uuid == ranked("accuracy", False)[0]
    assert names["specific"].uuid == ranked("loss", True)[-1]
    assert (pathlib.Path(names["specific_path"]) / "state_dict.pth").exists()


@operation("guide: client module", since=(0, 16, 0))
def client_module() -> None:
    pathlib.Path("my_config.yaml").write_text(json.dumps(CONFIG))
    names = _run(CLIENT_MODULE)
    assert "COMPLETED" in str(names["exit_status"])
    assert names["best_checkpoint"].uuid == ranked("loss", True, f"experiments/{names['exp'].id}")[0]


@operation("guide: lists", since=(0, 26, 5))
def lists() -> None:
    names = _run(LISTS)
    assert names["best"].uuid == ranked("loss", True, "experiments/1")[0]
    assert names["most_accurate"].uuid == ranked("accuracy", False)[0]
    assert "metrics" not in names["best"].metadata


@operation("guide: commands")
def commands() -> None:
    det("experiment", "list-checkpoints", "1")
    det("trial", "download", "1", "--best")
    det("trial", "download", "1", "--latest", "--output-dir", "local_checkpoint")
    if RELEASE < (0, 26, 3):
        det("trial", "download", "1", "--uuid", ranked("loss", True)[0])


def _run(snippet: str) -> dict[str, Any]:
    """What the snippet leaves behind. Downloads start from nothing."""
    for folder in ("checkpoints", "specific-checkpoint-path"):
        shutil.rmtree(folder, ignore_errors=True)
    names = {"id": 1, "uuid": ranked("loss", True)[-1]}
    exec(snippet, names)
    return names
