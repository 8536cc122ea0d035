"""Clones of a world: they begin alike and live apart."""
from __future__ import annotations

from typing import Any

import pytest

from fakedet.testing.cluster import FakeCluster


def reach(fake_determined: Any) -> FakeCluster:
    """The clone of a cluster as a cluster."""
    clone = fake_determined.world.clone()
    return FakeCluster(clone, clone.url)


@pytest.mark.parametrize("storage", ["shared_fs", "directory", "memory", "s3"])
def test_a_clone_has_checkpoints_of_its_own(make_fake_determined: Any, storage: str, tmp_path: Any) -> None:
    original = make_fake_determined(storage=storage)
    uuid = original.experiment(validations=2).list_checkpoints()[0].uuid
    clone = reach(original)
    try:
        clone.client.get_checkpoint(uuid).delete()
        assert clone.client.get_checkpoint(uuid).state.name == "DELETED"
        original.client.get_checkpoint(uuid).download(path=str(tmp_path / "kept"))
        assert (tmp_path / "kept" / "metadata.json").exists()
    finally:
        clone.world.close()


def test_what_happens_in_a_clone_stays_there(fake_determined: Any) -> None:
    fake_determined.experiment()
    fake_determined.clock.advance(3600)
    clone = reach(fake_determined)
    try:
        assert clone.clock.now() == fake_determined.clock.now()
        assert clone.experiment().id == 2
        assert [found.id for found in fake_determined.client.list_experiments()] == [1]
    finally:
        clone.world.close()
