"""Plays a recording of an old client with that very client, installed in a folder of its own, against any master.

What counts: an old client must see what it saw then.
"""
from __future__ import annotations

import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator, Mapping

from fakedet.contract import era_calls, eras
from fakedet.contract.comparing import Comparison, Difference, path_matches
from fakedet.contract.golden import Send, StepResult

PATIENCE = 300


@dataclass(frozen=True)
class Clients:
    """Where old clients are: an interpreter that has what they import, and a folder with one client per release."""

    python: Path
    folder: Path

    @classmethod
    def in_folder(cls, folder: Path) -> "Clients":
        """As .ci/clients lays them out: the interpreter's virtual environment beside the clients."""
        folder = folder.absolute()  # clients run in folders of their own
        return cls(folder / "python" / "bin" / "python", folder)

    @property
    def libraries(self) -> Path:
        """Where the interpreter keeps what clients import."""
        return next((self.folder / "python" / "lib").glob("python*")) / "site-packages"

    def releases(self) -> list[str]:
        """All that are there, the oldest first."""
        names = (path.name for path in self.folder.iterdir() if path.name[:1].isdigit())
        return sorted(names, key=lambda name: [int(part) for part in name.split(".")])

    def has(self, release: str) -> bool:
        """Whether the client of `release` can be run."""
        return self.python.exists() and (self.folder / release).is_dir()

    def environment(self, release: str, home: Path) -> dict[str, str]:
        """The environment in which the client of `release` runs, with `home` of its own."""
        (home / "tmp").mkdir(parents=True, exist_ok=True)
        return {"PATH": os.environ["PATH"], "HOME": str(home), "XDG_CONFIG_HOME": str(home / "config"), "TZ": "UTC",
                "PYTHONPATH": str(self.folder / release), "PYTHONWARNINGS": "ignore", "PYTHONDONTWRITEBYTECODE": "1"}


def play(recording: Mapping[str, Any], url: str, send: Send, clients: Clients, root: Path, messages: bool = False) -> list[StepResult]:
    """Build the recorded world at `url` with checkpoints in `root` and make its calls: one result each.

    `messages`: the texts of errors count too.
    """
    eras.build(recording["world"], eras.EraSession(send, patience=0), root)
    moved = eras.relocated(recording, root)
    bound: dict[str, str] = {}
    return [StepResult(number, call["do"], list(_differences(call, result, bound, messages)))
            for number, (call, result) in enumerate(zip(moved["calls"], _results(moved, url, clients)))]


def _results(recording: Mapping[str, Any], url: str, clients: Clients) -> list[Any]:
    with tempfile.TemporaryDirectory(prefix="fakedet-era-") as folder:
        home = Path(folder)
        environment = {**clients.environment(recording["release"], home), "ERA_URL": url, "ERA_TMP": str(home / "tmp"), "DET_MASTER": url}
        file = home / "recording.json"
        file.write_text(json.dumps(recording), encoding="utf-8")
        done = subprocess.run([str(clients.python), era_calls.__file__, str(file)], env=environment, capture_output=True, text=True,
                              timeout=PATIENCE, check=False)
    if done.returncode:
        raise RuntimeError(f"{recording['name']}: {done.stderr[-1500:]}")
    results: list[Any] = json.loads(done.stdout)
    return results


def _differences(call: Mapping[str, Any], result: Mapping[str, Any], bound: dict[str, str], messages: bool) -> Iterator[Difference]:
    kind = "gives" if "gives" in call else "raises"
    if kind not in result:
        yield Difference(kind, call[kind], result)
        return
    want, got = _shown(call, call[kind], messages), _shown(call, result[kind], messages)
    for difference in Comparison(bound, []).differences(want, got):
        if not any(path_matches(pattern, tuple(difference.path.split("."))) for pattern in call.get("free", [])):
            yield difference


def _shown(call: Mapping[str, Any], value: Any, messages: bool) -> Any:
    """What of a value counts: without the texts of errors, unless they are asked for."""
    if messages:
        return value
    if "raises" in call:
        return value[0]
    return value[:2] if call["do"].startswith("det(") and isinstance(value, list) else value
