"""How a reply is held against a recorded one: exactly, but for the placeholders of the recording.

`<time>` is any RFC 3339 time, `<uuid:N>` and `<token:N>` are bound at first sight and equal from then on, `<int>`, `<number>`,
`<string>`, `<bool>`, `<any>` stand for any value of that type. Lists named "unordered" may come in any order.
"""
from __future__ import annotations

import re
from typing import Any, Iterator, NamedTuple

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")
BOUND = re.compile(r"<(?:uuid|token):\d+>")
TYPES: dict[str, Any] = {"<int>": int, "<number>": (int, float), "<string>": str, "<bool>": bool, "<any>": object}
ABSENT = "<absent>"
Path = tuple[Any, ...]


class Difference(NamedTuple):
    """One place where a reply is not what the recording asks."""

    path: str
    want: Any
    got: Any


class Comparison:
    """Compares replies with recorded ones; `bound` holds what the placeholders stand for so far."""

    def __init__(self, bound: dict[str, str], unordered: list[str]):
        self.bound, self._unordered = bound, unordered

    def differences(self, want: Any, got: Any, path: Path = ()) -> Iterator[Difference]:
        """Every place where `got` differs from `want`; binds placeholders on the way."""
        if isinstance(want, str):
            if not self._string_matches(want, got):
                yield Difference(_dotted(path), want, got)
        elif isinstance(want, dict) and isinstance(got, dict):
            yield from self._of_objects(want, got, path)
        elif isinstance(want, list) and isinstance(got, list):
            yield from self._of_lists(want, got, path)
        elif isinstance(want, (dict, list)) or not _same_scalar(want, got):
            yield Difference(_dotted(path), want, got)

    def _of_objects(self, want: dict[str, Any], got: dict[str, Any], path: Path) -> Iterator[Difference]:
        for key in sorted(want.keys() | got.keys()):
            if key in want and key in got:
                yield from self.differences(want[key], got[key], path + (key,))
            else:
                yield Difference(_dotted(path + (key,)), want.get(key, ABSENT), got.get(key, ABSENT))

    def _of_lists(self, want: list[Any], got: list[Any], path: Path) -> Iterator[Difference]:
        if any(path_matches(pattern, path) for pattern in self._unordered):
            yield from self._of_sets(want, got, path)
            return
        if len(want) != len(got):
            yield Difference(_dotted(path) + ".length", len(want), len(got))
        for index, (wanted, found) in enumerate(zip(want, got)):
            yield from self.differences(wanted, found, path + (index,))

    def _of_sets(self, want: list[Any], got: list[Any], path: Path) -> Iterator[Difference]:
        rest = list(got)
        for wanted in want:
            match = next((item for item in rest if self._binds(wanted, item, path)), ABSENT)
            if match is ABSENT:
                yield Difference(_dotted(path) + "[]", wanted, "<no such item>")
            else:
                rest.remove(match)
        for item in rest:
            yield Difference(_dotted(path) + "[]", ABSENT, item)

    def _binds(self, want: Any, got: Any, path: Path) -> bool:
        trial = Comparison(dict(self.bound), self._unordered)
        if any(trial.differences(want, got, path + ("*",))):
            return False
        self.bound.update(trial.bound)
        return True

    def _string_matches(self, want: str, got: Any) -> bool:
        if want in TYPES:
            return isinstance(got, TYPES[want]) and (want in ("<bool>", "<any>") or not isinstance(got, bool))
        if not isinstance(got, str):
            return False
        if want == "<time>":
            return bool(TIME.match(got))
        return want == got if "<" not in want else self._placeholders_match(want, got)

    def _placeholders_match(self, want: str, got: str) -> bool:
        pattern, names, last = "", [], 0
        for match in BOUND.finditer(want):
            pattern += re.escape(want[last:match.start()])
            last, name = match.end(), match.group()
            if name in self.bound:
                pattern += re.escape(self.bound[name])
            else:
                pattern += "(" + (UUID.pattern if name.startswith("<uuid") else ".+") + ")"
                names.append(name)
        found = re.fullmatch(pattern + re.escape(want[last:]), got, re.S)
        if found:
            self.bound.update(zip(names, found.groups()))
        return bool(found)


def _same_scalar(want: Any, got: Any) -> bool:
    if want == got and isinstance(want, bool) == isinstance(got, bool):
        return True
    close = isinstance(want, float) and isinstance(got, (int, float)) and not isinstance(got, bool)
    return close and abs(want - got) <= 1e-9 * max(1.0, abs(want))


def path_matches(pattern: str, path: Path) -> bool:
    """`a.*.b` matches that path; `**.b` matches any path that ends in b."""
    parts = pattern.split(".") if pattern else []
    if parts[:1] == ["**"]:
        parts, path = parts[1:], path[len(path) - len(parts) + 1:]
    return len(parts) == len(path) and all(part in ("*", str(key)) for part, key in zip(parts, path))


def _dotted(path: Path) -> str:
    return ".".join(map(str, path)) or "."
