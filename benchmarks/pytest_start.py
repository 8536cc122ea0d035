"""What the plugin costs a pytest run that does not use it."""
from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.side_by_side import medians, report


def main() -> None:
    """Print the milliseconds of a run with one empty test, with and without the plugin, and of the bare import."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_nothing.py").write_text("def test_nothing():\n    pass\n")
        without = ["-p", "no:fakedet"]
        found = medians({
            "pytest without the plugin": lambda: _run(folder, *without),
            "pytest with the plugin": lambda: _run(folder),
        }, rounds=9)
        report("pytest start-up", found, "pytest without the plugin")
    print(f"  import fakedet.testing.plugin beyond pytest itself: {_import_milliseconds():.1f} ms")


def _run(folder: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments, folder], check=True,
                   stdout=subprocess.DEVNULL, cwd=folder)


def _import_milliseconds() -> float:
    code = ("import pytest, time; begun = time.perf_counter(); import fakedet.testing.plugin; "
            "print((time.perf_counter() - begun) * 1000)")
    return float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)


if __name__ == "__main__":
    main()
