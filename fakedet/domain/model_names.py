"""What may be the name of a registered model (master: api_model.go, validateModelName)."""
from __future__ import annotations

import re
from typing import Callable

_RULES: tuple[tuple[Callable[[str], bool], str], ...] = (
    (lambda name: not name.strip(" "), "model names cannot be blank"),
    (lambda name: "  " in name, "model names cannot have excessive spacing"),
    (lambda name: "/" in name or "\\" in name, "model names cannot have slashes"),
    (lambda name: re.fullmatch(r"[0-9]+", name) is not None, "model names cannot be only numbers"),
)


def objection(name: str) -> str | None:
    """Why `name` cannot be a model's name: the first rule that it breaks; None for a good one."""
    return next((text for broken, text in _RULES if broken(name)), None)
