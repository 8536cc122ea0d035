"""The model registry under /api/v1 for older clients: names in paths, wrapped changes, and all spellings of a version."""
from __future__ import annotations

from typing import Any

from fakedet.gateway.http import HttpReply
from fakedet.gateway.legacy.asking import Ask, altered, translation
from fakedet.gateway.legacy.flat_checkpoint import flattened

_MODEL, _VERSIONS = "/api/v1/models/{name}", "/api/v1/models/{name}/versions"
_VERSION = _VERSIONS + "/{number}"


@translation("POST", _MODEL, lambda caller: caller.before(0, 17, 3))
def post_model(ask: Ask) -> HttpReply:
    """Up to 0.17.1 the name of a new model is in the path."""
    return ask.asked_with(path="/api/v1/models", body={**(ask.sent() or {}), "name": ask.parameters["name"]})


@translation("GET", "/api/v1/models")
def list_models(ask: Ask) -> HttpReply:
    """No name is no filter, and neither is the id 0; a number may be looked up where names are."""
    return ask.asked_with(query=[(name, value) for name, value in ask.query if value not in ("", "0")])


@translation("PATCH", _MODEL)
def patch_model(ask: Ask) -> HttpReply:
    """Up to 0.17.12 a change is wrapped; one of 0.12 that names no description loses the metadata."""
    sent = ask.sent()
    if not isinstance(sent, dict) or not isinstance(sent.get("model"), dict):
        return ask.asked()
    change = sent["model"]
    if "metadata" in change and len(change) == 1 and "update_mask" not in sent:
        change = {"metadata": {}}
    return ask.asked_with(body=change)


@translation("PATCH", _VERSION)
def patch_version(ask: Ask) -> HttpReply:
    """The same of a version."""
    sent = ask.sent()
    wrapped = isinstance(sent, dict) and isinstance(sent.get("model_version"), dict)
    return ask.asked_with(body=sent["model_version"]) if wrapped else ask.asked()


@translation("GET", _VERSIONS)
def versions(ask: Ask) -> HttpReply:
    """A list of versions."""
    def spelled(body: dict[str, Any]) -> dict[str, Any]:
        listed = [_as_read(ask, version) for version in body["modelVersions"]]
        return {**body, "modelVersions": listed, "versions": listed}
    return altered(ask.asked(), spelled)


@translation("GET", _VERSION)
@translation("POST", _VERSIONS)
def version(ask: Ask) -> HttpReply:
    """One version, under every name that it had."""
    def spelled(body: dict[str, Any]) -> dict[str, Any]:
        shown = _as_read(ask, body["modelVersion"])
        return {**body, "modelVersion": shown, "version": shown}
    return altered(ask.asked(), spelled)


def _as_read(ask: Ask, message: dict[str, Any]) -> dict[str, Any]:
    """The version with a flat checkpoint. From 0.18 on `det model` needs the steps in its metadata."""
    if ask.caller.oldest >= (0, 18):
        return message
    steps_in_metadata = ask.caller.may_be(0, 18)
    return {**message, "checkpoint": flattened(message["checkpoint"], ask.caller, keep_metadata=steps_in_metadata)}
