"""In which storage a checkpoint's files are: the one that its report named by id, else its experiment's (master: internal/storage)."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from fakedet.domain import config as configs
from fakedet.domain.config.reading import run
from fakedet.domain.config.storage import SAVED

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]


def storage_config(db: "Database", storage_id: int | None, experiment: Row) -> Mapping[str, Any]:
    """The checkpoint_storage config of a storage id, or the experiment's."""
    config: Mapping[str, Any] = (experiment["config"]["checkpoint_storage"] if storage_id is None
                                 else db.storage_backends.row(storage_id)["config"])
    return config


def storage_id(db: "Database", sent: Mapping[str, Any]) -> int:
    """The id of a storage, the same for the same keys but save_*; raises ConfigError."""
    config = _complete(sent)
    known = db.storage_backends.one(config=config)
    return int(known["id"]) if known else db.storage_backends.insert({"config": config})


def _complete(sent: Mapping[str, Any]) -> dict[str, Any]:
    storage = configs.CHECKPOINT_STORAGE
    shown = storage.show(storage.fill(run(lambda reading: storage.read(dict(sent), reading))))
    configs.require_complete(storage, shown)
    return {key: value for key, value in shown.items() if key not in SAVED}
