"""Requests for every route, right and wrong, made from a seed by following the spec.

Hypothesis draws the seeds: drawing each value through it would cost ten times as much, and its mutations repeat values.
"""
from __future__ import annotations

import functools
import json
import random
from typing import Any, Sequence
from urllib.parse import quote, urlencode

from furnished import CONFIG, DETACHED, UUID, furniture

from fakedet import spec
from fakedet.gateway.http import HttpRequest

SMALL = (0, 1, 2, 3, 4, 5, -1)
NUMBERS = (6, 7, 42, -7, 10**6, 2**31 - 1, 2**31, -2**31, 2**53 + 1, 2**63 - 1, -2**63, 2**64, 10**40)
FRACTIONS = (0.0, 0.5, 1.0, -1.5, 1e-300, 1e300, "NaN", "Infinity", "-Infinity")
TIMES = ("2024-05-01T00:00:00Z", "1969-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "2026-01-05T09:00:05Z",
         "2024-05-01T00:00:00+25:00", "2024-02-30", "2024-05-01")
ODD_TEXTS = ("", " ", "0", "-1", "1.5", "a/b", "ä\u0000", "\U0001f600", "%", "..", "{}", "[1]", "null", "x" * 300, "'; --", "*", "1e400")
#: Bodies that are no JSON, or none of the right kind.
MALFORMED = (b"", b"null", b"[]", b"{", b'{"a":}', b"NaN", b'{"id": NaN}', b"\xff\xfe", b'"text"', b"1e999", b"[" * 300, b'{"a": 1}{"b": 2}', b" ")
FILTER = {"filterGroup": {"kind": "group", "conjunction": "and", "children": [
    {"kind": "field", "columnName": "id", "location": "LOCATION_TYPE_EXPERIMENT", "type": "COLUMN_TYPE_NUMBER", "operator": ">", "value": 0}]},
    "showArchived": True}
POLICIES = ('{"constraints": {"priority_limit": 40}}', '{"invariant_config": {"priority": 7}}', "constraints:\n  resources: {max_slots: 2}")
#: What fields of these names are for.
MEANT: dict[str, Sequence[Any]] = {
    "config": (json.dumps(CONFIG), json.dumps(DETACHED), "searcher: 7", "a: [", json.dumps({**CONFIG, "searcher": {"name": "adaptive_asha"}})),
    "filter": (json.dumps(FILTER), "{}", '{"filterGroup": {}}'),
    "sort": ("id=asc", "id=desc,state=asc", "hp.rate=asc", "validation.loss=desc", "x", "id=up"),
    "metric_name": ("loss", "x"), "metric": ("loss", "loss.mean"), "group": ("training", "validation", "system"),
    "lifespan": ("24h", "-1", "1x", "1000000h"), "start_date": ("2024-01-01", "2026-01-01"), "end_date": ("2024-02-01", "2026-01-09"),
    "timeout_seconds": (0, 1), "password": ("", "Secret12", "x"), "period": ("RESOURCE_ALLOCATION_AGGREGATION_PERIOD_DAILY",),
    "trial_run_id": (1, 0), "slot_id": ("0", "1"), "label": ("label", "l"), "resource_pool": ("default",), "workload_type": ("NTSC", "EXPERIMENT"),
    "config_policies": POLICIES, "project_key": ("PROS1", "UNCAT"), "agent_id": ("agent1",), "path": ("train.py", "a/b"), "filename": ("train.py",),
    "request_uuid": (UUID,), "url": ("http://127.0.0.1:9/x", "ftp://x", "x"),
}
#: Fields that name something by a column of a table.
NAMING = {
    "checkpoint_uuid": "checkpoints.uuid", "checkpoint_id": "checkpoints.uuid", "checkpoint_uuids": "checkpoints.uuid", "uuid": "checkpoints.uuid",
    "task_id": "tasks.task_id", "parent_id": "tasks.task_id", "model_name": "models.name", "template_name": "templates.name",
    "username": "users.username", "job_id": "jobs.job_id", "allocation_id": "allocations.allocation_id", "notebook_id": "commands.task_id",
    "shell_id": "commands.task_id", "command_id": "commands.task_id", "tensorboard_id": "commands.task_id",
    "external_experiment_id": "experiments.external_experiment_id", "workspace_name": "workspaces.name", "workspace_names": "workspaces.name",
    "resource_pool_name": "agents.resource_pool",
}
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "BREW")
BAD_CREDENTIALS = ({}, {"authorization": "Bearer x"}, {"cookie": "auth=x; a"}, {"authorization": "Basic e=="}, {"authorization": "Bearer"})
ODD_HEADERS = (("grpc-timeout", "5x"), ("content-type", "application/x-www-form-urlencoded"), ("accept", "application/json+pretty"),
               ("x-http-method-override", "DELETE"))
