"""A second, plain reading of the filter language, to hold the first one against: a row and a filter in, a verdict of SQL's three out.

It leaves the order of texts to the collation, which has recordings of its own.
"""
from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from fakedet.domain.collation import sort_key

REFUSED = "refused"
STATES = ("ACTIVE", "PAUSED", "STOPPING_KILLED", "CANCELED", "COMPLETED", "ERROR")
ORDERED = ("=", "!=", "<", "<=", ">", ">=")
PATTERNS = ("contains", "notContains")
PRESENCE = ("isEmpty", "notEmpty")


def verdict(node: dict[str, Any], row: dict[str, Any]) -> bool | None | str:
    """True, False, None (unknown), or that the database refuses the question."""
    if node["kind"] == "group":
        return joined([verdict(child, row) for child in node["children"]], node["conjunction"])
    if node.get("value") is None and node["operator"] not in PRESENCE:
        return True
    return PLACES[node["location"].removeprefix("LOCATION_TYPE_")](node, row)


def joined(parts: list[Any], conjunction: str) -> Any:
    if REFUSED in parts:
        return REFUSED
    if not parts:
        return True
    decisive = conjunction == "or"
    if decisive in parts:
        return decisive
    return None if None in parts else not decisive


def like(text: str, pattern: str) -> bool:
    """`%` is any text, `_` any character."""
    if not pattern:
        return not text
    if pattern[0] == "%":
        return any(like(text[start:], pattern[1:]) for start in range(len(text) + 1))
    return bool(text) and pattern[0] in ("_", text[0]) and like(text[1:], pattern[1:])


def ordered(left: Any, operator: str, right: Any) -> bool | None:
    if left is None:
        return None
    if isinstance(left, str):
        left, right = sort_key(left), sort_key(right)
    return {"=": left == right, "!=": left != right, "<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[operator]


def matched(text: str | None, operator: str, value: str, *, any_case: bool) -> bool | None:
    if text is None:
        return None
    pattern = f"%{value}%"
    found = like(text.lower(), pattern.lower()) if any_case else like(text, pattern)
    return found == (operator == "contains")


def instant(text: str) -> int:
    return int(datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(timezone.utc).timestamp()) * 1_000_000


def column(node: dict[str, Any], row: dict[str, Any]) -> Any:
    """A column of the experiment or the run, by its type."""
    place = "run" if node["location"].endswith("RUN") else "experiment"
    kind, value, operator, wanted = KINDS[node["columnName"]], row[place].get(node["columnName"]), node["operator"], node.get("value")
    if kind == "text":
        return text_column(value, operator, wanted)
    if operator not in ORDERED:
        return REFUSED
    if kind == "state":
        return ordered(STATES.index(value), operator, STATES.index(wanted))
    return ordered(value, operator, instant(wanted) if kind == "time" else wanted)


def text_column(value: Any, operator: str, wanted: Any) -> bool | None:
    if isinstance(value, list):
        value = "[" + ", ".join(f'"{item}"' for item in value) + "]"
    if operator in PRESENCE:
        return (value in (None, "", "[]")) == (operator == "isEmpty")
    return matched(value, operator, wanted, any_case=True) if operator in PATTERNS else ordered(value, operator, wanted)


def metric(node: dict[str, Any], row: dict[str, Any]) -> Any:
    group, name, aggregate = node["columnName"].split(".")
    group = {"training": "avg_metrics", "validation": "validation_metrics"}.get(group, group)
    value = row["summary"].get(group, {}).get(name, {}).get(aggregate)
    operator, wanted = node["operator"], node.get("value")
    if operator in PRESENCE:
        return (value is None) == (operator == "isEmpty")
    if node["type"] == "COLUMN_TYPE_NUMBER":
        return REFUSED if operator in PATTERNS else ordered(value, operator, wanted)
    text = None if value is None else str(value)
    return matched(text, operator, wanted, any_case=False) if operator in PATTERNS else ordered(text, operator, wanted)


def definition(node: dict[str, Any], row: dict[str, Any]) -> Any:
    """What the config defines; the type of the field decides which definitions can pass at all."""
    found: Any = row["definitions"]
    for part in node["columnName"].removeprefix("hp.").split("."):
        found = found.get(part, {}) if isinstance(found, dict) else {}
    kind, operator, wanted = found.get("type"), node["operator"], node.get("value")
    if node["type"] == "COLUMN_TYPE_TEXT":
        return text_definition(found, kind, operator, wanted)
    if operator in PATTERNS and isinstance(wanted, str):
        return REFUSED
    if operator in PRESENCE:
        return kind is not None and operator == "notEmpty"
    if kind in ("int", "double", "log"):
        below, above = {"contains": ("<=", ">="), "notContains": (">=", "<=")}.get(operator, (operator, operator))
        return bool(ordered(found["minval"], below, wanted) or ordered(found["maxval"], above, wanted))
    if kind == "categorical":
        return operator == "notContains"  # numbers are looked for as texts, and not found
    return kind == "const" and operator in ORDERED and ordered(found["val"], operator, wanted)


def text_definition(found: dict[str, Any], kind: str | None, operator: str, wanted: Any) -> bool:
    if kind == "const":
        if operator in PRESENCE:
            return operator == "notEmpty"
        text = str(found["val"])
        return bool(matched(text, operator, wanted, any_case=False) if operator in PATTERNS else ordered(text, operator, wanted))
    if kind != "categorical" or operator in ORDERED:
        return False
    return operator == "notEmpty" if operator in PRESENCE else (wanted in found["vals"]) == (operator == "contains")


def indexed(node: dict[str, Any], row: dict[str, Any]) -> Any:
    """A hyperparameter or metadata of the run: whether some value of that name passes."""
    is_metadata = node["location"].endswith("METADATA")
    name = node["columnName"].partition(".")[2]
    values = row["metadata" if is_metadata else "hyperparameters"].get(name, [])
    operator, wanted, kind = node["operator"], node.get("value"), node["type"].removeprefix("COLUMN_TYPE_")
    if operator in PRESENCE:
        return bool(values) == (operator == "notEmpty")
    if operator in PATTERNS and kind != "TEXT":
        return REFUSED
    if operator in PATTERNS:
        return any(matched(value, operator, wanted, any_case=False) for value in values if isinstance(value, str))
    if kind == "DATE":
        return any(ordered(value[0], operator, instant(wanted)) for value in values if isinstance(value, tuple))
    wanted_type = {"TEXT": str, "NUMBER": (int, float), "UNSPECIFIED": bool}[kind]
    return any(ordered(value, operator, wanted) for value in values
               if isinstance(value, wanted_type) and (kind == "UNSPECIFIED" or not isinstance(value, bool)))


PLACES = {"EXPERIMENT": column, "RUN": column, "VALIDATIONS": metric, "TRAINING": metric, "CUSTOM_METRIC": metric,
          "HYPERPARAMETERS": definition, "RUN_HYPERPARAMETERS": indexed, "RUN_METADATA": indexed}
KINDS = {
    **dict.fromkeys(("id", "user", "forkedFrom", "checkpointCount", "progress", "experimentProgress", "numTrials", "checkpointSize", "duration",
                     "searcherMetricsVal", "experimentId"), "number"),
    **dict.fromkeys(("name", "description", "tags", "searcherType", "searcherMetric", "resourcePool", "externalExperimentId", "externalTrialId",
                     "experimentName", "experimentDescription", "externalRunId", "localId"), "text"),
    "startTime": "time", "endTime": "time", "state": "state", "parentArchived": "boolean"}
