"""Every command of the real `det`, all 180 of them: done, or refused in a line that says why; never a traceback, never a hang."""
from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any, Iterator

import pytest
from determined.cli import cli as real_cli

from fakedet.contract import det
from fakedet.gateway.server import Server
from fakedet.gateway.worlds import Worlds
from fakedet.settings import Settings
from fakedet.testing.builders import experiment_config
from fakedet.testing.cluster import FakeCluster
from fakedet.world import World

NOBODY = "00000000-0000-4000-8000-000000000000"
#: What is put for a positional argument, by its name.
VALUES = {
    "agent_id": "agent-0", "slot_id": "0", "checkpoints_uuids": "{uuid}", "uuid": "{uuid}", "config_file": "config.yaml", "model_def": "code",
    "template_file": "template.yaml", "workspace_name": "Uncategorized", "project_name": "Uncategorized", "workload_type": "experiment",
    "username": "determined", "det_username": "determined", "target_user": "determined", "usernames": "determined", "new_username": "other",
    "priority": "42", "weight": "2", "max_slots": "1", "operation": "{job}.priority=3", "job_id": "{job}", "entrypoint": "true", "path": "/api/v1/me",
    "role_name": "Viewer", "start_date": "2024-01-01", "end_date": "2024-01-02", "timestamp_after": "2024-01-01T00:00:00Z",
    "timestamp_before": "2024-01-02T00:00:00Z", "pool_name": "default", "workspace_names": "Uncategorized", "resource_quota": "3",
    "parent_task_id": "{task}", "task_id": "{task}", "command_id": "{task}", "token": "none"}
#: Arguments by the command, where names do not tell enough.
ARGUMENTS = {
    "dev bindings call": ["get_GetMe"], "model create": ["fresh"], "project create": ["Uncategorized", "fresh"],
    "user create": ["fresh", "--password", "Passw0rd-1"],
    "experiment set gc-policy": ["1", "--save-experiment-best", "0", "--save-trial-best", "1", "--save-trial-latest", "0", "--yes"],
    "experiment set log-retention": ["1", "--days", "3"], "trial set log-retention": ["1", "--days", "3"],
    "trial download": ["1", "--best"], "notebook start": ["--detach"], "tensorboard start": ["1", "--detach"],
    "shell start": ["--detach"], "command run": ["--detach", "true"],
    # The client stumbles over tasks that are no TensorBoard, or that have no config.
    "tensorboard open": [NOBODY], "task config": [NOBODY], "job update": ["{job}", "--priority", "3"], "master config set": ["--log.level", "debug"],
    "master cluster-message set": ["-m", "soon"], "rbac assign-role": ["Viewer", "-u", "determined"],
    "user edit": ["determined", "--display-name", "D"],
    "rbac unassign-role": ["Viewer", "-u", "determined"], "workspace edit": ["Uncategorized", "--name", "W"], "token edit": ["1", "-d", "x"],
    "project edit": ["Uncategorized", "Uncategorized", "--description", "x"], "preview-search": ["config.yaml"],
    "config-policies set": ["experiment", "policies.yaml"], "user link-with-agent-user": [
        "determined", "--agent-uid", "1", "--agent-gid", "1", "--agent-user", "u", "--agent-group", "g"]}
ANYTHING = "1"
#: What is typed at a prompt, if not yes.
TYPED = {"user change-password": b"Passw0rd-1\n" * 2}


def leaves(parser: argparse.ArgumentParser, path: tuple[str, ...] = ()) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every command that has no commands below it."""
    below = next((action.choices for action in parser._actions if isinstance(action, argparse._SubParsersAction)), None)
    if below is None:
        yield " ".join(path), parser
        return
    unaliased: dict[int, tuple[str, Any]] = {}
    for name, command in below.items():
        unaliased.setdefault(id(command), (name, command))
    for name, command in unaliased.values():
        if name not in ("help", "deploy"):  # `deploy` is about machines, not about a master
            yield from leaves(command, (*path, name))


def all_commands() -> dict[str, list[str]]:
    """The commands with arguments that they take."""
    parser = real_cli.make_parser()
    real_cli.cli.add_args(parser, real_cli.all_args_description)
    return {name: ARGUMENTS.get(name) or _positionals(command) for name, command in leaves(parser)}


def _positionals(parser: argparse.ArgumentParser) -> list[str]:
    optional = ("args", "ssh_opts", "curl_args")
    return [VALUES.get(action.dest, ANYTHING) for action in parser._actions if not action.option_strings and action.dest not in optional]


COMMANDS = all_commands()


class Terminal:
    """A cluster with an experiment, and a user who types."""

    def __init__(self, world: World, url: str, folder: Path, run: det.RunDet):
        self._world, self._url, self._folder, self._run = world, url, folder, run
        (folder / "code").mkdir()
        for name, text in {"config.yaml": "name: x\nentrypoint: 'true'\nsearcher: {name: single, metric: loss}\n", "template.yaml": "name: x\n",
                           "policies.yaml": "invariant_config: {}\n", "code/train.py": ""}.items():
            (folder / name).write_text(text)
        FakeCluster(world, url).experiment(config=experiment_config(name="one"))
        [experiment], [checkpoint, *_] = world.db.experiments.rows(), world.db.checkpoints.rows()
        self._known = {"uuid": checkpoint["uuid"], "task": world.db.trial_tasks.rows()[0]["task_id"], "job": experiment["job_id"]}
        self._start = world.snapshot()

    def type(self, command: str, unknown: bool = False) -> det.Outcome:
        """Run the command, with ids that are there or not; each starts from the same cluster."""
        self._world.restore(self._start)
        environment = {"PATH": os.environ["PATH"], "HOME": str(self._folder), "DET_MASTER": self._url, "DET_USER": "admin", "DET_PASS": "",
                       "DET_DEBUG_CONFIG_PATH": str(self._folder / "config"), "COLUMNS": det.COLUMNS, "TZ": "UTC", "LC_ALL": "C.UTF-8"}
        known = dict.fromkeys(self._known, NOBODY) if unknown else self._known
        arguments = [argument.format(**known) for argument in COMMANDS[command]]
        if unknown:
            arguments = ["77" if argument == ANYTHING else argument for argument in arguments]
        return self._run([*command.split(), *arguments], environment, self._folder, TYPED.get(command, b"yes\n" * 3))


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    worlds = Worlds(World(Settings()))
    with det.Forks() as run, Server(worlds) as server:
        yield Terminal(next(iter(worlds)), server.url, tmp_path_factory.mktemp("det"), run)
    worlds.close()


@pytest.mark.slow
@pytest.mark.parametrize("unknown", [False, True], ids=["there", "not there"])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_never_ends_in_a_traceback(terminal: Terminal, command: str, unknown: bool) -> None:
    done = terminal.type(command, unknown)
    said = (done.stdout + done.stderr).decode()
    assert done.exit in (0, 1, 2) and "Traceback" not in said, said
    assert done.exit == 0 or said.strip(), "it fails and does not say why"
