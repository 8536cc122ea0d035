"""Text matching as PostgreSQL does it."""
from __future__ import annotations

import re


def like_pattern(pattern: str) -> str:
    r"""A LIKE pattern as a regular expression for `fullmatch` with DOTALL: `%` any text, `_` any character, `\` takes the next literally.

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
