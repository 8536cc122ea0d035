"""The matrix of releases and operations: what real clients of all ages can do with fakedet.

`python -m fakedet.contract.matrix CLIENTS` prints it as a Markdown table; CLIENTS is the folder that .ci/clients makes.
"""
from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Iterable

from fakedet.contract.era_play import Clients

WALK = Path(__file__).with_name("client_walk.py")
PATIENCE = 300
AT_ONCE = 2
Results = dict[str, str]


def walk(release: str, clients: Clients) -> Results:
    """How each operation of a release went with a world of its own; `yes` if well."""
    from fakedet.gateway.server import Server
    from fakedet.gateway.worlds import Worlds
    from fakedet.settings import Settings
    from fakedet.world import World

    with tempfile.TemporaryDirectory(prefix="fakedet-walk-") as folder:
        home = Path(folder)
        worlds = Worlds(World(Settings(speed="instant")))
        try:
            with Server(worlds) as server:
                environment = {**clients.environment(release, home), "WALK_URL": server.url, "WALK_RELEASE": release, "DET_MASTER": server.url}
                done = subprocess.run([str(clients.python), str(WALK)], env=environment, cwd=home / "tmp", capture_output=True,
                                      text=True, timeout=PATIENCE, check=False)
        finally:
            worlds.close()
    if done.returncode:
        return {"start": done.stderr[-1000:]}
    results: Results = json.loads(done.stdout)
    return results


def table(results: dict[str, Results]) -> str:
    """Releases down, operations across; a dash where a release does not have the operation."""
    operations = max(map(list, results.values()), key=len, default=[])
    rows = [[release, *("–" if name not in found else "yes" if found[name] == "yes" else "no" for name in operations)]
            for release, found in results.items()]
    return "\n".join("| " + " | ".join(row) + " |" for row in [["client", *operations], ["---"] * (len(operations) + 1), *rows])


def main(folder: Path, releases: Iterable[str] = ()) -> int:
    """Print the table and what went wrong; the exit status."""
    clients = Clients.in_folder(folder)
    chosen = list(releases) or clients.releases()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = dict(zip(chosen, pool.map(lambda release: walk(release, clients), chosen)))
    print(table(results))
    wrong = [f"{release}: {name}: {text}" for release, found in results.items() for name, text in found.items() if text != "yes"]
    print("\n".join(wrong), file=sys.stderr)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
