"""Changing an experiment: texts, labels, resources, what garbage collection keeps (master: api_experiment.go, PatchExperiment)."""
from __future__ import annotations

from typing import Any, Mapping

from fakedet.domain import config as configs
from fakedet.domain.errors import Internal, InvalidArgument, missing
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.experiments.messages import experiment_message
from fakedet.services.registry import rpc
from fakedet.services.trials.states import is_running

Row = Mapping[str, Any]
SAVED = ("save_experiment_best", "save_trial_best", "save_trial_latest")


@rpc("PatchExperiment")
def patch_experiment(call: Call, request: Any) -> dict[str, Any]:
    """Change what is sent; the reply shows the config as it was before."""
    patch = request.experiment
    before = finding.experiment(call.db, patch.id if patch else 0)
    after = _with_texts(call, before, patch)
    if patch.resources is not None:
        after = _with_resources(call, after, patch.resources)
    if patch.checkpoint_storage is not None:
        after = _with_policy(call, after, patch.checkpoint_storage)
    message = experiment_message(call.db, after)
    return {"experiment": {**message, "config": experiment_message(call.db, before)["config"]}}


@rpc("PutExperimentLabel")
def put_experiment_label(call: Call, request: Any) -> dict[str, Any]:
    """One label more."""
    experiment = call.db.experiments.row(request.experiment_id)
    if experiment is None:
        raise Internal("sql: no rows in result set")
    return _with_labels(call, experiment, [*_labels(experiment), request.label])


@rpc("DeleteExperimentLabel")
def delete_experiment_label(call: Call, request: Any) -> dict[str, Any]:
    """One label less: as documented; 0.38.1 breaks it by accident."""
    if call.settings.upstream:
        raise Internal("ERROR: FOR UPDATE cannot be applied to the nullable side of an outer join (SQLSTATE 0A000)")
    experiment = finding.experiment(call.db, request.experiment_id)
    return _with_labels(call, experiment, [label for label in _labels(experiment) if label != request.label])


def _labels(experiment: Row) -> list[str]:
    return list(experiment["config"].get("labels") or [])


def _with_labels(call: Call, experiment: Row, labels: list[str]) -> dict[str, Any]:
    kept = list(dict.fromkeys(labels))
    call.db.experiments.change(experiment["id"], config={**experiment["config"], "labels": kept})
    return {"labels": kept}


def _with_texts(call: Call, experiment: Row, patch: Any) -> Row:
    config = experiment["config"]
    changes = {name: getattr(patch, name) for name in ("name", "description") if getattr(patch, name) is not None}
    if patch.labels is not None:
        changes["labels"] = list(dict.fromkeys(label for label in patch.labels if isinstance(label, str)))
    changes = {name: value for name, value in changes.items() if value != (config.get(name) or ([] if name == "labels" else ""))}
    if "name" in changes and not changes["name"].strip():
        raise InvalidArgument("`name` must not be an empty or whitespace string")
    notes = experiment["notes"] if patch.notes is None else patch.notes
    if not changes and notes == experiment["notes"]:
        return experiment
    if "labels" in changes:
        changes["labels"] = changes["labels"] or None
    rewritten = {**config, "description": config.get("description") or "", "labels": config.get("labels") or None, **changes}
    return call.db.experiments.change(experiment["id"], config=rewritten, notes=notes)


def _with_resources(call: Call, experiment: Row, sent: Any) -> Row:
    if not is_running(experiment):
        raise missing("experiment", experiment["id"])
    changes = {name: getattr(sent, name) for name in ("max_slots", "weight", "priority") if getattr(sent, name) is not None}
    config = experiment["config"]
    return _saved(call, experiment, {**config, "resources": {**config["resources"], **changes}})


def _with_policy(call: Call, experiment: Row, sent: Any) -> Row:
    """All three numbers are written, those not sent as 0; what they no longer keep is collected."""
    from fakedet.services.checkpoints.collecting import policy_changed

    config = experiment["config"]
    numbers = {name: getattr(sent, name) or 0 for name in SAVED}
    after = _saved(call, experiment, {**config, "checkpoint_storage": {**config["checkpoint_storage"], **numbers}})
    policy_changed(call.world, experiment, after, notices=call.notices)
    return after


def _saved(call: Call, experiment: Row, config: dict[str, Any]) -> Row:
    try:
        configs.require_complete(configs.EXPERIMENT, config)
    except configs.ConfigError as error:
        raise Internal(f"patching experiment {experiment['id']}: refusing to save invalid experiment config: {error}") from None
    return call.db.experiments.change(experiment["id"], config={**config, "labels": config.get("labels") or []})
