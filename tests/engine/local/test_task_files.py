"""What a task finds: its user's files, twice, and the info files; nothing lands outside of its folder."""
from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from fakedet.domain.go_tar import DIRECTORY, SYMLINK, Entry
from fakedet.engine.local import environment, ports, task_files

CLUSTER = {"master_url": "http://127.0.0.1:8080", "cluster_id": "c", "agent_id": "agent1", "slot_ids": [0, 1], "task_id": "1.x",
           "allocation_id": "1.x.1", "session_token": "secret", "task_type": "TRIAL"}


def test_files_are_unpacked_into_the_working_folder_and_into_the_copy_for_checkpoints(tmp_path: Path) -> None:
    entries = [Entry("sub", DIRECTORY), Entry("sub/run.sh", content=b"echo", mode=0o755), Entry("link", SYMLINK, b"sub/run.sh")]
    task_files.fill(tmp_path, entries, {"cluster": CLUSTER})
    for place in (tmp_path / "workdir", tmp_path / "train" / "model"):
        assert (place / "link").read_bytes() == b"echo"
        assert os.access(place / "sub" / "run.sh", os.X_OK)
    assert json.loads((tmp_path / "info" / "cluster.json").read_text()) == CLUSTER


@pytest.mark.parametrize("path", ["../outside", "a/../../outside", "/../outside"])
def test_paths_that_lead_out_are_left_out(tmp_path: Path, path: str) -> None:
    task_files.fill(tmp_path / "run", [Entry(path, content=b"x")], {})
    assert not list(tmp_path.rglob("outside"))


def test_the_environment_is_the_machines_without_the_sign_in_of_who_serves(tmp_path: Path) -> None:
    given = {"DET_PASS": "p", "FAKEDET_TRIALS": "local", "HOME": "/home/u", "PATH": "/bin", "NO_PROXY": "example.org"}
    told = environment.of_machine(tmp_path, given)
    assert "DET_PASS" not in told and "FAKEDET_TRIALS" not in told and told["HOME"] == "/home/u"
    assert told["PATH"] == os.pathsep.join([os.path.dirname(sys.executable), "/bin"])
    assert told["NO_PROXY"] == "example.org,127.0.0.1,localhost"


def test_a_task_is_told_where_its_master_is_and_which_slots_it_has(tmp_path: Path) -> None:
    told = environment.of_task(CLUSTER, container_id="c-1", user="determined", user_token="t", folder=tmp_path)
    assert (told["DET_MASTER"], told["DET_MASTER_PORT"], told["DET_SLOT_IDS"]) == ("http://127.0.0.1:8080", "8080", "[0, 1]")
    assert all(isinstance(value, str) for value in told.values())


@pytest.mark.parametrize(("variables", "told"), [
    ({"cpu": ["A=1", "B=x=y", "C"], "cuda": ["A=2"]}, {"A": "1", "B": "x=y", "C": ""}), ({"cpu": []}, {}), (None, {})])
def test_the_variables_of_a_config_are_those_for_the_cpu(variables: object, told: dict[str, str]) -> None:
    assert environment.of_config(variables) == told


def test_ports_are_different_ones() -> None:
    assert len(set(ports.free(environment.PORTS).values())) == len(environment.PORTS)
