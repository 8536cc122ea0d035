"""Every recording of the real master holds in this process, but for those on the list of exceptions, which may only shrink."""
from __future__ import annotations

from pathlib import Path

import pytest

from fakedet.contract import golden
from fakedet.contract.sending import to_world
from fakedet.settings import BadSetting, Settings
from fakedet.world import World

GOLDEN = Path(__file__).parents[2] / "fixtures" / "golden"
RECORDINGS = golden.load(GOLDEN / "recordings")
EXCEPTIONS = set((GOLDEN / "exceptions.txt").read_text().split())


@pytest.mark.parametrize("name", [
    pytest.param(name, marks=[pytest.mark.slow] if golden.runs_processes(recording) else []) for name, recording in RECORDINGS.items()])
def test_recording_of_the_real_master_holds(name: str) -> None:
    recording = RECORDINGS[name]
    try:
        world = World(Settings.build(golden.needed_settings(recording)))
    except BadSetting as missing:
        assert name in EXCEPTIONS
        pytest.xfail(str(missing))
    try:
        results = golden.replay(recording, to_world(world), patience=golden.instant_patience(recording))
        failures = [result for result in results if result.differences]
    finally:
        world.close()
    if name in EXCEPTIONS:
        assert failures, f"{name} holds now: take it off fixtures/golden/exceptions.txt"
        pytest.xfail(f"{len(failures)} of {len(recording['steps'])} steps differ")
    assert not failures, "\n".join(map(str, failures[:8]))


def test_every_exception_names_a_recording() -> None:
    assert EXCEPTIONS <= RECORDINGS.keys()
