"""The real `det` prints, leaves and exits as it did on the real master, but for the exceptions, which may only shrink."""
from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Iterator

import pytest

from fakedet.contract import det, golden, transcripts
from fakedet.contract.det import RunDet
from fakedet.gateway.server import Server
from fakedet.gateway.worlds import Worlds
from fakedet.settings import Settings
from fakedet.world import World

GOLDEN = Path(__file__).parents[2] / "fixtures" / "golden"
TRANSCRIPTS = golden.load(GOLDEN / "cli")
EXCEPTIONS = set((GOLDEN / "cli_exceptions.txt").read_text().split())
#: Those in which 0.38.1 does otherwise than its documentation says; none of them names its settings.
OF_UPSTREAM = ["guide/gc_preview", "guide/gc_registered", "guide/gc_set"]
#: The longest transcript, in commands, that is played while one works.
SHORT = 16
#: Those that are played with real processes too, which shows that forks of one process behave the same.
WITH_PROCESSES = ["session/login", "model/move_delete"]


@pytest.fixture(scope="module")
def run() -> Iterator[RunDet]:
    """`det` in forks of one process, where there are forks."""
    if not hasattr(os, "fork"):
        yield det.in_a_process
        return
    with det.Forks() as forks:
        yield forks


@pytest.fixture
def root() -> Iterator[Path]:
    """A folder with a name so short that lines with it are not wrapped."""
    with tempfile.TemporaryDirectory(prefix="det") as folder:
        yield Path(folder)


def differences(name: str, root: Path, run: RunDet, semantics: str) -> list[str]:
    worlds = Worlds(World(Settings.build({**golden.needed_settings(TRANSCRIPTS[name]), "semantics": semantics})))
    try:
        with Server(worlds) as server:
            return transcripts.replay(TRANSCRIPTS[name], server.url, root, run)
    finally:
        worlds.close()


@pytest.mark.parametrize("name", [pytest.param(name, marks=[pytest.mark.slow] * (len(TRANSCRIPTS[name]["steps"]) > SHORT)) for name in TRANSCRIPTS])
def test_transcript_of_the_real_det_holds(name: str, root: Path, run: RunDet) -> None:
    found = differences(name, root, run, "upstream" if name in OF_UPSTREAM else "documented")
    if name in EXCEPTIONS:
        assert found, f"{name} holds now: take it off fixtures/golden/cli_exceptions.txt"
        pytest.xfail(f"{len(found)} of {len(TRANSCRIPTS[name]['steps'])} steps differ")
    assert not found, "\n".join(found[:8])


@pytest.mark.slow
@pytest.mark.parametrize("name", WITH_PROCESSES)
def test_transcript_holds_when_each_command_is_a_process_of_its_own(name: str, root: Path) -> None:
    assert not differences(name, root, det.in_a_process, "documented")


@pytest.mark.parametrize("name", OF_UPSTREAM)
def test_only_the_numbers_of_a_preview_are_otherwise_where_the_documentation_is_followed(name: str, root: Path, run: RunDet) -> None:
    found = differences(name, root, run, "documented")
    assert found and all("set gc-policy" in step and step.count("want") == step.count("'This policy will delete") // 2 for step in found), found


def test_every_exception_names_a_transcript() -> None:
    assert EXCEPTIONS <= TRANSCRIPTS.keys()
