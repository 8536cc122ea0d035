"""The stream of the series of an experiment's best trials (master: api_experiment.go, TrialsSample)."""
from __future__ import annotations

from typing import Any, Iterator, Mapping

from fakedet.domain.errors import Internal, MasterError
from fakedet.domain.searcher_metric import Goal
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.metrics.batches import check_name, group_of
from fakedet.services.metrics.following_experiments import lines
from fakedet.services.metrics.series import ENDLESS, SeriesQuery, points
from fakedet.services.metrics.top_trials import top_trials
from fakedet.services.registry import rpc

Row = Mapping[str, Any]
DEFAULT_TRIALS, DEFAULT_POINTS = 25, 1000


@rpc("TrialsSample")
def trials_sample(call: Call, request: Any) -> Iterator[dict[str, Any]]:
    """A trial's hyperparameters and series are in the first line in which it is among the best; who came and who left is in each."""
    check_name(request)
    query = SeriesQuery(group_of(request), [request.metric_name], request.max_datapoints or DEFAULT_POINTS, request.start_batches,
                        request.end_batches if request.end_batches > 0 else ENDLESS)
    goal_config = finding.experiment(call.db, request.experiment_id)["config"]
    best = _Best(call, request.experiment_id, goal_config, request.max_trials or DEFAULT_TRIALS, query)
    yield from lines(call, [request.experiment_id], request.period_seconds, best.line)


class _Best:
    """The best trials of the last line."""

    def __init__(self, call: Call, experiment_id: int, config: Mapping[str, Any], most: int, query: SeriesQuery):
        self._call, self._experiment_id, self._query, self._most = call, experiment_id, query, most
        self._searcher, self._goal = config["searcher"]["name"], Goal.of(config)
        self._current: set[int] = set()
        self._sent: set[int] = set()

    def line(self) -> dict[str, Any]:
        """The next line."""
        try:
            best = top_trials(self._call.db, self._experiment_id, self._searcher, self._goal, self._most)
        except MasterError as error:
            raise error.wrapped("error determining top trials") from None
        sampled = [self._sampled(trial) for trial in best]
        ids = [trial["id"] for trial in best]
        promoted, demoted = [one for one in ids if one not in self._current], sorted(self._current.difference(ids))
        self._current, self._sent = set(ids), self._sent.union(ids).difference(demoted)
        return {"trials": sampled, "promoted_trials": promoted, "demoted_trials": demoted}

    def _sampled(self, trial: Row) -> dict[str, Any]:
        message: dict[str, Any] = {"trial_id": trial["id"]}
        if trial["id"] not in self._current:
            message["hparams"] = trial["hparams"]
        if trial["id"] not in self._sent:
            message["data"] = self._points(trial)
        return message

    def _points(self, trial: Row) -> list[dict[str, Any]]:
        try:
            return points(self._call.db, trial, self._query)
        except Internal as error:
            raise error.wrapped("error fetching time series of metrics") from None
