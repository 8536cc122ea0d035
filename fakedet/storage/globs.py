"""Which files of a checkpoint are left when globs have been deleted, computed on the listing alone.

The rules are those of Python's recursive `glob.glob` relative to the checkpoint's folder, as the client's storage managers use
it: `*` and `**` pass over names that start with a dot, `**` stands for any number of directories, a directory takes all that is in it.
"""
from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Iterator, Mapping

EVERYTHING = "**/*"
Place = tuple[str, ...]
_MAGIC = re.compile(r"[*?[]")


def survivors(listing: Mapping[str, int], globs: Iterable[str]) -> dict[str, int]:
    """The part of a listing that no glob matches; the storage's `**/*` takes all, hidden names too."""
    patterns = list(globs)
    if EVERYTHING in patterns:
        return {}
    tree = _Tree(listing)
    doomed = {place for pattern in patterns for place in tree.matches(pattern)}
    return {path: size for path, size in listing.items() if not _is_doomed(path, doomed)}


def _is_doomed(path: str, doomed: set[Place]) -> bool:
    place = _place(path)
    return any(place[:depth] in doomed for depth in range(len(place) + 1))


def _place(path: str) -> Place:
    return tuple(path.rstrip("/").split("/"))


class _Tree:
    """The names of a listing by directory; the root is the empty place."""

    def __init__(self, listing: Iterable[str]):
        self._names: dict[Place, set[str]] = {(): set()}
        for path in listing:
            self._add(_place(path), path.endswith("/"))

    def _add(self, place: Place, is_directory: bool) -> None:
        for depth, name in enumerate(place):
            self._names.setdefault(place[:depth], set()).add(name)
        if is_directory:
            self._names.setdefault(place, set())

    def matches(self, pattern: str) -> set[Place]:
        """Every place that the pattern matches; one that leads out of the root matches nothing."""
        segments = [segment for segment in pattern.split("/") if segment]
        found: set[Place] = {()}
        for position, segment in enumerate(segments):
            last = position == len(segments) - 1
            found = {place for base in found if base in self._names for place in self._step(base, segment, last)}
        return {place for place in found if place in self._names} if pattern.endswith("/") or not segments else found

    def _step(self, base: Place, segment: str, last: bool) -> Iterator[Place]:
        if segment == "**":
            yield from self._below(base, last)
        elif segment == "..":
            yield from [base[:-1]] if base else []
        elif segment == ".":
            yield base
        else:
            yield from ((*base, name) for name in self._named(base, segment))

    def _named(self, base: Place, segment: str) -> Iterable[str]:
        names = self._names[base]
        if not _MAGIC.search(segment):
            return names & {segment}
        seen = names if segment.startswith(".") else {name for name in names if not name.startswith(".")}
        return fnmatch.filter(seen, segment)

    def _below(self, base: Place, with_files: bool) -> Iterator[Place]:
        yield base
        for name in self._names[base]:
            place = (*base, name)
            if name.startswith("."):
                continue
            if place in self._names:
                yield from self._below(place, with_files)
            elif with_files:
                yield place
