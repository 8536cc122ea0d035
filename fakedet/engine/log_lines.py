"""The log lines of one allocation of a trial, with the texts, sources and levels of the real master, agent and harness.

Pure: each method gives the lines of one thing that happens, timed from its beginning; `LogLine.row` makes them rows.
Mirrors internal/task/allocation.go, agent/pkg/docker and the harness (exec, core).
"""

from __future__ import annotations

import copy
import functools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

MILLISECOND = 1_000
DEFAULT_IMAGE = "determinedai/pytorch-ngc:0.38.1"
ARCHIVE_TARGETS = ("/", "/run/determined", "/", "/", "/", "/", "/")
#: Process ids in a container: what prepares it, what launches the entrypoint, the training script.
PREPARING, LAUNCHING, TRAINING = 22, 10, 31
MASK = "********"
SECRET_STORAGE_KEYS = ("access_key", "secret_key")

_LEGACY_ENTRYPOINT = re.compile(r"[a-zA-Z0-9_.]+:[a-zA-Z0-9_]+")
_RANKED_LAUNCHERS = ("torch_distributed", "horovod", "deepspeed")


class LogLine(NamedTuple):
    """One line: text with its newline, and microseconds after what it belongs to began."""

    offset: int
    log: str
    level: str | None = "INFO"
    source: str = "master"
    stdtype: str = "stdout"
    allocation_id: str | None = None
    agent_id: str | None = None
    container_id: str | None = None
    rank_id: int | None = None

    def row(self, began: int) -> dict[str, Any]:
        """The line as a stored log, for what began at this time."""
        fields = self._asdict()
        return {"timestamp": began + fields.pop("offset"), **fields}


@dataclass(frozen=True)
class AllocationLog:
    """What the log says of one allocation.

    >>> log = AllocationLog(7, 3, "3.abc.1", "f6114bb3-aaaa-4bbb-8ccc-dddddddddddd", "agent1", {"entrypoint": "true"})
    >>> [line.log for line in log.scheduled()]
    ['Scheduling Trial 7 (Experiment 3) (id: 3.abc.1)\\n']
    """

    trial_id: int
    experiment_id: int
    allocation_id: str
    container_id: str
    agent_id: str
    config: Mapping[str, Any]
    gpus: tuple[str, ...] = ()

    def scheduled(self) -> Iterator[LogLine]:
        """It waits for slots."""
        yield self._master(0, f"Scheduling {self._name} (id: {self.allocation_id})")

    def placed(self) -> Iterator[LogLine]:
        """It has slots, and runs as a process of this machine: nothing is made of its container."""
        yield self._master(0, f"{self._name} was assigned to an agent")
        yield self._agent(0, f"no container is made: the entrypoint runs as a process of this machine, not in {image_reference(self.config)}")
        yield self._master(1, f"Resources for {self._name} have started")

    def started(self) -> Iterator[LogLine]:
        """It has slots: the container is made, and the entrypoint launched in it."""
        yield self._master(0, f"{self._name} was assigned to an agent")
        yield self._agent(0, f"image already found, skipping pull phase: {image_reference(self.config)}")
        for place, target in enumerate(ARCHIVE_TARGETS, start=1):
            yield self._agent(place, f"copying files to container: {target}")
        yield self._master(30 * MILLISECOND, f"Resources for {self._name} have started")
        yield from self._prepared()
        yield from self._launched()

    def reported(self, group: str, metrics: Mapping[str, Any], steps_completed: int) -> Iterator[LogLine]:
        """The script reported metrics."""
        values = f"steps_completed={steps_completed}, metrics={dict(metrics)}"
        if group in ("training", "validation"):
            yield self._script(f"report_{group}_metrics({values})")
        else:
            yield self._script(f"report_metrics(group={group}, {values})")

    def checkpointed(self, uuid: str) -> Iterator[LogLine]:
        """The script reported a checkpoint."""
        yield self._script(f"Reported checkpoint to master {uuid}")

    def printed(self, text: str) -> Iterator[LogLine]:
        """The script printed a line of its own, which has no level."""
        yield self._task(0, text, stdtype="stdout", level=None)._replace(rank_id=self._chief_rank)

    def preempting(self, reason: str) -> Iterator[LogLine]:
        """It is asked to save and leave, as for a pause or a cancellation."""
        yield self._master(0, f"gracefully terminating allocation's remaining resources (reason: {reason})")

    def killing(self, reason: str) -> Iterator[LogLine]:
        """It is killed."""
        yield self._master(0, f"forcibly killing allocation's remaining resources (reason: {reason})")

    def over(self, said: str, said_level: str, reason: str, level: str) -> Iterator[LogLine]:
        """It has ended: what is said of its resources (if anything), and how it was terminated."""
        if said:
            yield self._master(0, said, level=said_level)
        yield self._terminated(reason, level=level)

    def aborted(self, reason: str) -> Iterator[LogLine]:
        """It was ended before it had slots."""
        yield self._terminated(f"allocation aborted after exit before start: {reason}", offset=0)

    def _prepared(self) -> Iterator[LogLine]:
        hostname = self.container_id[:12]
        where = f"agent_id={self.agent_id}, hostname={hostname} with visible GPUs {list(self.gpus)}"
        yield self._harness(2_000, PREPARING, f"Running task container on {where}", stdtype="stderr")
        for place, command in enumerate(_startup_hook_trace()):
            yield self._task(2_700 * MILLISECOND + place, command, stdtype="stderr", level=None)

    def _launched(self) -> Iterator[LogLine]:
        runner = f"New trial runner in (container {self.container_id}) on agent {self.agent_id}: "
        yield self._harness(3_900, LAUNCHING, runner + json.dumps(masked(self.config)))
        yield self._harness(3_901, LAUNCHING, "Validating checkpoint storage ...")
        yield self._harness(3_905, LAUNCHING, f"Launching: {launch_command(self.config)}")

    @property
    def _name(self) -> str:
        return f"Trial {self.trial_id} (Experiment {self.experiment_id})"

    @functools.cached_property
    def _chief_rank(self) -> int | None:
        """Only launchers of several processes mark whose line it is."""
        command = " ".join(launch_command(self.config))
        return 0 if any(launcher in command for launcher in _RANKED_LAUNCHERS) else None

    def _master(self, offset: int, text: str, *, level: str = "INFO") -> LogLine:
        return LogLine(offset, text + "\n", level)

    def _terminated(self, reason: str, *, level: str = "INFO", offset: int = 20 * MILLISECOND) -> LogLine:
        return self._master(offset, f"{self._name} was terminated: {reason}", level=level)

    def _agent(self, offset: int, text: str) -> LogLine:
        return LogLine(offset, text + "\n", source="agent", agent_id=self.agent_id, container_id=self.container_id)

    def _task(self, offset: int, text: str, *, stdtype: str, level: str | None) -> LogLine:
        return LogLine(offset, text + "\n", level, "task", stdtype, self.allocation_id, self.agent_id, self.container_id)

    def _harness(self, milliseconds: int, pid: int, text: str, *, stdtype: str = "stdout") -> LogLine:
        return self._task(milliseconds * MILLISECOND, f"[{pid}] determined: {text}", stdtype=stdtype, level="INFO")

    def _script(self, text: str) -> LogLine:
        line = self._task(0, f"[{TRAINING}] determined.core: {text}", stdtype="stderr", level="INFO")
        return line if self._chief_rank is None else line._replace(rank_id=self._chief_rank)


