"""What a task prints, as log lines: split, cut, and with the rank and the level that they begin with taken off (harness: ship_logs.py).

Pure: `LineSplitter` turns the pieces that a pipe gives into lines, `log_line` turns a line into fields.
"""
from __future__ import annotations

import re
from typing import Any, Iterator

#: Longer lines are cut into pieces of this many bytes.
LONGEST = 8191
_END = re.compile(rb"[\r\n]")
_RANK = re.compile(r"\[rank=(\d+)\] ")
_LEVEL = re.compile(r"(DEBUG|INFO|WARNING|ERROR|CRITICAL): ?")


class LineSplitter:
    """Lines of one stream; both line feeds and carriage returns end one.

    >>> splitter = LineSplitter()
    >>> list(splitter.fed(b"one\\ntw")), list(splitter.fed(b"o")), list(splitter.ended())
    (['one'], [], ['two'])
    """

    def __init__(self) -> None:
        self._rest = b""

    def fed(self, piece: bytes) -> Iterator[str]:
        """The lines that are complete now."""
        *lines, self._rest = _END.split(self._rest + piece)
        for line in lines:
            yield from _cut(line)
        while len(self._rest) > LONGEST:
            yield _text(self._rest[:LONGEST])
            self._rest = self._rest[LONGEST:]

    def ended(self) -> Iterator[str]:
        """What was left without an end."""
        rest, self._rest = self._rest, b""
        if rest:
            yield from _cut(rest)


def log_line(text: str) -> dict[str, Any]:
    """The fields of a line: rank_id, level, log.

    >>> log_line("[rank=1] INFO: ready")
    {'rank_id': 1, 'level': 'INFO', 'log': 'ready\\n'}
    """
    rank, level = _RANK.match(text), None
    if rank:
        text = text[rank.end():]
    if found := _LEVEL.match(text):
        level, text = found.group(1), text[found.end():]
    return {"rank_id": int(rank.group(1)) if rank else None, "level": level, "log": text + "\n"}


def _cut(line: bytes) -> Iterator[str]:
    for start in range(0, max(len(line), 1), LONGEST):
        yield _text(line[start:start + LONGEST])


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace")
