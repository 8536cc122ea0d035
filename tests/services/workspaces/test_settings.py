"""What a workspace lays down for its experiments: checkpoint storage, the identity of their tasks (each case was asked of the real master)."""
from __future__ import annotations

import pytest

S3 = {"type": "s3", "bucket": "b"}


@pytest.mark.parametrize(("storage", "says"), [
    ({"type": "zz"}, "500 unexpected type: zz"),
    ({"type": 3}, "500 type must be a string: got string"),
    ({"type": None}, "500 type must be a string: got string"),
    ({"zz": 1, "aa": 2}, '500 json: unknown field "aa"'),
    ({**S3, "host_path": "x"}, '500 json: unknown field "host_path"'),
    ({"type": "s3", "bucket": 3}, "500 json: cannot unmarshal number into Go struct field S3ConfigV0.bucket of type string"),
    ({"save_trial_best": "x"}, "500 failed to parse checkpoint storage: json: cannot unmarshal string into Go struct field "
                               "CheckpointStorageConfigV0.save_trial_best of type int"),
    ({"save_trial_best": 3}, "400 config is invalid or incomplete: <config>: type is a required property"),
    ({"type": "s3"}, "400 config is invalid or incomplete: <config>: bucket is a required property"),
])
def test_a_bad_storage_is_refused_when_it_is_set(detached, storage, says):
    assert detached.refusal("POST", "/workspaces", {"name": "w", "checkpointStorageConfig": storage}) == says
    number = detached.post("/workspaces", {"name": "w", "checkpointStorageConfig": S3})["workspace"]["id"]
    assert detached.refusal("PATCH", f"/workspaces/{number}", {"checkpointStorageConfig": storage}) == says
    assert detached.get(f"/workspaces/{number}")["workspace"]["checkpointStorageConfig"]["bucket"] == "b"


@pytest.mark.parametrize(("group", "constraint"), [
    ({"agentUid": 1}, "uidnull"), ({"agentUser": "u"}, "uidnull"), ({"agentGid": 1}, "gidnull"), ({"agentUid": 1, "agentGid": 1}, "gidnull")])
def test_a_number_and_a_name_go_together(detached, group, constraint):
    taken = "409 avoid names equal to other workspaces (case-insensitive)"
    assert detached.refusal("POST", "/workspaces", {"name": "w", "agentUserGroup": group}) == taken
    number = detached.post("/workspaces", {"name": "w"})["workspace"]["id"]
    assert detached.refusal("PATCH", f"/workspaces/{number}", {"agentUserGroup": group}) == (
        f'500 ERROR: new row for relation "workspaces" violates check constraint "{constraint}" (SQLSTATE 23514)')


@pytest.mark.parametrize("group", [{"agentGid": 1, "agentGroup": "g"}, {"agentUid": 0, "agentUser": ""}])
def test_half_an_identity_is_shown(detached, group):
    assert detached.post("/workspaces", {"name": "w", "agentUserGroup": group})["workspace"]["agentUserGroup"] == group


@pytest.mark.parametrize(("changes", "says"), [
    ({"checkpointStorageConfig": {"type": "s3"}}, "400 config is invalid or incomplete: <config>: bucket is a required property"),
    ({"agentUserGroup": {"agentUid": 1}}, '500 ERROR: new row for relation "workspaces" violates check constraint "uidnull" (SQLSTATE 23514)'),
    ({}, "409 avoid names equal to other workspaces (case-insensitive)")])
def test_a_taken_name_is_told_last(detached, changes, says):
    for name in ("w", "taken"):
        detached.post("/workspaces", {"name": name})
    assert detached.refusal("PATCH", "/workspaces/2", {"name": "taken", **changes}) == says


@pytest.mark.parametrize(("storage", "shown"), [
    ({**S3, "access_key": "a", "secret_key": "s"}, {"access_key": "********", "secret_key": "********"}),
    (S3, {"access_key": None, "secret_key": None}),
    ({"type": "azure", "container": "c", "connection_string": "secret"}, {"connection_string": "secret"})])
def test_the_secrets_of_s3_are_hidden_and_those_of_azure_are_not(detached, storage, shown):
    made = detached.post("/workspaces", {"name": "w", "checkpointStorageConfig": storage})["workspace"]["checkpointStorageConfig"]
    assert {key: made[key] for key in shown} == shown
