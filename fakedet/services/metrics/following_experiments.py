"""The rhythm of the streams that follow experiments: a line at once, then one each period until the experiments have ended."""
from __future__ import annotations

from typing import Callable, Iterator, Sequence

from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.periodic import Line, periodically

DEFAULT_PERIOD = 30
#: A paused experiment, or one whose deletion failed, has not ended.
TERMINAL = frozenset({"COMPLETED", "CANCELED", "ERROR"})


def lines(call: Call, experiment_ids: Sequence[int], period_seconds: int, make: Callable[[], Line]) -> Iterator[Line]:
    """What `make` gives, as long as one of the experiments has not ended."""
    for number in experiment_ids:
        finding.experiment(call.db, number)
    yield from periodically(call, period_seconds or DEFAULT_PERIOD, make, lambda: _have_ended(call, experiment_ids))


def _have_ended(call: Call, experiment_ids: Sequence[int]) -> bool:
    rows = map(call.db.experiments.row, experiment_ids)
    return all(row is None or row["state"] in TERMINAL for row in rows)
