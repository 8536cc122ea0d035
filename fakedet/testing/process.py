"""What all fake clusters of a test process share: one port, one interception, one settings source."""
from __future__ import annotations

import contextlib
from typing import Any, Iterator, Mapping

from fakedet.gateway.server import Server
from fakedet.gateway.worlds import PREFIX, Worlds
from fakedet.settings import Settings
from fakedet.testing.adapter import Interception
from fakedet.testing.cluster import FakeCluster
from fakedet.world import World


class Hub:
    """The worlds of this process behind one port of 127.0.0.1; use it as a context manager."""

    def __init__(self) -> None:
        self.worlds = Worlds()
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> "Hub":
        self._server = self._stack.enter_context(Server(self.worlds))
        self._stack.enter_context(Interception(self._server.url, self.worlds))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()
        self.worlds.close()

    @contextlib.contextmanager
    def cluster(self, settings: Mapping[str, Any]) -> Iterator[FakeCluster]:
        """A fresh cluster with these settings over those of the environment; closed at the end."""
        world = self.worlds.add(World(Settings.build(settings, Settings.from_environment())))
        try:
            yield FakeCluster(world, self._server.url + PREFIX + world.name)
        finally:
            self.worlds.drop(world.name)
