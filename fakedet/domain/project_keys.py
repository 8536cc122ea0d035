"""The short key of a project: what it may be, and what it is where nobody gave one (master: api_project.go)."""
from __future__ import annotations

import re
from typing import Callable

LONGEST = 5
FROM_NAME = 3
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def objection(key: str) -> str | None:
    """Why `key` cannot be a project's key; None for a good one."""
    if len(key.encode()) > LONGEST:
        return "project key cannot be longer than 5 characters"
    if not key:
        return "project key cannot be empty"
    if not re.fullmatch(r"[0-9A-Za-z]+", key):
        return f"project key can only contain alphanumeric characters: {key}"
    return None


def generated(name: str, draw: Callable[[int], int]) -> str:
    """The first alphanumerics of the name, filled up to five characters by chance; `draw(n)` gives a number below n.

    >>> generated("my project", lambda below: 0)
    'MYPAA'
    """
    start = "".join(re.findall(r"[0-9A-Za-z]", name))[:FROM_NAME].upper()
    return start + "".join(ALPHABET[draw(len(ALPHABET))] for _ in range(LONGEST - len(start)))
