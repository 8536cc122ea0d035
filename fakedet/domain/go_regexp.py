"""What Go's regexp package refuses, and with which words. It reads from left to right and stops at the first mistake.

What it accepts is searched for by Python's `re`, which reads all but a few rarities alike.
"""
from __future__ import annotations

import functools
import re

LARGEST_COUNT = 1000
_COUNT = re.compile(r"\{(\d+)(,(\d*))?\}", re.ASCII)
_REPEAT = re.compile(r"[*+?]\??|\{\d+(?:,\d*)?\}\??", re.ASCII)
_ESCAPE = re.compile(r"\\(?:[AbBzdDsSwWafnrtv]|[1-7][0-7]{1,2}|0[0-7]{0,2}|x[0-9A-Fa-f]{2}|x\{[0-9A-Fa-f]+\}|[^0-9A-Za-z\x80-\U0010ffff])", re.S)
_PROPERTY = re.compile(r"\\[pP](?:[LMNPSZC]|\{\^?[A-Za-z_]+\})")
_GROUP = re.compile(r"\((?:\?(?:P?<[A-Za-z_0-9]+>|(?:[imsU]+|[imsU]*-[imsU]+)?[:)]))?")
_POSIX = re.compile(r"\[:\^?(?:alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\]")

#: Searching for `.*x.*` is searching for `x`.
_AROUND = re.compile(r"^(?:\.\*)+(?![?+*{])|(?<!\\)(?:\.\*)+$")

_NOT_IN_CLASSES = frozenset({r"\A", r"\b", r"\B", r"\z", r"\Q"})


class GoRegexpError(ValueError):
    """A mistake and where it is, in Go's words."""

    def __init__(self, mistake: str, place: str):
        super().__init__(f"error parsing regexp: {mistake}: `{place}`")


def check_regexp(text: str) -> None:
    """Raise GoRegexpError if Go would not compile `text`."""
    rest, depth, last, repeatable = text, 0, "", False
    while rest:
        taken, now_repeatable = _next(rest, text, depth, repeatable)
        is_repeat = taken[0] in "*+?{" and _REPEAT.match(taken) is not None
        if is_repeat and last:
            raise GoRegexpError("invalid nested repetition operator", last + taken)
        opens = taken[0] == "(" and not taken.endswith(")")
        depth += opens - (taken == ")")
        last, repeatable, rest = taken if is_repeat else "", now_repeatable, rest[len(taken):]
    if depth:
        raise GoRegexpError("missing closing )", text)


def found(expression: str, text: str) -> bool:
    """Whether `text` has a part that matches; nothing matches what Python cannot read (`\\p{Greek}`, POSIX classes)."""
    pattern = _compiled(expression)
    return pattern is not None and pattern.search(text) is not None


@functools.lru_cache(maxsize=256)
def _compiled(expression: str) -> re.Pattern[str] | None:
    try:
        return re.compile(_AROUND.sub("", expression).replace(r"\z", r"\Z"))
    except re.error:
        return None


def _next(rest: str, text: str, depth: int, repeatable: bool) -> tuple[str, bool]:
    """The next piece of the expression, and whether it can be repeated."""
    char = rest[0]
    if char == "(":
        group = _group(rest)
        return group, repeatable and group.endswith(")")
    if char == ")":
        if not depth:
            raise GoRegexpError("unexpected )", text)
        return char, True
    if char == "|":
        return char, False
    if char == "[":
        return _class(rest), True
    if char == "\\":
        return _escape(rest), True
    repeat = _REPEAT.match(rest)
    return (_repeat(repeat.group(), repeatable), True) if repeat else (char, True)


def _group(rest: str) -> str:
    found = _GROUP.match(rest)
    if found and (found.group() != "(" or not rest.startswith("(?")):
        return found.group()
    if rest.startswith(("(?P<", "(?<")) and not rest.startswith(("(?<=", "(?<!")):
        end = rest.find(">")
        raise GoRegexpError("invalid named capture", rest[:end + 1] if end >= 0 else rest)
    flags = re.match(r"\(\?[imsU-]*.?", rest, re.S)
    raise GoRegexpError("invalid or unsupported Perl syntax", flags.group() if flags else rest)


def _repeat(operator: str, repeatable: bool) -> str:
    count = _COUNT.match(operator)
    if count:
        least = int(count.group(1))
        most = least if count.group(2) is None else int(count.group(3) or -1)
        if least > LARGEST_COUNT or most > LARGEST_COUNT or 0 <= most < least:
            raise GoRegexpError("invalid repeat count", count.group())
    if not repeatable:
        raise GoRegexpError("missing argument to repetition operator", operator)
    return operator


def _escape(rest: str) -> str:
    if rest == "\\":
        raise GoRegexpError("trailing backslash at end of expression", "")
    if rest.startswith("\\Q"):
        end = rest.find("\\E")
        return rest if end < 0 else rest[:end + 2]
    if rest[1] in "pP":
        found = _PROPERTY.match(rest)
        if found is None:
            raise GoRegexpError("invalid character class range", rest[:rest.index("}") + 1] if re.match(r"..\{[^}]*\}", rest) else rest[:3])
        return found.group()
    found = _ESCAPE.match(rest)
    if found is None:
        raise GoRegexpError("invalid escape sequence", rest[:4] if rest[1] == "x" else rest[:2])
    return found.group()


def _class(rest: str) -> str:
    """A bracket expression: the first `]` in it stands for itself."""
    at = 2 if rest.startswith("[^") else 1
    first = True
    while at >= len(rest) or rest[at] != "]" or first:
        if at >= len(rest):
            raise GoRegexpError("missing closing ]", rest)
        low, at = _class_member(rest, at)
        if low is not None and rest[at:at + 1] == "-" and rest[at + 1:at + 2] not in ("", "]"):
            start = at - len(low)
            high, at = _class_member(rest, at + 1)
            if high is None or (len(low) == len(high) == 1 and high < low):
                raise GoRegexpError("invalid character class range", rest[start:at])
        first = False
    return rest[:at + 1]


def _class_member(rest: str, at: int) -> tuple[str | None, int]:
    """One member (None for a set of characters) and where it ends."""
    if rest.startswith("[:", at) and ":]" in rest[at + 2:]:
        found = _POSIX.match(rest, at)
        if found is None:
            raise GoRegexpError("invalid character class range", rest[at:rest.index(":]", at + 2) + 2])
        return None, found.end()
    if rest[at:at + 2] in _NOT_IN_CLASSES:
        raise GoRegexpError("invalid escape sequence", rest[at:at + 2])
    if rest[at] == "\\":
        member = _escape(rest[at:])
        return (None if member[1] in "dDsSwWpP" else member), at + len(member)
    return rest[at], at + 1
