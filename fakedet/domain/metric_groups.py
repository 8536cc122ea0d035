"""The groups that metrics are reported in, and what the master calls them in reports and summaries (master: pkg/model/metrics.go)."""
from __future__ import annotations

from typing import NamedTuple

from fakedet.domain.errors import InvalidArgument
from fakedet.domain.summary_metrics import summary_key

TRAINING, VALIDATION = "training", "validation"
#: Groups of the profiler, whose reports have no steps.
PROFILING = ("gpu", "cpu", "memory", "disk", "network")
_LEGACY_TYPES = {"METRIC_TYPE_UNSPECIFIED": "", "METRIC_TYPE_TRAINING": TRAINING, "METRIC_TYPE_VALIDATION": VALIDATION}


def check_group(group: str) -> str:
    """The group, if metrics may be reported in it."""
    if not group:
        raise InvalidArgument("metric group cannot be empty")
    if "." in group:
        raise InvalidArgument("metric group cannot contain '.'")
    return group


def partition(group: str) -> str:
    """Which groups a report archives alike: all that are neither training, validation nor profiling are one."""
    if group in PROFILING:
        return "PROFILING"
    return group.upper() if group in (TRAINING, VALIDATION) else "GENERIC"


def body_key(group: str) -> str:
    """The key of a stored report under which its metrics are."""
    return "validation_metrics" if group == VALIDATION else "avg_metrics"


def group_of_summary(key: str) -> str:
    """The group that a key of a trial's summary stands for."""
    return next((group for group in (TRAINING, VALIDATION) if summary_key(group) == key), key)


def metric_type(group: str) -> str:
    """The legacy type of a group."""
    return next((name for name, known in _LEGACY_TYPES.items() if known == group), "METRIC_TYPE_UNSPECIFIED")


def of_legacy_type(legacy_type: str) -> str:
    """The group that a legacy type stands for, empty for none; any other type is that of no group."""
    if legacy_type not in _LEGACY_TYPES:
        raise InvalidArgument(f"converting metric group: metric group {legacy_type} is not a valid metric group to the backend")
    return _LEGACY_TYPES[legacy_type]


def asked_group(legacy_type: str, group: str) -> str:
    """The group that a request names by a legacy type or by its name; empty if it names none."""
    if legacy_type != "METRIC_TYPE_UNSPECIFIED" and group:
        raise InvalidArgument("cannot specify both legacy and new metric group")
    return group or of_legacy_type(legacy_type)


class MetricIdentifier(NamedTuple):
    """A metric of a group, `group.name` in text."""

    group: str
    name: str

    @classmethod
    def parse(cls, text: str) -> "MetricIdentifier":
        """Read `group.name`; the name may hold more dots."""
        group, dot, name = text.partition(".")
        if not dot:
            raise InvalidArgument(f"invalid metric identifier: '{text}' expected <group>.<name>")
        if not name:
            raise InvalidArgument("metric name cannot be empty")
        return cls(check_group(group), name)
