"""Many worlds behind one port: the first at `/`, further ones under `/w/<name>`, each made and dropped through the control routes."""
from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any, Iterator, Mapping

from fakedet.gateway import app
from fakedet.gateway.errors import echo_reply
from fakedet.gateway.http import HttpReply, HttpRequest
from fakedet.settings import Settings
from fakedet.world import World

PREFIX = "/w/"


class Worlds:
    """The worlds of a process by name; the one named "" is the first."""

    def __init__(self, first: World | None = None):
        self._worlds: dict[str, World] = {} if first is None else {"": first}
        self._dropped: set[str] = set()
        self._made = 0
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[World]:
        return iter(list(self._worlds.values()))

    def create(self, values: Mapping[str, Any]) -> World:
        """A fresh world with these settings over those of the first one's."""
        first = self._worlds.get("")
        return self.add(World(Settings.build(values, first.settings if first else None)))

    def add(self, world: World) -> World:
        """Give `world` a place behind the port; its `name` tells which."""
        with self._lock:
            self._made += 1
            world.name = world.name or str(self._made)
            self._worlds[world.name] = world
        return world

    def drop(self, name: str) -> bool:
        """Close a world and forget it; False if there is none of that name. The first one stays."""
        with self._lock:
            world = self._worlds.pop(name, None) if name else None
            self._dropped.add(name)
        if world is not None:
            world.close()
        return world is not None

    def find(self, name: str) -> World | None:
        """The world of that name."""
        return self._worlds.get(name)

    def answer(self, request: HttpRequest) -> HttpReply:
        """The reply of the world that the request's path names."""
        name, path = split(request.path)
        world = self._worlds.get(name)
        if world is None:
            return self._no_world(name)
        return app.answer(world, replace(request, path=path))

    def close(self) -> None:
        """Close all of them."""
        for world in self:
            world.close()

    def _no_world(self, name: str) -> HttpReply:
        if name in self._dropped:
            return echo_reply(410, f"fakedet: the world {name!r} is closed; the test that owned it has ended")
        return echo_reply(404, f"fakedet: there is no world {name!r}; POST /__fakedet/worlds makes one")


def split(path: str) -> tuple[str, str]:
    """`/w/<name>/rest` as (name, /rest); any other path belongs to the first world."""
    if not path.startswith(PREFIX):
        return "", path
    name, _, rest = path[len(PREFIX):].partition("/")
    return name, "/" + rest
