"""Text matching as PostgreSQL does it."""
from __future__ import annotations

import re
from typing import Callable

from fakedet.domain.errors import Internal

TextTest = Callable[[str], bool]
#: Letters whose lower case in PostgreSQL's locale is one letter, in Python two.
_LOWER = {"\u0130": "i"}


def like(pattern: str, *, any_case: bool = True) -> TextTest:
    r"""Whether a whole text is LIKE (or ILIKE) the pattern: `%` any text, `_` any character, `\` takes the next literally.

    >>> contains, begins = like("%B%"), like("a%", any_case=False)
    >>> contains("abc"), begins("Abc")
    (True, False)
    """
    folded = _lower if any_case else str
    compiled = re.compile(like_pattern(folded(pattern)), re.DOTALL)
    if _ends_with_escape(pattern):
        return _never(re.compile(like_pattern(folded(pattern[:-1])) + ".", re.DOTALL), folded)
    return lambda text: compiled.fullmatch(folded(text)) is not None


def like_pattern(pattern: str) -> str:
    r"""A LIKE pattern as a regular expression for `fullmatch` with DOTALL.

    >>> like_pattern("a%_\\%")
    'a.*.%'
    """
    parts, characters = [], iter(pattern)
    for character in characters:
        if character == "\\":
            parts.append(re.escape(next(characters, "\\")))
        else:
            parts.append({"%": ".*", "_": "."}.get(character) or re.escape(character))
    return "".join(parts)


def _never(reached: re.Pattern[str], folded: Callable[[str], str]) -> TextTest:
    """Nothing matches a pattern that ends with an escape, and a text that gets so far shows that it is wrong."""
    def test(text: str) -> bool:
        if reached.match(folded(text)):
            raise Internal("ERROR: LIKE pattern must not end with escape character (SQLSTATE 22025)")
        return False

    return test


def _ends_with_escape(pattern: str) -> bool:
    return (len(pattern) - len(pattern.rstrip("\\"))) % 2 == 1


def _lower(text: str) -> str:
    """Letter by letter: what lower case makes of a letter does not depend on its neighbours."""
    return text.lower() if text.isascii() else "".join(_LOWER.get(letter) or letter.lower() for letter in text)
