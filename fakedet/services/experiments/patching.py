"""Changing an experiment: texts, labels, resources, what garbage collection keeps (master: api_experiment.go, PatchExperiment)."""
from __future__ import annotations

import math
from typing import Any, Mapping

from fakedet.domain import config as configs
from fakedet.domain.errors import Internal, InvalidArgument, MasterError, missing
from fakedet.domain.go_print import printed
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.checkpoints.collecting import policy_changed
from fakedet.services.experiments import policies
from fakedet.services.experiments.configuring import has_workspace
from fakedet.services.experiments.held_config import edit, hold
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
    try:
        after = _with_sections(call, after, patch)
    except MasterError as error:
        raise error.after_saving() from None
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
    edit(call.db, experiment, {**experiment["config"], "labels": kept})
    return {"labels": kept}


def _with_texts(call: Call, experiment: Row, patch: Any) -> Row:
    """The texts that differ; where one does, description and labels are written in the form that they are read in."""
    config = experiment["config"]
    before = {"name": config["name"], "description": config.get("description") or "", "labels": config.get("labels") or None}
    sent = {"name": patch.name, "description": patch.description, "labels": _sent_labels(patch, before["labels"])}
    changes = {name: value for name, value in sent.items() if value is not None and value != before[name]}
    if "name" in changes and not changes["name"].strip():
        raise InvalidArgument("`name` must not be an empty or whitespace string")
    notes = experiment["notes"] if patch.notes is None else patch.notes
    if not changes and notes == experiment["notes"]:
        return experiment
    return edit(call.db, experiment, {**config, **before, **changes}, notes=notes)


def _sent_labels(patch: Any, before: list[str] | None) -> list[str] | None:
    """The labels of the patch, None where they read as those before."""
    if patch.labels is None:
        return None
    labels = list(dict.fromkeys(label for label in patch.labels if isinstance(label, str)))
    return labels if ",".join(labels) != ",".join(before or []) else None


def _with_sections(call: Call, experiment: Row, patch: Any) -> Row:
    """Resources and GC policy. What was saved before something is found wrong here stays saved, the texts above all."""
    if patch.resources is None and patch.checkpoint_storage is None:
        return experiment
    config = experiment["config"]
    if patch.checkpoint_storage is not None and not has_workspace(call.db, config):
        raise Internal(f"failed to get workspace {config['workspace']}")
    if patch.checkpoint_storage is not None:
        policies.check_saved(call.db, config, _numbers(patch.checkpoint_storage))
    wanted = {**config, "labels": config.get("labels") or [], **_sections(config, patch)}
    held = _held_resources(call, experiment, patch.resources)
    _check_complete(experiment, wanted)
    after = edit(call.db, held, wanted)
    if patch.checkpoint_storage is not None:
        policy_changed(call.world, experiment, after, notices=call.notices)
    return after


def _sections(config: Mapping[str, Any], patch: Any) -> dict[str, Any]:
    """Of the resources what is sent; of the policy all three numbers, those not sent as 0."""
    sections = {}
    if patch.resources is not None:
        sections["resources"] = {**config["resources"], **_sent_resources(patch.resources)}
    if patch.checkpoint_storage is not None:
        sections["checkpoint_storage"] = {**config["checkpoint_storage"], **_numbers(patch.checkpoint_storage)}
    return sections


def _sent_resources(sent: Any) -> dict[str, Any]:
    return {name: getattr(sent, name) for name in ("max_slots", "weight", "priority") if getattr(sent, name) is not None}


def _held_resources(call: Call, experiment: Row, sent: Any) -> Row:
    """One after the other: those before one that is refused stay set."""
    if sent is None:
        return experiment
    if not is_running(experiment):
        raise missing("experiment", experiment["id"])
    if not has_workspace(call.db, experiment["config"]):
        _require_no_workspace(sent)
    for name, value in _sent_resources(sent).items():
        policies.check_resources(call.db, experiment, {name: value})
        _require_finite(experiment, name, value)
        experiment = hold(call.db, experiment, {name: value})
    return experiment


def _require_finite(experiment: Row, name: str, value: float) -> None:
    """A weight may be any number that JSON has."""
    if not math.isfinite(value):
        raise Internal(f"cannot change experiment {name} to {printed(value)}: setting experiment {experiment['id']} {name}: refusing to save "
                       f"invalid experiment config: json marshal failed: json: unsupported value: {printed(value)}")


def _numbers(policy: Any) -> dict[str, int]:
    """All three, those not sent as 0."""
    return {name: getattr(policy, name) or 0 for name in SAVED}


def _require_no_workspace(sent: Any) -> None:
    """Slots and weight are checked against the policies of the workspace that the config names."""
    if sent.max_slots is not None:
        raise Internal("not found")
    if sent.weight is not None:
        raise Internal(f"cannot change experiment weight to {printed(sent.weight)}: error getting workspace: not found")


def _check_complete(experiment: Row, config: dict[str, Any]) -> None:
    try:
        configs.require_complete(configs.EXPERIMENT, config)
    except configs.ConfigError as error:
        raise Internal(f"patching experiment {experiment['id']}: refusing to save invalid experiment config: {error}") from None
