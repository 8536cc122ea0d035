"""The names of metrics in filters and sort keys: `group.name.qualifier`."""
from __future__ import annotations

import re

from fakedet.domain.errors import Internal

_METRIC_ID = re.compile(r"([ -~]+?)\.([ -~]+)\.(min|max|mean|last)")
_GROUP_KEYS = {"training": "avg_metrics", "validation": "validation_metrics"}


def metric_path(metric_id: str) -> tuple[str, str, str]:
    """Where summary metrics hold the value: the key of the group, the name, the qualifier."""
    found = _METRIC_ID.search(metric_id)
    if found is None:
        raise Internal(f"{metric_id} is not a valid metrics id")
    group, name, qualifier = found.groups()
    return _GROUP_KEYS.get(group, group), name, qualifier
