"""The log of an open transaction: what has changed so far, so that it can be undone or handed over as one commit.

A nested transaction joins the outer one; if it fails, only its own part is undone and the outer one may go on.
Numbers drawn from sequences stay drawn, as in PostgreSQL.
"""
from __future__ import annotations

from types import TracebackType
from typing import Any, Callable, Mapping, Sequence

from fakedet.store.state import Change

Undo = Callable[[Change], None]
Keep = Callable[[Sequence[Change], Mapping[str, int]], None]
Announce = Callable[[Sequence[Change]], None]


class TransactionLog:
    """A context manager that may be entered again while it is open; it holds `lock` as long as it is open.

    undo: takes one change back. keep: makes a commit durable; if it raises, the commit is undone. announce: told what was committed.
    """

    def __init__(self, lock: Any, *, undo: Undo, keep: Keep, announce: Announce):
        self.lock = lock
        self._undo, self._keep, self._announce = undo, keep, announce
        self._changes: list[Change] = []
        self._drawn: dict[str, int] = {}
        self._marks: list[int] = []
        self.note = self._changes.append

    @property
    def is_open(self) -> bool:
        """Whether a transaction is under way."""
        return bool(self._marks)

    def drawn(self, sequence: str, number: int) -> None:
        """`sequence` has handed out `number`."""
        self._drawn[sequence] = number

    def __enter__(self) -> "TransactionLog":
        self.lock.acquire()
        self._marks.append(len(self._changes))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            mark = self._marks.pop()
            if kind is not None:
                self._undo_since(mark)
            if not self._marks and (self._changes or self._drawn):
                self._complete()
        finally:
            self.lock.release()

    def _complete(self) -> None:
        changes = list(self._changes)
        try:
            self._keep(changes, self._drawn)
        except BaseException:
            self._undo_since(0)
            raise
        self._changes.clear()
        self._drawn.clear()
        if changes:
            self._announce(changes)

    def _undo_since(self, mark: int) -> None:
        for change in reversed(self._changes[mark:]):
            self._undo(change)
        del self._changes[mark:]
