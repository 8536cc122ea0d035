"""The stream of the names of metrics that experiments have (master: api_experiment.go, ExpMetricNames)."""
from __future__ import annotations

from typing import Any, Iterator, Sequence

from fakedet.domain.errors import InvalidArgument
from fakedet.domain.metric_groups import TRAINING, VALIDATION, group_of_summary
from fakedet.services.call import Call
from fakedet.services.metrics.following_experiments import lines
from fakedet.services.registry import rpc


@rpc("ExpMetricNames")
def exp_metric_names(call: Call, request: Any) -> Iterator[dict[str, Any]]:
    """Each name once, from the summaries of the trials; the searchers' metrics in the first line."""
    experiment_ids = sorted(set(request.ids))
    if not experiment_ids:
        raise InvalidArgument("must specify at least one experiment id")
    yield from lines(call, experiment_ids, request.period_seconds, _NewNames(call, experiment_ids).line)


class _NewNames:
    """What has not been sent yet."""

    def __init__(self, call: Call, experiment_ids: Sequence[int]):
        self._call, self._experiment_ids = call, experiment_ids
        self._searchers: set[str] = set()
        self._sent: set[tuple[str, str]] = set()

    def line(self) -> dict[str, Any]:
        """The next line."""
        new = sorted(self._found() - self._sent)
        self._sent.update(new)
        return {"searcher_metrics": self._searcher_metrics(),
                "training_metrics": [name for group, name in new if group == TRAINING],
                "validation_metrics": [name for group, name in new if group == VALIDATION],
                "metric_names": [{"group": group, "name": name} for group, name in new]}

    def _found(self) -> set[tuple[str, str]]:
        trials = (trial for number in self._experiment_ids for trial in self._call.db.trials.rows(experiment_id=number))
        return {(group_of_summary(key), name) for trial in trials for key, names in trial["summary_metrics"].items() for name in names}

    def _searcher_metrics(self) -> list[str]:
        rows = map(self._call.db.experiments.row, self._experiment_ids)
        found = dict.fromkeys(row["config"]["searcher"]["metric"] for row in rows if row is not None)
        new = [name for name in found if name not in self._searchers]
        self._searchers.update(new)
        return new
