"""What a test holds: a cluster of its own, the real client signed in to it, the real CLI, builders and the clock."""
from __future__ import annotations

import contextlib
import functools
import io
import shlex
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Iterator
from unittest import mock

from fakedet.exchanges import Exchanges
from fakedet.testing.builders import experiment_config

if TYPE_CHECKING:
    from fakedet.services.checkpoints.damaging import CheckpointDamage
    from fakedet.store.snapshot import Snapshot
    from fakedet.testing.gc_preview import GcPreview
    from fakedet.world import World


@dataclass(frozen=True)
class CommandResult:
    """What a `det` command printed and how it ended."""

    command: str
    exit_code: int
    stdout: str
    stderr: str


class FakeCluster:
    """A private Determined cluster.

    `url` is its address, for clients of every kind; `world` its inside. Within this process nothing goes over the network.
    """

    def __init__(self, world: "World", url: str):
        self.world, self.url = world, url

    def __repr__(self) -> str:
        return f"<FakeCluster {self.url} experiments={self.world.db.experiments.tally()}>"

    @functools.cached_property
    def client(self) -> Any:
        """The real SDK (`determined.experimental.Determined`), signed in as `determined`; install `determined` to use it."""
        from determined import experimental

        return experimental.Determined(master=self.url, user="determined", password="")

    @property
    def calls(self) -> Exchanges:
        """What was asked of the cluster and how it answered."""
        return self.world.exchanges

    @property
    def clock(self) -> "Clock":
        """The cluster's time; it stands still unless you move it."""
        return Clock(self.world)

    def experiment(self, **parameters: Any) -> Any:
        """A finished experiment with synthetic trials, as the SDK's Experiment; parameters as in `experiment_config`."""
        import tempfile

        with tempfile.TemporaryDirectory(prefix="fakedet-model-") as empty:
            experiment = self.client.create_experiment(experiment_config(**parameters), empty)
        experiment.reload()
        return experiment

    def model(self, name: str, **parameters: Any) -> Any:
        """A model of the registry, as the SDK's Model."""
        return self.client.create_model(name, **parameters)

    def det(self, command: str, *, stdin: str = "") -> CommandResult:
        """Run the real CLI in this process: `cluster.det("experiment list")`."""
        from determined.cli.cli import main

        out, err, code = io.StringIO(), io.StringIO(), 0
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), mock.patch("sys.stdin", io.StringIO(stdin)):
            try:
                main(["-m", self.url, *shlex.split(command)])
            except SystemExit as stop:
                code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
        return CommandResult(command, code, out.getvalue(), err.getvalue())

    def gc_preview(self, experiment: Any, **policy: Any) -> "GcPreview":
        """What a policy (`save_trial_best=3`, ...; the experiment's own where not given) would do to each checkpoint, and why.

        experiment: of the SDK, or an id. `semantics="upstream"` tells what 0.38.1 does.
        """
        from fakedet.services.checkpoints.explaining import explain
        from fakedet.testing.gc_preview import GcPreview

        with self.world.lock:
            return GcPreview(explain(self.world, getattr(experiment, "id", experiment), **policy))

    def damage(self, checkpoint: Any) -> "CheckpointDamage":
        """See and damage the files of a checkpoint (of the SDK, or a uuid): `cluster.damage(best).truncate("state_dict.pth")`."""
        from fakedet.services.checkpoints.damaging import CheckpointDamage

        with self.world.lock:
            return CheckpointDamage(self.world, getattr(checkpoint, "uuid", checkpoint))

    def snapshot(self) -> "Snapshot":
        """The state of the cluster now; `restore` brings it back."""
        return self.world.snapshot()

    def restore(self, snapshot: "Snapshot") -> None:
        """The cluster as it was at `snapshot`."""
        self.world.restore(snapshot)


class Clock:
    """The virtual time of a cluster."""

    def __init__(self, world: "World"):
        self._world = world

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._world.now() / 1_000_000

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass: what is due by then is done."""
        self._world.engine.advance(seconds)


@contextlib.contextmanager
def environment_of(cluster: FakeCluster, config_path: str) -> Iterator[None]:
    """The environment in which clients find `cluster` and leave the user's own files alone."""
    values = {"DET_MASTER": cluster.url, "DET_USER": "determined", "DET_PASS": "", "DET_DEBUG_CONFIG_PATH": config_path,
              "DET_RETRY_CONFIG": '{"total": 5, "backoff_factor": 0, "status_forcelist": [502, 503, 504]}'}
    with mock.patch.dict("os.environ", values), _no_sign_in_yet():
        yield


@contextlib.contextmanager
def _no_sign_in_yet() -> Iterator[None]:
    """The SDK's module `client` takes one sign-in a process: each cluster gets its own, and an outer cluster's comes back."""
    outer = _swap_sign_in(None)
    try:
        yield
    finally:
        _swap_sign_in(outer)


def _swap_sign_in(new: Any) -> Any:
    module = sys.modules.get("determined.experimental.client")
    old = getattr(module, "_determined", None)
    if module is not None:
        module._determined = new  # type: ignore[attr-defined]
    return old
