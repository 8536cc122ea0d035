"""Reporting, reading and changing single checkpoints."""
from __future__ import annotations

import pytest

UNKNOWN = "bbbbbbbb-0000-4000-8000-000000000099"


@pytest.fixture
def trial(either):
    return either.trial(either.experiment())


def test_metrics_belong_to_the_checkpoint_of_their_step_whenever_they_come(either, trial):
    uuid = either.checkpoint(trial, 10)
    assert either.show(uuid)["training"]["validationMetrics"] == {"avgMetrics": None, "batchMetrics": []}
    assert "searcherMetric" not in either.show(uuid)["training"]
    either.metrics(trial, 10, loss=0.5)
    either.metrics(trial, 10, group="training", loss=0.7)
    training = either.show(uuid)["training"]
    assert training["validationMetrics"]["avgMetrics"] == {"loss": 0.5}
    assert training["trainingMetrics"]["avgMetrics"] == {"loss": 0.7}
    assert training["searcherMetric"] == 0.5


@pytest.mark.parametrize("steps", [20, 20.0, "20", " 20 ", "+20"])
def test_steps_are_cast_to_an_integer_as_the_database_does(either, trial, steps):
    either.metrics(trial, 20, loss=0.5)
    assert either.show(either.checkpoint(trial, steps))["training"]["searcherMetric"] == 0.5


@pytest.mark.parametrize(("steps", "text"), [(1.5, "1.5"), ("x", "x"), (True, "true"), ([1], "[1]"), ("1e2", "1e2"), ("", "")])
def test_steps_that_are_no_integer_make_the_checkpoint_unreadable(either, trial, steps, text):
    uuid = either.checkpoint(trial, steps)
    problem = f'13 error querying for checkpoint ({uuid}): ERROR: invalid input syntax for type integer: "{text}" (SQLSTATE 22P02)'
    assert either.refusal("GET", f"/api/v1/checkpoints/{uuid}") == problem
    assert either.refusal("POST", f"/api/v1/checkpoints/{uuid}/metadata", {"checkpoint": {"metadata": {}}}) == problem


@pytest.mark.parametrize("form", [UNKNOWN.upper(), UNKNOWN.replace("-", ""), f"{{{UNKNOWN}}}"])
def test_uuids_are_read_in_every_form_that_go_knows(either, form):
    assert either.refusal("GET", f"/api/v1/checkpoints/{form}") == f"5 checkpoint '{form}' not found"


def test_a_bad_uuid_is_an_internal_error(either):
    assert either.refusal("GET", "/api/v1/checkpoints/x") == "13 invalid UUID length: 1"
    assert either.refusal("GET", f"/api/v1/checkpoints/{'z' * 32}") == "13 invalid UUID format"


def test_posted_metadata_replace_the_old_ones_and_the_reply_still_has_the_old_metrics(either, trial):
    uuid = either.checkpoint(trial, 10)
    either.metrics(trial, 10, loss=0.5)
    reply = either.post(f"/api/v1/checkpoints/{uuid}/metadata", {"checkpoint": {"uuid": "x", "metadata": {"note": 1}}})
    assert (reply["checkpoint"]["metadata"], reply["checkpoint"]["training"]["searcherMetric"]) == ({"note": 1}, 0.5)
    assert either.show(uuid)["metadata"] == {"note": 1}
    assert "searcherMetric" not in either.show(uuid)["training"]


def test_no_metadata_are_stored_as_empty_and_answered_with_null(either, trial):
    uuid = either.checkpoint(trial, 10)
    assert either.post(f"/api/v1/checkpoints/{uuid}/metadata", {"checkpoint": {}})["checkpoint"]["metadata"] is None
    assert either.show(uuid)["metadata"] == {}


@pytest.mark.parametrize(("files", "state"), [
    ({"model.bin": 100}, "COMPLETED"), ({"model.bin": 100, "metadata.json": 2}, "COMPLETED"),
    ({"model.bin": 99}, "PARTIALLY_DELETED"), ({"model.bin": 100, "more": 1}, "PARTIALLY_DELETED"), ({}, "DELETED")])
def test_patched_files_decide_the_state(either, trial, files, state):
    uuid = either.checkpoint(trial, 10)
    either.call("PATCH", "/api/v1/checkpoints", {"checkpoints": [{"uuid": uuid, "resources": {"resources": files}}]})
    assert either.state(uuid) == state
    assert either.totals("trial", trial) == ((sum(files.values()), 1) if files else (0, 0))


def test_a_deleted_checkpoint_with_files_again_is_partially_deleted(either, trial):
    uuid = either.checkpoint(trial, 10)
    for files in ({}, {"model.bin": 3}):
        either.call("PATCH", "/api/v1/checkpoints", {"checkpoints": [{"uuid": uuid, "resources": {"resources": files}}]})
    assert either.state(uuid) == "PARTIALLY_DELETED"


def test_a_refused_report_stores_nothing_but_uses_up_an_id(either, trial):
    first = either.checkpoint(trial, 10)
    task = either.show(first)["taskId"]
    assert either.refusal("POST", "/api/v1/checkpoints", {"taskId": task, "uuid": first}) == (
        "13 error adding checkpoint metadata: inserting checkpoint model: ERROR: duplicate key value violates unique constraint "
        '"checkpoints_v2_uuid_key" (SQLSTATE 23505)')
    assert either.totals("trial", trial) == (100, 1)
    second = either.checkpoint(trial, 20)
    assert either.world.db.checkpoints.one(uuid=second)["id"] == 3


def test_a_metadata_file_cannot_be_added_where_no_files_were_reported(either, trial):
    task, uuid = either.show(either.checkpoint(trial, 10))["taskId"], "bbbbbbbb-0000-4000-8000-00000000aaaa"
    either.post("/api/v1/checkpoints", {"taskId": task, "uuid": uuid})
    for files, refused in [({"metadata.json": 3}, True), ({"a": 1}, False), ({"a": 1, "metadata.json": 3}, False)]:
        status, reply = either.raw("PATCH", "/api/v1/checkpoints", {"checkpoints": [{"uuid": uuid, "resources": {"resources": files}}]})
        assert (status == 500 and b"assignment to entry in nil map" in reply) if refused else status == 200


def test_the_character_nul_is_escaped_in_a_report_and_refused_in_posted_metadata(either, trial):
    task = either.show(either.checkpoint(trial, 10))["taskId"]
    uuid = "bbbbbbbb-0000-4000-8000-00000000aaaa"
    either.post("/api/v1/checkpoints", {"taskId": task, "uuid": uuid, "metadata": {"a\0": ["\0", {"c": "x\0"}]}})
    assert either.show(uuid)["metadata"] == {"a\\u0000": ["\\u0000", {"c": "x\\u0000"}]}
    assert either.refusal("POST", f"/api/v1/checkpoints/{uuid}/metadata", {"checkpoint": {"metadata": {"x": "a\0"}}}).endswith(
        "update_checkpoint_metadata: ERROR: unsupported Unicode escape sequence (SQLSTATE 22P05)")
