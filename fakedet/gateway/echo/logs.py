"""POST /task-logs: the log shipper of detached runs, open to everyone (master: core.go)."""
from __future__ import annotations

from typing import Any, Mapping

from fakedet.domain import go_json
from fakedet.domain.errors import Internal
from fakedet.domain.timestamps import GoTimeError, parse_time
from fakedet.gateway.echo.routing import EchoRequest, json_reply, route
from fakedet.gateway.http import HttpReply
from fakedet.services.call import Call
from fakedet.services.logs.writing import OPTIONAL, append

#: What each field of a line must be, and what Go calls that.
TYPES: Mapping[str, tuple[type, str]] = {"rank_id": (int, "int"), **{
    name: (str, "string") for name in ("task_id", "log", "level", "timestamp", *OPTIONAL) if name != "rank_id"}}


@route("POST", "/task-logs", open=True)
def ship(call: Call, request: EchoRequest) -> HttpReply:
    """An array of lines of any tasks, known or not; fields that a line does not have stay null."""
    for line in _lines(request.http.body):
        append(call.world, line.get("task_id") or "", [line])
    return json_reply("")


def _lines(body: bytes) -> list[dict[str, Any]]:
    try:
        value = go_json.read(body)
    except go_json.GoJsonError as error:
        raise Internal(f"decoding task logs: {error}") from None
    if value is go_json.NOTHING:
        raise Internal("decoding task logs: EOF")
    if value is not None and not isinstance(value, list):
        raise _mismatch(value, "[]*model.TaskLog")
    return [_line(item) for item in value or []]


def _line(item: Any) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise _mismatch(item, "model.TaskLog")
    line = {name: _field(name, item[name]) for name in TYPES if item.get(name) is not None}
    return {"log": "", **line}


def _field(name: str, value: Any) -> Any:
    kind, go_name = TYPES[name]
    if isinstance(value, go_json.Number) and kind is int and value.text.lstrip("-").isdigit():
        return int(value.text)
    if not isinstance(value, kind):
        raise _mismatch(value, f"struct field TaskLog.{name} of type {go_name}", joined=" ")
    try:
        return parse_time(str(value)) if name == "timestamp" else value
    except GoTimeError as error:
        raise Internal(f"decoding task logs: {error}") from None


def _mismatch(value: Any, target: str, joined: str = " value of type ") -> Internal:
    return Internal(f"decoding task logs: json: cannot unmarshal {go_json.kind(value)} into Go{joined}{target}")
