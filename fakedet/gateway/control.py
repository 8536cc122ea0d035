"""fakedet's own routes under /__fakedet/: health, worlds, clock, journal, gc preview, damage. A Flask blueprint.

They need no sign-in: whoever reaches the port may steer the double. A world other than the first is named by `/w/<name>/__fakedet/...`.
"""
from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request

from fakedet import __version__
from fakedet.domain.errors import MasterError
from fakedet.gateway.errors import HTTP_STATUS
from fakedet.gateway.worlds import PREFIX, Worlds
from fakedet.services.checkpoints.damaging import DEEDS, CheckpointDamage
from fakedet.services.checkpoints.explaining import explain
from fakedet.settings import CHOICES, BadSetting
from fakedet.storage.base import StorageError
from fakedet.world import World

control = Blueprint("control", __name__)


class ControlError(Exception):
    """A request to the control routes that cannot be met; the text says what to do."""

    def __init__(self, status: int, message: str):
        super().__init__(message)
        self.status, self.message = status, message


@control.errorhandler(ControlError)
def _refused(error: ControlError) -> tuple[Response, int]:
    return jsonify({"message": error.message}), error.status


@control.get("/health")
def health() -> Response:
    """`{"status": "up", "version", "worlds"}`."""
    return jsonify({"status": "up", "version": __version__, "api": "0.38.1", "worlds": len(list(_worlds()))})


@control.post("/worlds")
def create_world() -> tuple[Response, int]:
    """Body: settings. Answers `{"url", "id"}` of a fresh world."""
    try:
        world = _worlds().create(_body())
    except BadSetting as error:
        raise ControlError(400, str(error)) from None
    return jsonify({"url": request.host_url.rstrip("/") + PREFIX + world.name, "id": world.name}), 201


@control.delete("/worlds/<name>")
def drop_world(name: str) -> Response:
    """Close a world and forget it."""
    if not _worlds().drop(name):
        raise ControlError(404, f"There is no world {name!r} to drop.")
    return jsonify({})


@control.route("/clock", methods=["GET", "POST"])
def clock() -> Response:
    """The world's time; POST `{"advance": seconds}` moves it and does what is due by then."""
    world = _world()
    if request.method == "POST":
        seconds = _body().get("advance")
        if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or seconds < 0:
            raise ControlError(400, 'The body must be {"advance": seconds}, seconds a number >= 0.')
        world.engine.advance(seconds)
    return jsonify({"now_microseconds": world.now()})


@control.route("/journal", methods=["GET", "DELETE"])
def journal() -> Response:
    """What was asked and answered; DELETE forgets it."""
    world = _world()
    if request.method == "DELETE":
        world.exchanges.clear()
    return jsonify({"exchanges": [exchange.as_dict() for exchange in world.exchanges]})


@control.get("/gc-preview")
def gc_preview() -> Response:
    """`?experiment=1` and perhaps save_experiment_best, save_trial_best, save_trial_latest, semantics: what happens to each checkpoint, and why."""
    world, semantics = _world(), request.args.get("semantics")
    if semantics not in (None, *CHOICES["semantics"]):
        raise ControlError(400, f"semantics must be one of: {', '.join(CHOICES['semantics'])}.")
    numbers = ("save_experiment_best", "save_trial_best", "save_trial_latest")
    asked = {name: _integer(name) for name in numbers if name in request.args}
    try:
        with world.lock:
            return jsonify(explain(world, _integer("experiment"), semantics=semantics, **asked))
    except MasterError as error:
        raise ControlError(HTTP_STATUS[error.code], error.message) from None


@control.post("/damage")
def damage() -> Response:
    """`{"checkpoint": uuid, "do": "lose" | "truncate" | "corrupt" | "slow" | "deny" | "heal"}` with what that needs: path, size, seconds."""
    sent = _body()
    do, arguments = sent.get("do"), {name: value for name, value in sent.items() if name not in ("checkpoint", "do")}
    if do not in DEEDS:
        raise ControlError(400, f"do must be one of: {', '.join(DEEDS)}.")
    try:
        found = CheckpointDamage(_world(), str(sent.get("checkpoint", "")))
        getattr(found, do)(**arguments)
        return jsonify({} if do in ("slow", "deny") else {"files": found.files()})
    except MasterError as error:
        raise ControlError(HTTP_STATUS[error.code], error.message) from None
    except (StorageError, TypeError) as error:
        raise ControlError(400, str(error)) from None


def _integer(name: str) -> int:
    try:
        return int(request.args[name])
    except (KeyError, ValueError):
        raise ControlError(400, f"The query needs {name}, an integer.") from None


def _body() -> dict[str, Any]:
    value = request.get_json(force=True, silent=True) if request.get_data() else {}
    if not isinstance(value, dict):
        raise ControlError(400, "The body must be a JSON object.")
    return value


def _worlds() -> Worlds:
    found: Worlds = current_app.config["WORLDS"]
    return found


def _world() -> World:
    name = request.environ.get("fakedet.world", "")
    world = _worlds().find(name)
    if world is None:
        raise ControlError(404, f"There is no world {name!r}.")
    return world
