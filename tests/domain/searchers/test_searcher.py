"""The searcher of one experiment: when trials are made, stopped and the search is over."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakedet.domain.searchers import Create, ExitedReason, Operation, Searcher, SearcherError, Shutdown, Stop

SPACE = {"x": {"type": "int", "minval": 1, "maxval": 8, "count": 4}}
HALVING = {"name": "async_halving", "num_rungs": 2, "max_time": 16, "time_metric": "batches", "max_trials": 6}


def searcher_of(**searcher: Any) -> Searcher:
    return Searcher({"searcher": {"metric": "loss", **searcher}, "hyperparameters": SPACE}, seed=1)


def started(searcher: Searcher, operations: list[Operation]) -> list[str]:
    """Tell the searcher that what it asked for exists; the request ids."""
    trials = [operation.request_id for operation in operations if isinstance(operation, Create)]
    for trial in trials:
        assert searcher.trial_created(trial) == []
    return trials


@pytest.mark.parametrize(
    ("searcher", "initial", "in_all"),
    [
        ({"name": "single"}, 1, 1),
        ({"name": "random", "max_trials": 5, "max_concurrent_trials": 2}, 2, 5),
        ({"name": "random", "max_trials": 5, "max_concurrent_trials": 0}, 5, 5),
        ({"name": "grid", "max_concurrent_trials": 3}, 3, 4),
        ({"name": "grid", "max_concurrent_trials": 0}, 4, 4),
        ({**HALVING, "max_concurrent_trials": 2}, 2, 2),
        ({**HALVING, "max_concurrent_trials": 0}, 4, 4),
    ],
)
def test_each_exit_makes_room_until_all_trials_were_made(searcher, initial, in_all):
    search = searcher_of(**searcher)
    waiting = started(search, search.initial_trials())
    assert len(waiting) == initial
    made, over = initial, []
    while waiting:
        operations = search.trial_exited(waiting.pop(0))
        created = started(search, operations)
        made += len(created)
        waiting += created
        over += [operation for operation in operations if isinstance(operation, Shutdown)]
    assert made == in_all
    assert over == [Shutdown()]


@pytest.mark.parametrize(
    ("reasons", "shutdown"),
    [
        ([None, None], Shutdown()),
        ([ExitedReason.ERRORED, None], Shutdown()),
        ([ExitedReason.ERRORED, ExitedReason.ERRORED], Shutdown(failed=True)),
        ([ExitedReason.USER_CANCELED, ExitedReason.USER_CANCELED], Shutdown(cancelled=True)),
        ([ExitedReason.USER_CANCELED, ExitedReason.ERRORED], Shutdown()),
    ],
)
def test_a_search_fails_only_when_every_trial_failed(reasons, shutdown):
    search = searcher_of(name="random", max_trials=2)
    operations: list[Operation] = []
    for trial, reason in zip(started(search, search.initial_trials()), reasons):
        operations += search.trial_exited_early(trial, reason) if reason else []
        operations += search.trial_exited(trial)
    assert operations == [shutdown]


def test_an_early_exit_told_twice_counts_once():
    search = searcher_of(**HALVING, max_concurrent_trials=1)
    [trial] = started(search, search.initial_trials())
    assert len(search.trial_exited_early(trial, "ERRORED")) == 1
    assert search.trial_exited_early(trial, "ERRORED") == []


def test_a_report_that_ranks_too_low_stops_the_trial_and_makes_another():
    search = searcher_of(**HALVING, max_concurrent_trials=2)
    best, worse = started(search, search.initial_trials())
    assert search.validation_completed(best, {"loss": 0.1, "batches": 4}) == []
    stop, create = search.validation_completed(worse, {"loss": 0.2, "batches": 4})
    assert stop == Stop(worse)
    assert isinstance(create, Create)


def test_larger_is_better_ranks_the_other_way():
    search = searcher_of(**HALVING, max_concurrent_trials=2, smaller_is_better=False)
    first, better = started(search, search.initial_trials())
    assert search.validation_completed(first, {"loss": 0.1, "batches": 4}) == []
    assert search.validation_completed(better, {"loss": 0.2, "batches": 4}) == []


def test_one_report_can_pass_every_rung():
    search = searcher_of(**HALVING, max_concurrent_trials=1)
    [trial] = started(search, search.initial_trials())
    assert search.validation_completed(trial, {"loss": 0.1, "batches": 3}) == []
    assert search.validation_completed(trial, {"loss": 0.1, "batches": 16})[0] == Stop(trial)


@pytest.mark.parametrize("metrics", [{"loss": 1.0}, {"batches": 1}, {"loss": "NaN", "batches": 1}, {"loss": True}])
def test_a_halving_refuses_metrics_that_are_not_numbers(metrics):
    search = searcher_of(**HALVING)
    trial = started(search, search.initial_trials())[0]
    with pytest.raises(SearcherError, match="error parsing searcher"):
        search.validation_completed(trial, metrics)


def test_progress_is_the_mean_of_the_created_trials():
    search = searcher_of(name="random", max_trials=4, max_concurrent_trials=2)
    assert search.progress() == 0
    first, second = started(search, search.initial_trials())
    search.trial_progressed(second, 0.5)
    assert search.progress() == 0.25
    started(search, search.trial_exited(first))
    assert search.progress() == 0.5


def test_progress_of_a_halving_counts_first_reports_with_a_fifth_to_spare():
    search = searcher_of(**{**HALVING, "max_trials": 2})
    trials = started(search, search.initial_trials())
    search.validation_completed(trials[0], {"loss": 1, "batches": 4})
    assert search.progress() == 1 / 2.4
    search.validation_completed(trials[1], {"loss": 2, "batches": 4})
    for trial in trials:
        search.trial_exited(trial)
    assert search.progress() == 1


SEARCHES = [
    {"name": "random", "max_trials": 9, "max_concurrent_trials": 3},
    {"name": "grid", "max_concurrent_trials": 2},
    {**HALVING, "max_concurrent_trials": 2},
    {"name": "adaptive_asha", "max_trials": 9, "max_time": 16, "time_metric": "batches", "max_concurrent_trials": 4},
]


HAPPENINGS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3), st.floats(0, 1)), max_size=30)


@given(st.sampled_from(SEARCHES), HAPPENINGS)
def test_saving_and_loading_changes_nothing(searcher, happenings):
    config = {"searcher": {"metric": "loss", **searcher}, "hyperparameters": SPACE}
    search = Searcher(config, seed=4)
    trials = started(search, search.initial_trials())
    for pick, what, metric in happenings:
        restored = Searcher.load(config, json.loads(json.dumps(search.save())))
        assert restored.save() == search.save()
        trial = trials[pick % len(trials)]
        answers = [happen(one, what, trial, metric) for one in (search, restored)]
        assert answers[0] == answers[1]
        assert search.progress() == restored.progress()
        trials += started(search, answers[0])


def happen(search: Searcher, what: int, trial: str, metric: float) -> list[Operation]:
    if what == 0:
        return search.trial_exited(trial) if not search.is_closed(trial) else []
    if what == 1:
        return search.trial_exited_early(trial, "ERRORED")
    if what == 2:
        search.trial_progressed(trial, metric)
    return search.validation_completed(trial, {"loss": metric, "batches": int(metric * 20)})
