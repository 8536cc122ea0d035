"""Lists of trials and of what a trial did: order, NULLs, states, pages."""
from __future__ import annotations

import pytest

FAILED = "500 failed to get trial ids for experiment 1: error running query: proto_get_trial_ids_for_experiment: "


@pytest.fixture
def six(detached):
    """Trials 1 to 4 have validations (4 without the metric), 5 only training, 6 nothing; 1 and 2 have ended, 2 first."""
    experiment = detached.experiment()
    for _ in range(6):
        detached.trial(experiment)
    for trial, step, loss in ((1, 10, 0.5), (1, 20, 0.9), (2, 30, 0.2), (3, 30, 0.5)):
        detached.report(trial, step, "validation", loss=loss)
    detached.report(4, 5, "validation", other=1)
    detached.report(5, 70, loss=1)
    for trial, size in ((1, 1), (3, 2)):
        for number in range(size):
            detached.checkpoint(trial, 30, 10 * trial + number)
    detached.patch(2, "COMPLETED")
    detached.patch(1, "ERROR")
    return detached


def order(client, **query):
    return [trial["id"] for trial in client.get("/experiments/1/trials", **query)["trials"]]


@pytest.mark.parametrize(("key", "ascending"), [
    ("ID", [1, 2, 3, 4, 5, 6]), ("START_TIME", [1, 2, 3, 4, 5, 6]), ("RESTARTS", [1, 2, 3, 4, 5, 6]), ("STATE", [2, 1, 3, 4, 5, 6]),
    ("END_TIME", [2, 1, 3, 4, 5, 6]), ("BEST_VALIDATION_METRIC", [2, 1, 3, 4, 5, 6]), ("LATEST_VALIDATION_METRIC", [2, 3, 1, 4, 5, 6]),
    ("BATCHES_PROCESSED", [6, 4, 1, 2, 3, 5]), ("CHECKPOINT_SIZE", [2, 4, 5, 6, 1, 3])])
def test_trials_sort_by_value_then_id_and_descending_is_the_reverse(six, key, ascending):
    assert order(six, sortBy=f"SORT_BY_{key}") == ascending
    assert order(six, sortBy=f"SORT_BY_{key}", orderBy="ORDER_BY_DESC") == ascending[::-1]


def test_trials_that_run_last_longer_than_those_that_ended(six):
    six.world.clock.advance(60)
    assert order(six, sortBy="SORT_BY_DURATION")[-4:] == [6, 5, 4, 3]


def test_where_larger_is_better_the_best_is_still_first(detached):
    experiment = detached.experiment(smaller_is_better=False)
    for loss in (0.1, 0.9, 0.5):
        detached.report(detached.trial(experiment), 1, "validation", loss=loss)
    assert order(detached, sortBy="SORT_BY_BEST_VALIDATION_METRIC") == [2, 3, 1]


def test_states_filter_what_is_stored(six):
    assert order(six, states=["STATE_ERROR", "STATE_COMPLETED"]) == [1, 2]
    assert six.refusal("GET", "/experiments/1/trials?states=STATE_QUEUED") == (
        FAILED + 'ERROR: invalid input value for enum trial_state: "QUEUED" (SQLSTATE 22P02)')


def test_retention_cannot_be_sorted_by(six):
    assert six.refusal("GET", "/experiments/1/trials?sortBy=SORT_BY_LOG_RETENTION_DAYS") == (
        FAILED + 'ERROR: column "log_retention_days" does not exist (SQLSTATE 42703)')


@pytest.mark.parametrize(("offset", "limit", "found"), [
    (0, 2, [1, 2]), (4, 5, [5, 6]), (-2, 0, [5, 6]), (9, 0, []), (0, -2, []), (1, -1, [2, 3, 4, 5, 6])])
def test_a_page_is_cut_from_the_list(six, offset, limit, found):
    assert order(six, offset=offset, limit=limit) == found


def workloads(client, **query):
    """(kind, batches) of each item."""
    found = client.get("/trials/1/workloads", **query)["workloads"]
    return [(kind, item["totalBatches"]) for workload in found for kind, item in workload.items()]


@pytest.fixture
def worked(detached):
    trial = detached.trial()
    for step, loss in ((10, 0.9), (20, "NaN")):
        detached.report(trial, step, second=step, loss=loss)
    detached.report(trial, 20, "validation", second=25, loss=0.1, name="abc")
    detached.report(trial, 20, "g", loss=0)
    detached.checkpoint(trial, 20, 1)
    detached.checkpoint(trial, None, 2)
    return detached


def test_reports_and_checkpoints_are_items_of_their_own_and_other_groups_are_not_shown(worked):
    everything = [("training", 10), ("training", 20), ("validation", 20), ("checkpoint", 20), ("checkpoint", 0)]
    assert workloads(worked) == everything


@pytest.mark.parametrize(("option", "kinds"), [("VALIDATION", {"validation"}), ("CHECKPOINT", {"validation", "checkpoint"}),
                                               ("CHECKPOINT_OR_VALIDATION", {"validation", "checkpoint"})])
def test_the_filter_for_checkpoints_keeps_validations(worked, option, kinds):
    assert {kind for kind, _ in workloads(worked, filter=f"FILTER_OPTION_{option}")} == kinds


def test_what_lacks_the_sort_metric_comes_last_in_both_directions(worked):
    assert workloads(worked, sortKey="loss")[:3] == [("validation", 20), ("training", 10), ("training", 20)]
    assert workloads(worked, sortKey="loss", orderBy="ORDER_BY_DESC")[:3] == [("training", 20), ("training", 10), ("validation", 20)]
    assert workloads(worked, sortKey="loss", metricType="METRIC_TYPE_VALIDATION")[0] == ("validation", 20)


def test_a_text_cannot_be_sorted_by(worked):
    assert worked.refusal("GET", "/trials/1/workloads?sortKey=name") == (
        "500 failed to get trial 1 workloads: error running query: proto_get_trial_workloads: "
        'ERROR: invalid input syntax for type double precision: "abc" (SQLSTATE 22P02)')


def test_of_an_empty_page_no_value_is_looked_at(worked):
    assert "invalid input syntax" in worked.refusal("GET", "/trials/1/workloads?sortKey=name")
    assert worked.get("/trials/1/workloads", sortKey="name", offset=50)["workloads"] == []


def test_steps_of_a_checkpoint_that_are_written_as_text_count(detached):
    trial = detached.trial()
    detached.report(trial, 2, "validation", loss=1)
    detached.checkpoint(trial, "2", 1)
    assert detached.show(trial)["bestCheckpoint"]["totalBatches"] == 2
