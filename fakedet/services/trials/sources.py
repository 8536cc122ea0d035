"""From which checkpoint or model version a trial started, and the metrics of all trials that did (master: api_trial_source_info.go)."""
from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Mapping, Sequence

from fakedet.domain.errors import Internal, nil_pointer
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.checkpoints.finding import checkpoint
from fakedet.services.metrics.reading import report_message, reports_after
from fakedet.services.models.finding import version_numbered
from fakedet.services.registry import rpc

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]
#: PostgreSQL takes a hyphen after any four digits, and braces around it all.
_UUID = re.compile(r"(?:[0-9a-fA-F]{4}-?){7}[0-9a-fA-F]{4}")
MOST_REPORTS = 1000
TYPES = ("TRIAL_SOURCE_INFO_TYPE_INFERENCE", "TRIAL_SOURCE_INFO_TYPE_FINE_TUNING")


@rpc("ReportTrialSourceInfo")
def report_trial_source_info(call: Call, request: Any) -> dict[str, Any]:
    """Link a trial and a checkpoint, whether there is such a checkpoint or not; a second report replaces the first."""
    sent = request.trial_source_info
    if sent is None:
        raise nil_pointer()
    trial = finding.trial(call.db, sent.trial_id)
    row = {"trial_id": trial["id"], "checkpoint_uuid": _as_uuid(sent.checkpoint_uuid), "model_id": sent.model_id,
           "model_version": sent.model_version, "type": _checked_type(sent.trial_source_info_type)}
    _check_version(call.db, sent)
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
    if request.trial_source_info_type is not None:
        _checked_type(request.trial_source_info_type, 2 * "failed to get trial source info ")
    wanted = [source for source in sources if request.trial_source_info_type in (None, source["type"])]
    return [report_message(row) for source in wanted
            for row in reports_after(db, source["trial_id"], request.metric_group, -1)[:MOST_REPORTS]]


def _checked_type(name: str | int, context: str = "") -> str:
    if name not in TYPES:
        raise Internal(f'{context}ERROR: invalid input value for enum trial_source_info_type: "{name}" (SQLSTATE 22P02)')
    return str(name)


def _check_version(db: "Database", sent: Any) -> None:
    """A model and a version come together, and must be there."""
    if (sent.model_id is None) != (sent.model_version is None):
        raise Internal('ERROR: new row for relation "trial_source_infos" violates check constraint "check_model_version_valid" '
                       "(SQLSTATE 23514)")
    if sent.model_id is not None and db.model_versions.one(model_id=sent.model_id, version=sent.model_version) is None:
        raise Internal('ERROR: insert or update on table "trial_source_infos" violates foreign key constraint "fk_model_versions" '
                       "(SQLSTATE 23503)")


def _as_uuid(text: str) -> str:
    bare = text[1:-1] if text.startswith("{") and text.endswith("}") else text
    if not _UUID.fullmatch(bare):
        raise Internal(f'ERROR: invalid input syntax for type uuid: "{text}" (SQLSTATE 22P02)')
    digits = bare.replace("-", "").lower()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
