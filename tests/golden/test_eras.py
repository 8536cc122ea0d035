"""Old clients see what they saw on the master of their release, but for the exceptions, which may only shrink."""
from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Iterator

import pytest

from fakedet.contract import era_play, eras, golden
from fakedet.contract.sending import to_url, to_world
from fakedet.gateway.server import Server
from fakedet.gateway.worlds import Worlds
from fakedet.settings import Settings
from fakedet.world import World

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "fixtures" / "golden"
RECORDINGS = golden.load(GOLDEN / "eras")
#: Recordings that do not hold, and recordings of which an exchange ends in another status.
EXCEPTIONS = set((GOLDEN / "eras_exceptions.txt").read_text().split())
OTHER_STATUS = set((GOLDEN / "eras_other_status.txt").read_text().split())
#: Recordings that need the setting `client`: no request tells what is different there.
TOLD = set((GOLDEN / "eras_told.txt").read_text().split())
OLD_CLIENTS = Path(os.environ.get("OLD_CLIENTS", ROOT / ".clients"))


def a_world(recording: dict[str, Any]) -> World:
    """A world that stands for the recorded master."""
    client = {"client": recording["release"]} if recording["name"] in TOLD else {}
    return World(Settings.build({**golden.needed_settings(recording), **client}))


@pytest.fixture
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where the world of the recording is served."""
    worlds = Worlds(a_world(request.param))
    with Server(worlds) as server:
        yield server.url
    worlds.close()


@pytest.mark.parametrize("name", RECORDINGS)
def test_each_request_of_an_old_client_is_answered_with_the_status_of_its_time(name: str, tmp_path: Path) -> None:
    world = a_world(RECORDINGS[name])
    try:
        failures = eras.differing_statuses(RECORDINGS[name], to_world(world), tmp_path / "checkpoints")
    finally:
        world.close()
    _judge(name, failures, OTHER_STATUS, "eras_other_status.txt")


@pytest.mark.clients
@pytest.mark.parametrize(("name", "url"), RECORDINGS.items(), ids=RECORDINGS, indirect=["url"])
def test_the_real_old_client_sees_what_it_saw_on_the_master_of_its_release(name: str, url: str, tmp_path: Path) -> None:
    clients = era_play.Clients.in_folder(OLD_CLIENTS)
    release = RECORDINGS[name]["release"]
    if not clients.has(release):
        pytest.skip(f"no client {release} in {OLD_CLIENTS}: run .ci/clients, or set OLD_CLIENTS")
    results = era_play.play(RECORDINGS[name], url, to_url(url), clients, tmp_path / "checkpoints")
    _judge(name, [str(result) for result in results if result.differences], EXCEPTIONS, "eras_exceptions.txt")


def _judge(name: str, failures: list[Any], exceptions: set[str], file: str) -> None:
    if name in exceptions:
        assert failures, f"{name} holds now: take it off fixtures/golden/{file}"
        pytest.xfail(f"{len(failures)} differ")
    assert not failures, "\n".join(failures[:8])


def test_every_exception_names_a_recording_of_an_old_client() -> None:
    assert EXCEPTIONS | OTHER_STATUS | TOLD <= RECORDINGS.keys()