def image_reference(config: Mapping[str, Any]) -> str:
    """The full name of the container's image, as docker completes a short one."""
    image = (config.get("environment") or {}).get("image") or DEFAULT_IMAGE
    name = image if isinstance(image, str) else image.get("cpu") or DEFAULT_IMAGE
    host, slash, _ = name.partition("/")
    if slash and ("." in host or ":" in host or host == "localhost"):
        return name
    return f"docker.io/{name}" if slash else f"docker.io/library/{name}"


def launch_command(config: Mapping[str, Any]) -> list[str]:
    """The command that an entrypoint means: a class, a shell line or a list of arguments."""
    entrypoint = config.get("entrypoint") or ""
    if not isinstance(entrypoint, str):
        return list(entrypoint)
    if _LEGACY_ENTRYPOINT.fullmatch(entrypoint):
        return ["python3", "-m", "determined.launch.torch_distributed", "--", "--trial", entrypoint]
    return ["sh", "-c", entrypoint]


def masked(config: Mapping[str, Any]) -> dict[str, Any]:
    """The config without its secrets, as the harness logs it."""
    shown = copy.deepcopy(dict(config))
    _mask(shown.get("checkpoint_storage"), SECRET_STORAGE_KEYS)
    registry = (shown.get("environment") or {}).get("registry_auth") or {}
    _mask(registry, ("password",) if registry.get("password") is not None else ())
    secrets = (shown.get("data") or {}).get("secrets")
    _mask(secrets, tuple(secrets or ()))
    return shown


def _mask(section: Any, keys: tuple[str, ...]) -> None:
    if isinstance(section, dict):
        section.update({key: MASK for key in keys if key in section})


def _startup_hook_trace() -> tuple[str, ...]:
    return "+ test -f /run/determined/dynamic-tcd-startup-hook.sh", "+ test -f startup-hook.sh", "+ set +x"
