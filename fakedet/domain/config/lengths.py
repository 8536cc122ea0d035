"""Training lengths: `{batches: 100}`, or a bare integer where a searcher's old `max_length` is meant."""

from __future__ import annotations

from typing import Any

from fakedet.domain.config.kinds import Integer, Kind, inspect
from fakedet.domain.config.problems import At, Problems, json_type
from fakedet.domain.config.reading import ReadError, Reading

_UNITS = ("batches", "records", "epochs")
_NO_LENGTH = 'a length object must have one attribute named "batches", "records", or "epochs"'
_UINT64 = "uint64"


class Length(Kind):
    """A length object with one unit, zero included."""

    json: tuple[str, ...] = ("object",)
    go = "expconf.LengthV0"

    def problems(self, value: dict[str, Any], at: At) -> Problems:
        if len(value) != 1 or next(iter(value)) not in _UNITS:
            yield at.says(_NO_LENGTH)
            return
        ((unit, number),) = value.items()
        yield from inspect(Integer(at_least=0), number, at.key(unit))

    def read(self, value: Any, here: Reading) -> Any:
        return here.own(lambda inner: _read_length(value, inner))


class PositiveLength(Length):
    """A length that trains at least once: inspected both as a length and as a positive number."""

    def problems(self, value: dict[str, Any], at: At) -> Problems:
        yield from super().problems(value, at)
        for unit, number in value.items():
            yield from inspect(Integer(at_least=1), number, at.key(unit))


class SearcherLength(PositiveLength):
    """A positive length, or a bare integer without unit."""

    json = ("object", "integer")

    def problems(self, value: Any, at: At) -> Problems:
        if isinstance(value, dict):
            return super().problems(value, at)
        return Integer(at_least=0).problems(value, at)


def _read_length(value: Any, here: Reading) -> Any:
    if json_type(value) == "number" and Integer(go=_UINT64).fits(value):
        return value
    if not isinstance(value, dict):
        return here.mismatch(value, "map[string]uint64")
    units = {unit: Integer(go=_UINT64).read(number, here) for unit, number in value.items()}
    known = [unit for unit in units if unit in _UNITS]
    if len(known) != 1 and not here.notes:
        raise ReadError(f"invalid length: {_as_json(value)}")
    return {unit: units[unit] for unit in known}


def _as_json(value: dict[str, Any]) -> str:
    return "{" + ",".join(f'"{key}":{item}' for key, item in sorted(value.items())) + "}"
