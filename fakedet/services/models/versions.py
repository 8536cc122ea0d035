"""Versions of models: registering checkpoints, reading, deleting (master: api_model.go)."""
from __future__ import annotations

import math
import uuid as uuids
from typing import Any, Mapping

from fakedet.domain.errors import Internal, PermissionDenied, missing
from fakedet.domain.go_text import quote
from fakedet.domain.paging import slice_page
from fakedet.services.call import Call
from fakedet.services.models import messages
from fakedet.services.models.creating import inserted, rejoined
from fakedet.services.models.finding import model_named, version_numbered
from fakedet.services.registry import rpc

Row = Mapping[str, Any]
CREATED_LACKS = ("user_id", "notes", "last_updated_time")


@rpc("PostModelVersion")
def post_model_version(call: Call, request: Any) -> dict[str, Any]:
    """Register a checkpoint as the next version."""
    model = model_named(call.db, request.model_name)
    if model["archived"]:
        raise Internal(f"model {quote(model['name'])} is archived and cannot register new versions")
    checkpoint = _registrable(call, request.checkpoint_uuid)
    before = messages.model_message(call.db, model, lacks=messages.PARENT_LACKS)
    version = _insert(call, model, checkpoint, request)
    reply = messages.version_message(call.db, model, version, lacks=CREATED_LACKS)
    _check_readable(model, reply["checkpoint"])
    return {"model_version": {**reply, "model": before}}


@rpc("GetModelVersion")
def get_model_version(call: Call, request: Any) -> dict[str, Any]:
    """One version with its checkpoint as it is now."""
    model, version = version_numbered(call.db, request.model_name, request.model_version_num)
    return {"model_version": messages.version_message(call.db, model, version)}


@rpc("GetModelVersions")
def get_model_versions(call: Call, request: Any) -> dict[str, Any]:
    """The versions of a model by number or by time of creation."""
    model = model_named(call.db, request.model_name)
    versions = sorted(call.db.model_versions.rows(model_id=model["id"]), key=_order(request),
                      reverse=request.order_by == "ORDER_BY_DESC")
    page = slice_page(len(versions), request.offset, request.limit)
    return {"model": messages.model_message(call.db, model), "pagination": page.block(),
            "model_versions": [messages.version_message(call.db, model, version, parent_lacks=messages.LISTED_LACKS)
                               for version in page.cut(versions)]}


@rpc("DeleteModelVersion")
def delete_model_version(call: Call, request: Any) -> dict[str, Any]:
    """Its owner, the model's owner and administrators may."""
    model, version = version_numbered(call.db, request.model_name, request.model_version_num)
    if not call.is_admin and call.user["id"] not in (version["user_id"], model["user_id"]):
        raise PermissionDenied("non-admin users may not delete other users' model versions access denied")
    call.db.model_versions.delete(version["id"])
    return {}


def _order(request: Any) -> Any:
    if request.sort_by == "SORT_BY_CREATION_TIME":
        return lambda version: (version["creation_time"], version["version"])
    return lambda version: version["version"]


def _registrable(call: Call, text: str) -> Row:
    try:
        canonical = str(uuids.UUID(text))
    except ValueError:
        raise Internal("error running query: get_checkpoint: ERROR: invalid input syntax for type uuid: "
                       f"{quote(text)} (SQLSTATE 22P02)") from None
    checkpoint = call.db.checkpoints.one(uuid=canonical)
    if checkpoint is None:
        raise missing("checkpoint", text)
    if checkpoint["state"] != "COMPLETED":
        raise Internal(f"checkpoint {canonical} is in STATE_{checkpoint['state']} state. "
                       "checkpoints for model versions must be in a COMPLETED state")
    return checkpoint


def _check_readable(model: Row, checkpoint: Mapping[str, Any]) -> None:
    """What the master has just inserted it cannot read back if the metric is no finite number; the version is there."""
    if not math.isfinite(checkpoint["training"].get("searcher_metric", 0.0)):
        raise Internal(f"error adding model version to model {quote(model['name'])}: sql: Scan error on column index 0, name \"checkpoint\": "
                       "json: cannot unmarshal string into Go struct field CheckpointTrainingMetadata.training.searcher_metric of type float64"
                       ).after_saving()


def _insert(call: Call, model: Row, checkpoint: Row, request: Any) -> Row:
    numbers = [version["version"] for version in call.db.model_versions.rows(model_id=model["id"])]
    number = call.db.model_versions.insert({
        "model_id": model["id"], "version": max(numbers, default=0) + 1, "checkpoint_uuid": checkpoint["uuid"],
        **{field: inserted(getattr(request, field)) for field in ("name", "comment", "notes")}, "labels": rejoined(request.labels),
        "metadata": request.metadata or {}, "user_id": call.user["id"], "creation_time": call.now, "last_updated_time": call.now})
    return call.db.model_versions.row(number)
