"""The profiler's metrics as the web UI asks for them (master: db/postgres_trial_profiler_metrics.go).

A report of a profiling group is `{agent: {metric: value}}`, or `{agent: {device: {metric: value}}}` for GPUs and disks.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterator, Mapping, Sequence

from fakedet.domain.errors import InvalidArgument, MasterError, NotFound, nil_pointer
from fakedet.domain.metric_groups import PROFILING
from fakedet.domain.sql_casts import as_double, storage_order
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.metrics.steps import stored_after
from fakedet.services.registry import rpc

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]
Line = dict[str, Any]
TERMINAL = frozenset({"COMPLETED", "CANCELED", "ERROR"})
#: Values that the master reads at a time.
PAGE = 100
SYSTEM = "PROFILER_METRIC_TYPE_SYSTEM"
_GROUPS = {"cpu_": "cpu", "gpu_": "gpu", "disk_": "disk", "net_": "network", "memory_": "memory"}


@rpc("GetTrialProfilerMetrics")
def get_trial_profiler_metrics(call: Call, request: Any) -> Iterator[dict[str, Any]]:
    """A line for each stored value of one metric; followed until the trial has ended.

    The master goes on after as many as it has sent, and forgets that it has left some out: what follows those comes again.
    """
    labels = request.labels
    _require_trial(call, labels.trial_id)
    found: list[Line | None] = []
    last = sent = 0
    while True:
        ended = not request.follow or _has_ended(call, labels.trial_id)
        for row in _rows_of(call.db, labels, after=last):
            last = row["id"]
            found += _lines(row, labels)
        while page := [line for line in found[sent:sent + PAGE] if line is not None]:
            sent += len(page)
            yield from page
        if ended:
            return
        call.wait()


@rpc("GetTrialProfilerAvailableSeries")
def get_trial_profiler_available_series(call: Call, request: Any) -> Iterator[dict[str, Any]]:
    """One line with the labels of all metrics; followed, another one whenever there are more."""
    _require_trial(call, request.trial_id)
    available, sent = _Available(request.trial_id), None
    while True:
        ended = not request.follow or _has_ended(call, request.trial_id)
        labels = available.labels(call.db)
        if labels != sent:
            sent = labels
            yield {"labels": labels}
        if ended:
            return
        call.wait()


@rpc("PostTrialProfilerMetricsBatch")
def post_trial_profiler_metrics_batch(call: Call, request: Any) -> dict[str, Any]:
    """Batches of older clients are checked; nothing ever shows them."""
    problems = []
    for batch in request.batches:
        if batch.labels is None:
            raise nil_pointer()
        finding.trial(call.db, batch.labels.trial_id)
        if not len(batch.values) == len(batch.batches) == len(batch.timestamps):
            problems.append(InvalidArgument("values, batches and timestamps should be equal sized arrays"))
    if problems:
        raise InvalidArgument(_listed(problems))
    return {}


def _listed(problems: Sequence[MasterError]) -> str:
    """Several errors as one text (hashicorp/go-multierror)."""
    head = "1 error occurred:" if len(problems) == 1 else f"{len(problems)} errors occurred:"
    return head + "".join(f"\n\t* {problem.as_go_text()}" for problem in problems) + "\n\n"


def _require_trial(call: Call, trial_id: int) -> None:
    try:
        finding.trial(call.db, trial_id)
    except NotFound as error:
        raise NotFound(f"1 error occurred:\n\t* failed to fetch batch: {error.as_go_text()}\n\n") from None


def _has_ended(call: Call, trial_id: int) -> bool:
    trial = call.db.trials.row(trial_id)
    return call.world.closed or trial is None or trial["state"] in TERMINAL


def _rows_of(db: "Database", labels: Any, after: int) -> Sequence[Row]:
    group = next((group for prefix, group in _GROUPS.items() if labels.name.startswith(prefix)), "")
    return stored_after(db, labels.trial_id, group, after)


def _lines(row: Row, labels: Any) -> Iterator[Line | None]:
    """The values of the metric in one report: of all GPUs, if a GPU metric is asked for without one; None for those that lack it."""
    of_agent = row["metrics"].get(labels.agent_id) if labels.agent_id else row["metrics"]
    if row["group"] == "gpu" and not labels.gpu_uuid:
        gpus = _object(of_agent)
        for gpu in sorted(gpus, key=storage_order):
            yield _line(row, _value(gpus[gpu], labels.name), {**_label(labels.trial_id, labels.agent_id, labels.name), "gpu_uuid": gpu})
        return
    holder = _object(of_agent).get(labels.gpu_uuid) if row["group"] == "gpu" else of_agent
    line = _line(row, _value(holder, labels.name), labels.as_dict())
    if line is not None:
        yield line


def _line(row: Row, value: float | None, labels: dict[str, Any]) -> Line | None:
    return None if value is None else {"batch": {"values": [value], "timestamps": [row["end_time"]], "labels": labels}}


def _value(holder: Any, name: str) -> float | None:
    return as_double(_object(holder).get(name))


class _Available:
    """The labels in the latest report of each group and agent, which may tell of other agents too; each report is looked at once."""

    def __init__(self, trial_id: int):
        self._trial_id, self._last = trial_id, 0
        self._latest: dict[tuple[str, str], Row] = {}

    def labels(self, db: "Database") -> list[dict[str, Any]]:
        """Of the reports that are there by now. Disk metrics of a path are left out."""
        new = [row for group in PROFILING for row in stored_after(db, self._trial_id, group, self._last)]
        for row in new:
            self._note(row)
        self._last = max((row["id"] for row in new), default=self._last)
        return [label for (group, _), row in sorted(self._latest.items(), key=lambda item: item[0])
                for agent, metrics in sorted(row["metrics"].items()) for label in _labels(self._trial_id, group, agent, _object(metrics))]

    def _note(self, row: Row) -> None:
        for agent in row["metrics"]:
            known = self._latest.get((row["group"], agent))
            if known is None or known["end_time"] <= row["end_time"]:
                self._latest[row["group"], agent] = row


def _labels(trial_id: int, group: str, agent: str, metrics: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name, value in sorted(metrics.items()):
        if not isinstance(value, Mapping):
            yield _label(trial_id, agent, name)
        elif group != "disk":
            for inner in sorted(value):
                yield {**_label(trial_id, agent, inner), **({"gpu_uuid": name} if group == "gpu" else {})}


def _label(trial_id: int, agent: str, name: str) -> dict[str, Any]:
    return {"trial_id": trial_id, "agent_id": agent, "name": name, "metric_type": SYSTEM}


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
