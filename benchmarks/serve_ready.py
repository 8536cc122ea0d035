"""How long `fakedet serve` takes from nothing to its ready line, against an empty Python and against Python importing Flask."""
from __future__ import annotations

import subprocess
import sys
import tempfile

from benchmarks.side_by_side import medians, report


def main() -> None:
    """Print the milliseconds and the ratios to an empty Python."""
    with tempfile.TemporaryDirectory() as folder:
        found = medians({
            "python -c pass": lambda: subprocess.run([sys.executable, "-c", "pass"], check=True),
            "python -c 'import flask'": lambda: subprocess.run([sys.executable, "-c", "import flask"], check=True),
            "fakedet serve, in memory": lambda: _until_ready(),
            "fakedet serve --data": lambda: _until_ready("--data", folder),
        }, rounds=7)
        report("ready", found, "python -c pass")


def _until_ready(*arguments: str) -> None:
    command = [sys.executable, "-m", "fakedet", "serve", "--port", "0", "--json", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and b"ready" in process.stdout.readline()
        process.kill()


if __name__ == "__main__":
    main()
