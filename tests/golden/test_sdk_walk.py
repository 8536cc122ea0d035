"""Every public class and function of the real SDK gives and raises what it did on the real master, call by call."""
from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fakedet.gateway.server import Server
from fakedet.gateway.worlds import Worlds
from fakedet.settings import Settings
from fakedet.world import World

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "fixtures" / "golden"
EXPECTED = (GOLDEN / "sdk_walk.expected.jsonl").read_text(encoding="utf-8").splitlines()
#: What does as the documentation says, unless `semantics` is `upstream`: a trial's checkpoints sort as the experiment's, labels can be removed.
DOCUMENTED = {
    "Experiment.remove_label('b')", "Experiment.remove_label('zzz')", "Experiment",
    "Trial.list_checkpoints() uuids", "Trial.list_checkpoints(max_results=1) uuids", "Trial.top_checkpoint()", "Trial.select_checkpoint(best=True)"}


def walked(semantics: str, home: Path) -> list[str]:
    """The walk's own account of its calls on a fresh world."""
    worlds = Worlds(World(Settings.build({"agents": 0, "semantics": semantics})))
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore", "PYTHONUTF8": "1"}
    try:
        with Server(worlds) as server:
            done = subprocess.run([sys.executable, str(GOLDEN / "sdk_walk.py"), "--url", server.url], env=environment, cwd=home,
                                  capture_output=True, text=True, encoding="utf-8", timeout=300, check=False)
    finally:
        worlds.close()
    assert done.returncode == 0, done.stderr[-3000:]
    return [line for line in done.stdout.splitlines() if line.startswith("{")]


@pytest.mark.slow
def test_the_walk_is_that_of_the_real_master(tmp_path: Path) -> None:
    assert walked("upstream", tmp_path) == EXPECTED


@pytest.mark.slow
def test_what_is_documented_otherwise_differs_and_nothing_else(tmp_path: Path) -> None:
    calls = walked("documented", tmp_path)
    assert len(calls) == len(EXPECTED)
    assert {json.loads(want)["call"] for want, got in zip(EXPECTED, calls) if want != got} == DOCUMENTED
