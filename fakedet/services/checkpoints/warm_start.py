"""The checkpoint that the trials of an experiment start from, as its searcher config names it (master: internal/experiment.go)."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from fakedet.domain.errors import Internal
from fakedet.domain.go_uuid import BadUuid, parse_uuid
from fakedet.services.trials.checkpoints import latest_checkpoint

if TYPE_CHECKING:
    from fakedet.store import Database


def source_checkpoint(db: "Database", searcher: Mapping[str, Any]) -> str | None:
    """The uuid of the latest checkpoint of `source_trial_id`, else of `source_checkpoint_uuid`; None if neither is given."""
    if searcher.get("source_trial_id") is not None:
        return _latest_of(db, searcher["source_trial_id"])
    if searcher.get("source_checkpoint_uuid") is not None:
        return _named(db, searcher["source_checkpoint_uuid"])
    return None


def _latest_of(db: "Database", trial_id: int) -> str:
    found = latest_checkpoint(db, trial_id)
    if found is None:
        raise Internal(f"no checkpoint found for source trial {trial_id}")
    return found.uuid


def _named(db: "Database", text: str) -> str:
    try:
        uuid = parse_uuid(text)
    except BadUuid as error:
        raise Internal(f"invalid source checkpoint UUID: {error}") from None
    if db.checkpoints.one(uuid=uuid) is None:
        raise Internal(f"no checkpoint found with UUID {uuid}")
    return uuid