#: Outside /api/v1, with a number or a name in the braces.
ECHO_PATHS = (
    "/info", "/health", "/users", "/users/me", "/users/{}", "/users/{}/username", "/users/{}/image", "/agents", "/proxy/{}/x", "/tasks", "/login",
    "/logout",
    "/resources/allocation/raw", "/resources/allocation/allocations-csv", "/resources/allocation/aggregated", "/resources/{}", "/task-logs",
    "/experiments/{}/model_def", "/experiments/{}/file/download", "/experiments/{}/preview_gc", "/checkpoints/{}", "/{}")


def request(seed: int) -> HttpRequest:
    """The request of this number: mostly one that a client could send, now and then with something wrong."""
    chance = Chance(seed)
    return chance.outside_api() if chance.one_in(15) else chance.of_api()


class Chance(random.Random):
    """Chance that knows the spec and what is in the furnished world."""

    def one_in(self, count: int) -> bool:
        """True once in `count` times."""
        return self.randrange(count) == 0

    def of_api(self) -> HttpRequest:
        """A request to a route of the API."""
        rpc = self.choice(spec.rpcs())
        method = self.choice(METHODS) if self.one_in(40) else rpc.method
        return HttpRequest(method, self._path(rpc), self._query(rpc), self._headers(), self._body(rpc))

    def outside_api(self) -> HttpRequest:
        """A request to a route of the echo server."""
        path = self.choice(ECHO_PATHS).format(quote(str(self.choice((*SMALL, *_texts()))), safe=""))
        names = ("timestamp_after", "timestamp_before", "start_date", "end_date", "period", "path", "id", "save_trial_best")
        query = urlencode({self.choice(names): self.choice((*TIMES, *SMALL, *ODD_TEXTS)) for _ in range(self.randrange(4))})
        body = {self.choice(("username", "password", "active", "admin", "log", "task_id")): self.anything() for _ in range(self.randrange(4))}
        return HttpRequest(self.choice(METHODS), path, query, self._headers(), self.choice((json.dumps(body).encode(), *MALFORMED)))

    def anything(self, depth: int = 0) -> Any:
        """Some JSON value."""
        kind = self.randrange(8 if depth < 2 else 5)
        if kind == 5:
            return [self.anything(depth + 1) for _ in range(self.randrange(3))]
        if kind > 5:
            return {self.text(): self.anything(depth + 1) for _ in range(self.randrange(3))}
        return (None, self.one_in(2), self.choice(NUMBERS), self.choice(FRACTIONS), self.text())[kind]

    def text(self) -> str:
        """A name of something, or a text that is none."""
        return self.choice(ODD_TEXTS if self.one_in(3) else _texts())

    def number(self) -> int:
        """An id of something, or a number that is none."""
        return self.choice(NUMBERS if self.one_in(10) else SMALL)

    def value(self, field: spec.Field, depth: int = 0) -> Any:
        """A JSON value for the field, now and then of a type that it has not."""
        if self.one_in(40):
            return self.anything()
        if spec.is_map(field):
            return {self.text(): self._single(spec.fields(field.type)[1], depth) for _ in range(self.randrange(3))}
        if field.repeated:
            return [self._single(field, depth) for _ in range(self.randrange(3))]
        return self._single(field, depth)

    def _single(self, field: spec.Field, depth: int) -> Any:
        kind = spec.WRAPPED.get(field.type, field.type)
        meant = MEANT.get(field.name) or _named_by(field.name) if kind in ("string", "int32") else ()
        if meant and not self.one_in(8):
            return self.choice(meant)
        labels = spec.enum(kind)
        if labels is not None:
            return self.choice((99, -1, *labels.values()) if self.one_in(8) else tuple(labels))
        return self._message(kind, depth + 1) if kind.startswith("determined.") else self._scalar(kind)

    def _scalar(self, kind: str) -> Any:
        if kind == "google.protobuf.Struct":
            return {self.text(): self.anything(1) for _ in range(self.randrange(3))}
        if kind == "google.protobuf.Timestamp":
            return self.choice(TIMES)
        if kind in ("string", "bool"):
            return self.text() if kind == "string" else self.one_in(2)
        if kind == "bytes":
            return self.choice(("", "aGVsbG8=", "H4sIAAAAAAAA", "!"))
        if "int" in kind:
            return self.number()
        return self.choice(FRACTIONS) if kind in ("double", "float") else self.anything()

    def _message(self, type_name: str, depth: int = 0) -> dict[str, Any]:
        """Some of the message's fields, fewer further down; now and then one that it has not."""
        share = self.choice((0.2, 0.6, 1.0)) if depth < 4 else 0.0
        chosen = [field for field in spec.fields(type_name) if self.random() < share]
        message = {self.choice((field.json, field.name)): self.value(field, depth) for field in chosen}
        return {**message, "unknown": self.anything()} if self.one_in(40) else message

    def _body(self, rpc: spec.Rpc) -> bytes:
        if self.one_in(40):
            return self.choice(MALFORMED)
        if not rpc.body:
            return b""
        whole = spec.Field("", "", rpc.request)
        field = next((field for field in spec.fields(rpc.request) if field.name == rpc.body), whole)
        return json.dumps(self.value(field)).encode()

    def _path(self, rpc: spec.Rpc) -> str:
        parts = [self._segment(rpc, part[1:-1]) if part.startswith("{") else part for part in rpc.path.split("/")]
        return "/".join(parts) + (self.choice(("/", "//", ":verb", "%zz", "%2F", "%FF")) if self.one_in(50) else "")

    def _segment(self, rpc: spec.Rpc, name: str) -> str:
        type_name = rpc.request
        for step in name.split("."):
            field = next(field for field in spec.fields(type_name) if field.name == step)
            type_name = field.type
        return quote(str(self.value(field, 3)), safe="-_.~!$&'()*+,;=:@")

    def _query(self, rpc: spec.Rpc) -> str:
        free = [field for field in spec.fields(rpc.request) if "{" + field.name not in rpc.path]
        count = 0 if not free or (rpc.body == "*" and not self.one_in(20)) else self.choice((0, 0, 1, 2, 4))
        pairs = [pair for _ in range(count) for pair in self._parameters(self.choice(free))]
        if self.one_in(40):
            pairs.append((self.text(), self.text()))
        return urlencode(pairs) + (self.choice(("&", "%", ";a=1", "&=", "&pretty")) if self.one_in(60) else "")

    def _parameters(self, field: spec.Field) -> list[tuple[str, str]]:
        name = self.choice((field.name, field.json))
        if field.type.startswith("determined.") and spec.enum(field.type) is None and spec.fields(field.type) and not spec.is_map(field):
            inner = self.choice(spec.fields(field.type))
            name, field = f"{name}.{inner.name}", inner
        value = self.value(field, 3)
        return [(name, item if isinstance(item, str) else json.dumps(item)) for item in (value if isinstance(value, list) else [value])]

    def _headers(self) -> dict[str, str]:
        users = furniture()[1]
        signed_in = {"authorization": users[self.choice(("admin", "admin", "determined"))]["Authorization"]}
        headers = self.choice(BAD_CREDENTIALS) if self.one_in(60) else signed_in
        return dict([*headers.items(), self.choice(ODD_HEADERS)] if self.one_in(60) else headers)


@functools.cache
def _texts() -> tuple[str, ...]:
    """Names and ids of what is in the furnished world."""
    rows = [row for table, row in _rows() if table not in ("task_logs", "metrics", "tokens")]
    return tuple(sorted({value for row in rows for value in row.values() if isinstance(value, str) and 0 < len(value) < 60}))


@functools.cache
def _named_by(field: str) -> tuple[str, ...]:
    """What the field may name; nothing if it names nothing."""
    wanted, _, column = NAMING.get(field, "").partition(".")
    return tuple(sorted({row[column] for table, row in _rows() if table == wanted and row[column]}))


@functools.cache
def _rows() -> list[tuple[str, dict[str, Any]]]:
    tables = furniture()[0].state.tables
    return [(name, row) for name, rows in sorted(tables.items()) for row in rows.values()]
