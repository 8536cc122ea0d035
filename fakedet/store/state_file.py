"""A whole state in one file: a framed line that says what follows, then framed lines of rows, up to a thousand each.

Read back only if complete; it is replaced as a whole, so no crash can leave half of it.
"""
from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO, Iterator, NamedTuple

from fakedet.store.errors import Damaged, UnknownFormat
from fakedet.store.frames import framed, replace_file, unframed
from fakedet.store.state import Row, State

FORMAT = 1
ROWS_PER_LINE = 1000


class StateFile(NamedTuple):
    """A state and the number of the last commit that is in it."""

    state: State
    commit: int


def write_state(path: Path, state: State, commit: int = 0) -> None:
    """Put `state` in place of what `path` held."""

    def write(file: BinaryIO) -> None:
        file.write(framed(_heading(state, commit)))
        for line in _row_lines(state):
            file.write(framed(line))

    replace_file(path, write)


def read_state(path: Path) -> StateFile:
    """What `write_state` wrote. Raises Damaged or UnknownFormat."""
    with open(path, "rb") as file:
        heading = _line(path, 1, file.readline())
        _check_format(path, heading)
        state = State({}, dict(heading["sequences"]))
        for number, line in enumerate(file, 2):
            part = _line(path, number, line)
            state.rows(part["table"]).update((row["id"], row) for row in part["rows"])
    if _sizes(state) != heading["tables"]:
        raise Damaged(path, "rows are missing at its end")
    return StateFile(state, heading["commit"])


def _heading(state: State, commit: int) -> dict[str, Any]:
    return {"fakedet": "state", "format": FORMAT, "commit": commit, "sequences": state.sequences, "tables": _sizes(state)}


def _sizes(state: State) -> dict[str, int]:
    return {name: len(rows) for name, rows in state.tables.items() if rows}


def _row_lines(state: State) -> Iterator[dict[str, Any]]:
    for name, rows in state.tables.items():
        everything: list[Row] = list(rows.values())
        for start in range(0, len(everything), ROWS_PER_LINE):
            yield {"table": name, "rows": everything[start:start + ROWS_PER_LINE]}


def _line(path: Path, number: int, line: bytes) -> dict[str, Any]:
    document = unframed(line)
    if not isinstance(document, dict):
        raise Damaged(path, f"line {number} is not what was written")
    return document


def _check_format(path: Path, heading: dict[str, Any]) -> None:
    if heading.get("fakedet") != "state" or heading.get("format") != FORMAT:
        raise UnknownFormat(path, heading.get("format"), FORMAT)
