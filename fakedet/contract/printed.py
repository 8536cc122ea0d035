"""What a command printed and left on the disk, held against what the real `det` did: line for line, but for placeholders.

`<time>`, `<int>`, `<number>`, `<any>` and `<code>` (capitals and digits) stand for any such text, `<uuid:N>` and `<token:N>` are bound at
first sight. What the client prints whatever the server does (tracebacks, usages, warnings) counts as one line.
"""
from __future__ import annotations

import re
import tarfile
from pathlib import Path
from typing import Any, Iterator, Mapping

from fakedet.contract.comparing import UUID

KINDS = {"<time>": r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?", "<int>": r"-?\d+",
         "<number>": r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?", "<any>": r".*", "<code>": r"[0-9A-Z]+"}
HOLE = re.compile(r"<(?:time|int|number|any|code|uuid:\d+|token:\d+)>")
NOISE = [
    (re.compile(r"(?s)Traceback \(most recent call last\):\n.*?\n(?=\S)(?!Traceback|During handling|The above exception)"), "<traceback>\n"),
    (re.compile(r"(?s)<traceback>\n(?:.*<traceback>\n)"), "<traceback>\n"),
    (re.compile(r"(?sm)usage: det .*?(?=^det[^\n]*: error: )"), "<usage>\n"),
    (re.compile(r"(?s)Warning: your password does not appear .*?as soon as possible\.\n"), "<weak password>\n"),
    (re.compile(r".*GetPassWarning: .*\n.*\nWarning: Password input may be echoed\.\n"), ""),
    (re.compile(r"HTTPConnectionPool\(.*"), "<no connection>"),
    (re.compile(r".*\r(?=.)"), ""),  # a progress bar that is drawn over itself
]
BORDER = re.compile(r"[-+]*-\+-[-+]*")
#: A folder is [], a text file its lines, an archive {"members": {name: size}}, any other file {"size": n}; what is gone is None.
Content = Any


def lines(data: bytes, names: Mapping[str, str]) -> list[str]:
    """The lines of a text; `names` tells what in it is written as which placeholder."""
    text = data.decode()
    for pattern, short in NOISE:
        text = pattern.sub(short, text)
    for value, name in names.items():
        text = text.replace(value, name)
    return text.split("\n")


def content(file: Path, names: Mapping[str, str]) -> Content:
    """What is in `file`."""
    if file.is_dir():
        return []
    data = file.read_bytes()
    try:
        if data[:2] != b"\x1f\x8b":
            return lines(data, names)
        with tarfile.open(file) as archive:
            return {"members": {member.name: member.size for member in archive.getmembers()}}
    except (UnicodeDecodeError, tarfile.ReadError):
        return {"size": len(data)}


class Bindings(dict[str, str]):
    """What the placeholders with a number stand for so far."""

    def match(self, want: str, got: str) -> bool:
        """Whether `got` is the line `want`; binds placeholders if so."""
        names: list[str] = []
        pattern = "".join(self._pattern(part, names) for part in re.split(f"({HOLE.pattern})", want))
        found = re.fullmatch(pattern, got)
        if found:
            self.update(zip(names, found.groups()))
        return bool(found)

    def _pattern(self, part: str, names: list[str]) -> str:
        if not HOLE.fullmatch(part):
            return re.escape(part)
        if part in KINDS:
            return KINDS[part]
        if part in self:
            return re.escape(self[part])
        names.append(part)
        return f"({UUID.pattern})" if part.startswith("<uuid") else r"(\S+)"

    def differing_lines(self, where: str, want: list[str], got: list[str]) -> Iterator[str]:
        """The lines that differ, for a person to read."""
        if want == ["<any>"]:
            return
        for number in range(max(len(want), len(got))):
            wanted, found = _nth(want, number), _nth(got, number)
            if wanted is None or found is None or not self.match(wanted, found):
                yield f"{where}:{number + 1} want {wanted!r}\n{' ' * len(where)}   got {found!r}"

    def differing_files(self, want: Mapping[str, Content], got: Mapping[str, Content]) -> Iterator[str]:
        """The files that are missing, left over or hold something else."""
        rest = dict(got)
        for name, wanted in want.items():
            match = next((found for found in rest if self.match(name, found)), None)
            if match is None:
                yield f"files: {name} is missing"
            else:
                yield from self._differing_content(name, wanted, rest.pop(match))
        yield from (f"files: {name} is left over" for name in rest)

    def _differing_content(self, name: str, want: Content, got: Content) -> Iterator[str]:
        if isinstance(want, list) and isinstance(got, list):
            yield from self.differing_lines(name, want, got)
        elif _has_members(want) and _has_members(got):
            yield from self.differing_files(*({inside: {"size": size} for inside, size in of["members"].items()} for of in (want, got)))
        elif want != got and want != {"size": "<int>"}:
            yield f"files: {name} want {want} got {got}"


def without_widths(line: str) -> str:
    """A line of a table without the widths of its columns."""
    if BORDER.fullmatch(line):
        return re.sub("-+", "-", line)
    return re.sub(r" *(\||$) *", r" \1 ", line).strip() if "|" in line else line


def _nth(of: list[str], number: int) -> str | None:
    return of[number] if number < len(of) else None


def _has_members(of: Content) -> bool:
    return isinstance(of, dict) and "members" in of
