"""The matrix of releases and operations: what real clients of all ages can do with fakedet.

`python -m fakedet.contract.matrix CLIENTS` prints it as a Markdown table; CLIENTS is the folder that .ci/clients makes.
"""
from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Iterable, Sequence

import fakedet
from fakedet.contract.era_play import Clients

#: What the client's own interpreter does, and what needs one that has torch: this one, if it has.
ROOMS, TORCH_ROOMS = ("experiments", "checkpoints", "models", "commands", "guides"), ("loading",)
HAS_TORCH = importlib.util.find_spec("torch") is not None
COMMAND = "python -m fakedet.contract.matrix .clients"
PATIENCE = 300
AT_ONCE = 2
Results = dict[str, str]


def walk(release: str, clients: Clients) -> Results:
    """How each operation of a release went with a world of its own: `yes`, a dash where the release lacks it, or what went wrong."""
    from fakedet.gateway.server import Server
    from fakedet.gateway.worlds import Worlds
    from fakedet.settings import Settings
    from fakedet.world import World

    with tempfile.TemporaryDirectory(prefix="fakedet-walk-") as folder:
        home = Path(folder)
        worlds = Worlds(World(Settings(speed="instant")))
        try:
            with Server(worlds) as server:
                walked = Walk(release, clients, server.url, home)
                return {**walked.done_by(clients.python, ROOMS), **(walked.done_by(Path(sys.executable), TORCH_ROOMS) if HAS_TORCH else {})}
        finally:
            worlds.close()


class Walk:
    """A client of one release on its way, in a folder of its own."""

    def __init__(self, release: str, clients: Clients, url: str, home: Path):
        (home / "walk").mkdir()
        (home / "walk" / "fakedet").symlink_to(Path(fakedet.__file__).parent)
        environment = clients.environment(release, home)
        path = f"{environment['PYTHONPATH']}:{home / 'walk'}"
        self._environment = {**environment, "PYTHONPATH": path, "WALK_URL": url, "WALK_RELEASE": release, "DET_MASTER": url,
                             "WALK_LIBRARIES": str(clients.libraries)}
        self._folder = home / "tmp"

    def done_by(self, python: Path, rooms: Sequence[str]) -> Results:
        """What the interpreter does of these rooms."""
        done = subprocess.run([str(python), "-m", "fakedet.contract.walk", *rooms], env=self._environment, cwd=self._folder,
                              capture_output=True, text=True, timeout=PATIENCE, check=False)
        if done.returncode:
            return {"start": done.stderr[-1000:]}
        results: Results = json.loads(done.stdout)
        return results


def row(release: str, results: Results) -> str:
    """A line of the table."""
    return "| " + " | ".join([release, *(text if text in ("yes", "–") else "no" for text in results.values())]) + " |"


def table(results: dict[str, Results]) -> str:
    """Releases down, operations across."""
    operations = list(next(iter(results.values()), {}))
    head = ["| " + " | ".join(["client", *operations]) + " |", "|---" * (len(operations) + 1) + "|"]
    return "\n".join(head + [row(release, found) for release, found in results.items()])


def wrong(results: Results) -> Results:
    """The operations that did not go well."""
    return {name: text for name, text in results.items() if text not in ("yes", "–")}


def main(folder: Path, releases: Iterable[str] = ()) -> int:
    """Print the table and what went wrong; the exit status."""
    clients = Clients.in_folder(folder)
    chosen = list(releases) or clients.releases()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = dict(zip(chosen, pool.map(lambda release: walk(release, clients), chosen)))
    print(table(results))
    failed = [f"{release}: {name}: {text}" for release, found in results.items() for name, text in wrong(found).items()]
    print("\n".join(failed), file=sys.stderr)
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
