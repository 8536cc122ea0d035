"""A bad key is refused before anything else is looked at."""
from __future__ import annotations

import pytest


@pytest.mark.parametrize(("key", "says"), [
    ("TOOLONG", "project key cannot be longer than 5 characters"), ("", "project key cannot be empty"),
    ("A B", "project key can only contain alphanumeric characters: A B")])
@pytest.mark.parametrize("project", [1, 99])
def test_a_bad_key_is_told_first(detached, key, says, project):
    assert detached.refusal("PATCH", f"/projects/{project}", {"key": key}) == f"400 {says}"


def test_the_same_key_in_other_letters_changes_nothing(detached):
    detached.post("/workspaces", {"name": "w"})
    detached.post("/workspaces/2/projects", {"name": "p", "workspaceId": 2, "key": "ABC"})
    assert detached.call("PATCH", "/projects/2", {"key": "abc"})["project"]["key"] == "ABC"
