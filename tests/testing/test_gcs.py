"""A cluster whose checkpoints are in Google's storage, an emulator of it, as the real SDK and CLI use it."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from determined.common.experimental.checkpoint import DownloadMode

pytest.importorskip("gcp_storage_emulator", reason="needs fakedet[gcs]")
GCS = {"checkpoint_storage": {"type": "gcs", "bucket": "my-bucket", "prefix": "pre/x", "save_trial_best": 9, "save_trial_latest": 9}}


@pytest.fixture(autouse=True)
def _nowhere_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", "")


@pytest.mark.parametrize("mode", [DownloadMode.DIRECT, DownloadMode.MASTER, DownloadMode.AUTO])
def test_synthetic_checkpoints_are_downloaded_by_the_sdk_in_every_mode(fake_determined: Any, tmp_path: Path, mode: Any) -> None:
    [checkpoint] = fake_determined.experiment(validations=1, config=GCS).list_checkpoints()
    folder = Path(checkpoint.download(path=str(tmp_path / "got"), mode=mode))
    assert {path.name: path.stat().st_size for path in folder.iterdir()} == {path: int(size) for path, size in checkpoint.resources.items()}


def test_collection_and_globs_remove_the_objects(fake_determined: Any, tmp_path: Path) -> None:
    experiment = fake_determined.experiment(validations=2, config=GCS)
    best, other = experiment.list_checkpoints()
    result = fake_determined.det(f"experiment set gc-policy {experiment.id} --save-experiment-best 1 --save-trial-best 0 "
                                 "--save-trial-latest 0 --yes")
    assert result.exit_code == 0, result.stderr
    best.remove_files(["model.*"])
    best.reload()
    backend = fake_determined.world.storages.backend(experiment.config["checkpoint_storage"])
    assert (best.state.name, backend.exists(other.uuid)) == ("PARTIALLY_DELETED", False)
    assert list(backend.list(best.uuid)) == ["metadata.json"]
