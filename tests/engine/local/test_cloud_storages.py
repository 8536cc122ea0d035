"""Local trials whose checkpoints are in a bucket: the real Core API saves to the embedded storage and resumes from it."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow


def resumed(local: Any, tmp_path: Path, **config: Any) -> Any:
    """The last checkpoint of a trial that broke once, downloaded by the SDK."""
    local.submit(hparams={"steps": 4, "period": 2, "crash_at": 3, "crashes": 1}, max_restarts=1, **config)
    assert local.wait_for_end() == "COMPLETED"
    assert "run 2 begins at 2\n" in local.log()
    checkpoint = local.fake.client.get_checkpoint(local.db.checkpoints.rows(trial_id=1)[-1]["uuid"])
    assert Path(checkpoint.download(path=str(tmp_path / "got")), "step").read_text() == "4"
    return checkpoint


@pytest.mark.parametrize("local", [{"storage": "s3"}], indirect=True)
def test_the_worlds_own_bucket(local: Any, tmp_path: Path) -> None:
    assert resumed(local, tmp_path).training.experiment_config["checkpoint_storage"]["type"] == "s3"


def test_a_bucket_without_endpoint(local: Any, tmp_path: Path) -> None:
    checkpoint = resumed(local, tmp_path, checkpoint_storage={"type": "s3", "bucket": "mine"})
    assert checkpoint.training.experiment_config["checkpoint_storage"]["endpoint_url"].startswith("http://127.0.0.1:")


def test_a_bucket_of_gcs(local: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("gcp_storage_emulator", reason="needs fakedet[gcs]")
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", "")
    resumed(local, tmp_path, checkpoint_storage={"type": "gcs", "bucket": "mine"})
