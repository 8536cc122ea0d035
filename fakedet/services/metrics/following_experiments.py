"""The rhythm of the streams that follow experiments: a line at once, then one each period until the experiments have ended."""
from __future__ import annotations

from typing import Any, Callable, Iterator, Sequence

from fakedet.services import finding
from fakedet.services.call import Call

SECOND = 1_000_000
DEFAULT_PERIOD = 30
#: A paused experiment, or one whose deletion failed, has not ended.
TERMINAL = frozenset({"COMPLETED", "CANCELED", "ERROR"})
Line = dict[str, Any]


def lines(call: Call, experiment_ids: Sequence[int], period_seconds: int, make: Callable[[], Line]) -> Iterator[Line]:
    """What `make` gives, again and again; the last line tells what was there at the end, and does not wait for the period."""
    for number in experiment_ids:
        finding.experiment(call.db, number)
    while True:
        ended = _have_ended(call, experiment_ids)
        yield make()
        if ended:
            return
        due = call.now + (period_seconds or DEFAULT_PERIOD) * SECOND
        while call.now < due and not _have_ended(call, experiment_ids):
            call.wait()


def _have_ended(call: Call, experiment_ids: Sequence[int]) -> bool:
    rows = map(call.db.experiments.row, experiment_ids)
    return call.world.closed or all(row is None or row["state"] in TERMINAL for row in rows)
