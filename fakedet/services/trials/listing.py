"""The trials of an experiment, filtered, sorted, paged (master: proto_get_trial_ids_for_experiment.sql)."""
from __future__ import annotations

from typing import Any, Callable, Mapping, Sequence

from fakedet.domain.errors import Internal, MasterError
from fakedet.domain.paging import sql_page
from fakedet.domain.searcher_metric import Goal, rank
from fakedet.domain.sql_casts import as_double
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.metrics.best import validations_of
from fakedet.services.registry import rpc
from fakedet.services.trials.messages import QUERY, reading, shown_trial
from fakedet.services.trials.unmanaged import STORED

Row = Mapping[str, Any]
#: The value of a trial by which it is placed. None sorts last, first if descending.
SortKey = Callable[[Call, Row, Goal], Any]
_FIELDS = {"SORT_BY_START_TIME": "start_time", "SORT_BY_END_TIME": "end_time", "SORT_BY_STATE": "state", "SORT_BY_RESTARTS": "restarts",
           "SORT_BY_BATCHES_PROCESSED": "total_batches", "SORT_BY_CHECKPOINT_SIZE": "checkpoint_size"}


@rpc("GetExperimentTrials")
def get_experiment_trials(call: Call, request: Any) -> dict[str, Any]:
    """One page of the trials."""
    experiment = finding.experiment(call.db, request.experiment_id)
    try:
        chosen = _sorted(call, experiment, _in_states(call, request), request)
        page = sql_page(len(chosen), request.offset, request.limit)
    except MasterError as error:
        raise error.wrapped(f"failed to get trial ids for experiment {experiment['id']}: error running query: "
                            "proto_get_trial_ids_for_experiment") from None
    with reading(f"failed to get trials detail for experiment {experiment['id']}: {QUERY}"):
        return {"trials": [shown_trial(call.world, trial) for trial in page.cut(chosen)], "pagination": page.block()}


def _in_states(call: Call, request: Any) -> Sequence[Row]:
    trials = call.db.trials.rows(experiment_id=request.experiment_id)
    wanted = [str(state).removeprefix("STATE_") for state in request.states]
    for state in wanted:
        if state not in STORED:
            raise Internal(f'ERROR: invalid input value for enum trial_state: "{state}" (SQLSTATE 22P02)')
    return [trial for trial in trials if trial["state"] in wanted] if wanted else trials


def _sorted(call: Call, experiment: Row, trials: Sequence[Row], request: Any) -> Sequence[Row]:
    descending = request.order_by == "ORDER_BY_DESC"
    if request.sort_by in ("SORT_BY_UNSPECIFIED", "SORT_BY_ID"):
        return trials[::-1] if descending else trials
    key, goal = _sort_key(request.sort_by), Goal.of(experiment["config"])

    def place(trial: Row) -> tuple[bool, Any, int]:
        value = key(call, trial, goal)
        return (value is None, 0 if value is None else value, trial["id"])
    return sorted(trials, key=place, reverse=descending)


def _sort_key(sort_by: str) -> SortKey:
    if sort_by in _FIELDS:
        return lambda call, trial, goal: trial[_FIELDS[sort_by]]
    if sort_by not in _COMPUTED:
        raise Internal('ERROR: column "log_retention_days" does not exist (SQLSTATE 42703)')
    return _COMPUTED[sort_by]


def _duration(call: Call, trial: Row, goal: Goal) -> int:
    end: int = call.now if trial["end_time"] is None else trial["end_time"]
    return end - int(trial["start_time"])


def _best(call: Call, trial: Row, goal: Goal) -> Any:
    """Of the stored best validation; of all validations only if none was ever stored."""
    if trial["best_validation_id"] is None:
        return _place(goal, as_double(validations_of(call.db, trial, goal).best_value))
    return _place_of_validation(call, trial["best_validation_id"], goal)


def _latest(call: Call, trial: Row, goal: Goal) -> Any:
    """Of the validation stored last, which may lack the metric."""
    return _place_of_validation(call, validations_of(call.db, trial, goal).newest_id, goal)


def _place_of_validation(call: Call, number: int | None, goal: Goal) -> Any:
    row = None if number is None else call.db.metrics.row(number)
    return None if row is None or row["archived"] else _place(goal, goal.value(row["metrics"]["validation_metrics"]))


def _place(goal: Goal, value: float | None) -> Any:
    return None if value is None else rank(goal.signed(value))


_COMPUTED: Mapping[str, SortKey] = {"SORT_BY_DURATION": _duration, "SORT_BY_BEST_VALIDATION_METRIC": _best,
                                    "SORT_BY_LATEST_VALIDATION_METRIC": _latest}
