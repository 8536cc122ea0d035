"""The rungs of a successive halving: how long a trial trains before it is compared, and with whom.

Mirrors the rungs of asha_stopping.go. Metrics are kept so that smaller is better.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Any

from fakedet.domain.searchers.go_math import power


@dataclass
class Rung:
    """One comparison point with what was reported there, best first: (metric, request id)."""

    units_needed: int
    reports: list[tuple[float, str]] = field(default_factory=list)

    def insert(self, request_id: str, metric: float) -> int:
        """Rank a report, before its equals; return its place."""
        place = bisect_left(self.reports, metric, key=lambda report: report[0])
        self.reports.insert(place, (metric, request_id))
        return place

    def places_to_continue(self, divisor: float) -> int:
        """How many of the reports so far are good enough to go on; at least the best."""
        return max(int(len(self.reports) / divisor), 1)

    def forget(self, request_id: str) -> None:
        """Drop the best report of a trial."""
        for place, (_, reporter) in enumerate(self.reports):
            if reporter == request_id:
                del self.reports[place]
                return

    def save(self) -> dict[str, Any]:
        return {"units_needed": self.units_needed, "reports": [list(report) for report in self.reports]}

    @classmethod
    def load(cls, state: dict[str, Any]) -> Rung:
        return cls(state["units_needed"], [(metric, request_id) for metric, request_id in state["reports"]])


def make_rungs(num_rungs: int, divisor: float, max_time: int) -> list[Rung]:
    """Rungs up to `max_time`, each `divisor` times as long as the one below; never shorter than 1."""
    return [Rung(max(int(max_time / power(divisor, float(above))), 1)) for above in reversed(range(num_rungs))]
