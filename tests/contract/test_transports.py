"""The same recordings hold over a real socket: one server, a fresh world for each."""
from __future__ import annotations

from pathlib import Path
from typing import Iterator

import pytest

from fakedet.contract import golden
from fakedet.contract.sending import to_url
from fakedet.gateway.server import Server
from fakedet.gateway.worlds import PREFIX, Worlds
from fakedet.settings import Settings
from fakedet.world import World

GOLDEN = Path(__file__).parents[2] / "fixtures" / "golden"
RECORDINGS = golden.load(GOLDEN / "recordings")
#: urllib cannot send what these recordings hold: paths that it refuses to put into a request line.
BEYOND_URLLIB = {"errors/path_encoding"}
HOLDING = sorted(RECORDINGS.keys() - set((GOLDEN / "exceptions.txt").read_text().split()) - BEYOND_URLLIB)


@pytest.fixture(scope="module")
def worlds() -> Worlds:
    return Worlds()


@pytest.fixture(scope="module")
def server(worlds: Worlds) -> Iterator[Server]:
    with Server(worlds) as running:
        yield running
    worlds.close()


@pytest.mark.parametrize("name", [
    pytest.param(name, marks=[pytest.mark.slow] if golden.runs_processes(RECORDINGS[name]) else []) for name in HOLDING])
def test_recording_holds_over_a_socket_as_in_process(name: str, server: Server, worlds: Worlds) -> None:
    recording = RECORDINGS[name]
    world = worlds.add(World(Settings.build(golden.needed_settings(recording))))
    try:
        results = golden.replay(recording, to_url(server.url + PREFIX + world.name), patience=golden.instant_patience(recording))
    finally:
        worlds.drop(world.name)
    failures = [result for result in results if result.differences]
    assert not failures, "\n".join(map(str, failures[:5]))
