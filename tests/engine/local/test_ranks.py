"""Trials of several slots are several processes of this machine: started by the launch layers of the client, or by a launcher of the user's."""
from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.engine.local.test_frameworks import MODEL, TRAIN

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("local", [2], indirect=True)]
#: Each rank tells its number to all; the chief reports what it has heard.
REPORT = """
with core.init(distributed=distributed, tensorboard_mode=core.TensorboardMode.MANUAL) as context:
    ranks = distributed.allgather(distributed.rank)
    print(f"rank {distributed.rank} of {distributed.size}", flush=True)
    for step in (1, 2):
        if distributed.rank == 0:
            context.train.report_validation_metrics(step, {"loss": 1 / step, "ranks": len(ranks)})
        assert not context.preempt.should_preempt()
"""
TORCH = "from determined import core\ndistributed = core.DistributedContext.from_torch_distributed()" + REPORT
#: Starts itself once for each slot.
OWN_LAUNCHER = """
import os, subprocess, sys
import determined as det
from determined import core
slots = len(det.get_cluster_info().slot_ids)
if "RANK" not in os.environ:
    ranks = [subprocess.Popen([sys.executable, __file__], env={**os.environ, "RANK": str(rank)}) for rank in range(slots)]
    sys.exit(max(rank.wait() for rank in ranks))
rank = int(os.environ["RANK"])
distributed = core.DistributedContext(rank=rank, size=slots, local_rank=rank, local_size=slots, cross_rank=0, cross_size=1, chief_ip="127.0.0.1")
""" + REPORT


def needs(*modules: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(not all(map(importlib.util.find_spec, modules)), reason=f"needs {' and '.join(modules)}")


def torch_launcher(script: str) -> str:
    """The client's launch layer; torch 1 under Python 3.11 fails unless it is told where output goes."""
    from torch import __version__ as version

    redirects = "--redirects 1 --tee 1 " if version.startswith("1.") and sys.version_info >= (3, 11) else ""
    return f"python3 -m determined.launch.torch_distributed {redirects}-- python3 {script}"


def ranks_of(local: Any) -> list[int]:
    return [row["metrics"]["validation_metrics"]["ranks"] for row in local.db.metrics.rows(trial_id=1, group="validation")]


@needs("torch")
def test_the_launcher_of_torch_starts_a_process_for_each_slot_and_their_lines_have_ranks(local: Any) -> None:
    local.submit(TORCH, entrypoint=torch_launcher("train.py"), resources={"slots_per_trial": 2})
    assert local.wait_for_end() == "COMPLETED", local.log()
    assert ranks_of(local) == [2, 2]
    assert "rank 0 of 2" in local.log() and "rank 1 of 2" in local.log()


@needs("torch", "tensorboard")
def test_a_pytorch_trial_trains_on_two_slots(local: Any) -> None:
    Path(local._folder, "model_def.py").write_text(MODEL)
    local.submit(TRAIN, hparams={"lr": 0.01}, searcher={"name": "single", "metric": "validation_loss"}, entrypoint=torch_launcher("train.py"),
                 resources={"slots_per_trial": 2})
    assert local.wait_for_end() == "COMPLETED", local.log()
    assert [row["metadata"]["steps_completed"] for row in local.db.checkpoints.rows(trial_id=1)] == [4, 8]


def test_a_launcher_of_the_users_finds_its_slots(local: Any) -> None:
    local.submit(OWN_LAUNCHER, resources={"slots_per_trial": 2})
    assert local.wait_for_end() == "COMPLETED", local.log()
    assert ranks_of(local) == [2, 2]
