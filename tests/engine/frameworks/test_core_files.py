"""Checkpoints of Core API scripts: the files that the config names, in the sizes it chooses."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fakedet.engine.frameworks.checkpoint_files import check_wishes, files_of

TRIAL = {"id": 3, "seed": 11, "hparams": {}}


def config(**wishes: Any) -> dict[str, Any]:
    return {"entrypoint": "python3 train.py", "data": {"fakedet": wishes}}


def test_files_have_the_names_and_sizes_that_are_asked_for() -> None:
    files, metadata = files_of(config(files={"model.bin": 1000, "shards/0.bin": 3, "empty/": 0}, metadata={"origin": "x"}), TRIAL, 100)
    assert {path: len(content) for path, content in files.items() if path != "metadata.json"} == {"model.bin": 1000, "shards/0.bin": 3, "empty/": 0}
    assert metadata == {"origin": "x", "steps_completed": 100}


def test_their_bytes_depend_on_seed_and_step_alone() -> None:
    asked = config(files={"model.bin": 64})
    assert files_of(asked, TRIAL, 100) == files_of(asked, dict(TRIAL), 100)
    assert files_of(asked, TRIAL, 100)[0]["model.bin"] != files_of(asked, TRIAL, 200)[0]["model.bin"]


@pytest.mark.parametrize("files", [[], "a", {"../a": 1}, {"/etc/x": 1}, {"a": -1}, {"a": 1.5}, {"a": True}, {"a/": 1}, {"": 1},
                                   {"metadata.json": 2}, {"a": 300 << 20}])
def test_files_that_cannot_be_are_refused_when_the_experiment_is_made(files: Any) -> None:
    with pytest.raises(ValueError, match="data.fakedet.files"):
        check_wishes(config(files=files), "")


def test_metadata_that_are_no_object_are_refused() -> None:
    with pytest.raises(ValueError, match="data.fakedet.metadata"):
        check_wishes(config(metadata=[1]), "")


def test_the_client_downloads_them(fake_determined: Any, tmp_path: Path) -> None:
    asked = {"data": {"fakedet": {"batches": 100, "files": {"weights/large.bin": 70_000}, "metadata": {"origin": "synthetic"}}}}
    [checkpoint] = fake_determined.experiment(validations=1, config=asked).list_checkpoints()
    assert checkpoint.metadata == {"origin": "synthetic", "steps_completed": 100}
    assert checkpoint.resources["weights/large.bin"] == "70000"
    assert (Path(checkpoint.download(path=str(tmp_path / "got"))) / "weights" / "large.bin").stat().st_size == 70_000
