"""Lists of checkpoints: order, states, pages, and where documented and real behaviour differ."""
from __future__ import annotations

import pytest

BEST = {"sortByAttr": "SORT_BY_SEARCHER_METRIC"}


@pytest.fixture
def listed(either):
    return seeded(either)


def seeded(cluster, smaller_is_better=True):
    """Trial 1 has 1@10=.5, 2@20 without validation, 3@30=.3; trial 2 has 4@10=.9, 5@20=.1."""
    experiment = cluster.experiment(smaller_is_better)
    first, second = cluster.trial(experiment), cluster.trial(experiment)
    for trial, step, loss in ((first, 10, 0.5), (first, 20, None), (first, 30, 0.3), (second, 10, 0.9), (second, 20, 0.1)):
        cluster.checkpoint(trial, step)
        if loss is not None:
            cluster.metrics(trial, step, loss=loss, acc=1 - loss)
    return cluster


def test_an_experiment_lists_its_best_checkpoints_first_and_those_without_metric_last(listed):
    assert listed.order("experiments/1", **BEST) == [5, 3, 1, 4, 2]
    assert listed.order("experiments/1", **BEST, limit=1) == [5]


def test_larger_is_better_turns_the_order_but_leaves_missing_ones_last(cluster):
    assert seeded(cluster, smaller_is_better=False).order("experiments/1", **BEST) == [4, 1, 3, 5, 2]


def test_a_named_metric_sorts_missing_ones_first_when_ascending(listed):
    assert listed.order("experiments/1", sortByMetric="acc", orderBy="ORDER_BY_ASC") == [2, 4, 1, 3, 5]
    assert listed.order("experiments/1", sortByMetric="acc", orderBy="ORDER_BY_DESC") == [5, 3, 1, 4, 2]


def test_without_a_sort_checkpoints_come_by_trial_and_then_by_report(listed):
    assert listed.order("experiments/1") == [1, 2, 3, 4, 5]
    assert listed.order("experiments/1", orderBy="ORDER_BY_DESC") == [5, 4, 3, 2, 1]


def test_the_latest_checkpoint_of_a_trial_is_the_first_by_end_time_descending(listed):
    assert listed.order("trials/1", sortByAttr="SORT_BY_END_TIME", orderBy="ORDER_BY_DESC", limit=1) == [3]


def test_pages_of_a_list_make_up_the_whole_of_it(listed):
    pages = [listed.order("experiments/1", **BEST, offset=offset, limit=2) for offset in (0, 2, 4)]
    assert sum(pages, []) == listed.order("experiments/1", **BEST)


def test_only_checkpoints_of_the_states_asked_for_are_listed_and_counted(listed):
    listed.call("PATCH", "/api/v1/checkpoints", {"checkpoints": [{"uuid": f"bbbbbbbb-0000-4000-8000-{5:012d}", "resources": {}}]})
    reply = listed.get("/api/v1/experiments/1/checkpoints", states=["STATE_COMPLETED"], **BEST)
    assert [found["uuid"][-1] for found in reply["checkpoints"]] == ["3", "1", "4", "2"]
    assert reply["pagination"]["total"] == 4


def test_a_metric_reported_later_changes_the_order(listed):
    assert listed.order("experiments/1", **BEST)[0] == 5
    listed.metrics(1, 20, loss=0.01)
    assert listed.order("experiments/1", **BEST)[0] == 2


def test_a_checkpoint_whose_steps_are_edited_takes_the_metrics_of_its_new_place(listed):
    uuid = f"bbbbbbbb-0000-4000-8000-{2:012d}"
    assert listed.order("experiments/1", **BEST)[-1] == 2
    listed.post(f"/api/v1/checkpoints/{uuid}/metadata", {"checkpoint": {"metadata": {"steps_completed": 30}}})
    assert listed.show(uuid)["training"]["searcherMetric"] == 0.3
    assert listed.order("experiments/1", **BEST) == [5, 2, 3, 1, 4]


def test_lists_follow_a_snapshot_that_is_restored(listed):
    snapshot = listed.world.snapshot()
    listed.metrics(1, 20, loss=0.01)
    assert listed.order("experiments/1", **BEST)[0] == 2
    listed.world.restore(snapshot)
    assert listed.order("experiments/1", **BEST) == [5, 3, 1, 4, 2]


def test_one_checkpoint_that_cannot_be_read_spoils_the_list_but_not_the_others(listed):
    listed.checkpoint(1, 1.5)
    error = listed.refusal("GET", "/api/v1/trials/1/checkpoints")
    assert error == ("13 error fetching checkpoints for trial 1 from database: error running query: get_checkpoints_for_trial: "
                     'ERROR: invalid input syntax for type integer: "1.5" (SQLSTATE 22P02)')
    assert listed.state(f"bbbbbbbb-0000-4000-8000-{1:012d}") == "COMPLETED"


def test_a_negative_limit_and_an_offset_beyond_the_end_are_refused(listed):
    assert listed.refusal("GET", "/api/v1/trials/1/checkpoints?limit=-1") == "13 reflect.Value.Slice: slice index out of bounds"
    assert listed.refusal("GET", "/api/v1/trials/1/checkpoints?offset=4") == "3 offset out of bounds"


def test_a_trial_lists_its_best_checkpoint_first(cluster):
    assert seeded(cluster, smaller_is_better=False).order("trials/1", **BEST) == [1, 3, 2]


def test_upstream_a_trial_lists_ascending_with_missing_ones_first(upstream):
    assert seeded(upstream, smaller_is_better=False).order("trials/1", **BEST) == [2, 3, 1]


def test_a_call_that_the_semantics_answer_differently_says_so(either):
    seeded(either)
    either.order("trials/1", **BEST)
    assert either.reply_headers["X-Fakedet-Notice"].startswith("trial-list-best-first: ")
    assert list(either.world.exchanges)[-1].notices
    either.order("trials/2", **BEST)
    assert "X-Fakedet-Notice" not in either.reply_headers
