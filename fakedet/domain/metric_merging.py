"""Two reports of one group at one step become one: keys are united, values are never overwritten (master: shallowUnionMetrics)."""
from __future__ import annotations

from typing import Any, Mapping

from fakedet.domain.errors import Internal
from fakedet.domain.metric_values import are_same

Body = Mapping[str, Any]


def merged(stored: Body, added: Body, key: str) -> dict[str, Any]:
    """The body of both; `key` is where the metrics are. Batch metrics of the second are dropped, or refused if the first has some."""
    if stored.get("batch_metrics") is not None and added.get("batch_metrics") is not None:
        raise Internal("overwriting batch metrics is not supported")
    for name, value in added[key].items():
        if name in stored[key] and not are_same(stored[key][name], value):
            raise Internal(f"overwriting existing metric keys is not supported, conflicting key: {name}")
    return {**stored, key: {**stored[key], **added[key]}}
