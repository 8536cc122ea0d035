"""A cluster with projects of its own."""
from __future__ import annotations

import pytest


@pytest.fixture
def two(detached):
    """Projects 2 (ONE) and 3 (TWO) beside the first."""
    detached.post("/workspaces", {"name": "space"})
    for name in ("one", "two"):
        detached.post("/workspaces/2/projects", {"name": name, "key": name})
    return detached
