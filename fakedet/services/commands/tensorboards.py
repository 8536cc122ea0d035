"""What a TensorBoard is to show, and what of its configuration follows from that (master: api_tensorboard.go)."""
from __future__ import annotations

import os
from typing import Any, Mapping

from fakedet.domain.errors import InvalidArgument
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.commands.config import Config
from fakedet.services.commands.kinds import TENSORBOARD
from fakedet.services.experiments.conditions import meets
from fakedet.services.master.identity import cluster_id
from fakedet.storage.shared_fs import CONTAINER_PATH

Row = Mapping[str, Any]
#: By experiment the trials to be shown; all of them if it has none here.
Sources = dict[int, list[int]]
STORAGE_CONFIG = "/run/determined/tensorboard/storage_config.json"
IDLE_TIMEOUT = "5m0s"
_SCHEMES = {"s3": "s3", "gcs": "gs"}


def require_sources(request: Any) -> None:
    """Raise InvalidArgument if nothing is named to be shown."""
    if request.filters is None and not request.experiment_ids and not request.trial_ids:
        raise InvalidArgument("must set experiment, trial ids, or filters")


def sources_of(call: Call, request: Any) -> Sources:
    """What the request names; filters stand in for the experiments that it names."""
    found: Sources = {}
    for number in _experiments(call, request):
        found[finding.experiment(call.db, number)["id"]] = []
    for number in request.trial_ids:
        trial = finding.trial(call.db, number)
        found.setdefault(trial["experiment_id"], []).append(trial["id"])
    if not found:
        raise InvalidArgument("no experiments found")
    return dict(sorted(found.items()))


def _experiments(call: Call, request: Any) -> list[int]:
    if request.filters is None:
        return list(request.experiment_ids)
    return [row["id"] for row in call.db.experiments.rows() if meets(row, request.filters)]


def furnished(call: Call, config: Config, sources: Sources, sent: Mapping[str, Any]) -> Config:
    """The configuration with the places of event files, the mounts that they need and the newest experiment's image."""
    experiments = [call.db.experiments.row(number) for number in sources]
    folders = ",".join(folder for experiment in experiments for folder in _folders(call, experiment, sources[experiment["id"]]))
    inherited = _inherited(experiments[-1]["config"].get("environment") or {}, sent.get("environment"))
    return {**config, "idle_timeout": config["idle_timeout"] or IDLE_TIMEOUT,
            "entrypoint": [*TENSORBOARD.entrypoint, STORAGE_CONFIG, folders, *(config.get("tensorboard_args") or ())],
            "bind_mounts": [*(config["bind_mounts"] or ()), *_mounts(experiments)] or None,
            "environment": {**config["environment"], **inherited}}


def _inherited(environment: Mapping[str, Any], sent: Any) -> dict[str, Any]:
    """What a TensorBoard takes from an experiment's environment: an image if it was sent with none, and who may pull it."""
    chosen = sent if isinstance(sent, Mapping) else {}
    return {name: environment[name] for name in ("image", "registry_auth") if environment.get(name) and not chosen.get(name)}


def _folders(call: Call, experiment: Row, trial_ids: list[int]) -> list[str]:
    base = f"{_base(experiment['config']['checkpoint_storage'])}/{cluster_id(call.world)}/tensorboard/experiment/{experiment['id']}/"
    return [f"{base}trial/{number}/" for number in trial_ids] or [base]


def _base(storage: Mapping[str, Any]) -> str:
    if storage["type"] == "shared_fs":
        return _path_in_container(storage["host_path"], storage.get("storage_path"))
    if storage["type"] == "azure":
        return f"azure://{storage['container']}"
    if storage["type"] in _SCHEMES:
        return f"{_SCHEMES[storage['type']]}://" + os.path.normpath(f"{storage['bucket']}/{storage.get('prefix') or ''}")
    return str(storage["container_path"])


def _path_in_container(host_path: str, storage_path: str | None) -> str:
    if storage_path is None:
        return CONTAINER_PATH
    below = os.path.relpath(storage_path, host_path) if os.path.isabs(storage_path) else storage_path
    return os.path.normpath(os.path.join(CONTAINER_PATH, below))


def _mounts(experiments: list[Row]) -> list[dict[str, Any]]:
    """One for all shared file systems: the newest experiment's."""
    shared = [storage for row in experiments if (storage := row["config"]["checkpoint_storage"])["type"] == "shared_fs"]
    return [{"container_path": CONTAINER_PATH, "host_path": storage["host_path"], "propagation": "rprivate", "read_only": False}
            for storage in shared[-1:]]
