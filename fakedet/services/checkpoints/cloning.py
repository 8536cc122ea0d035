"""Checkpoint files of a world that is cloned: the clone gets copies in a place of its own, and its storage configs name that place.

Where a config names a place that is not the world's own (a host_path, somebody's endpoint), both worlds go on to share it.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from fakedet.services.checkpoints.storages import storage_config
from fakedet.storage.base import CheckpointStorage

if TYPE_CHECKING:
    from fakedet.world import World

Row = Mapping[str, Any]
Config = Mapping[str, Any]


def copy_files(world: "World", clone: "World") -> None:
    """Give the clone, whose tables are those of `world`, files of its own."""
    old, new = world.storages.default_config(), clone.storages.default_config()
    for experiment in clone.db.experiments.rows():
        config = experiment["config"]
        moved = _moved(config["checkpoint_storage"], old, new)
        clone.db.experiments.change(experiment["id"], config={**config, "checkpoint_storage": moved})
    for backend in clone.db.storage_backends.rows():
        clone.db.storage_backends.change(backend["id"], config=_moved(backend["config"], old, new))
    for checkpoint in clone.db.checkpoints.rows():
        if checkpoint["state"] != "DELETED":
            _copy(checkpoint["uuid"], _storage_of(world, checkpoint), _storage_of(clone, checkpoint))


def _moved(config: Config, old: Config, new: Config) -> Config:
    """The config with the clone's own place wherever it names the world's own."""
    if config.get("type") != old["type"]:
        return config
    return {name: new[name] if name in old and value == old[name] else value for name, value in config.items()}


def _storage_of(world: "World", checkpoint: Row) -> CheckpointStorage | None:
    trial = world.db.trials.row(checkpoint["trial_id"]) if checkpoint["trial_id"] else None
    experiment = world.db.experiments.row(trial["experiment_id"]) if trial else None
    return world.storages.backend(storage_config(world.db, checkpoint["storage_id"], experiment)) if experiment else None


def _copy(uuid: str, source: CheckpointStorage | None, target: CheckpointStorage | None) -> None:
    if source is None or target is None or not source.exists(uuid) or target.exists(uuid):
        return
    for path in source.list(uuid):
        target.write(uuid, path, b"" if path.endswith("/") else source.read(uuid, path))
