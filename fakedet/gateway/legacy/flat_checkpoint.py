"""The Checkpoint message of masters up to 0.17.15: flat, with the framework's facts beside the metadata instead of in it.

Clients that may be of 0.18 or newer get the newer message too: the old one is laid over it.
"""
from __future__ import annotations

from typing import Any, Mapping

from fakedet.gateway.legacy.caller import Caller

#: Metadata that 0.18 began to keep: before, each was a field of the checkpoint.
FIELDS = {"framework": "framework", "format": "format", "determined_version": "determinedVersion"}
STEPS = "steps_completed"
OWN_FIELDS = (*FIELDS, STEPS)
#: Settings of a storage that clients were once not ready to find unset: they must not be there.
_OPTIONAL = ("storage_path", "container_path", "prefix")


def flattened(message: dict[str, Any], caller: Caller, *, keep_metadata: bool = False) -> dict[str, Any]:
    """The message as `caller` reads it; `keep_metadata`: with all that 0.18 put in there."""
    training, metadata = message.get("training") or {}, message.get("metadata") or {}
    measured = (training.get("validationMetrics") or {}).get("avgMetrics")
    flat = {
        "uuid": message["uuid"], "state": message["state"], "resources": message["resources"],
        "metadata": metadata if keep_metadata else plain_metadata(metadata),
        **{name: training.get(name) for name in ("experimentId", "trialId", "hparams", "searcherMetric")},
        "experimentConfig": _config(training.get("experimentConfig")),
        "batchNumber": metadata.get(STEPS, 0), "endTime": message.get("reportTime"),
        "metrics": None if measured is None else {"numInputs": 0, "validationMetrics": measured},
        "validationState": "STATE_UNSPECIFIED" if measured is None else "STATE_COMPLETED",
        **{field: metadata.get(name, "") for name, field in FIELDS.items()},
    }
    if caller.before(0, 17, 3):
        flat["startTime"] = flat["endTime"]
    return {**message, **flat} if caller.may_be(0, 18) else flat


def storage_of(config: Mapping[str, Any]) -> dict[str, Any]:
    """The checkpoint storage of a config without what is not set."""
    return {name: value for name, value in config.get("checkpoint_storage", {}).items() if value is not None or name not in _OPTIONAL}


def plain_metadata(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """What its user put there."""
    return {name: value for name, value in metadata.items() if name not in OWN_FIELDS}


def _config(config: Any) -> Any:
    return {**config, "checkpoint_storage": storage_of(config)} if config else config
