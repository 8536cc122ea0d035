"""From which checkpoint or model version a trial started, and the metrics of all trials that did (master: api_trial_source_info.go)."""
from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Mapping, Sequence

from fakedet.domain.errors import Internal
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.checkpoints.finding import checkpoint
from fakedet.services.metrics.reading import report_message, reports_after
from fakedet.services.models.finding import version_numbered
from fakedet.services.registry import rpc
from fakedet.services.trials.creating import NIL

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]
#: PostgreSQL takes a hyphen after any four digits, and braces around it all.
_UUID = re.compile(r"(?:[0-9a-fA-F]{4}-?){7}[0-9a-fA-F]{4}")
MOST_REPORTS = 1000


@rpc("ReportTrialSourceInfo")
def report_trial_source_info(call: Call, request: Any) -> dict[str, Any]:
    """Link a trial and a checkpoint, whether there is such a checkpoint or not; a second report replaces the first."""
    sent = request.trial_source_info
    if sent is None:
        raise Internal(NIL)
    trial = finding.trial(call.db, sent.trial_id)
    row = {"trial_id": trial["id"], "checkpoint_uuid": _as_uuid(sent.checkpoint_uuid), "model_id": sent.model_id,
           "model_version": sent.model_version, "type": sent.trial_source_info_type}
    known = call.db.trial_sources.one(trial_id=row["trial_id"], checkpoint_uuid=row["checkpoint_uuid"])
    if known is None:
        call.db.trial_sources.insert(row)
    else:
        call.db.trial_sources.change(known["id"], **row)
    return {"trial_id": row["trial_id"], "checkpoint_uuid": row["checkpoint_uuid"]}


@rpc("GetTrialMetricsByCheckpoint")
def get_trial_metrics_by_checkpoint(call: Call, request: Any) -> dict[str, Any]:
    """The metrics of the trials that started from a checkpoint."""
    view = checkpoint(call.db, request.checkpoint_uuid)
    return {"metrics": _metrics_of(call.db, call.db.trial_sources.rows(checkpoint_uuid=view.uuid), request)}


@rpc("GetTrialMetricsByModelVersion")
def get_trial_metrics_by_model_version(call: Call, request: Any) -> dict[str, Any]:
    """The metrics of the trials that started from a version of a model."""
    model, version = version_numbered(call.db, request.model_name, request.model_version_num)
    sources = call.db.trial_sources.rows(model_id=model["id"], model_version=version["version"])
    return {"metrics": _metrics_of(call.db, sources, request)}


def _metrics_of(db: "Database", sources: Sequence[Row], request: Any) -> list[dict[str, Any]]:
    wanted = [source for source in sources if request.trial_source_info_type in (None, source["type"])]
    return [report_message(row) for source in wanted
            for row in reports_after(db, source["trial_id"], request.metric_group, -1)[:MOST_REPORTS]]


def _as_uuid(text: str) -> str:
    bare = text[1:-1] if text.startswith("{") and text.endswith("}") else text
    if not _UUID.fullmatch(bare):
        raise Internal(f'ERROR: invalid input syntax for type uuid: "{text}" (SQLSTATE 22P02)')
    digits = bare.replace("-", "").lower()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
