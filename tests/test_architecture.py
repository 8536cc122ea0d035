"""The rules of who may import whom, and where time and chance may come from."""
from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import Iterator

import pytest

PACKAGE = Path(__file__).parents[1] / "fakedet"
FORBIDDEN = {
    "store": ("gateway", "services"), "storage": ("gateway", "services"), "services": ("cli", "testing", "gateway"),
    "engine": ("cli", "testing", "gateway"), "gateway": ("cli", "testing"), "contract": ("cli", "testing"),
}


def imports_of(file: Path) -> Iterator[str]:
    """Every module that `file` imports, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("room", sorted(FORBIDDEN))
def test_a_room_does_not_import_the_rooms_above_it(room: str) -> None:
    found = {(file.name, name) for file in (PACKAGE / room).rglob("*.py") for name in imports_of(file)
             for above in FORBIDDEN[room] if name.startswith(f"fakedet.{above}")}
    assert not found


def test_domain_imports_the_standard_library_and_itself_only() -> None:
    found = {(file.name, name) for file in (PACKAGE / "domain").rglob("*.py") for name in imports_of(file)
             if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith("fakedet.domain")}
    assert not found


def test_flask_stays_in_the_gateway() -> None:
    servers_of_others = {"embedded_s3.py"}  # moto's application needs somebody to serve it
    found = {str(file) for file in PACKAGE.rglob("*.py") for name in imports_of(file) if name.split(".")[0] in ("flask", "werkzeug")
             if file.parent.name not in ("gateway", "dashboard") and file.name not in servers_of_others}
    assert not found


def test_time_and_chance_come_from_the_world_only() -> None:
    sources = ("datetime.now", "utcnow(", "time.time(", "uuid4(", "random.random(", "time_ns(")
    allowed = {"clock.py", "golden.py"}
    found = {(file.name, source) for file in PACKAGE.rglob("*.py") if file.name not in allowed
             for source in sources if source in file.read_text(encoding="utf-8")}
    assert not found


def test_no_file_grows_beyond_three_hundred_lines() -> None:
    long = {str(file): lines for file in PACKAGE.rglob("*.py") if (lines := len(file.read_text(encoding="utf-8").splitlines())) > 300}
    assert not long
