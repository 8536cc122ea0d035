"""In which storage a checkpoint's files are: the one that its report named by id, else its experiment's.

Mirrors internal/storage of the master.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from fakedet.domain import config as configs
from fakedet.domain.config.reading import ReadError, run
from fakedet.domain.config.storage import SAVED
from fakedet.domain.errors import Internal
from fakedet.domain.go_json_text import marshal

if TYPE_CHECKING:
    from fakedet.store import Database
    from fakedet.world import World

Row = Mapping[str, Any]


def storage_config(db: "Database", storage_id: int | None, experiment: Row) -> Mapping[str, Any]:
    """The checkpoint_storage config of a storage id, or the experiment's."""
    backend = None if storage_id is None else db.storage_backends.row(storage_id)
    config: Mapping[str, Any] = experiment["config"]["checkpoint_storage"] if backend is None else backend["config"]
    return config


def settle_storage(world: "World", experiment: Row) -> Mapping[str, Any]:
    """The experiment's storage, which from now on names the world's own S3 if it named a bucket and no endpoint.

    A real task would have gone to AWS; clients must find what was saved here.
    """
    named: Mapping[str, Any] = experiment["config"]["checkpoint_storage"]
    served = world.storages.served(named)
    if served is not named:
        world.db.experiments.change(experiment["id"], config={**experiment["config"], "checkpoint_storage": served})
    return served


def storage_id_of_run(db: "Database", run_id: int, sent: Mapping[str, Any]) -> int:
    """The id of the storage in which a run will keep its checkpoints, the same for the same keys but save_*."""
    storage = configs.CHECKPOINT_STORAGE
    try:
        given = run(lambda reading: storage.read(dict(sent), reading))
    except ReadError as error:
        raise Internal(f"unmarshaling json bytes {marshal(dict(sent))}: {error}") from None
    shown = storage.show(storage.fill(given))
    try:
        configs.require_complete(storage, shown)
    except configs.ConfigError as error:
        raise Internal(f"adding storage ID for runID {run_id}: schema is not complete: {error}") from None
    config = {key: value for key, value in shown.items() if key not in SAVED}
    known = db.storage_backends.one(config=config)
    return int(known["id"]) if known else db.storage_backends.insert({"config": config})
