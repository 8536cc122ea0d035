"""Hyperparameters: const, int, double, log, categorical, and mappings of them; a bare value is a const.

The rule that a grid search needs counts lives here too, since only it looks into hyperparameters from above.
"""

from __future__ import annotations

from typing import Any

from fakedet.domain.config.kinds import Integer, Kind, Number, Text, inspect
from fakedet.domain.config.objects import Field, ListOf, MapOf, Needed, Object, Shown
from fakedet.domain.config.problems import At, Problems, json_type
from fakedet.domain.config.reading import BAD_TAG, ReadError, Reading, refuse_unknown

_BAD_TYPE = 'if a hyperparameter object\'s ["type"] is set, it must be one of "int", "double", "log", const", or "categorical"'
_NO_COUNT = "grid search is in use but count was not provided"
_RANGED = ("int", "double", "log")


def _ascends(hyperparameter: dict[str, Any]) -> bool:
    low: Any = hyperparameter.get("minval")
    high: Any = hyperparameter.get("maxval")
    return json_type(low) != "number" or json_type(high) != "number" or bool(low < high)


_ORDERED = ("minval must be less than maxval", _ascends)
_TYPE = {"type": Needed(Text())}
_COUNT = {"count": Field(Integer(at_least=1), shown=Shown.IF_SET)}


def _range(kind: Kind) -> dict[str, Field]:
    return {"minval": Needed(kind, plain=0), "maxval": Needed(kind, plain=0)}


TYPES = {
    "const": Object("ConstHyperparameterV0", {**_TYPE, "val": Field(Kind(), required=True)}),
    "int": Object("IntHyperparameterV0", {**_TYPE, **_range(Integer()), **_COUNT}, checks=[_ORDERED]),
    "double": Object("DoubleHyperparameterV0", {**_TYPE, **_range(Number()), **_COUNT}, checks=[_ORDERED]),
    "log": Object(
        "LogHyperparameterV0", {**_TYPE, **_range(Number()), "base": Needed(Number(above=0), plain=0), **_COUNT}, checks=[_ORDERED]
    ),
    "categorical": Object("CategoricalHyperparameterV0", {**_TYPE, "vals": Needed(ListOf(Kind()))}),
}


class Hyperparameter(Kind):
    """One hyperparameter or a mapping of them; read, a leaf always has its `type` and a mapping never has."""

    go = "expconf.HyperparameterV0"

    def problems(self, value: Any, at: At) -> Problems:
        if not isinstance(value, dict):
            return
        kind = value.get("type")
        if isinstance(kind, str) and kind in TYPES:
            yield from TYPES[kind].problems(value, at)
            return
        if "type" in value:
            yield at.says(_BAD_TYPE)
        for name, item in value.items():
            yield from self.problems(item, at.key(name))

    def read(self, value: Any, here: Reading) -> Any:
        return here.own(lambda inner: _read(value, inner))

    def merge(self, high: dict[str, Any], low: dict[str, Any]) -> dict[str, Any]:
        if "type" in high or "type" in low:
            return high
        return HYPERPARAMETERS.merge(high, low)

    def show(self, value: dict[str, Any]) -> dict[str, Any]:
        return TYPES[value["type"]].show(value) if "type" in value else HYPERPARAMETERS.show(value)


HYPERPARAMETERS = MapOf(Hyperparameter(), "expconf.HyperparametersV0")


def _read(value: Any, here: Reading) -> Any:
    if not isinstance(value, dict):
        return {"type": "const", "val": value}
    if "type" not in value:
        return HYPERPARAMETERS.read(value, here)
    if not isinstance(value["type"], str):
        raise ReadError(BAD_TAG.format("type"))
    if value["type"] not in TYPES:
        raise ReadError(f"unexpected type: {value['type']}")
    kind = TYPES[value["type"]]
    result = kind.read(value, here)
    refuse_unknown(value, kind.fields)
    return result


def grid_problems(config: dict[str, Any], at: At) -> Problems:
    """Hyperparameters without the count a grid needs; a config that does not name its searcher yet counts as a grid."""
    searcher, hyperparameters = config.get("searcher"), config.get("hyperparameters")
    if isinstance(searcher, dict) and searcher.get("name", "grid") != "grid":
        return
    if isinstance(hyperparameters, dict):
        for name, value in hyperparameters.items():
            yield from _uncounted(value, at.key("hyperparameters").key(name))


def _uncounted(value: Any, at: At) -> Problems:
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _uncounted(item, at.index(number))
    elif isinstance(value, dict) and "type" not in value:
        for name, item in value.items():
            yield from _uncounted(item, at.key(name))
    elif isinstance(value, dict):
        yield from inspect(Text(), value["type"], at.key("type"))
        if value["type"] in _RANGED and value.get("count") is None:
            yield at.says(_NO_COUNT)
