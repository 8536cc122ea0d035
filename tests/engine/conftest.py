"""Clusters as programs see them, shared with the tests of the services."""
from __future__ import annotations

from typing import Any

import pytest

from fakedet.settings import Settings
from fakedet.world import World
from tests.services.conftest import Detached, make_detached  # noqa: F401 - a fixture


@pytest.fixture
def make_cluster() -> Any:
    worlds = []

    def make(**settings: object) -> Detached:
        """A cluster whose time stands still."""
        worlds.append(World(Settings.build({"speed": "real", **settings})))
        worlds[-1].engine._thread = object()  # nobody but the test moves the clock
        return Detached(worlds[-1])

    yield make
    for world in worlds:
        assert not world.failures
        world.close()
