"""Reporting checkpoints (master: api_trials.go, ReportCheckpoint; db/postgres_checkpoints.go)."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from fakedet.domain.errors import Internal, InvalidArgument, MasterError
from fakedet.domain.nul_text import with_nul_escaped
from fakedet.services import finding as found
from fakedet.services.call import Call
from fakedet.services.checkpoints import finding, totals
from fakedet.services.registry import rpc

if TYPE_CHECKING:
    from fakedet.store import Database
    from fakedet.world import World

Row = Mapping[str, Any]
REPORTED_STATES = ("STATE_UNSPECIFIED", "STATE_COMPLETED")
#: Midnight of January 1st of the year 1, which Go takes for no time.
ZERO_TIME = -62_135_596_800_000_000


@rpc("ReportCheckpoint")
def report_checkpoint(call: Call, request: Any) -> dict[str, Any]:
    """A checkpoint of a trial's task, of a trial in whatever state."""
    sent = request.checkpoint
    task = found.task(call.db, sent.task_id if sent else "")
    uuid = _checked(sent)
    if task["type"] != "TRIAL":
        raise Internal("can only report checkpoints on trial's tasks")
    report_time = call.now if sent.report_time in (None, ZERO_TIME) else sent.report_time
    metadata, resources = with_nul_escaped(sent.metadata or {}), with_nul_escaped(dict(sent.resources))
    report(call.world, uuid=uuid, task_id=task["task_id"], allocation_id=sent.allocation_id, report_time=report_time,
           metadata=metadata, resources=resources, state="COMPLETED", storage_id=sent.storage_id)
    return {}


def report(world: "World", *, uuid: str, task_id: str, allocation_id: str | None, report_time: int,
           metadata: Mapping[str, Any], resources: Mapping[str, int], state: str, storage_id: int | None) -> Row:
    """Insert a checkpoint of the trial that has this task, and count it; raises what the database refuses."""
    db = world.db
    link = db.trial_tasks.one(task_id=task_id)
    number = db.checkpoints.insert({
        "uuid": uuid, "task_id": task_id, "allocation_id": allocation_id,
        "trial_id": link["trial_id"] if link else None,
        "report_time": report_time, "state": state, "resources": resources, "metadata": metadata,
        "size": sum(resources.values()), "storage_id": storage_id})
    row = db.checkpoints.row(number)
    assert row is not None
    _check_constraints(db, row)
    totals.note_change(db, None, row)
    return row


def _checked(sent: Any) -> str:
    """The uuid in canonical form, if the rest of the message can be taken too."""
    try:
        if sent.state not in REPORTED_STATES:
            raise InvalidArgument(f"invalid state for reported checkpoint: {sent.state}")
        return finding.converted([sent.uuid])[0]
    except MasterError as error:
        raise InvalidArgument(f"unconvertable checkpoint: {error.as_go_text()}") from None


def _check_constraints(db: "Database", row: Row) -> None:
    """What the database refuses after it has drawn the id, which is lost then."""
    if db.checkpoints.tally(uuid=row["uuid"]) > 1:
        raise _refused('duplicate key value violates unique constraint "checkpoints_v2_uuid_key" (SQLSTATE 23505)')
    if row["allocation_id"] is not None and db.allocations.one(allocation_id=row["allocation_id"]) is None:
        raise _dangling("allocation_id")
    if row["storage_id"] is not None and db.storage_backends.row(row["storage_id"]) is None:
        raise _dangling("storage_id")


def _dangling(column: str) -> Internal:
    return _refused('insert or update on table "checkpoints_v2" violates foreign key constraint '
                    f'"checkpoints_v2_{column}_fkey" (SQLSTATE 23503)')


def _refused(text: str) -> Internal:
    return Internal(f"error adding checkpoint metadata: inserting checkpoint model: ERROR: {text}")
