"""The declaration language, part three: values of one of several shapes.

`Tagged` is an object whose key (`type`, `name`) says which member it is (checkpoint storage, searcher); `Either`
accepts any of several shapes and has one message for all others. A union's problems are those of the member the value
means to be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fakedet.domain.config.kinds import Kind, Text, combine, inspect
from fakedet.domain.config.objects import Field, Object
from fakedet.domain.config.problems import At, Problems
from fakedet.domain.config.reading import BAD_TAG, ReadError, Reading, refuse_unknown, run_within


class Either(Kind):
    """One of several kinds, with one message for whatever fits none."""

    def __init__(self, text: str, *kinds: Kind) -> None:
        self.text, self.kinds = text, kinds

    def problems(self, value: Any, at: At) -> Problems:
        if all(any(True for _ in inspect(kind, value, at)) for kind in self.kinds):
            yield at.says(self.text)


class Tagged(Kind):
    """An object that is one of its members by its tag, and has fields common to all.

    The schema checks it twice: the fields common to all on the whole, and everything on the member; a problem of a common
    field therefore shows twice.
    """

    json = ("object",)

    def __init__(
        self,
        go: str,
        tag: str,
        members: Mapping[str, Object],
        common: Mapping[str, Field],
        *,
        text: str,
        wrap: str,
        open_members: Sequence[str] = (),
    ) -> None:
        self.go, self.tag, self.text, self.wrap = go, tag, text, wrap
        self.members = dict(members)
        self.common = Object(go, common)
        whole = {name: Field(Kind()) for member in self.members.values() for name in member.fields}
        self.whole = Object(go, {**whole, tag: Field(Kind(), eventually=True), **common})
        self.strict = {name: self._as_checked(name, member, common) for name, member in self.members.items()}

    def _as_checked(self, name: str, member: Object, common: Mapping[str, Field]) -> Object:
        fields = {self.tag: Field(Text(), required=True), **member.fields, **common}
        if member.open:
            fields = {key: field for key, field in fields.items() if not key.startswith("source_")}
        return Object(member.go, fields, checks=member.checks, eventual_checks=member.eventual_checks, open=member.open)

    def problems(self, value: dict[str, Any], at: At) -> Problems:
        yield from self.whole.problems(value, at)
        if self.tag in value:
            member = self.strict.get(value[self.tag]) if isinstance(value[self.tag], str) else None
            yield from member.problems(value, at) if member else [at.says(self.text)]

    def read(self, value: Any, here: Reading) -> Any:
        return here.own(lambda inner: self._read(value, inner))

    def _read(self, value: Any, here: Reading) -> dict[str, Any]:
        if not isinstance(value, dict):
            here.mismatch(value, "map[string]interface {}")
            return {}
        tag = value.get(self.tag)
        if self.tag in value and not isinstance(tag, str):
            raise ReadError(BAD_TAG.format(self.tag))
        if tag is not None and tag not in self.members:
            raise ReadError(f"unexpected {self.tag}: {tag}")
        member = Object(self.go, {}) if tag is None else self.members[tag]
        result = member.read(value, here)
        if here.notes:
            return result
        refuse_unknown(value, {self.tag, *member.fields, *self.common.fields})
        common = run_within(self.wrap, lambda reading: self.common.read(value, reading))
        return {**({self.tag: tag} if tag else {}), **result, **common}

    def merge(self, high: dict[str, Any], low: dict[str, Any]) -> dict[str, Any]:
        tag = high.get(self.tag) or low.get(self.tag)
        merged = {name: combine(field.kind, high.get(name), low.get(name)) for name, field in self.common.fields.items()}
        if tag is not None:
            member = self.members[tag]
            sides = [self._member_part(side, member) if side.get(self.tag) == tag else None for side in (high, low)]
            merged = {self.tag: tag, **combine(member, *sides), **merged}
        return {name: item for name, item in merged.items() if item is not None}

    @staticmethod
    def _member_part(side: dict[str, Any], member: Object) -> dict[str, Any]:
        return {name: side[name] for name in member.fields if name in side}

    def fill(self, value: dict[str, Any]) -> dict[str, Any]:
        return {**self._tagged(value, "fill"), **self.common.fill(value)}

    def show(self, value: dict[str, Any]) -> dict[str, Any]:
        return {**self._tagged(value, "show"), **self.common.show(value)}

    def _tagged(self, value: dict[str, Any], step: str) -> dict[str, Any]:
        if self.tag not in value:
            return {}
        member = self.members[value[self.tag]]
        return {self.tag: value[self.tag], **getattr(member, step)(value)}
